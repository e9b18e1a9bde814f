//! HOK101: an assignment takes the status of a command whose 1 is an answer, under errexit.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::shell::{
    Answer, Command, CommandKind, Script, Simple, Step, Substitution, SubstitutionKind, answer, deciders,
};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct MatchInAssignment;

impl Rule for MatchInAssignment {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK101",
            "match-in-assignment",
            Error,
            Certain,
            "an answer of 1 in an assignment ends the script"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let steps = script.flow(hooks::launch(file, project)).steps;
        let asked = asked_for(&steps);
        for step in &steps {
            let Some((substitution, simple)) = assigned(step) else { continue };
            let options = step.context.options;
            let every = options.errexit && options.inherited;
            for command in deciders(&substitution.body, every, false) {
                let Some((kind, name)) = named_answer(command) else { continue };
                // What the script asks for in a condition as well is there.
                if kind == Answer::Missing && last_word(command).is_some_and(|tool| asked.contains(tool)) {
                    continue;
                }
                let fix = fix(file, step.command.span, substitution, every);
                report(file, command, simple, (kind, name), fix, found);
            }
        }
    }
}

/// The substitution whose status an assignment takes, where that ends the script.
fn assigned<'a>(step: &Step<'a>) -> Option<(&'a Substitution, &'a Simple)> {
    let simple = step.command.simple()?;
    if !simple.words.is_empty() || !step.context.fatal() {
        return None;
    }
    let words = simple.assignments.iter().filter_map(|assignment| assignment.value.scalar());
    let last = words.flat_map(|word| word.substitutions()).last()?;
    matches!(last.kind, SubstitutionKind::Dollar | SubstitutionKind::Backquote).then_some((last, simple))
}

/// The programs that the script asks for in conditions.
fn asked_for<'a>(steps: &[Step<'a>]) -> BTreeSet<&'a str> {
    let asks = |step: &&Step<'_>| {
        step.context.tested && matches!(named_answer(step.command), Some((Answer::Missing, _)))
    };
    steps.iter().filter(asks).filter_map(|step| last_word(step.command)).collect()
}

fn last_word(command: &Command) -> Option<&str> {
    Some(command.simple()?.words.last()?.raw.trim_matches(['"', '\'']))
}

fn named_answer(command: &Command) -> Option<(Answer, &str)> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let kind = answer(simple)?;
    let name = simple.unwrapped().first().and_then(|word| word.literal())?;
    Some((kind, name))
}

fn report(
    file: &File,
    command: &Command,
    simple: &Simple,
    (kind, name): (Answer, &str),
    fix: Option<Fix>,
    found: &mut Findings<'_>,
) {
    let variable = simple.assignments.last().map_or("", |assignment| assignment.name.value.as_str());
    let when = match kind {
        Answer::NoMatch => "nothing matches",
        Answer::Different => "the two differ",
        Answer::Missing => "there is none",
    };
    let consequence = hooks::consequence(file);
    let message =
        format!("`{name}` answers 1 when {when}, `{variable}=` takes that status, and errexit {consequence}");
    let finding = found.push(command.span, message);
    finding.help("end the substitution with `|| true`, and test the variable where it matters");
    if kind == Answer::Missing {
        finding.severity(Severity::Warning);
    }
    if let Some(fix) = fix {
        finding.fix(fix);
    }
}

/// ` || true` before the end of the substitution, where the text that this gives reads as meant.
fn fix(file: &File, whole: Span, substitution: &Substitution, every: bool) -> Option<Fix> {
    let at = substitution.body.items.last()?.span.end;
    if !whole.contains(Span::new(at, at)) {
        return None;
    }
    let before = file.source.slice(Span::new(whole.start, at));
    let after = file.source.slice(Span::new(at, whole.end));
    let script = Script::parse(&format!("{before} || true{after}"));
    if !script.parsed {
        return None;
    }
    let [only] = script.body.items.as_slice() else { return None };
    let words =
        only.single()?.simple()?.assignments.iter().filter_map(|assignment| assignment.value.scalar());
    let last = words.flat_map(|word| word.substitutions()).last()?;
    let quiet = deciders(&last.body, every, true).into_iter().all(|command| named_answer(command).is_none());
    quiet.then(|| Fix::replace("add `|| true`", Safety::Safe, Span::new(at, at), " || true"))
}
