//! HOK105: a hook ends in `test && …`, so its status is that of the test.

use crate::diagnostic::{Edit, Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, CommandKind, Item, Operator, Script, answer, as_if};
use crate::project::{File, Project, hooks};

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
            let first = step.index == 0 && context.position + 1 == context.of;
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
    let edits = as_if(item, file.source.text())?;
    Some(Fix {
        title: String::from("write it as `if`"),
        safety: Safety::Safe,
        edits: edits.map(|(span, text)| Edit { span, replacement: text.to_owned() }).to_vec(),
    })
}
