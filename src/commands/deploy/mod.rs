//! `envgate deploy`: each subcommand puts the survey, the plan, the gate and the run together.
//!
//! Not here: any of that work; see `crate::deploy`.

mod assess;
mod build;
mod context;
mod live;
mod plan;
mod report;
mod rollback;
mod run;
mod server;
mod store;
mod tell;

use std::io::Write;

use crate::cli::{Deploy, DeployCommand, When};

use super::{Error, Status};

pub(super) fn run(arguments: &Deploy, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    match &arguments.command {
        DeployCommand::Plan(asked) => plan::run(arguments, asked, color, out),
        DeployCommand::Run(asked) => run::run(arguments, asked, color, out),
        DeployCommand::Rollback(asked) => rollback::run(arguments, asked, out),
        DeployCommand::Verify => server::verify(arguments, out),
        DeployCommand::Status => server::status(arguments, out),
        DeployCommand::History => server::history(arguments, out),
        DeployCommand::Attach(asked) => server::attach(arguments, asked, out),
        DeployCommand::Abort => server::abort(arguments, out),
        DeployCommand::Unlock(asked) => server::unlock(arguments, asked, color, out),
        DeployCommand::Backup => store::backup(arguments, out),
        DeployCommand::Restore(asked) => store::restore(arguments, asked, out),
        DeployCommand::Audit(asked) => report::audit(asked, out),
    }
}

/// The exit code of a run as a status.
const fn status(code: u8) -> Status {
    match code {
        0 => Status::Clean,
        1 => Status::Findings,
        3 => Status::Unchanged,
        4 => Status::RolledBack,
        _ => Status::Broken,
    }
}
