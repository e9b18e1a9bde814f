//! HOK206: the status that is looked at is not the one of the command that was meant.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, Item, List, Operator, Pipeline, Script, Simple, Step, reads_status};
use crate::project::checks::check_of;
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// Programs that succeed on whatever they read.
const SUCCEED: &[&str] =
    &["cat", "column", "cut", "fold", "head", "nl", "sort", "tail", "tee", "tr", "ts", "uniq", "wc"];

/// Those of them that only pass on what they read: nobody means their status.
const PASS_ON: &[&str] = &["cat", "tee", "ts"];

/// Commands whose status nobody means.
const PRINT: &[&str] = &[":", "cat", "echo", "printf", "true", "yes"];

/// The rule.
#[derive(Debug)]
pub(super) struct HiddenFailure;

impl Rule for HiddenFailure {
    fn meta(&self) -> &'static Meta {
        meta!("HOK206", "hidden-failure", Error, Certain, "another status than the meant one is looked at")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !script.parsed {
            return;
        }
        let steps = script.flow(hooks::launch(file, project)).steps;
        let asked: BTreeSet<Span> =
            steps.iter().filter(|step| reads_status(step.command, &["?"])).filter_map(before).collect();
        let waits = steps.iter().any(|step| {
            step.command
                .simple()
                .is_some_and(|simple| simple.name() == Some("wait") && simple.words.len() > 1)
        });
        for step in steps.iter().filter(|step| !step.context.nested) {
            piped(step, &asked, file, found);
            declared(step, &asked, file, found);
            if hooks::can_refuse(file) && !waits {
                background(step, found);
            }
        }
    }
}

fn before(step: &Step<'_>) -> Option<Span> {
    step.before.map(|(item, _)| item.span)
}

/// The pipeline that begins with the step.
fn pipeline<'a>(step: &Step<'a>) -> Option<&'a Pipeline> {
    let first = |whole: &&Pipeline| whole.commands.first().is_some_and(|one| std::ptr::eq(one, step.command));
    step.item.pipelines().nth(step.index).filter(first)
}

/// Whether the status of the step's pipeline decides what comes next: in a condition, after `!`, before `&&`
/// and `||`. `|| true` decides nothing.
fn is_looked_at(step: &Step<'_>) -> bool {
    let followed = step.item.rest.get(step.index);
    let waved = followed.is_some_and(|(operator, next)| {
        let name = next.commands.first().and_then(Command::simple).and_then(Simple::name);
        *operator == Operator::Or && matches!(name, Some("true" | ":"))
    });
    step.context.tested && !step.item.background && !waved
}

/// The program that a command runs, without its folder.
fn name(command: &Command) -> Option<&str> {
    command.simple().and_then(Simple::name).map(file_name)
}

/// `check | tee log` where the status of `tee` is taken for that of the check.
fn piped(step: &Step<'_>, asked: &BTreeSet<Span>, file: &File, found: &mut Findings<'_>) {
    let context = step.context;
    let Some(whole) = pipeline(step) else { return };
    let [first, between @ .., last] = whole.commands.as_slice() else { return };
    if context.options.pipefail || context.inside.is_some() {
        return;
    }
    let Some(last) = name(last).filter(|name| SUCCEED.contains(name)) else { return };
    let prints = name(first).is_some_and(|name| PRINT.contains(&name));
    let passed_on = |command: &Command| name(command).is_some_and(|name| SUCCEED.contains(&name));
    if prints && between.iter().all(passed_on) {
        return;
    }
    let checks = |command: &Command| command.simple().is_some_and(|simple| check_of(simple).is_some());
    let check = checks(first) || between.iter().any(checks);
    let passes_on = PASS_ON.contains(&last);
    let conditional = is_looked_at(step) && (passes_on || step.item.rest.is_empty());
    let status = asked.contains(&step.item.span) && step.item.rest.is_empty();
    // Whoever sets errexit, or ends a hook with a check, means the status of the check.
    let bare = passes_on && check && hooks::is_hook(file) && !context.tested;
    let bare = bare && (context.options.errexit || context.last);
    if !(conditional || status || bare) {
        return;
    }
    let message = format!(
        "the status of a pipeline is that of its last command, and `{last}` succeeds whatever fails before it"
    );
    let finding = found.push(whole.span, message);
    finding.help("`set -o pipefail` before it (bash), or write to a file and show that afterwards");
}

/// `local x=$(…)`: `local` succeeds, whatever the command answers.
fn declared(step: &Step<'_>, asked: &BTreeSet<Span>, file: &File, found: &mut Findings<'_>) {
    let Some(simple) = step.command.simple() else { return };
    let (Some(name), [assignment]) = (simple.name(), simple.declared.as_slice()) else { return };
    let runs = assignment.value.scalar().is_some_and(|word| {
        let own = word.substitutions();
        own.iter().any(|substitution| !prints(&substitution.body))
    });
    let status = asked.contains(&step.item.span) && step.item.rest.is_empty();
    if !runs || !(status || is_looked_at(step)) {
        return;
    }
    let variable = assignment.name.value.as_str();
    let message = format!(
        "`{name}` succeeds whatever the command in it answers: the status that is looked at is always 0"
    );
    let finding = found.push(step.command.span, message);
    finding.help(format!("declare first, then assign: `{name} {variable}; {variable}=$(…)`"));
    let ends_here = step.context.options.errexit && !step.context.tested;
    if simple.words.len() == 2 && !ends_here {
        let at = assignment.span.start;
        if file.source.slice(Span::new(step.command.span.start, at)).trim_end() == "local" {
            let text = format!("{variable}; ");
            finding.fix(Fix::replace("declare first, then assign", Safety::Safe, Span::new(at, at), text));
        }
    }
}

fn prints(list: &List) -> bool {
    list.items.iter().all(|item| {
        let name = item.single().and_then(Command::simple).and_then(Simple::name);
        name.is_some_and(|name| PRINT.contains(&name))
    })
}

/// A check in the background, for which nobody waits.
fn background(step: &Step<'_>, found: &mut Findings<'_>) {
    // Once for the whole element, at its first command.
    let first = step.item.first.commands.first().is_some_and(|first| std::ptr::eq(first, step.command));
    if !(step.item.background && first && step.context.inside.is_none() && refuses(step.item)) {
        return;
    }
    let message =
        "this runs in the background, and nobody waits for its status: git goes on whatever it finds";
    let finding = found.push(step.item.span, message);
    finding.help("drop the `&`, or collect the status: `pid=$!` and later `wait \"$pid\" || exit 1`");
}

/// Whether the element looks for faults, or would end with a status of its own.
fn refuses(item: &Item) -> bool {
    let mut commands: Vec<&Command> = Vec::new();
    for command in item.pipelines().flat_map(|pipeline| &pipeline.commands) {
        commands.push(command);
        commands.extend(command.kind.lists().into_iter().flat_map(List::commands));
    }
    commands.into_iter().filter_map(Command::simple).any(|simple| {
        let exits = simple.name() == Some("exit") && simple.argument(1).is_some_and(|status| status != "0");
        exits || check_of(simple).is_some()
    })
}
