//! `envgate hook`: the check as the hook that git runs.
//!
//! Not here: what the check says.

mod husky_folder;
pub(super) mod install;
mod migrate;

mod put;
mod run;
mod status;

use std::io::Write;

use crate::cli::{Hook, HookCommand, When};
use crate::files;

use super::inputs::work_tree;
use super::{Error, Status, working_directory};

pub(super) fn run(arguments: &Hook, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    let tree = || {
        files::openable_repository(&here)?;
        work_tree(&here)?.ok_or(Error::NoRepository)
    };
    match &arguments.command {
        HookCommand::Install(place) => install::install(place, &tree()?, &here, out)?,
        HookCommand::Uninstall(place) => install::uninstall(place, &tree()?, &here, out)?,
        HookCommand::Status(arguments) => status::run(arguments, &tree()?, &here, out)?,
        HookCommand::Migrate(arguments) => migrate::run(arguments, &here, out)?,
        HookCommand::Run(arguments) => return run::run(arguments, color, &here, out),
    }
    Ok(Status::Clean)
}
