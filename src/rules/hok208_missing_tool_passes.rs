//! HOK208: where the tool is not installed, the hook lets everything pass.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{
    Answer, Command, CommandKind, Item, List, Operator, Pipeline, Script, Simple, answer,
};
use crate::project::{File, Project, hooks};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct MissingToolPasses;

impl Rule for MissingToolPasses {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK208",
            "missing-tool-passes",
            Warning,
            Heuristic,
            "without the tool the hook passes everything"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::can_refuse(file) {
            return;
        }
        let mut lists = vec![&script.body];
        lists.extend(script.local_commands().into_iter().flat_map(|command| command.kind.lists()));
        for item in lists.into_iter().flat_map(|list| &list.items) {
            either(item, found);
            conditional(item, found);
        }
    }
}

/// `command -v x || exit 0`
fn either(item: &Item, found: &mut Findings<'_>) {
    let pipelines: Vec<&Pipeline> = item.pipelines().collect();
    for (pair, (operator, _)) in pipelines.windows(2).zip(&item.rest) {
        let [before, after] = pair else { continue };
        if let Some(tool) = asked_for(before).filter(|_| *operator == Operator::Or && !before.negated)
            && after.commands.iter().any(gives_up)
        {
            report(tool, before, found);
        }
    }
}

/// `if ! command -v x; then exit 0; fi`
fn conditional(item: &Item, found: &mut Findings<'_>) {
    for command in item.pipelines().flat_map(|pipeline| &pipeline.commands) {
        let CommandKind::If { branches, .. } = &command.kind else { continue };
        for (condition, body) in branches {
            let [asks] = condition.items.as_slice() else { continue };
            let alone = asks.rest.is_empty() && asks.first.negated;
            if let Some(tool) = asked_for(&asks.first).filter(|_| alone)
                && body.items.iter().any(|item| item.pipelines().any(|one| one.commands.iter().any(gives_up)))
            {
                report(tool, &asks.first, found);
            }
        }
    }
}

fn report(tool: &str, asks: &Pipeline, found: &mut Findings<'_>) {
    let message = format!("where `{tool}` is not installed, the hook ends with 0 and git goes on unchecked");
    let finding = found.push(asks.span, message);
    finding.help(format!("say what is missing and stop: `… || {{ echo \"install {tool}\" >&2; exit 1; }}`"));
}

/// The tool that a pipeline of one command asks for.
fn asked_for(pipeline: &Pipeline) -> Option<&str> {
    let [command] = pipeline.commands.as_slice() else { return None };
    let simple = command.simple()?;
    let asks = matches!(simple.name(), Some("command" | "which" | "type" | "hash"));
    let known = answer(simple) == Some(Answer::Missing) || simple.name() == Some("hash");
    simple.words.last()?.literal().filter(|_| asks && known)
}

/// Whether a command ends the hook with 0, by itself or in braces.
fn gives_up(command: &Command) -> bool {
    let ends = |simple: &Simple| simple.name() == Some("exit") && simple.argument(1) == Some("0");
    match &command.kind {
        CommandKind::Simple(simple) => ends(simple),
        CommandKind::Brace(List { items }) => {
            items.iter().filter_map(Item::single).filter_map(Command::simple).any(ends)
        }
        _ => false,
    }
}
