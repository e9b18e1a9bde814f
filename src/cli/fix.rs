//! The arguments of `envgate fix`.
//!
//! Not here: anything but clap.

use std::path::PathBuf;

use clap::Args;

use super::{Check, FailOn, Format};

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
    /// Files and directories to fix
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Also apply fixes that may change what a machine reads; look at `--diff` first
    #[arg(long = "unsafe")]
    pub allow_unsafe: bool,

    /// Print what would change, with values masked, and write nothing
    #[arg(long)]
    pub diff: bool,

    /// Fix findings of these rules alone: codes, names or families, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub only: Vec<String>,

    /// Leave these rules out: codes, names or families, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub ignore: Vec<String>,

    /// From which severity on the exit code is 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,

    /// Fix only files that match these globs
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,

    /// Leave out files and directories that match these globs
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Read this configuration instead of the nearest `envgate.yaml`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Fix {
    /// The check of the same files, by all rules: a fix must not make anything else worse.
    #[must_use]
    pub fn as_check(&self) -> Check {
        Check {
            paths: self.paths.clone(),
            format: Format::Human,
            only: Vec::new(),
            ignore: Vec::new(),
            fail_on: self.fail_on,
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            config: self.config.clone(),
            staged: false,
            all_staged: false,
            info: false,
        }
    }
}
