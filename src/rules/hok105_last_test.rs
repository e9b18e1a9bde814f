//! HOK105: a hook ends in `test && …`, by itself or in a loop, so its status is that of the test.

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, CommandKind, Item, List, Operator, Script, Simple, answer, as_if};
use crate::project::staged::{SEARCH, run_by_xargs};
use crate::project::{File, Project, hooks};
use crate::source::file_name;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct LastTest;

impl Rule for LastTest {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK105",
            "last-test",
            Error,
            Certain,
            "the hook's last command is a test, whose 1 refuses the commit"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::can_refuse(file) {
            return;
        }
        for step in script.flow(hooks::launch(file, project)).steps {
            let context = step.context;
            let ends =
                context.last && context.function.is_none() && context.inside.is_none() && !context.nested;
            let closes = ends && step.index == 0 && context.position + 1 == context.of;
            if closes && ends_in_test(step.item) {
                report(step.item, file, found);
            } else if closes && let Some(body) = loop_body(step.command).filter(|_| is_alone(step.item)) {
                closing_tests(body, &mut |item| report(item, file, found));
            }
        }
    }
}

fn report(item: &Item, file: &File, found: &mut Findings<'_>) {
    let by_xargs =
        item.first.commands.last().and_then(Command::simple).is_some_and(|one| one.name() == Some("xargs"));
    let message = if by_xargs {
        "the script ends with the status of this search: where nothing matches, `xargs` answers 123 and git stops"
    } else {
        "the script ends with the status of this test: where it is false, the status is 1 and git stops"
    };
    let finding = found.push(item.span, message);
    finding.help("write `if …; then …; fi`, or end with `exit 0`");
    if let Some(fix) = fix(item, file) {
        finding.fix(fix);
    }
}

/// Whether an element is `test && …`, whose status is that of the test where it is false.
fn ends_in_test(item: &Item) -> bool {
    let only_and = item.rest.iter().all(|(operator, _)| *operator == Operator::And);
    let test = item.first.commands.last().is_some_and(is_test);
    test && only_and && !item.rest.is_empty() && !item.background
}

/// Whether an element has the status of its one pipeline.
fn is_alone(item: &Item) -> bool {
    item.rest.is_empty() && !item.background && !item.first.negated
}

/// A loop has the status of what its body did last, and 0 where that never ran.
const fn loop_body(command: &Command) -> Option<&List> {
    match &command.kind {
        CommandKind::Loop { body, .. }
        | CommandKind::For { body, .. }
        | CommandKind::ArithmeticFor { body, .. } => Some(body),
        _ => None,
    }
}

/// The tests that a list ends with, in branches and loops at its end too.
fn closing_tests<'a>(list: &'a List, found: &mut dyn FnMut(&'a Item)) {
    let Some(item) = list.items.last() else { return };
    if ends_in_test(item) {
        found(item);
        return;
    }
    let Some(command) = item.first.commands.last().filter(|_| is_alone(item)) else { return };
    match &command.kind {
        CommandKind::If { branches, otherwise } => {
            for body in branches.iter().map(|(_, body)| body).chain(otherwise) {
                closing_tests(body, found);
            }
        }
        CommandKind::Loop { body, .. } => closing_tests(body, found),
        kind => kind.lists().into_iter().for_each(|body| closing_tests(body, found)),
    }
}

/// Whether a command asks a question rather than doing something.
fn is_test(command: &Command) -> bool {
    match &command.kind {
        CommandKind::Test(_) | CommandKind::Arithmetic(_) => true,
        CommandKind::Simple(simple) => {
            matches!(simple.name(), Some("[" | "test")) || answer(simple).is_some() || searches(simple)
        }
        _ => false,
    }
}

/// Whether `xargs` has the files searched whose names it reads.
fn searches(simple: &Simple) -> bool {
    let run = run_by_xargs(&simple.words).filter(|_| simple.name() == Some("xargs"));
    let name = run.and_then(|words| words.first()?.literal()).map(file_name);
    name.is_some_and(|name| SEARCH.contains(&name))
}

fn fix(item: &Item, file: &File) -> Option<Fix> {
    let edits = as_if(item, file.source.text())?;
    Some(Fix {
        title: String::from("write it as `if`"),
        safety: Safety::Safe,
        edits: edits.map(|(span, text)| Edit { span, replacement: text.to_owned() }).to_vec(),
    })
}
