//! `envgate explain`: a rule's page in the terminal.

use std::io::Write;

use crate::cli::{Explain, When};
use crate::render;

use super::{Error, Status, catalog, configuration, terminal};

pub(super) fn run(arguments: &Explain, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let word = &arguments.rule;
    let known = catalog().into_iter().find(|meta| meta.names(word));
    let own = || Ok::<_, Error>(configuration::around(None)?.own_rule(word));
    let meta = if known.is_some() { known } else { own()? };
    let meta = meta.ok_or_else(|| Error::NoSuchRule { word: word.clone() })?;
    render::page(meta.page, &terminal::options(color), out)?;
    Ok(Status::Clean)
}
