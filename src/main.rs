//! The command; everything it does lies in the library.

use std::io;
use std::process::ExitCode;

use envgate::cli::Cli;
use envgate::commands;

fn main() -> ExitCode {
    let cli = Cli::from_arguments();
    match commands::run(&cli, &mut io::stdout().lock()) {
        Ok(status) => status.into(),
        Err(error) => commands::fail(&error, &mut io::stderr().lock()),
    }
}
