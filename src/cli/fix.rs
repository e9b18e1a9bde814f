//! The arguments of `envgate fix`.
//!
//! Not here: anything but clap.

use std::path::PathBuf;

use clap::Args;

use super::Scope;

/// `envgate fix`
#[derive(Debug, Args)]
pub struct Fix {
    /// Which files, and the findings of which rules
    #[command(flatten)]
    pub scope: Scope,

    /// Also apply fixes that may change what a machine reads; look at `--diff` first
    #[arg(long = "unsafe")]
    pub allow_unsafe: bool,

    /// Make up the secrets that an env file lacks [default file: the one that `env-check` takes]
    #[arg(long, value_name = "ENV_FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = [
        "allow_unsafe", "only", "ignore", "fail_on", "include", "exclude", "config_from"
    ])]
    pub generate: Option<Option<PathBuf>>,

    /// Print what would change, with values masked, and write nothing
    #[arg(long)]
    pub diff: bool,
}
