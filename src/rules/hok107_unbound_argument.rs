//! HOK107: `$1` under `set -u` in a hook that git calls without arguments.

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::shell::{Parameter, Script, Step};
use crate::project::{File, Project, hooks};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct UnboundArgument;

impl Rule for UnboundArgument {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK107",
            "unbound-argument",
            Error,
            Certain,
            "the hook has no arguments, and `set -u` forbids to ask"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::has_no_arguments(file) {
            return;
        }
        let steps = script.flow(hooks::launch(file, project)).steps;
        let arguments_set = steps.iter().any(|step| {
            step.command.simple().is_some_and(|simple| {
                simple.name() == Some("set") && simple.words.iter().any(|word| word.raw == "--")
            })
        });
        if arguments_set {
            return;
        }
        for step in steps.iter().filter(|step| step.context.options.nounset && !step.context.nested) {
            for parameter in unbound(step) {
                let message = format!(
                    "git calls this hook without arguments: under `set -u` `${}` ends it",
                    parameter.name
                );
                let finding = found.push(parameter.span, message);
                let replacement = format!("${{{}:-}}", parameter.name);
                finding.help(format!("write `{replacement}`"));
                if file.source.slice(parameter.span) == parameter.raw {
                    finding.fix(Fix::replace(
                        "allow it to be unset",
                        Safety::Safe,
                        parameter.span,
                        replacement,
                    ));
                }
            }
        }
    }
}

/// Positional parameters without a fallback; functions have their own.
fn unbound<'a>(step: &Step<'a>) -> Vec<&'a Parameter> {
    if step.context.function.is_some() {
        return Vec::new();
    }
    let words = step.command.kind.words().into_iter();
    let targets = step.command.redirects.iter().map(|redirect| &redirect.target);
    words
        .chain(targets)
        .flat_map(|word| word.parameters())
        .filter(|parameter| {
            let positional = matches!(parameter.name.as_bytes(), [b'1'..=b'9']);
            positional && parameter.operation.is_empty()
        })
        .collect()
}
