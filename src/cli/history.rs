//! `envgate history` as typed.
//!
//! Not here: what is searched, and how a finding is told.

use std::path::PathBuf;

use clap::Args;

use super::{FailOn, Look};

/// `envgate history`
#[derive(Debug, Args)]
pub struct History {
    /// Where to begin, as git names commits: `main`, `v1..v2`, `^old` [default: HEAD]
    #[arg(value_name = "REV", allow_hyphen_values = false)]
    pub revisions: Vec<String>,

    /// Begin at every branch, tag, remote branch, stash and note too
    #[arg(long)]
    pub all: bool,

    /// How many threads [default: one a core]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,

    /// The repository, or a directory in it
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    pub repository: PathBuf,

    /// What is written where, and how it looks.
    #[command(flatten)]
    pub look: Look,

    /// From which severity on the exit code is 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}
