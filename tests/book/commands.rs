//! Every command line of envgate that a page names is one that envgate takes.
//!
//! Not here: what the commands do; the sessions run them.

use clap::Parser;
use clap::error::ErrorKind;
use envgate::cli::Cli;

use super::pages;

/// The words of a command line as a shell makes them, without what it would put in and without what follows.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in line.chars() {
        match (letter, quote) {
            ('\'' | '"', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (_, Some(open)) if letter == open => quote = None,
            ('#', None) if word.is_none() => break,
            ('|' | '>' | ';' | '&', None) => break,
            (' ', None) => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A number in the place of each `$NAME` and `$((…))`.
fn filled(line: &str) -> String {
    let mut parts = line.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = match part.strip_prefix("((") {
            Some(sum) => sum.split_once("))").map_or("", |(_, rest)| rest),
            None => part.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_'),
        };
        filled.push('1');
        filled += rest;
    }
    filled
}

/// What stands for something else in prose: `[PATH…]`, `…`, `a|b`.
fn is_pattern(line: &str) -> bool {
    line.contains(['…', '[', '{', '|'])
}

fn takes(line: &str) -> Result<(), String> {
    let Some(words) = words(&filled(line)) else { return Err("a quote is not closed".to_owned()) };
    match Cli::try_parse_from(&words) {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(()),
            _ => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
        },
    }
}

/// In prose a command may be named without what it asks for.
fn is_short(why: &str) -> bool {
    why.contains("required arguments were not provided") || why.contains("a value is required")
}

#[test]
fn every_command_line_is_taken() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for page in pages() {
        let blocks = page.blocks.iter().filter(|block| block.language == "sh" || block.language == "make");
        let lines = blocks.flat_map(|block| {
            let joined = block.text.replace("\\\n", "");
            joined.lines().map(|line| (block.line, line.trim().to_owned(), false)).collect::<Vec<_>>()
        });
        let prose = page.code().into_iter().map(|(line, code)| (line, code.to_owned(), true));
        for (at, line, prose) in lines.chain(prose).collect::<Vec<_>>() {
            if !line.starts_with("envgate ") || (prose && is_pattern(&line)) {
                continue;
            }
            seen += 1;
            if let Err(why) = takes(&line)
                && !(prose && is_short(&why))
            {
                wrong.push(format!("{}:{at}: `{line}`: {why}", page.path));
            }
        }
    }
    assert!(seen > 50, "only {seen} were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
