//! HOK106: a command whose 1 is its normal answer stands alone, under errexit.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Answer, Command, Script, Simple, Word, answer};
use crate::project::{File, Project, hooks};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct AnswerAsCommand;

impl Rule for AnswerAsCommand {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK106",
            "answer-as-command",
            Error,
            Certain,
            "a command that answers 1 every time ends the script"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for step in script.flow(hooks::launch(file, project)).steps {
            let last = step.context.position + 1 == step.context.of;
            let Some(simple) = step.command.simple().filter(|_| last && step.context.fatal()) else {
                continue;
            };
            let consequence = hooks::consequence(file);
            if reads_to_the_end(simple, step.command) {
                let message = format!(
                    "`read -d ''` looks for a NUL that never comes and answers 1, and errexit {consequence}"
                );
                found
                    .push(step.command.span, message)
                    .help("add `|| true`: the variable is set all the same");
            } else if compares_the_index(simple, file) {
                let message =
                    format!("this answers 1 whenever something is staged, and errexit {consequence}");
                found
                    .push(step.command.span, message)
                    .help("put it into a condition: `if git diff --cached --quiet; then …`");
            }
        }
    }
}

/// `read -d ''` from a text that holds no NUL.
fn reads_to_the_end(simple: &Simple, command: &Command) -> bool {
    let mut words = simple.words.iter().skip(1);
    let delimiter =
        words.any(|word| word.raw.starts_with('-') && word.raw.ends_with('d') && !word.raw.starts_with("--"));
    let empty = delimiter && words.next().and_then(Word::literal) == Some("");
    let text =
        command.redirects.iter().any(|redirect| redirect.heredoc.is_some() || redirect.operator == "<<<");
    simple.name() == Some("read") && empty && text
}

fn compares_the_index(simple: &Simple, file: &File) -> bool {
    let cached = simple.words.iter().any(|word| matches!(word.raw.as_str(), "--cached" | "--staged"));
    let before_commit = hooks::callers(file).names().any(|name| name == "pre-commit");
    before_commit && cached && answer(simple) == Some(Answer::Different)
}
