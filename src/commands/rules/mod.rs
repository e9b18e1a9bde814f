//! `envgate rules`: the table of all rules, and the trial of those that the project declares.

mod test;

use std::io::Write;

use crate::cli::{Rules, RulesCommand, TableFormat, When};
use crate::render;

use super::{Error, Status, configuration, terminal};

pub(super) fn run(arguments: &Rules, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    if let Some(RulesCommand::Test(test)) = &arguments.command {
        return test::run(test, out);
    }
    let around = configuration::around(None)?;
    let catalog = configuration::catalog_with(&around.config);
    match arguments.format {
        TableFormat::Human => render::rules_table(&catalog, &terminal::options(color), out)?,
        TableFormat::Json => render::rules_json(&catalog, out)?,
    }
    Ok(Status::Clean)
}
