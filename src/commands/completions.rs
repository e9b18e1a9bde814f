//! `envgate completions` and `envgate manual`: what packages install beside the command.

use std::io::Write;

use crate::cli::{Cli, Completions, Manual};
use crate::files;
use crate::lang::Lang;

use super::terminal::say;
use super::{Error, Status};

pub(super) fn completions(arguments: &Completions, out: &mut dyn Write) -> Result<Status, Error> {
    Cli::completions(arguments.shell, out)?;
    Ok(Status::Clean)
}

pub(super) fn manual(arguments: &Manual, out: &mut dyn Write) -> Result<Status, Error> {
    for (lang, folder) in [(Lang::English, ""), (Lang::Spanish, "es")] {
        for (name, page) in Cli::manual(lang)? {
            let path = arguments.directory.join(folder).join(name);
            files::write_new(&path, &page)?;
            say!(out, "wrote `{}`", path.display())?;
        }
    }
    Ok(Status::Clean)
}
