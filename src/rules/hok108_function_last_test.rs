//! HOK108: a function ends in `test && …`, and errexit takes its status where it is called.

use std::collections::BTreeSet;

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::shell::{
    Command, CommandKind, Context, Item, Operator, Piece, Script, Simple, Step, Word, answer, as_if,
};
use crate::project::{File, Project, hooks};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct FunctionLastTest;

impl Rule for FunctionLastTest {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK108",
            "function-last-test",
            Error,
            Certain,
            "a function's last command is a test, whose 1 ends the script"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let steps = script.flow(hooks::launch(file, project)).steps;
        let fatal: BTreeSet<&str> = steps
            .iter()
            .filter(|step| step.context.fatal())
            .filter_map(|step| step.command.simple()?.name())
            .collect();
        let at_exit = at_exit(&steps);
        for step in &steps {
            let Some(name) = step.context.function else { continue };
            let called = fatal.contains(name);
            if !called && !at_exit.contains(&name) || !ends_in_test(step) {
                continue;
            }
            if !called && asks_for_temporary(step.item, script) {
                continue;
            }
            let consequence = hooks::consequence(file);
            let message = format!(
                "`{name}` has the status of this test: where it is false, the call fails, and errexit {consequence}"
            );
            let finding = found.push(step.item.span, message);
            finding.help("write `if …; then …; fi`, or end the function with `return 0`");
            if let Some(edits) = as_if(step.item, file.source.text()) {
                finding.fix(Fix {
                    title: String::from("write it as `if`"),
                    safety: Safety::Safe,
                    edits: edits.map(|(span, text)| Edit { span, replacement: text.to_owned() }).to_vec(),
                });
            }
        }
    }
}

/// The commands of `trap '…' EXIT` where errexit is on at the end: what fails in there becomes the script's status.
fn at_exit<'a>(steps: &[Step<'a>]) -> Vec<&'a str> {
    let own = |context: &Context<'_>| {
        context.function.is_none() && context.inside.is_none() && !context.nested && context.of == 1
    };
    let end = steps.iter().rfind(|step| own(&step.context));
    if !end.is_some_and(|step| step.context.options.errexit) {
        return Vec::new();
    }
    let traps = steps.iter().filter(|step| step.context.inside.is_none() && !step.context.nested);
    let traps = traps.filter_map(|step| step.command.simple()).filter(|simple| {
        let exits = |word: &Word| matches!(word.raw.as_str(), "EXIT" | "0");
        simple.name() == Some("trap") && simple.words.iter().skip(2).any(exits)
    });
    traps
        .filter_map(|simple| simple.argument(1))
        .flat_map(|text| text.split([';', '\n']))
        .map(str::trim)
        .collect()
}

/// Whether all that is asked is whether the temporary file that the script always makes is there: where it could not be
/// made, the script has failed before.
fn asks_for_temporary(item: &Item, script: &Script) -> bool {
    item.pipelines().take(item.rest.len()).all(|pipeline| match pipeline.commands.as_slice() {
        [command] => asked(command).is_some_and(|name| makes_temporary(name, script)),
        _ => false,
    })
}

/// The variable that `[ -n "$x" ]` and the like ask about.
fn asked(command: &Command) -> Option<&str> {
    let words = match &command.kind {
        CommandKind::Test(words) => words.as_slice(),
        CommandKind::Simple(simple) if matches!(simple.name(), Some("[" | "test")) => {
            simple.words.get(1..)?
        }
        _ => return None,
    };
    let (operator, variable) = (words.first()?.literal()?, words.get(1)?.parameter()?);
    let alone = words.get(2).is_none_or(|word| word.raw == "]");
    (alone && matches!(operator, "-n" | "-d" | "-e" | "-f")).then_some(variable.name.as_str())
}

/// Whether `name=$(mktemp …)` stands in the script, under no condition.
fn makes_temporary(name: &str, script: &Script) -> bool {
    let first = script.body.items.iter().filter_map(|item| item.first.commands.first()?.simple());
    let mut assigned = first.flat_map(|simple| &simple.assignments).filter(|to| to.name.value == name);
    assigned.any(|to| {
        let word = to.value.scalar().map_or(&[][..], |word| &word.pieces);
        let [Piece::Substitution(inner)] = word else { return false };
        let only = inner.body.items.first().and_then(Item::single).and_then(Command::simple);
        only.and_then(Simple::name).is_some_and(|name| name == "mktemp")
    })
}

/// Whether nothing follows `test && command` in the function. Where the command is a test as well, or must fail,
/// the function answers a question, and whoever calls it bare wants the script to end.
fn ends_in_test(step: &Step<'_>) -> bool {
    let context = step.context;
    let decides = context.position + 1 == context.of && !context.nested && !step.item.background;
    let only_and = step.item.rest.iter().all(|(operator, _)| *operator == Operator::And);
    let acts = step
        .item
        .rest
        .last()
        .is_some_and(|(_, pipeline)| !pipeline.negated && !pipeline.commands.iter().all(is_test));
    decides && context.last && only_and && acts && is_test(step.command)
}

/// Whether a command asks a question rather than doing something.
fn is_test(command: &Command) -> bool {
    match &command.kind {
        CommandKind::Test(_) | CommandKind::Arithmetic(_) => true,
        CommandKind::Simple(simple) => {
            matches!(simple.name(), Some("[" | "test" | "return" | "true" | "false"))
                || answer(simple).is_some()
        }
        _ => false,
    }
}
