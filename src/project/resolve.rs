//! What a compose command makes of the project: every service's environment, each value with its way.
//!
//! Not here: whether a value is good.

use crate::source::Span;

use super::Project;
use super::commands::ComposeCommand;

/// Where a value was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    /// The shell's environment (a sourced and exported file, `--set`).
    Shell,
    /// A file given by `--env-file`.
    CommandEnvFile,
    /// The `.env` in the project directory.
    Dotenv,
    /// A file in the service's `env_file`.
    EnvFile,
    /// Written in the service's `environment`.
    Environment,
    /// The fallback in `${KEY:-fallback}`.
    Fallback,
    /// Nowhere: a blank, or a name passed on that nobody sets.
    None,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What kind of place.
    pub kind: OriginKind,
    /// The file; empty for a shell value.
    pub path: String,
    /// The place of the value in it.
    pub span: Span,
}

/// One value that a variable could have had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The value; `None` for a name passed on that nobody sets.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// One variable of a service's environment.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub key: String,
    /// What arrives.
    pub arrives: Layer,
    /// The place in the compose file (or `env_file`) that put it there.
    pub set_at: Origin,
    /// What would have arrived without it, the next in line first.
    pub shadows: Vec<Layer>,
}

/// One service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The file that defines it last.
    pub path: String,
    /// The place of its name there.
    pub span: Span,
    /// Whether a profile that the command does not name switches it off.
    pub disabled: bool,
    /// Its environment, ordered by name.
    pub variables: Vec<Variable>,
}

/// What one command makes of the compose files.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The command.
    pub command: ComposeCommand,
    /// The project directory, relative to the working directory.
    pub project_directory: String,
    /// The files that `${…}` was filled from, first in precedence first.
    pub interpolation: Vec<String>,
    /// The services, ordered by name.
    pub services: Vec<Service>,
}

/// Resolves every distinct command of the project.
#[must_use]
pub fn resolve(_project: &Project<'_>) -> Vec<Environment> {
    Vec::new()
}

/// TEMP
#[must_use]
pub fn wanted(_project: &Project<'_>) -> Vec<String> {
    Vec::new()
}
