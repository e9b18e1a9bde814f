//! The arguments of `envgate fix`.
//!
//! Not here: anything but clap.

use std::path::PathBuf;

use clap::Args;

use super::Scope;

/// `envgate fix`
///
/// Applies the fixes that findings offer. A fix is bytes replaced in place: comments, order, line ends and
/// every other byte stay. Each result is read again before it is written: the finding must be gone, no new
/// error may appear, and the loaders that read env files must read every other key as before. What does not come out so is refused, and said.
///
/// With `--generate` nothing else is fixed: each secret that the env file lacks, has empty, or has a
/// placeholder for gets a fresh random value of the length that is demanded. The file must not be tracked
/// and, inside a repository, must be ignored by git; it is written whole, for its owner alone (0600), and
/// the values are printed nowhere. Secrets that a provider gives out are left, and named; exit code 1 then.
///
/// Exit codes: 0 nothing is left at or above `--fail-on`; 1 findings are left; 2 it could not be done.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Fix {
    /// Which files, and the findings of which rules
    #[command(flatten)]
    pub scope: Scope,

    /// Also apply fixes that may change what a machine reads; look at `--diff` first
    #[arg(long = "unsafe")]
    pub allow_unsafe: bool,

    /// Make up the secrets that an env file lacks [default file: the one that `env-check` takes]
    #[arg(long, value_name = "ENV_FILE", num_args = 0..=1, require_equals = true, conflicts_with = "allow_unsafe")]
    pub generate: Option<Option<PathBuf>>,

    /// Print what would change, with values masked, and write nothing
    #[arg(long)]
    pub diff: bool,
}
