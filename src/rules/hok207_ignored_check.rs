//! HOK207: a hook runs a check and forgets what it answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, Context, Operator, Script, Simple, Step, reads_status};
use crate::project::checks::{check_of, is_work};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct IgnoredCheck;

impl Rule for IgnoredCheck {
    fn meta(&self) -> &'static Meta {
        meta!("HOK207", "ignored-check", Warning, Heuristic, "the hook goes on whatever the check answers")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::can_refuse(file) || !script.parsed {
            return;
        }
        let steps = script.flow(hooks::launch(file, project)).steps;
        let asked: BTreeSet<Span> = steps
            .iter()
            .filter(|step| reads_status(step.command, &["?", "PIPESTATUS"]))
            .filter_map(|step| step.before.map(|(item, _)| item.span))
            .collect();
        let traps =
            steps.iter().any(|step| step.command.simple().is_some_and(|one| one.name() == Some("trap")));
        let closes = |step: &&Step<'_>| step.index == step.item.rest.len();
        let ends: BTreeMap<Span, Context<'_>> =
            steps.iter().filter(closes).map(|step| (step.item.span, step.context)).collect();
        let mut chains = BTreeSet::new();
        let last = last_runs(&steps);
        for step in &steps {
            let context = step.context;
            let Some(simple) = step.command.simple() else { continue };
            let Some(name) = check_of(simple) else { continue };
            // Run again it says what is left: `pre-commit run || true; git add -u; pre-commit run`.
            if last.get(&words(simple)).is_some_and(|start| *start > step.command.span.start) {
                continue;
            }
            if context.position + 1 != context.of || context.inside.is_some() || context.nested {
                continue;
            }
            if let Some(waved) = waved_through(step) {
                let message =
                    format!("`{name}` answers by its status what it found, and `|| {waved}` drops that");
                found.push(step.item.span, message).help(HELP);
            } else if hooks::is_run_by_git(file)
                && !traps
                && !asked.contains(&step.item.span)
                && (is_dropped(step)
                    || (ends.get(&step.item.span).is_some_and(|end| is_dropped_in_a_chain(step, *end))
                        && chains.insert(step.item.span)))
            {
                let message = format!("`{name}` answers by its status what it found, and nobody looks at it");
                found.push(step.command.span, message).help(HELP);
            }
        }
    }
}

fn words(simple: &Simple) -> Vec<&str> {
    simple.words.iter().map(|word| word.raw.as_str()).collect()
}

/// Where each check runs for the last time, by its words.
fn last_runs<'a>(steps: &[Step<'a>]) -> BTreeMap<Vec<&'a str>, usize> {
    let mut last = BTreeMap::new();
    for step in steps {
        if let Some(simple) = step.command.simple().filter(|simple| check_of(simple).is_some()) {
            let start = last.entry(words(simple)).or_default();
            *start = step.command.span.start.max(*start);
        }
    }
    last
}

const HELP: &str = "end the hook with what the check answered: `… || exit 1`";

/// What stands behind `||` and forgets: `true`, `:`, `exit 0`.
fn waved_through(step: &Step<'_>) -> Option<&'static str> {
    let (operator, next) = step.item.rest.get(step.index)?;
    let [command] = next.commands.as_slice() else { return None };
    let simple = command.simple().filter(|_| *operator == Operator::Or)?;
    match (simple.name(), simple.argument(1)) {
        (Some("true"), _) => Some("true"),
        (Some(":"), _) => Some(":"),
        (Some("exit"), Some("0")) => Some("exit 0"),
        _ => None,
    }
}

/// Whether its status goes nowhere: nothing tests it, errexit does not look at it, and it is not the last.
fn is_dropped(step: &Step<'_>) -> bool {
    let context = step.context;
    let bare = step.item.rest.is_empty() && !step.item.first.negated && !step.item.background;
    bare && !context.tested && !context.options.errexit && !context.last
}

/// The same in `check && build && cd ..`: errexit does not look at what stands before `&&`, and what stands behind the
/// check keeps nothing of what it answered. `end` is the context of the chain's last command.
fn is_dropped_in_a_chain(step: &Step<'_>, end: Context<'_>) -> bool {
    let item = step.item;
    let chained = !item.rest.is_empty() && item.rest.iter().all(|(operator, _)| *operator == Operator::And);
    let negated = item.pipelines().any(|pipeline| pipeline.negated);
    let keeps_nothing = |command: &Command| {
        command.simple().is_some_and(|simple| {
            matches!(simple.name(), Some("cd" | "echo" | "popd" | "printf")) || is_work(simple)
        })
    };
    let mut behind = item.pipelines().skip(step.index + 1).flat_map(|pipeline| &pipeline.commands);
    let looked_at = end.tested || end.last || (end.options.errexit && step.index == item.rest.len());
    chained && !negated && !item.background && !looked_at && behind.all(keeps_nothing)
}
