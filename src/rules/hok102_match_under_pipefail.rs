//! HOK102: a command whose 1 is an answer stands within a pipeline, under pipefail and errexit.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::shell::{Answer, Command, CommandKind, Script, Step, answer, deciders};
use crate::project::{File, Project, hooks};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct MatchUnderPipefail;

impl Rule for MatchUnderPipefail {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK102",
            "match-under-pipefail",
            Error,
            Certain,
            "an answer of 1 within a pipeline ends the script"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for step in script.flow(hooks::launch(file, project)).steps {
            let options = step.context.options;
            if !(options.errexit && options.pipefail) || step.context.tested {
                continue;
            }
            for command in suspects(&step) {
                report(file, command, found);
            }
        }
    }
}

/// Commands that only pipefail makes decisive.
fn suspects<'a>(step: &Step<'a>) -> Vec<&'a Command> {
    if step.context.position + 1 < step.context.of {
        return vec![step.command];
    }
    let Some(simple) = step.command.simple() else { return Vec::new() };
    if !simple.words.is_empty() {
        return Vec::new();
    }
    let words = simple.assignments.iter().filter_map(|assignment| assignment.value.scalar());
    let Some(last) = words.flat_map(|word| word.substitutions()).last() else { return Vec::new() };
    let alone = deciders(&last.body, false, false);
    let mut all = deciders(&last.body, false, true);
    all.retain(|command| !alone.iter().any(|other| std::ptr::eq(*other, *command)));
    all
}

fn report(file: &File, command: &Command, found: &mut Findings<'_>) {
    let CommandKind::Simple(simple) = &command.kind else { return };
    let Some(kind) = answer(simple) else { return };
    let Some(name) = simple.unwrapped().first().and_then(|word| word.literal()) else { return };
    let when = match kind {
        Answer::NoMatch => "nothing matches",
        Answer::Different => "the two differ",
        Answer::Missing => "there is none",
    };
    let consequence = hooks::consequence(file);
    let message =
        format!("`{name}` answers 1 when {when}; pipefail hands that on, and errexit {consequence}");
    let finding = found.push(command.span, message);
    finding.help(format!("write `{{ {name} … || true; }}` at this place of the pipeline"));
    if kind == Answer::Missing {
        finding.severity(Severity::Warning);
    }
}
