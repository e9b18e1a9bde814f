//! HOK005: a first line that husky passes over, since it hands the hook to `sh -e`.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::shell::{Interpreter, Launch, Script, bashisms};
use crate::project::husky::Husky;
use crate::project::{File, Project, Role, hooks};
use crate::source::{file_name, parent};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct HuskyShebang;

impl Rule for HuskyShebang {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK005",
            "husky-shebang",
            Error,
            Certain,
            "husky runs the hook with `sh -e`, not as its first line says"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let Some(shebang) = script.shebang.as_ref().filter(|shebang| shebang.first) else { return };
        let shell = shebang.interpreter();
        if shell == Interpreter::Sh
            || hooks::launch(file, project) != Launch::Husky
            || !takes_sh(file, project)
        {
            return;
        }
        let breaks = script.local_commands().into_iter().any(|command| !bashisms(command).is_empty());
        let name = shebang.through_env.as_deref().unwrap_or(&shebang.program);
        let finding = found.push(
            shebang.span,
            format!("husky hands this file to `sh -e`, so `{}` never reads it", file_name(name)),
        );
        if breaks {
            finding.help(format!(
                "move the script to `scripts/`, and write `{} scripts/NAME` here",
                file_name(name)
            ));
        } else {
            finding.severity(Severity::Warning);
            finding
                .help("take the line away: the script is one that `sh` understands, and `-e` is always on");
        }
    }

    /// A hook in a language that is no shell's.
    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for file in project.files.iter().filter(|file| file.checked && file.role == Role::Hook) {
            let text =
                matches!(file.document, Document::Text) && file_name(parent(file.source.path())) == ".husky";
            if text && takes_sh(file, project) {
                let message =
                    "husky hands this file to `sh -e`, whatever its first line says, and `sh` cannot read it";
                found.push_in(file.source.shared_path(), file.source.line_span(1), message).help(
                    "move the script to `scripts/`, and let one line here call it with its interpreter",
                );
            }
        }
    }
}

/// By the version that `package.json` names; without one, by what the hook is written for.
fn takes_sh(file: &File, project: &Project<'_>) -> bool {
    Husky::of(file.source.path(), project.tree)
        .filter(|husky| husky.major.is_some())
        .is_none_or(|husky| husky.takes_sh(file.source.text()))
}
