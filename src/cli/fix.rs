//! The arguments of `envgate fix`.
//!
//! Not here: anything but clap.

use clap::Args;

use super::Scope;

/// `envgate fix`
///
/// Applies the fixes that findings offer. A fix is bytes replaced in place: comments, order, line ends and
/// every other byte stay. Each result is read again before it is written: the finding must be gone, no new
/// error may appear, and the loaders that read env files must read every other key as before. What does not come out so is refused, and said.
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

    /// Print what would change, with values masked, and write nothing
    #[arg(long)]
    pub diff: bool,
}
