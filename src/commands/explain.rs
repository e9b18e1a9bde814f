//! `envgate explain`: a rule's page in the terminal.

use std::io::Write;

use crate::cli::{Explain, When};
use crate::render;

use super::{Error, Status, catalog, terminal};

pub(super) fn run(arguments: &Explain, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let word = &arguments.rule;
    let meta = catalog().into_iter().find(|meta| meta.names(word));
    let meta = meta.ok_or_else(|| Error::NoSuchRule { word: word.clone() })?;
    render::rule_page(meta, &terminal::options(color), out)?;
    Ok(Status::Clean)
}
