//! The command; everything it does lies in the library.

use std::io;
use std::panic;
use std::process::ExitCode;

use envgate::cli::Cli;
use envgate::commands;

fn main() -> ExitCode {
    let usual = panic::take_hook();
    // What `git2` dies of in a repository that nobody's git has made is caught where it is called, and said there.
    panic::set_hook(Box::new(move |told| {
        if !told.location().is_some_and(|place| place.file().contains("/git2-")) {
            usual(told);
        }
    }));
    let cli = match Cli::typed(std::env::args_os().collect(), commands::language()) {
        Ok(cli) => cli,
        Err(said) => return said.print(),
    };
    // Not locked: the language server writes from a thread of its own.
    match commands::run(&cli, &mut io::stdout()) {
        Ok(status) => status.into(),
        Err(error) => commands::fail(&error, &mut io::stderr().lock()),
    }
}
