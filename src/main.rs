//! The command; everything it does lies in the library.

use std::io;
use std::process::ExitCode;

use envgate::cli::Cli;
use envgate::commands;

fn main() -> ExitCode {
    let cli = Cli::from_arguments();
    // Not locked: the language server writes from a thread of its own.
    match commands::run(&cli, &mut io::stdout()) {
        Ok(status) => status.into(),
        Err(error) => commands::fail(&error, &mut io::stderr().lock()),
    }
}
