//! HOK103: `((x++))` or `let x++` as a command: from 0 its status is 1, and errexit ends the script.

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::shell::{Assignment, Command, CommandKind, Script, Value, is_name};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many places are looked at in one script: each asks for all assignments.
const MAX_FINDINGS: usize = 400;

/// The rule.
#[derive(Debug)]
pub(super) struct IncrementFromZero;

impl Rule for IncrementFromZero {
    fn meta(&self) -> &'static Meta {
        meta!("HOK103", "increment-from-zero", Error, Certain, "counting up from 0 ends the script")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let assignments = script.assignments();
        let steps = script.flow(hooks::launch(file, project)).steps;
        let counting = steps.iter().filter(|step| counted(step.command).is_some());
        for step in counting.take(MAX_FINDINGS) {
            if !step.context.fatal() {
                continue;
            }
            let Some((variable, operator)) = counted(step.command) else { continue };
            let start = start_of(&assignments, variable);
            if start == Start::NotZero {
                continue;
            }
            let consequence = hooks::consequence(file);
            let message = format!(
                "`{variable}{operator}{operator}` has the value that `{variable}` had before: from 0 its status is 1, and errexit {consequence}"
            );
            let assignment = format!("{variable}=$(({variable} {operator} 1))");
            let finding = found.push(step.command.span, message);
            finding.help(format!("write `{assignment}`, which always succeeds"));
            if start == Start::Unknown {
                finding.severity(Severity::Warning);
            }
            if is_whole(file, step.command.span, variable) {
                finding.fix(Fix::replace(
                    format!("write `{assignment}`"),
                    Safety::Safe,
                    step.command.span,
                    assignment.clone(),
                ));
            }
        }
    }
}

/// The variable that a command counts up or down by one, giving the value before, and the sign.
fn counted(command: &Command) -> Option<(&str, char)> {
    let expression = match &command.kind {
        CommandKind::Arithmetic(expression) => expression.value.as_str(),
        CommandKind::Simple(simple) if simple.name() == Some("let") && simple.words.len() == 2 => {
            simple.argument(1)?
        }
        _ => return None,
    };
    let expression = expression.trim();
    let sign = if expression.ends_with("++") { '+' } else { '-' };
    let name = expression.strip_suffix("++").or_else(|| expression.strip_suffix("--"))?.trim_end();
    is_name(name).then_some((name, sign))
}

#[derive(Debug, PartialEq, Eq)]
enum Start {
    Zero,
    NotZero,
    Unknown,
}

/// What the script itself sets the variable to.
fn start_of(assignments: &[&Assignment], variable: &str) -> Start {
    let mut start = None;
    for assignment in assignments.iter().filter(|found| found.name.value == variable) {
        let Value::Scalar(word) = &assignment.value else { return Start::Unknown };
        match word.literal().map(str::trim) {
            Some("0" | "") => return Start::Zero,
            Some(text) if text.parse::<i64>().is_ok() => start = start.or(Some(Start::NotZero)),
            // `x=$((x + 1))` beside a counter says nothing about where it starts.
            _ => start = start.or(Some(Start::Unknown)),
        }
    }
    start.unwrap_or(Start::Unknown)
}

/// Whether the span holds the command as it is written, with nothing decoded on the way.
fn is_whole(file: &File, span: Span, variable: &str) -> bool {
    let script = Script::parse(file.source.slice(span));
    let single = script.body.items.first().and_then(|item| item.single());
    script.parsed && single.and_then(counted).is_some_and(|(name, _)| name == variable)
}
