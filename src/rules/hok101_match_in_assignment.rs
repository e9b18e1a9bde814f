//! HOK101: an assignment takes the status of a command whose 1 is an answer, under errexit.

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::shell::{
    Answer, Command, CommandKind, Script, Simple, Step, Substitution, SubstitutionKind, answer, deciders,
};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many questions for programs are looked at: each is compared with every command of the script.
const MAX_MISSING: usize = 400;

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
        let mut missing = 0;
        for step in &steps {
            let Some((substitution, simple)) = assigned(step) else { continue };
            let options = step.context.options;
            for command in deciders(&substitution.body, options.errexit && options.inherited, false) {
                let Some((kind, name)) = named_answer(command) else { continue };
                if kind == Answer::Missing {
                    missing += 1;
                    if missing > MAX_MISSING || asked_before(command, &steps) {
                        continue;
                    }
                }
                report(file, step.command, command, (substitution, simple), (kind, name), found);
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

/// Whether the script asks for the same thing in a condition: then it is there.
fn asked_before(command: &Command, steps: &[Step<'_>]) -> bool {
    let last = |command: &Command| {
        let word = command.simple()?.words.last()?;
        Some(word.raw.trim_matches(['"', '\'']).to_owned())
    };
    let wanted = last(command);
    steps.iter().any(|step| {
        let asks = step.context.tested && matches!(named_answer(step.command), Some((Answer::Missing, _)));
        asks && last(step.command) == wanted
    })
}

fn named_answer(command: &Command) -> Option<(Answer, &str)> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let kind = answer(simple)?;
    let name = simple.unwrapped().first().and_then(|word| word.literal())?;
    Some((kind, name))
}

fn report(
    file: &File,
    whole: &Command,
    command: &Command,
    (substitution, simple): (&Substitution, &Simple),
    (kind, name): (Answer, &str),
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
    if let Some(fix) = fix(file, whole.span, substitution) {
        finding.fix(fix);
    }
}

/// ` || true` before the end of the substitution, where the text that this gives reads as meant.
fn fix(file: &File, whole: Span, substitution: &Substitution) -> Option<Fix> {
    let at = substitution.body.items.last()?.span.end;
    if !substitution.span.contains(Span::new(at, at)) || !whole.contains(substitution.span) {
        return None;
    }
    let before = file.source.slice(Span::new(whole.start, at));
    let after = file.source.slice(Span::new(at, whole.end));
    let script = Script::parse(&format!("{before} || true{after}"));
    let command = script.body.items.first()?.single()?;
    let words = command.simple()?.assignments.iter().filter_map(|assignment| assignment.value.scalar());
    let last = words.flat_map(|word| word.substitutions()).last()?;
    let quiet = deciders(&last.body, false, true).into_iter().all(|command| named_answer(command).is_none());
    let whole = script.parsed && script.body.items.len() == 1 && quiet;
    whole.then(|| Fix::replace("add `|| true`", Safety::Safe, Span::new(at, at), " || true"))
}
