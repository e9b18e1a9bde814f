//! What a project's own deploy script and compose files say of how it is deployed today.
//!
//! Not here: whether that is any good, and what is made of it.

mod calls;
mod image;
mod script;
mod stack;

pub use image::{Naming, naming};
pub use script::{Count, Documents, Dump, Migration, Story};
pub use stack::{Built, Running, Stack};

use super::commands::{ComposeCommand, find_all, named_production};
use super::{File, Project, Role};
use crate::document::Document;
use crate::source::file_name;

/// A deploy as it is done today.
#[derive(Debug, Default)]
pub struct Deploying {
    /// What the script says; nothing where there is no script.
    pub story: Story,
    /// What the compose files say.
    pub stack: Stack,
}

/// Reads the deploy script and the compose files that it starts.
#[must_use]
pub fn find(project: &Project<'_>) -> Deploying {
    let all = find_all(project);
    let script = script(project, &all);
    let story = script.map(script::read).unwrap_or_default();
    let stack = stack::read(project, command(project, &all, &story.path));
    Deploying { story, stack }
}

/// The script that deploys: one that starts containers on another machine, else one that is called so.
fn script<'a>(project: &'a Project<'_>, all: &[ComposeCommand]) -> Option<&'a File> {
    let starts = |file: &&File| {
        all.iter().any(|one| {
            one.remote && one.path == file.source.path() && one.subcommand.as_deref() == Some("up")
        })
    };
    let is_script = |file: &&File| matches!(file.document, Document::Shell(_) | Document::Makefile(_));
    let called = |file: &&File| {
        is_script(file)
            && (file.role == Role::Deploy || named_production(file_name(file.source.path())) == Some(true))
    };
    let files = || project.files.iter().filter(|file| file.checked);
    files().filter(is_script).find(starts).or_else(|| files().find(called))
}

/// The compose command that starts the stack: the script's own, else the one that is production's.
fn command<'a>(project: &Project<'_>, all: &'a [ComposeCommand], script: &str) -> Option<&'a ComposeCommand> {
    let known = |command: &&ComposeCommand| {
        !command.files.is_empty() && command.files.iter().all(|path| project.file(path).is_some())
    };
    let up = |command: &&ComposeCommand| command.subcommand.as_deref() == Some("up");
    let of_script = |command: &&ComposeCommand| command.path == script;
    let production = |command: &&ComposeCommand| command.production == Some(true);
    let commands = || all.iter().filter(known);
    commands()
        .filter(up)
        .find(of_script)
        .or_else(|| commands().find(of_script))
        .or_else(|| commands().filter(up).find(production))
}
