//! The arguments of `envgate hook`.
//!
//! Not here: anything but clap.

use clap::{Args, Subcommand, ValueEnum};

/// `envgate hook`
#[derive(Debug, Args)]
pub struct Hook {
    /// What to do
    #[command(subcommand)]
    pub command: HookCommand,
}

/// What there is to do with hooks.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Put the check in front of a commit; a hook that is there already is kept and runs afterwards
    Install(HookPlace),
    /// Take it away again, and leave the hook as it was
    Uninstall(HookPlace),
    /// Say which hook git would run, and whether it runs the check
    Status,
}

/// Where hooks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookManager {
    /// The directory that git runs hooks from
    Git,
    /// `.husky`
    Husky,
}

/// Which hooks, and where.
#[derive(Debug, Args)]
pub struct HookPlace {
    /// The hooks
    #[arg(default_value = "pre-commit", value_name = "HOOK", value_parser = ["pre-commit", "pre-merge-commit"])]
    pub hooks: Vec<String>,

    /// Where they are written [default: husky where the project uses it, else git]
    #[arg(long, value_enum, value_name = "MANAGER")]
    pub manager: Option<HookManager>,
}
