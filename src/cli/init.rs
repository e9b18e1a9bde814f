//! The arguments of `envgate init`.
//!
//! Not here: anything but clap.

use clap::{Args, ValueEnum};

/// A place that runs checks of what is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiHost {
    /// A workflow of its own in `.github/workflows`
    Github,
    /// A job in `.gitlab-ci.yml`, or a file to include where that is there already
    Gitlab,
}

/// `envgate init`
#[derive(Debug, Args)]
pub struct Init {
    /// Write without asking
    #[arg(long, short)]
    pub yes: bool,

    /// Show what would be written, whole, and write nothing
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,

    /// Write no baseline: what is wrong today fails the check until it is put right
    #[arg(long)]
    pub no_baseline: bool,

    /// Put the check in front of every commit too, as `envgate hook install` does
    #[arg(long)]
    pub hook: bool,

    /// Let a CI run the check too
    #[arg(long, value_enum, value_name = "HOST")]
    pub ci: Option<CiHost>,

    /// Write a `deploy:` section too, from the compose files and the script that deploys today
    #[arg(long)]
    pub deploy: bool,
}
