//! DEP005: a validator counts what it finds, and errexit ends it at the first.

use std::collections::BTreeMap;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, CommandKind, Script, Step, Word};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many functions are looked at: each is compared with every command of the script.
const MAX_FUNCTIONS: usize = 100;

/// The rule.
#[derive(Debug)]
pub(super) struct DiesAtFirstFinding;

impl Rule for DiesAtFirstFinding {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP005",
            "dies-at-first-finding",
            Error,
            Certain,
            "the validator ends at its first finding and counts no more"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let steps = script.flow(hooks::launch(file, project)).steps;
        let mut calls: BTreeMap<&str, Vec<&Step<'_>>> = BTreeMap::new();
        for step in steps.iter().filter(|step| step.context.fatal() && !step.context.nested) {
            if let Some(name) = step.command.simple().and_then(|simple| simple.name()) {
                calls.entry(name).or_default().push(step);
            }
        }
        for (name, called) in calls.into_iter().take(MAX_FUNCTIONS) {
            let own = || steps.iter().filter(|step| step.context.function == Some(name));
            let Some(counter) = own().find_map(|step| counted(step.command)) else { continue };
            let Some(back) = own().find(|step| fails(step)) else { continue };
            let again = called.iter().any(|step| !step.context.last);
            let told = steps.iter().any(|step| {
                step.context.function != Some(name)
                    && reads(step.command, counter)
                    && counted(step.command).is_none()
            });
            if again && told {
                let call = called.first().map_or(back.command.span, |step| step.command.span);
                report(name, counter, (back.command.span, call), file, found);
            }
        }
    }
}

fn report(name: &str, counter: &str, (back, call): (Span, Span), file: &File, found: &mut Findings<'_>) {
    let message = format!(
        "errexit takes this for the end: the first finding stops the script, and nobody learns what `{counter}` has counted"
    );
    let finding = found.push(back, message);
    finding.help(format!("let `{name}` end with `return 0`; the count at the end decides"));
    finding.label(file.source.path(), call, "called here, with nobody to catch it");
}

/// The variable that a command counts up.
fn counted(command: &Command) -> Option<&str> {
    match &command.kind {
        CommandKind::Arithmetic(expression) => {
            let text = expression.value.trim();
            let name = text.strip_suffix("++").or_else(|| text.strip_prefix("++"));
            let name = name.or_else(|| text.split_once("+=").map(|(name, _)| name))?;
            Some(name.trim()).filter(|name| !name.is_empty())
        }
        CommandKind::Simple(simple) if simple.words.is_empty() => {
            let assignment = simple.assignments.first()?;
            let name = assignment.name.value.as_str();
            let word = assignment.value.scalar()?;
            let value = word.raw.replace(['$', ' ', '(', ')', '"'], "");
            let one_more = assignment.append && word.literal() == Some("1");
            (value.starts_with(&format!("{name}+")) || one_more).then_some(name)
        }
        _ => None,
    }
}

/// `return 1`, where the function fails.
fn fails(step: &Step<'_>) -> bool {
    let simple = step.command.simple().filter(|simple| simple.name() == Some("return"));
    let status = simple.and_then(|simple| simple.argument(1)).and_then(|text| text.parse::<u32>().ok());
    status.is_some_and(|status| status != 0) && step.context.inside.is_none()
}

fn reads(command: &Command, name: &str) -> bool {
    let names = |word: &&Word| word.parameters().iter().any(|one| one.name == name);
    match &command.kind {
        CommandKind::Arithmetic(expression) => expression.value.contains(name),
        kind => kind.words().iter().any(names),
    }
}
