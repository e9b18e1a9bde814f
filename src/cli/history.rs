//! `envgate history` as typed.
//!
//! Not here: what is searched, and how a finding is told.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

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

    /// Search what no commit reaches too: what was amended, rebased or dropped, until git removes it
    #[arg(long)]
    pub unreachable: bool,

    /// Remember in this file which contents are clean, and do not read them again
    #[arg(long, value_name = "FILE")]
    pub cache: Option<PathBuf>,

    /// Search the I-th of N parts, by the ids of the contents; `envgate merge` joins the reports
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,

    /// Ask vendors whether the tokens that are found still live: sends each to its own vendor, over TLS
    #[arg(long)]
    pub verify: bool,

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

/// One part of several, `2/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1 on.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

impl Shard {
    /// Whether what has this id or hash belongs to the part: on every machine the same.
    #[must_use]
    pub fn holds(self, id: &[u8]) -> bool {
        let number = id.first_chunk().copied().map_or(0, u64::from_be_bytes);
        number % self.count.max(1) + 1 == self.index
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a part is written I/N, with 1 ≤ I ≤ N: 2/8";
        let (index, count) = text.split_once('/').ok_or(wrong)?;
        let (index, count) = (index.parse().map_err(|_| wrong)?, count.parse().map_err(|_| wrong)?);
        if index == 0 || index > count { Err(wrong) } else { Ok(Self { index, count }) }
    }
}

/// `envgate merge`
#[derive(Debug, Args)]
pub struct Merge {
    /// Reports that were written with `--format json`
    #[arg(required = true, value_name = "REPORT")]
    pub reports: Vec<PathBuf>,

    /// From which severity on the exit code is 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
}
