//! What is made from the command line's own description: completions for shells, and manual pages.
//!
//! Not here: where they go.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::Cli;
use super::said::translated;
use crate::lang::Lang;

/// What the generator heads a part of a page with.
const HEADS: [&str; 7] =
    ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ARGUMENTS", "SUBCOMMANDS", "VERSION"];

/// What the generator writes in the middle of a line.
const VALUES: [&str; 2] = ["Possible values:", "subcommands"];

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
    pub fn manual(lang: Lang) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut command = Self::command().disable_help_subcommand(true);
        command.build();
        if lang != Lang::English {
            command = translated(command, lang, true);
        }
        let mut pages = Vec::new();
        collect(&command, lang, &mut pages)?;
        Ok(pages)
    }
}

fn collect(command: &clap::Command, lang: Lang, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), headed(&page, lang).into_bytes()));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, lang, pages)?;
    }
    Ok(())
}

/// What the generator itself says in a page, in the language.
fn headed(page: &[u8], lang: Lang) -> String {
    let page = String::from_utf8_lossy(page);
    let line = |line: &str| match line.strip_prefix(".SH ") {
        Some(head) if HEADS.contains(&head.trim_end()) => format!(".SH {}\n", lang.word(head.trim_end())),
        Some(_) => line.to_owned(),
        None => VALUES.iter().fold(line.to_owned(), |line, said| line.replace(said, lang.word(said))),
    };
    page.split_inclusive('\n').map(line).collect()
}
