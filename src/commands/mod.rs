//! One file a command; each puts the other modules together and does no work of its own.

mod base;
mod baseline;
mod check;
mod clean;
mod completions;
mod configuration;
mod deploy;
mod env;
mod env_check;
mod error;
mod explain;
mod fix;
mod git_help;
mod history;
mod hook;
mod hook_links;
mod incomplete;
mod init;
mod inputs;
pub mod library;
mod lsp;
mod merge;
mod namers;
mod opened;
mod output;
mod pack_files;
mod progress;
mod resolve;
mod rules;
mod staged;
mod stdin;
mod terminal;
mod verify;
mod why;

use std::error::Error as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::diagnostic::Meta;
use crate::render::visible;
use crate::{baseline as known, config, engine, rules as rule_list, suppress};

pub use error::Error;
pub use pack_files::PackFiles;
pub use terminal::language;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above the severity that fails.
    Clean,
    /// Something at or above it; a deploy that its gate refused.
    Findings,
    /// A deploy that failed before it changed anything.
    Unchanged,
    /// A deploy that failed, was rolled back, and was verified.
    RolledBack,
    /// A deploy that failed and needs a person.
    Broken,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Clean => Self::SUCCESS,
            Status::Findings => Self::from(1),
            Status::Unchanged => Self::from(3),
            Status::RolledBack => Self::from(4),
            Status::Broken => Self::from(5),
        }
    }
}

fn working_directory() -> Result<PathBuf, Error> {
    std::env::current_dir().map_err(Error::WorkingDirectory)
}

/// The identity of everything that can be reported, in the order of the codes of each family.
#[must_use]
pub fn catalog() -> Vec<&'static Meta> {
    let mut all = rule_list::catalog();
    all.extend(config::rules());
    all.extend(engine::METAS);
    all.extend(known::rules());
    all.extend(suppress::rules());
    all
}

/// Runs the command that was typed.
///
/// # Errors
///
/// Where it could not do its work; the exit code is then 2.
pub fn run(cli: &Cli, out: &mut dyn Write) -> Result<Status, Error> {
    terminal::speak(cli.lang);
    match &cli.command {
        Command::Check(arguments) => check::run(arguments, cli.color, out),
        Command::Baseline(arguments) => baseline::run(arguments, out),
        Command::Explain(arguments) => explain::run(arguments, cli.color, out),
        Command::Rules(arguments) => rules::run(arguments, cli.color, out),
        Command::Resolve(arguments) => resolve::run(arguments, cli.color, out),
        Command::Why(arguments) => why::run(arguments, cli.color, out),
        Command::Fix(arguments) => fix::run(arguments, cli.color, out),
        Command::History(arguments) => history::run(arguments, cli.color, out),
        Command::Merge(arguments) => merge::run(arguments, out),
        Command::Hook(arguments) => hook::run(arguments, cli.color, out),
        Command::Lsp => lsp::run(),
        Command::Completions(arguments) => completions::completions(arguments, out),
        Command::Manual(arguments) => completions::manual(arguments, out),
        Command::Init(arguments) => init::run(arguments, out),
        Command::Env(arguments) => env::run(arguments, cli.color, out),
        Command::EnvCheck(arguments) => env_check::run(arguments, out),
        Command::Deploy(arguments) => deploy::run(arguments, cli.color, out),
    }
}

/// Prints why a command could not do its work and gives the exit code. A reader that went away is no
/// failure.
pub fn fail(error: &Error, out: &mut dyn Write) -> ExitCode {
    if let Error::Output(source) = error
        && source.kind() == io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    // Nowhere is left to say that this cannot be said.
    let _ = report(error, out);
    ExitCode::from(error.code())
}

fn report(error: &Error, out: &mut dyn Write) -> io::Result<()> {
    let mut told = Vec::new();
    tell(error, &mut told)?;
    let told = String::from_utf8_lossy(&told);
    match terminal::columns_of_errors() {
        Some(columns) => out.write_all(crate::render::folded(&told, columns).as_bytes()),
        None => out.write_all(told.as_bytes()),
    }
}

fn tell(error: &Error, out: &mut dyn Write) -> io::Result<()> {
    let lang = terminal::lang();
    let headed = lang.word("error");
    match error {
        Error::Unreadable(files) => {
            for (path, why) in &files.0 {
                let text = format!("cannot read `{path}`: {why}");
                writeln!(out, "{headed}: {}", visible(&lang.text(&text)))?;
            }
        }
        other => writeln!(out, "{headed}: {}", visible(&lang.text(&other.to_string())))?,
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        // What others say may have several lines.
        let text = crate::git::message(source).map_or_else(|| source.to_string(), ToOwned::to_owned);
        let text = lang.text(&text);
        let lines: Vec<_> = text.lines().map(|line| visible(line).into_owned()).collect();
        writeln!(out, "{}: {}", lang.word("caused by"), lines.join("\n"))?;
        cause = source.source();
    }
    match error.help() {
        Some(help) => writeln!(out, "{}: {}", lang.word("help"), lang.text(&help)),
        None => Ok(()),
    }
}
