//! Which commands answer with a status of 1 although nothing is wrong, and which commands a list's
//! status comes from.
//!
//! Not here: whether anybody looks at the status.

use super::tree::{Command, CommandKind, Item, List, Operator, Pipeline, Simple};
use super::word::{Piece, Word};
use crate::source::file_name;

/// What a status of 1 means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing matched: `grep`, `git grep`, `rg`.
    NoMatch,
    /// The two differ: `diff`, `cmp`, `git diff --quiet`.
    Different,
    /// There is none of that name: `which`, `command -v`, `pgrep`, `ls` with a pattern.
    Missing,
}

/// What a status of 1 from this command means, where it is an answer rather than a fault.
#[must_use]
pub fn answer(simple: &Simple) -> Option<Answer> {
    let words = simple.unwrapped();
    let name = words.first().and_then(Word::literal).map(file_name)?;
    let second = words.get(1).and_then(Word::literal).unwrap_or("");
    let has = |wanted: &str| words.iter().any(|word| word.raw == wanted);
    match name {
        "grep" | "egrep" | "fgrep" | "zgrep" | "rg" | "ag" | "ack" => Some(Answer::NoMatch),
        "git" => match git_subcommand(words)? {
            "grep" => Some(Answer::NoMatch),
            "diff" | "diff-index" | "diff-files" | "diff-tree" if has("--quiet") || has("--exit-code") => {
                Some(Answer::Different)
            }
            _ => None,
        },
        "diff" | "cmp" => Some(Answer::Different),
        "which" | "pgrep" | "type" => Some(Answer::Missing),
        "command" if second == "-v" || second == "-V" => Some(Answer::Missing),
        "ls" if words.iter().skip(1).any(Word::has_glob) => Some(Answer::Missing),
        _ => None,
    }
}

/// Whether a command reads one of these, `?` or `PIPESTATUS`: as a parameter, or within `$((…))` and `((…))`.
#[must_use]
pub fn reads_status(command: &Command, names: &[&str]) -> bool {
    match &command.kind {
        CommandKind::Arithmetic(expression) => counts_with(&expression.value, names),
        kind => kind.words().iter().any(|word| mentions(&word.pieces, names)),
    }
}

fn mentions(pieces: &[Piece], names: &[&str]) -> bool {
    pieces.iter().any(|piece| match piece {
        Piece::Parameter(parameter) => {
            names.contains(&parameter.name.as_str()) || mentions(&parameter.operand, names)
        }
        Piece::Arithmetic { text, .. } => counts_with(text, names),
        Piece::Literal { .. } | Piece::Substitution(_) => false,
    })
}

/// An expression is kept as text; a sign counts behind `$` alone, since `a ? b : c` is an operator.
fn counts_with(expression: &str, names: &[&str]) -> bool {
    names.iter().any(|name| match *name {
        "?" => expression.contains("$?") || expression.contains("${?"),
        name => expression.contains(name),
    })
}

/// The subcommand of `git`, its own options passed over.
#[must_use]
pub fn git_subcommand(words: &[Word]) -> Option<&str> {
    let mut index = 1;
    while let Some(word) = words.get(index) {
        match word.raw.as_str() {
            "-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" => index += 2,
            raw if raw.starts_with('-') => index += 1,
            _ => return word.literal(),
        }
    }
    None
}

/// The commands whose failure becomes the status of the whole list. `errexit` says whether every element
/// counts rather than only the last.
#[must_use]
pub fn deciders(list: &List, errexit: bool, pipefail: bool) -> Vec<&Command> {
    let mut found = Vec::new();
    of_list(list, errexit, pipefail, &mut found);
    found
}

fn of_list<'a>(list: &'a List, errexit: bool, pipefail: bool, found: &mut Vec<&'a Command>) {
    let count = list.items.len();
    for (at, item) in list.items.iter().enumerate() {
        let closing = at + 1 == count;
        if closing || (errexit && item.rest.is_empty()) {
            of_item(item, errexit, pipefail, found);
        }
    }
}

fn of_item<'a>(item: &'a Item, errexit: bool, pipefail: bool, found: &mut Vec<&'a Command>) {
    if item.background {
        return;
    }
    let last_or =
        item.rest.iter().rposition(|(operator, _)| *operator == Operator::Or).map_or(0, |at| at + 1);
    for pipeline in item.pipelines().skip(last_or) {
        of_pipeline(pipeline, errexit, pipefail, found);
    }
}

fn of_pipeline<'a>(pipeline: &'a Pipeline, errexit: bool, pipefail: bool, found: &mut Vec<&'a Command>) {
    if pipeline.negated {
        return;
    }
    let count = pipeline.commands.len();
    for (at, command) in pipeline.commands.iter().enumerate() {
        if pipefail || at + 1 == count {
            of_command(command, errexit, pipefail, found);
        }
    }
}

fn of_command<'a>(command: &'a Command, errexit: bool, pipefail: bool, found: &mut Vec<&'a Command>) {
    match &command.kind {
        CommandKind::Subshell(list) | CommandKind::Brace(list) | CommandKind::Loop { body: list, .. } => {
            of_list(list, errexit, pipefail, found);
        }
        CommandKind::For { body, .. } | CommandKind::ArithmeticFor { body, .. } => {
            of_list(body, errexit, pipefail, found);
        }
        CommandKind::If { branches, otherwise } => {
            for (_, body) in branches {
                of_list(body, errexit, pipefail, found);
            }
            if let Some(body) = otherwise {
                of_list(body, errexit, pipefail, found);
            }
        }
        CommandKind::Case { arms, .. } => {
            for (_, body) in arms {
                of_list(body, errexit, pipefail, found);
            }
        }
        CommandKind::Simple(_) => found.push(command),
        CommandKind::Function { .. } | CommandKind::Test(_) | CommandKind::Arithmetic(_) => {}
    }
}
