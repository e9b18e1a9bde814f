//! The `docker compose` commands that Makefiles, scripts and configuration run, and what stands
//! around them: sourced files, exports, the directory.
//!
//! Not here: what those commands make of the compose files (see [`super::resolve`]).

use crate::source::Span;

use super::Project;

/// A file that a script loads into the shell before the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// The env file, relative to the working directory where that is known.
    pub path: String,
    /// Where the script loads it.
    pub span: Span,
    /// `source`/`.` (true) or `export $(… | xargs)` (false).
    pub by_source: bool,
    /// The names exported afterwards; `None` when everything is (`set -a`, `export $(…)`).
    pub exported: Option<Vec<String>>,
}

/// One `docker compose` (or `docker-compose`) command as written somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComposeCommand {
    /// The file that it stands in: a script, a Makefile, `envgate.yaml`; empty when assumed.
    pub path: String,
    /// Where it stands there.
    pub span: Span,
    /// The name of the environment in configuration, or of the Makefile target.
    pub name: Option<String>,
    /// The `-f` files in order, relative to the working directory; empty for compose's own choice.
    pub files: Vec<String>,
    /// The `--env-file` files in order.
    pub env_files: Vec<String>,
    /// `--project-directory`.
    pub project_directory: Option<String>,
    /// `--profile`, and `COMPOSE_PROFILES`.
    pub profiles: Vec<String>,
    /// The directory that the command runs in, relative to the working directory.
    pub directory: String,
    /// The subcommand: `up`, `pull`, `config`, `build`, …
    pub subcommand: Option<String>,
    /// Env files loaded into the shell before it, in the same script.
    pub sourced: Vec<Sourced>,
    /// Whether it runs on another machine (inside `ssh host "…"`).
    pub remote: bool,
    /// Whether this environment is production; `None` where nothing says.
    pub production: Option<bool>,
}

/// Finds the compose commands in the project's scripts and Makefiles.
#[must_use]
pub fn find(_project: &Project<'_>) -> Vec<ComposeCommand> {
    Vec::new()
}
