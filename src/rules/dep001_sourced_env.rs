//! DEP001: an env file is loaded into the shell before compose runs.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::project::Project;
use crate::project::commands::{self, ComposeCommand, Sourced};
use crate::source::file_name;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SourcedEnv;

impl Rule for SourcedEnv {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP001",
            "sourced-env",
            Error,
            Certain,
            "the shell rewrites an env file that is meant for compose"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = BTreeSet::new();
        for command in &commands::find_all(project) {
            let Some(file) = project.file(&command.path).filter(|file| file.checked) else { continue };
            // `xargs -d` leaves quotes and signs as they are.
            for sourced in command.sourced.iter().filter(|sourced| !sourced.whole_lines) {
                if seen.insert((command.path.clone(), sourced.span)) {
                    let written = file.source.slice(sourced.span);
                    report(command, sourced, written, found);
                }
            }
        }
    }
}

fn report(command: &ComposeCommand, sourced: &Sourced, written: &str, found: &mut Findings<'_>) {
    let path = written
        .split(|character: char| {
            character.is_whitespace() || matches!(character, '"' | '\'' | '(' | ')' | '|')
        })
        .find(|word| file_name(word) == file_name(&sourced.path))
        .unwrap_or(&sourced.path);
    let how = if sourced.by_source { "the shell runs" } else { "`xargs` takes apart" };
    let where_to = if command.remote { " on the server" } else { "" };
    let effect = match &sourced.exported {
        Some(names) if names.is_empty() && sourced.by_source => {
            "nothing in it is exported, so compose sees none of it"
        }
        _ => "compose takes the outcome before every file",
    };
    let message = format!(
        "{how} `{path}`{where_to} before compose: JSON loses its quotes, `$` and `;` are acted on, and {effect}"
    );
    let finding = found.push_in(command.path.as_str(), sourced.span, message);
    let subcommand = command.subcommand.as_deref().unwrap_or("up");
    finding.help(format!(
        "drop this and let compose read the file itself: `docker compose --env-file {path} … {subcommand}`"
    ));
    finding.label(command.path.as_str(), command.span, "this command gets the rewritten values");
}
