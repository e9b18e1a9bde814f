//! What only bash understands, for scripts that `sh` runs.
//!
//! Not here: which shell runs a script.

use super::tree::{Command, CommandKind, Simple, Value};
use super::word::{Parameter, SubstitutionKind, Word};
use crate::source::Span;

/// Signs after a parameter's name that only bash knows.
const OPERATIONS: &[&str] = &[",", "^", "/", "[", "@", ":0", ":1", ":2", ":3", ":$", ": -"];

/// Each use of bash's own language in a command by itself, with its name for a sentence.
#[must_use]
pub fn bashisms(command: &Command) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let start = command.span.start;
    match &command.kind {
        CommandKind::Test(_) => found.push((Span::new(start, start + 2), String::from("`[[`"))),
        CommandKind::Arithmetic(_) => found.push((Span::new(start, start + 2), String::from("`((`"))),
        CommandKind::ArithmeticFor { expression, .. } => {
            found.push((expression.span, String::from("`for ((…))`")));
        }
        CommandKind::Function { keyword: Some(keyword), .. } => {
            found.push((*keyword, String::from("the word `function`")));
        }
        CommandKind::Simple(simple) => of_simple(simple, &mut found),
        _ => {}
    }
    for redirect in &command.redirects {
        if matches!(redirect.operator.as_str(), "<<<" | "&>" | "&>>") {
            found.push((redirect.span, format!("`{}`", redirect.operator)));
        }
    }
    let targets = command.redirects.iter().map(|redirect| &redirect.target);
    for word in command.kind.words().into_iter().chain(targets) {
        of_word(word, &mut found);
    }
    found
}

fn of_simple(simple: &Simple, found: &mut Vec<(Span, String)>) {
    for assignment in &simple.assignments {
        if matches!(assignment.value, Value::Array(_)) {
            found.push((assignment.span, String::from("an array")));
        } else if assignment.append {
            found.push((assignment.span, String::from("`+=`")));
        }
    }
    let Some(first) = simple.words.first() else { return };
    let raw = |wanted: &str| simple.words.iter().find(|word| word.raw == wanted);
    match simple.name() {
        Some(
            name @ ("source" | "declare" | "typeset" | "let" | "shopt" | "pushd" | "popd" | "mapfile"
            | "readarray"),
        ) => {
            found.push((first.span, format!("`{name}`")));
        }
        Some("[" | "test") => {
            found.extend(raw("==").map(|word| (word.span, String::from("`==` in `[`"))));
        }
        Some("set") => {
            found.extend(raw("pipefail").map(|word| (word.span, String::from("`set -o pipefail`"))));
        }
        Some("read") => {
            let options = simple.words.iter().skip(1).filter(|word| word.raw.starts_with('-'));
            let own = options.filter(|word| word.raw.contains(['p', 'a', 'd', 'n', 't', 's', 'e', 'i']));
            found.extend(own.take(1).map(|word| (word.span, format!("`read {}`", word.raw))));
        }
        _ => {}
    }
}

fn of_word(word: &Word, found: &mut Vec<(Span, String)>) {
    for substitution in word.substitutions() {
        if matches!(substitution.kind, SubstitutionKind::ProcessIn | SubstitutionKind::ProcessOut) {
            found.push((substitution.span, String::from("`<(…)`")));
        }
    }
    let parameters = word.parameters().into_iter();
    found.extend(
        parameters
            .filter(|parameter| is_bash(parameter))
            .map(|parameter| (parameter.span, String::from("this form of `${…}`"))),
    );
}

fn is_bash(parameter: &Parameter) -> bool {
    let operation = parameter.operation.as_str();
    OPERATIONS.iter().any(|start| operation.starts_with(start)) || parameter.raw.starts_with("${!")
}
