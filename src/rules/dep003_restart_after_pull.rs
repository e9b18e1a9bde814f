//! DEP003: `restart` after `pull` goes on with the old image.

use crate::diagnostic::{Findings, Meta};
use crate::project::Project;
use crate::project::commands::ComposeCommand;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct RestartAfterPull;

impl Rule for RestartAfterPull {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP003",
            "restart-after-pull",
            Error,
            Certain,
            "`restart` keeps the image that was there before"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut pulled: Option<&ComposeCommand> = None;
        for command in &project.commands {
            if !project.file(&command.path).is_some_and(|file| file.checked) {
                continue;
            }
            // Another script, or another target of the same Makefile, is another run.
            if pulled.is_some_and(|pull| pull.path != command.path || pull.name != command.name) {
                pulled = None;
            }
            match (command.subcommand.as_deref(), pulled) {
                (Some("pull"), _) => pulled = Some(command),
                (Some("up" | "create" | "run"), _) => pulled = None,
                (Some("restart"), Some(pull)) => {
                    let message =
                        "`restart` starts the container that is there: the image that was pulled is not used";
                    let finding = found.push_in(command.path.as_str(), command.span, message);
                    finding.help("`docker compose up -d` recreates the containers whose image has changed");
                    finding.label(command.path.as_str(), pull.span, "the new image comes here");
                }
                _ => {}
            }
        }
    }
}
