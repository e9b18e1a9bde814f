//! What such a script does besides: programs that it runs, and questions of its own that stop a commit.
//!
//! Nothing replaces them, so that a script that has any is not taken away. Not here: what it looks for and leaves out.

use std::collections::BTreeSet;

use super::{Detector, is_inverted, lists_names, patterns};
use crate::document::shell::{Command, CommandKind, Item, List, Pipeline, Script, Simple, Value, Word};
use crate::project::staged::run_by_xargs;
use crate::source::{Span, file_name};

/// Something that the script does besides looking for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Besides {
    /// The program that it runs, where that is it; a question otherwise.
    pub program: Option<String>,
    /// Where.
    pub span: Span,
}

/// What scanners are made of.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "[", "awk", "basename", "break", "builtin", "cat", "cd", "clear", "command", "comm", "continue", "cut", "date", "declare",
    "diff", "dirname", "du", "echo", "egrep", "envgate", "eval", "exec", "exit", "export", "false", "fgrep", "file", "find",
    "gawk", "getopts", "grep", "hash", "head", "id", "let", "local", "ls", "mapfile", "mktemp", "paste", "popd", "printf", "pushd",
    "pwd", "read", "readarray", "readlink", "readonly", "realpath", "return", "rev", "rg", "rm", "sed", "seq", "set", "shift",
    "shopt", "sleep", "sort", "stat", "tail", "tee", "test", "time", "touch", "tput", "tr", "trap", "true", "type", "typeset",
    "uname", "uniq", "unset", "wait", "wc", "which", "whoami", "xargs", ":",
];

/// What asks git something and changes nothing.
#[rustfmt::skip]
const ASKS: &[&str] = &[
    "branch", "cat-file", "check-ignore", "config", "describe", "diff", "diff-files", "diff-index", "diff-tree", "for-each-ref",
    "grep", "hash-object", "log", "ls-files", "ls-tree", "merge-base", "name-rev", "remote", "rev-list", "rev-parse", "show", "show-ref",
    "status", "symbolic-ref", "var", "version",
];

/// What stands for the name of a program that a variable holds.
const NAMED: &str = "$…";

/// All of it, in the order of the text, each place once.
pub(super) fn besides(script: &Script, lists: &[&List]) -> Vec<Besides> {
    let commands = script.local_commands();
    let own: BTreeSet<&str> = commands
        .iter()
        .filter_map(|command| match &command.kind {
            CommandKind::Function { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let programs = commands.iter().filter_map(|command| Some((command.simple()?, command.span)));
    let mut found: Vec<Besides> = programs
        .filter_map(|(simple, span)| Some(Besides { program: Some(foreign(simple, &own)?), span }))
        .collect();
    let asked = commands.iter().flat_map(|command| in_command(command));
    let asked = asked.chain(lists.iter().flat_map(|list| &list.items).filter_map(in_item));
    found.extend(asked.map(|span| Besides { program: None, span }));
    found.sort_by_key(|one| (one.span.start, one.program.is_none()));
    found.dedup_by_key(|one| one.span.start);
    found
}

/// The program that a command runs, where no scanner is made of it.
fn foreign(simple: &Simple, own: &BTreeSet<&str>) -> Option<String> {
    let words = simple.unwrapped();
    let first = words.first()?;
    let Some(name) = first.literal().map(file_name) else { return Some(NAMED.to_owned()) };
    let inner = if name == "xargs" { run_by_xargs(words).unwrap_or_default() } else { words };
    let name = inner.first().map_or(Some("xargs"), |word| word.literal().map(file_name));
    match name {
        None => Some(NAMED.to_owned()),
        Some("git") => {
            let command = git_command(inner)?;
            (!ASKS.contains(&command)).then(|| format!("git {command}"))
        }
        // The first line of husky's own hooks.
        Some("." | "source") if inner.get(1).is_some_and(|file| file.raw.contains("husky.sh")) => None,
        Some(name) => (!PARTS.contains(&name) && !own.contains(name)).then(|| name.to_owned()),
    }
}

/// The word behind git's own options.
fn git_command(words: &[Word]) -> Option<&str> {
    let mut rest = words.iter().skip(1);
    while let Some(word) = rest.next() {
        match word.literal() {
            Some("-C" | "-c" | "--git-dir" | "--work-tree") => {
                rest.next();
            }
            Some(option) if option.starts_with('-') => {}
            said => return said,
        }
    }
    None
}

/// The questions of a command whose answer stops the commit, or is kept for later.
fn in_command(command: &Command) -> Vec<Span> {
    match &command.kind {
        CommandKind::If { branches, otherwise } => {
            let refused = otherwise.as_ref().is_some_and(refuses);
            let stops = branches.iter().filter(|(_, body)| refused || refuses(body));
            stops
                .flat_map(|(condition, _)| condition.items.iter().flat_map(Item::pipelines))
                .filter_map(question)
                .collect()
        }
        CommandKind::Case { arms, .. } => {
            let stops = arms.iter().filter(|(_, body)| refuses(body));
            let patterns = stops.filter_map(|(patterns, _)| patterns.first());
            patterns.filter(|pattern| is_of_its_own(pattern)).map(|pattern| pattern.span).collect()
        }
        CommandKind::Simple(simple) => {
            let values =
                simple.assignments.iter().chain(&simple.declared).filter_map(|one| one.value.scalar());
            let lists = values.flat_map(Word::substitutions).flat_map(|one| &one.body.items);
            let pipelines = lists.flat_map(Item::pipelines);
            pipelines
                .filter(|one| !one.commands.first().is_some_and(lists_names))
                .filter_map(question)
                .collect()
        }
        _ => Vec::new(),
    }
}

/// `grep -q x && exit 1`
fn in_item(item: &Item) -> Option<Span> {
    let stops = item.rest.iter().any(|(_, pipeline)| match pipeline.commands.as_slice() {
        [command] => is_refusal(command) || command.kind.lists().into_iter().any(refuses),
        _ => false,
    });
    if stops { item.pipelines().find_map(question) } else { None }
}

/// Whether the commands of a list, those inside other commands left out, stop a commit or keep a flag for that.
fn refuses(list: &List) -> bool {
    list.items.iter().flat_map(Item::pipelines).flat_map(|pipeline| &pipeline.commands).any(is_refusal)
}

fn is_refusal(command: &Command) -> bool {
    let Some(simple) = command.simple() else { return false };
    match simple.name() {
        Some("exit" | "return") => simple.argument(1) != Some("0"),
        Some("false") => true,
        _ if simple.words.is_empty() => simple.assignments.iter().any(|one| match &one.value {
            Value::Scalar(word) => !matches!(word.literal(), Some("" | "0" | "false")),
            Value::Array(_) => false,
        }),
        _ => false,
    }
}

/// The place of a search in a pipeline that no detector stands for.
fn question(pipeline: &Pipeline) -> Option<Span> {
    pipeline
        .commands
        .iter()
        .find(|command| match &command.kind {
            CommandKind::Simple(simple) => {
                let words = simple.unwrapped();
                let words = if simple.name() == Some("xargs") {
                    run_by_xargs(words).unwrap_or_default()
                } else {
                    words
                };
                let compares = matches!(simple.name(), Some("[" | "test")) && compares(&simple.words);
                compares || !is_inverted(words) && patterns(words).into_iter().any(is_of_its_own)
            }
            CommandKind::Test(words) => compares(words),
            _ => false,
        })
        .map(|command| command.span)
}

/// Whether a test holds something against a word or an expression.
fn compares(words: &[Word]) -> bool {
    words.iter().zip(words.iter().skip(1)).any(|(operator, word)| {
        matches!(operator.raw.as_str(), "=" | "==" | "!=" | "=~")
            && !matches!(word.literal(), Some("true" | "false" | "yes" | "no"))
            && is_of_its_own(word)
    })
}

/// Whether a pattern has words in it, none of which a detector knows.
fn is_of_its_own(pattern: &Word) -> bool {
    let Some(text) = pattern.literal() else { return false };
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let looked_for = format!("grep '{text}'");
    letters > 2 && !Detector::ALL.iter().any(|detector| detector.is_in(&looked_for))
}
