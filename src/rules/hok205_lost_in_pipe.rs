//! HOK205: what a piped `while` does to the shell (an `exit`, a variable) is lost with its process.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{
    Command, CommandKind, Interpreter, Item, Launch, List, Piece, Script, Step, Value, Word, is_name,
    reads_status,
};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many loops are looked at: each is compared with every command of the script.
const MAX_LOOPS: usize = 50;

/// How many variables of a loop are looked for behind it.
const MAX_VARIABLES: usize = 10;

/// What changes the variable before it in an expression, besides `=`.
const CHANGES: &[&str] = &["++", "--", "+=", "-=", "*=", "/=", "%="];

/// The rule.
#[derive(Debug)]
pub(super) struct LostInPipe;

impl Rule for LostInPipe {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK205",
            "lost-in-pipe",
            Error,
            Certain,
            "an `exit` or a variable of a piped loop does not reach the script"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let launch = hooks::launch(file, project);
        let shell = script.interpreter(launch == Launch::Husky);
        if !script.parsed || !matches!(shell, Interpreter::Bash | Interpreter::Sh) {
            return;
        }
        let steps = script.flow(launch).steps;
        let last_pipe = |step: &Step<'_>| {
            let words = step.command.simple().map(|simple| &simple.words);
            words.is_some_and(|words| words.iter().any(|word| word.raw == "lastpipe"))
        };
        if steps.iter().any(last_pipe) {
            return;
        }
        let asked: BTreeSet<Span> = steps
            .iter()
            .filter(|step| reads_status(step.command, &["?", "PIPESTATUS"]))
            .filter_map(item)
            .collect();
        for step in steps.iter().filter(|step| is_piped(step)).take(MAX_LOOPS) {
            let CommandKind::Loop { body, .. } = &step.command.kind else { continue };
            let mut own = Vec::new();
            in_this_process(body, &mut own);
            exits(step, &own, &asked, &steps, found);
            variables(step, &own, &steps, file, found);
        }
    }
}

fn item(step: &Step<'_>) -> Option<Span> {
    step.before.map(|(item, _)| item.span)
}

/// The loop at the end of a pipeline.
fn is_piped(step: &Step<'_>) -> bool {
    let context = step.context;
    let inside = context.inside.is_some() || context.nested;
    context.of > 1 && context.position + 1 == context.of && !inside
}

/// The commands of a list that run in the process of the loop.
fn in_this_process<'a>(list: &'a List, found: &mut Vec<&'a Command>) {
    for pipeline in list.items.iter().filter(|item| !item.background).flat_map(Item::pipelines) {
        let [command] = pipeline.commands.as_slice() else { continue };
        if matches!(command.kind, CommandKind::Subshell(_)) {
            continue;
        }
        found.push(command);
        for list in command.kind.lists() {
            in_this_process(list, found);
        }
    }
}

/// An `exit 1` that ends the loop alone, where nobody looks at what the pipeline answers.
fn exits(
    step: &Step<'_>,
    own: &[&Command],
    asked: &BTreeSet<Span>,
    steps: &[Step<'_>],
    found: &mut Findings<'_>,
) {
    let context = step.context;
    if context.tested || context.fatal() || asked.contains(&step.item.span) {
        return;
    }
    // At the end of a function its status is the function's.
    if context.last && !context.function.is_some_and(|name| is_forgotten(name, asked, steps)) {
        return;
    }
    let exit = own.iter().find(|command| {
        let status = command.simple().filter(|simple| simple.name() == Some("exit"));
        let status = status.and_then(|simple| simple.argument(1)).and_then(|text| text.parse::<u32>().ok());
        status.is_some_and(|status| status != 0)
    });
    let Some(exit) = exit else { return };
    let message = "this ends the loop's own process: the script goes on, and nobody looks at the status";
    let finding = found.push(exit.span, message);
    finding.help("read with `done < <(…)` instead of the pipe (bash), or end the pipeline with `|| exit 1`");
}

/// Whether a function is called, and nobody looks at what a call answers.
fn is_forgotten(function: &str, asked: &BTreeSet<Span>, steps: &[Step<'_>]) -> bool {
    let mut calls = steps
        .iter()
        .filter(|step| step.command.simple().is_some_and(|simple| simple.name() == Some(function)))
        .peekable();
    calls.peek().is_some()
        && calls.all(|step| {
            let context = step.context;
            let bare = context.inside.is_none() && !context.nested && step.item.rest.is_empty();
            bare && !(context.tested || context.fatal() || context.last || asked.contains(&step.item.span))
        })
}

/// A variable that the loop sets and the script reads afterwards.
fn variables(step: &Step<'_>, own: &[&Command], steps: &[Step<'_>], file: &File, found: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    let set = own.iter().flat_map(|command| sets(command));
    for (name, span) in set.filter(|(name, _)| seen.insert(*name)).take(MAX_VARIABLES) {
        let after = |other: &&Step<'_>| {
            other.command.span.start >= step.item.span.end && other.context.function == step.context.function
        };
        let mentions = steps.iter().filter(after).filter_map(|other| mention(other.command, name));
        let Some((read, true)) = mentions.min_by_key(|(span, _)| span.start) else { continue };
        let message =
            format!("the loop sets `{name}` in a process of its own: what reads it later gets the old value");
        let finding = found.push(span, message);
        finding.help("read with `done < <(…)` instead of the pipe (bash), or from a file");
        finding.label(file.source.path(), read, "read here");
    }
}

/// The variables that a command sets, with their places.
fn sets(command: &Command) -> Vec<(&str, Span)> {
    match &command.kind {
        CommandKind::Simple(simple) if simple.words.is_empty() => {
            let names = simple.assignments.iter();
            names.map(|assignment| (assignment.name.value.as_str(), assignment.span)).collect()
        }
        CommandKind::Arithmetic(expression) => {
            changed(expression.value.trim()).map(|name| (name, command.span)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The variable that an expression like `total += 1` or `++total` changes; `total >= 3` changes none.
fn changed(expression: &str) -> Option<&str> {
    let first = ["++", "--"].iter().find_map(|sign| expression.strip_prefix(sign));
    let text = first.unwrap_or(expression).trim_start();
    let end = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let assigned = rest.strip_prefix('=').is_some_and(|value| !value.starts_with('='));
    let changes = first.is_some() || assigned || CHANGES.iter().any(|sign| rest.starts_with(sign));
    Some(name).filter(|name| changes && is_name(name))
}

/// Where a command mentions a variable, and whether it reads it rather than sets it.
fn mention(command: &Command, name: &str) -> Option<(Span, bool)> {
    let holds =
        |text: &str| text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).any(|word| word == name);
    let reads = |word: &Word| {
        let counts = |piece: &Piece| matches!(piece, Piece::Arithmetic { text, .. } if holds(text));
        word.parameters().iter().any(|one| one.name == name) || word.pieces.iter().any(counts)
    };
    let redirected = command.redirects.iter().any(|redirect| {
        reads(&redirect.target) || redirect.heredoc.as_ref().is_some_and(|heredoc| reads(&heredoc.word))
    });
    let read = match &command.kind {
        CommandKind::Arithmetic(expression) => holds(&expression.value),
        kind => kind.words().into_iter().any(reads),
    };
    if read || redirected {
        return Some((command.span, true));
    }
    let set = match &command.kind {
        CommandKind::For { variable, .. } => variable == name,
        CommandKind::Simple(simple) => {
            let declared = simple.assignments.iter().chain(&simple.declared);
            let mut assigned = declared.filter(|assignment| !matches!(assignment.value, Value::Array(_)));
            assigned.any(|assignment| assignment.name.value == name && !assignment.append)
                || simple.words.iter().skip(1).any(|word| word.raw == name)
        }
        _ => false,
    };
    set.then_some((command.span, false))
}
