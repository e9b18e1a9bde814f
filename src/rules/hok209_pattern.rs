//! HOK209: a pattern that does not mean what it says: `\s` in a bracket, or a leading `-`.

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::shell::{Script, Simple, Word};
use crate::project::{File, Project};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct PatternFaults;

impl Rule for PatternFaults {
    fn meta(&self) -> &'static Meta {
        meta!("HOK209", "pattern", Error, Certain, "a pattern that `grep` reads otherwise than it is meant")
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        for simple in script.commands().into_iter().filter_map(|command| command.simple()) {
            let words = simple.unwrapped();
            let name = words.first().and_then(Word::literal).map_or("", file_name);
            if !matches!(name, "grep" | "egrep" | "zgrep") {
                continue;
            }
            if let Some(word) = taken_for_option(words) {
                let message = "`grep` takes this pattern for an option and finds nothing, with an error that is easily missed";
                let finding = found.push(word.span, message);
                finding.help("put `-e` before it");
                let at = Span::new(word.span.start, word.span.start);
                if file.source.slice(word.span) == word.raw {
                    finding.fix(Fix::replace("put `-e` before the pattern", Safety::Safe, at, "-e "));
                }
            }
            if !perl(simple) {
                brackets(words, found);
            }
        }
    }
}

/// A quoted word that begins with `-` where the pattern is due.
fn taken_for_option(words: &[Word]) -> Option<&Word> {
    let given = |word: &&Word| {
        matches!(word.raw.as_str(), "-e" | "--" | "-f")
            || word.raw.starts_with("--regexp")
            || word.raw.starts_with("--file")
    };
    if words.iter().any(|word| given(&word)) {
        return None;
    }
    let first = words.iter().skip(1).find(|word| !word.raw.starts_with('-'))?;
    let text = first.literal()?;
    (first.raw.starts_with(['"', '\'']) && text.starts_with('-') && text.len() > 1).then_some(first)
}

/// Whether `-P` makes `\s` what it is in Perl.
fn perl(simple: &Simple) -> bool {
    simple.words.iter().any(|word| {
        word.raw == "--perl-regexp"
            || (word.raw.starts_with('-') && !word.raw.starts_with("--") && word.raw.contains('P'))
    })
}

/// `[\s]` and its kin: within brackets a backslash is a backslash.
fn brackets(words: &[Word], found: &mut Findings<'_>) {
    for word in words.iter().skip(1).filter(|word| word.raw.contains('[')) {
        let Some(class) = word.literal().and_then(escaped_class) else { continue };
        let (letter, instead) = match class {
            's' => ("s", "[:space:]"),
            'd' => ("d", "0-9"),
            _ => ("w", "[:alnum:]_"),
        };
        let message = format!(
            "within `[…]` a backslash is a backslash: `\\{letter}` is that and the letter `{letter}`"
        );
        let finding = found.push(word.span, message);
        finding.help(format!("write `{instead}` within the brackets"));
    }
}

/// The first of `\s`, `\d`, `\w` in a bracket expression.
fn escaped_class(pattern: &str) -> Option<char> {
    let bytes = pattern.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'[' => {
                at += 1;
                at += usize::from(bytes.get(at) == Some(&b'^'));
                at += usize::from(bytes.get(at) == Some(&b']'));
                let start = at;
                while bytes.get(at).is_some_and(|byte| *byte != b']') {
                    if bytes.get(at) == Some(&b'[') && matches!(bytes.get(at + 1), Some(b':' | b'.' | b'=')) {
                        at += 2;
                        while bytes.get(at).is_some_and(|byte| *byte != b']') {
                            at += 1;
                        }
                    }
                    at += 1;
                }
                // Without an end it is no bracket expression.
                bytes.get(at)?;
                let inner = pattern.get(start..at).unwrap_or("");
                let found = [("\\s", 's'), ("\\d", 'd'), ("\\w", 'w')];
                if let Some((_, class)) = found.into_iter().find(|(escape, _)| inner.contains(escape)) {
                    return Some(class);
                }
            }
            _ => at += 1,
        }
    }
    None
}
