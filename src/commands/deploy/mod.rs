//! `envgate deploy`: each subcommand puts the survey, the plan, the gate and the run together.
//!
//! Not here: any of that work; see `crate::deploy`.

mod assess;
mod context;
mod plan;

use std::io::Write;

use crate::cli::{Deploy, DeployCommand, When};

use super::{Error, Status};

pub(super) fn run(arguments: &Deploy, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    match &arguments.command {
        DeployCommand::Plan(asked) => plan::run(arguments, asked, color, out),
        _ => Ok(Status::Clean),
    }
}
