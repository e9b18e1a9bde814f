//! HOK201: file names from git are taken apart at blanks, or used in the quoted form git prints.

use std::collections::BTreeSet;

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, CommandKind, Interpreter, Launch, Script, Simple, Word};
use crate::project::staged::{SEARCH, Taking, Use, uses};
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SplitNames;

impl Rule for SplitNames {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK201",
            "split-names",
            Error,
            Certain,
            "files with blanks or accents in their names are not looked at"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::is_hook(file) {
            return;
        }
        let separators = separators(script);
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for used in uses(script) {
            let Some(span) = span_of(used.listing).filter(|span| !seen.contains(span)) else { continue };
            let quotes = !unquoted(used.listing);
            let fault = match used.taking {
                Taking::Split if !splits_at_lines(&separators, used.taker) => {
                    "a name with a blank falls apart"
                }
                Taking::Xargs if !delimiter(used.taker).is_some_and(|option| option.contains('d')) => {
                    "a name with a blank or a quote falls apart"
                }
                _ if quotes => "the names cannot be opened",
                _ => continue,
            };
            if used.listing.words.iter().any(|word| word.raw == "-z") {
                continue;
            }
            seen.insert(span);
            let accents = if quotes { ", and git writes `ñ` as `\\303\\261` in quotes" } else { "" };
            let message = if stops(&used) {
                format!("{fault}{accents}: the command gets names that are not there")
            } else {
                format!("{fault}{accents}: such files pass unseen")
            };
            let finding = found.push(span, message);
            finding.help("ask for `-z` and read with `while IFS= read -r -d '' name` (or `xargs -0`)");
            let bash = script.interpreter(hooks::launch(file, project) == Launch::Husky) == Interpreter::Bash;
            let edits = if used.straight { edits(&used, span, script, file, bash) } else { None };
            if let Some(edits) = edits.filter(|edits| reads_as_meant(&used, edits, file)) {
                let title = String::from("let git end each name with a NUL, and read up to it");
                finding.fix(Fix { title, safety: Safety::Safe, edits });
            }
        }
    }
}

/// Whether the names are arguments of a command that fails where a file is not there: a search says so and goes on.
fn stops(used: &Use<'_>) -> bool {
    let name = used.taker.simple().and_then(|simple| simple.unwrapped().first()?.literal());
    used.taking == Taking::Split
        && used.body.is_none()
        && !name.is_some_and(|name| SEARCH.contains(&file_name(name)))
}

/// Where the script sets `IFS` for itself, in order, and whether that leaves nothing but line ends to split at.
fn separators(script: &Script) -> Vec<(usize, bool)> {
    let commands = script.commands();
    let simple = commands.iter().filter_map(|command| command.simple());
    // Before a command it is that command's alone.
    let alone = |simple: &&Simple| simple.words.is_empty() || !simple.declared.is_empty();
    let assignments =
        simple.filter(alone).flat_map(|simple| simple.assignments.iter().chain(&simple.declared));
    let set = assignments.filter(|one| one.name.value == "IFS");
    let lines = |word: &Word| word.raw == "$'\\n'" || word.literal() == Some("\n");
    set.map(|one| (one.span.end, one.value.scalar().is_some_and(lines))).collect()
}

fn splits_at_lines(separators: &[(usize, bool)], taker: &Command) -> bool {
    let before = separators.partition_point(|(end, _)| *end <= taker.span.start);
    before.checked_sub(1).and_then(|last| separators.get(last)).is_some_and(|(_, lines)| *lines)
}

/// What makes the listing end its names with NULs, and the taker read them so.
fn edits(used: &Use<'_>, listing: Span, script: &Script, file: &File, bash: bool) -> Option<Vec<Edit>> {
    let edit = |start, end, text: &str| Edit { span: Span::new(start, end), replacement: text.to_owned() };
    let names = used.listing.words.iter().find(|word| word.raw == "--name-only")?.span.end;
    match used.taking {
        Taking::Xargs => {
            let xargs = used.taker.simple()?.words.first()?.span.end;
            let edits = || vec![edit(names, names, " -z"), edit(xargs, xargs, " -0")];
            delimiter(used.taker).is_none().then(edits)
        }
        Taking::Lines if bash => {
            let CommandKind::Loop { condition, .. } = &used.taker.kind else { return None };
            let read = condition.items.last()?.single()?.simple()?;
            let words = read.words.iter().filter(|word| word.raw != "-r").count();
            if words != 2 || read.assignments.iter().any(|one| one.name.value != "IFS") {
                return None;
            }
            let first = read.assignments.first().map(|one| one.span).or(Some(read.words.first()?.span))?;
            let text = "IFS= read -r -d '' ";
            Some(vec![edit(names, names, " -z"), edit(first.start, read.words.last()?.span.start, text)])
        }
        Taking::Split if bash => {
            let CommandKind::For { variable, words: Some(words), .. } = &used.taker.kind else { return None };
            let (start, end) = (used.taker.span.start, words.last()?.span.end);
            if file.source.slice(used.taker.span).contains("&3") || is_read_after(variable, used, script) {
                return None;
            }
            // Descriptor 3, since what the body runs may read its standard input.
            let head = format!("while IFS= read -r -d '' {variable} <&3");
            let slice = |start, end| file.source.slice(Span::new(start, end));
            let list = [slice(listing.start, names), " -z", slice(names, listing.end)].concat();
            let last = used.taker.span.end;
            Some(vec![edit(start, end, &head), edit(last, last, &format!(" 3< <({list})"))])
        }
        Taking::Lines | Taking::Split => None,
    }
}

/// Whether something behind the loop reads its variable, which is empty there once `read` has come to the end.
fn is_read_after(variable: &str, used: &Use<'_>, script: &Script) -> bool {
    let reads = |word: &Word| word.parameters().iter().any(|one| one.name == variable);
    let commands = script.commands();
    let mut after = commands.iter().filter(|command| command.span.start >= used.taker.span.end);
    after.any(|command| command.kind.words().into_iter().any(reads))
}

/// Whether the loop or pipeline, changed and read again, is one that takes names from git, and no other within it.
fn reads_as_meant(used: &Use<'_>, edits: &[Edit], file: &File) -> bool {
    let start = edits.iter().map(|edit| edit.span.start).chain([used.taker.span.start]).min().unwrap_or(0);
    let start = used.listing.words.first().map_or(start, |word| {
        if word.span.end <= used.taker.span.start && used.taking != Taking::Split {
            word.span.start
        } else {
            start
        }
    });
    let mut at = start;
    let mut text = String::new();
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span.start);
    for edit in sorted {
        text.push_str(file.source.slice(Span::new(at, edit.span.start.max(at))));
        text.push_str(&edit.replacement);
        at = edit.span.end;
    }
    text.push_str(file.source.slice(Span::new(at, used.taker.span.end.max(at))));
    let script = Script::parse(&text);
    script.parsed && uses(&script).len() == 1
}

/// The option that tells `xargs` what stands between two names. Behind the command that it runs are that one's options.
fn delimiter(xargs: &Command) -> Option<&str> {
    let mut value = false;
    let own = xargs.simple()?.words.iter().skip(1).map(|word| word.raw.as_str()).take_while(|&word| {
        let own = value || word.starts_with('-');
        value = matches!(word, "-a" | "-E" | "-I" | "-L" | "-n" | "-P" | "-s");
        own
    });
    let mut tells = own.filter(|word| {
        ["-d", "--delimiter", "-0", "-r0", "--null"].iter().any(|option| word.starts_with(option))
    });
    tells.next()
}

/// Whether git is told not to quote.
fn unquoted(simple: &Simple) -> bool {
    simple.words.iter().filter_map(|word| word.raw.split_once('=')).any(|(key, value)| {
        key.eq_ignore_ascii_case("core.quotePath") && matches!(value, "false" | "no" | "off" | "0")
    })
}

fn span_of(simple: &Simple) -> Option<Span> {
    Some(Span::new(simple.words.first()?.span.start, simple.words.last()?.span.end))
}
