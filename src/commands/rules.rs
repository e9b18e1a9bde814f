//! `envgate rules`: the table of all rules.

use std::io::Write;

use crate::cli::{Rules, TableFormat, When};
use crate::render;

use super::{Error, Status, catalog, terminal};

pub(super) fn run(arguments: &Rules, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let catalog = catalog();
    match arguments.format {
        TableFormat::Human => render::rules_table(&catalog, &terminal::options(color), out)?,
        TableFormat::Json => render::rules_json(&catalog, out)?,
    }
    Ok(Status::Clean)
}
