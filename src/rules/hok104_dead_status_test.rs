//! HOK104: `$?` is looked at after a command whose failure has already ended the script.

use std::collections::BTreeMap;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, CommandKind, Item, Script, Simple, Step, Value, Word};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct DeadStatusTest;

impl Rule for DeadStatusTest {
    fn meta(&self) -> &'static Meta {
        meta!("HOK104", "dead-status-test", Warning, Certain, "`$?` is only read when it is 0")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let steps = script.flow(hooks::launch(file, project)).steps;
        let handed_on = handed_on(&steps);
        for step in &steps {
            let Some((before, true)) = step.before else { continue };
            let (Some(span), true) = (status_read(step.command), can_fail(before)) else { continue };
            if keeps(step.command).is_some_and(|variable| handed_on.get(variable) == Some(&true)) {
                continue;
            }
            let what = if hooks::is_hook(file) { "hook" } else { "script" };
            let message = format!(
                "`$?` is always 0 here: under errexit a failure of the command before has already ended the {what}"
            );
            let finding = found.push(span, message);
            finding.help("test the command itself: `if ! command; then …`, or keep its status with `command || status=$?`");
            finding.label(file.source.shared_path(), before.span, "a failure here ends it");
        }
    }
}

/// The variable that a command keeps the status in.
fn keeps(command: &Command) -> Option<&str> {
    let simple = command.simple().filter(|simple| simple.words.is_empty())?;
    Some(simple.assignments.first()?.name.value.as_str())
}

/// The variables that are read, and whether for nothing but the status that the script or a function ends with:
/// errexit gives the same.
fn handed_on<'a>(steps: &[Step<'a>]) -> BTreeMap<&'a str, bool> {
    let mut variables = BTreeMap::new();
    for step in steps {
        let name = step.command.simple().and_then(Simple::name);
        let ends = matches!(name, Some("exit" | "return"));
        for parameter in step.command.kind.words().into_iter().flat_map(Word::parameters) {
            *variables.entry(parameter.name.as_str()).or_insert(true) &= ends;
        }
    }
    variables
}

/// Where a command tests or keeps `$?`; handing it on with `exit $?` is harmless.
fn status_read(command: &Command) -> Option<Span> {
    match &command.kind {
        CommandKind::Test(words) => words.iter().find_map(status_in),
        CommandKind::Arithmetic(expression) => expression.value.contains("$?").then_some(expression.span),
        CommandKind::Case { word, .. } => status_in(word),
        CommandKind::Simple(simple) if simple.words.is_empty() => {
            simple.assignments.iter().find_map(|assignment| match &assignment.value {
                Value::Scalar(word) => status_in(word),
                Value::Array(_) => None,
            })
        }
        CommandKind::Simple(simple) => match simple.name()? {
            "[" | "test" | "local" | "declare" => simple.words.iter().find_map(status_in),
            _ => None,
        },
        _ => None,
    }
}

fn status_in(word: &Word) -> Option<Span> {
    word.parameters().into_iter().find(|parameter| parameter.name == "?").map(|parameter| parameter.span)
}

/// Whether the element before is one command (or pipeline) that does something.
fn can_fail(before: &Item) -> bool {
    let Some(last) = before.first.commands.last() else { return false };
    match &last.kind {
        CommandKind::Simple(simple) => {
            // A declaration succeeds whatever the command in it answers: that is HOK206's.
            let declares = !simple.declared.is_empty();
            let builtin =
                matches!(simple.name(), Some("set" | "trap" | ":" | "true" | "exit" | "return" | "shift"));
            let assigns = simple.words.is_empty()
                && !simple.assignments.iter().any(|assignment| {
                    assignment.value.scalar().is_some_and(|word| !word.substitutions().is_empty())
                });
            !declares && !builtin && !assigns
        }
        CommandKind::Subshell(_) => true,
        _ => false,
    }
}
