//! What is made from the command line's own description: completions for shells, and manual pages.
//!
//! Not here: where they go.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::Cli;

/// `envgate completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `envgate manual`
#[derive(Debug, Args)]
pub struct Manual {
    /// The directory to write to; it is made where it is missing
    pub directory: PathBuf,
}

impl Cli {
    /// Writes the completions for a shell.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn completions(shell: Shell, out: &mut dyn Write) -> io::Result<()> {
        // A shell goes away in the middle of it, and clap takes that for a failure of its own.
        let mut text = Vec::new();
        generate(shell, &mut Self::command(), "envgate", &mut text);
        out.write_all(&text)
    }

    /// The manual pages of the command and of each of its own, by file name.
    ///
    /// # Errors
    ///
    /// Where a page cannot be written to memory.
    pub fn manual() -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut command = Self::command().disable_help_subcommand(true);
        command.build();
        let mut pages = Vec::new();
        collect(&command, &mut pages)?;
        Ok(pages)
    }
}

fn collect(command: &clap::Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, pages)?;
    }
    Ok(())
}
