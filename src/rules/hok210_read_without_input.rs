//! HOK210: `read` in a hook, to which git gives nothing to read.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{CommandKind, Script, Step};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many `read`s are looked at: each is compared with every command of the script.
const MAX_READS: usize = 400;

/// The rule.
#[derive(Debug)]
pub(super) struct ReadWithoutInput;

impl Rule for ReadWithoutInput {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK210",
            "read-without-input",
            Error,
            Certain,
            "the hook asks, but git gives it nothing to read"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::has_no_input(file) {
            return;
        }
        let steps = script.flow(hooks::launch(file, project)).steps;
        let terminal = |step: &Step<'_>| {
            let exec = step.command.simple().is_some_and(|simple| simple.name() == Some("exec"));
            (exec && has_input(step)) || asks_for_terminal(step)
        };
        if steps.iter().any(terminal) {
            return;
        }
        let fed: Vec<Span> = steps
            .iter()
            .filter(|step| step.context.position > 0 || has_input(step))
            .map(|step| step.command.span)
            .collect();
        let is_read =
            |step: &&Step<'_>| step.command.simple().is_some_and(|simple| simple.name() == Some("read"));
        for step in steps.iter().filter(is_read).take(MAX_READS) {
            let Some(simple) = step.command.simple() else {
                continue;
            };
            let own = simple.words.iter().any(|word| word.raw.starts_with("-u"));
            let inside = fed.iter().any(|span| span.contains(step.command.span));
            if own || inside || step.context.nested || function_is_fed(step, &steps) {
                continue;
            }
            let finding = found.push(
                step.command.span,
                "git closes the standard input of this hook: `read` gets nothing and fails, even where a person sits at the terminal",
            );
            finding.help(
                "read from the terminal, and go on without one: `if [ -t 1 ]; then read … </dev/tty; fi`",
            );
        }
    }
}

fn has_input(step: &Step<'_>) -> bool {
    step.command.redirects.iter().any(|redirect| redirect.operator.starts_with('<'))
}

/// `[ -t 0 ]`
fn asks_for_terminal(step: &Step<'_>) -> bool {
    let words = match &step.command.kind {
        CommandKind::Test(words) => words,
        CommandKind::Simple(simple) if matches!(simple.name(), Some("[" | "test")) => &simple.words,
        _ => return false,
    };
    words.windows(2).any(|pair| matches!(pair, [one, two] if one.raw == "-t" && two.raw == "0"))
}

/// Whether the function around it is called with something to read.
fn function_is_fed(step: &Step<'_>, steps: &[Step<'_>]) -> bool {
    let Some(function) = step.context.function else { return false };
    steps.iter().any(|other| {
        let calls = other.command.simple().is_some_and(|simple| simple.name() == Some(function));
        calls && (other.context.position > 0 || has_input(other))
    })
}
