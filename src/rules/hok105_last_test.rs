//! HOK105: a hook ends in `test && …`, so its status is that of the test.

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, CommandKind, Item, Operator, Script, answer};
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name};

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
        if !hooks::is_hook(file) || file_name(file.source.path()).starts_with("post-") {
            return;
        }
        for step in script.flow(hooks::launch(file, project)).steps {
            let context = step.context;
            let first = step.index == 0 && context.position == 0 && context.of == 1;
            let ends =
                context.last && context.function.is_none() && context.inside.is_none() && !context.nested;
            if !(first && ends && is_test(step.command)) {
                continue;
            }
            let only_and = step.item.rest.iter().all(|(operator, _)| *operator == Operator::And);
            if step.item.rest.is_empty() || !only_and || step.item.background {
                continue;
            }
            let message = "the script ends with the status of this test: where it is false, the status is 1 and git stops";
            let finding = found.push(step.item.span, message);
            finding.help("write `if …; then …; fi`, or end with `exit 0`");
            if let Some(fix) = fix(step.item, file) {
                finding.fix(fix);
            }
        }
    }
}

/// Whether a command asks a question rather than doing something.
fn is_test(command: &Command) -> bool {
    match &command.kind {
        CommandKind::Test(_) | CommandKind::Arithmetic(_) => true,
        CommandKind::Simple(simple) => {
            matches!(simple.name(), Some("[" | "test")) || answer(simple).is_some()
        }
        _ => false,
    }
}

fn fix(item: &Item, file: &File) -> Option<Fix> {
    let [(_, then)] = item.rest.as_slice() else { return None };
    let between = Span::new(item.first.span.end, then.span.start);
    if file.source.slice(between).trim() != "&&" {
        return None;
    }
    let condition = file.source.slice(item.first.span);
    let body = file.source.slice(then.span);
    let script = Script::parse(&format!("if {condition}; then {body}; fi"));
    let single = script.body.items.first().and_then(Item::single);
    let reads = script.parsed && matches!(single?.kind, CommandKind::If { .. });
    let edit = |start, end, text: &str| Edit { span: Span::new(start, end), replacement: text.to_owned() };
    reads.then(|| Fix {
        title: String::from("write it as `if`"),
        safety: Safety::Safe,
        edits: vec![
            edit(item.span.start, item.span.start, "if "),
            edit(between.start, between.end, "; then "),
            edit(then.span.end, then.span.end, "; fi"),
        ],
    })
}
