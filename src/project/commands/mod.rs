//! The `docker compose` commands that Makefiles, scripts and configuration run, and what stands
//! around them: sourced files, exports, the directory.
//!
//! Not here: what those commands make of the compose files (see [`super::resolve`]).

mod fields;
mod line;
mod listed;
pub(in crate::project) mod make;
mod place;
mod ran;
mod state;
mod walk;
mod worlds;

use std::fmt;
use std::sync::Arc;

use crate::document::Document;
use crate::document::env::Loader;
use crate::document::env_uses::EnvUse;
use crate::document::makefile::Exports;
use crate::document::shell::{Interpreter, Origin, Script};
use crate::source::{Span, file_name};

use super::{File, Project};
pub use ran::Ran;
use walk::Walk;

/// A file that a script loads into the shell before the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced {
    /// The env file, relative to the working directory where that is known.
    pub path: String,
    /// Where the script loads it.
    pub span: Span,
    /// `source`/`.` (true) or `export $(… | xargs)` (false).
    pub by_source: bool,
    /// Of the latter whether `xargs -d` leaves quotes and backslashes as they are.
    pub whole_lines: bool,
    /// The names exported afterwards; `None` when everything is (`set -a`, `export $(…)`).
    pub exported: Option<Vec<String>>,
}

/// A variable that a script gives to the command through the shell's environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its name.
    pub name: String,
    /// Its value; `None` where that is only known when the script runs.
    pub value: Option<String>,
    /// Whether the script gives it a value; else it hands on what it was given itself, or what it loads.
    pub set: bool,
    /// Where the script exports it.
    pub span: Span,
    /// Whether it stands before the command itself (`NAME=value docker compose …`).
    pub prefix: bool,
}

/// Values may be secret: only the length is ever shown.
impl fmt::Debug for Exported {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.value.as_ref().map(String::len);
        write!(formatter, "Exported({}, {length:?} bytes, {:?})", self.name, self.span)
    }
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
    /// The variables exported before it, in the same script, each name once: the last one counts.
    pub exported: Vec<Exported>,
    /// What make gives to it, where it stands in a Makefile and runs on this machine.
    pub make: Arc<Exports>,
    /// Whether it runs on another machine (inside `ssh host "…"`).
    pub remote: bool,
    /// Whether this environment is production; `None` where nothing says.
    pub production: Option<bool>,
}

/// Finds the compose commands in the project's scripts and Makefiles, as far as it is known which files
/// they read.
#[must_use]
pub fn find(project: &Project<'_>) -> Vec<ComposeCommand> {
    collect(project, false)
}

/// Finds every compose command, with what is known of it: for rules about what stands around it.
#[must_use]
pub fn find_all(project: &Project<'_>) -> Vec<ComposeCommand> {
    collect(project, true)
}

/// An env file that a script reads outside compose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptRead {
    /// The loader, the path as written, and the place.
    pub of: EnvUse,
    /// The directory that the script is in by then, where it has changed to one.
    pub directory: Option<String>,
}

/// The env files that a script or Makefile sources, takes through xargs, or hands to a command.
#[must_use]
pub fn reads(file: &File) -> Vec<ScriptRead> {
    let scripts = match &file.document {
        Document::Shell(script) => std::slice::from_ref(script),
        Document::Makefile(makefile) => makefile.recipes.as_slice(),
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for script in scripts {
        // A file without `#!` is sourced itself, by bash for all that is known.
        let posix = script.interpreter(false) == Interpreter::Sh
            && (script.shebang.is_some() || script.origin != Origin::File);
        for read in Walk::reads(script) {
            let mut of = read.of;
            if posix && of.loader == Loader::Bash {
                of.loader = Loader::Dash;
            }
            found.push(ScriptRead { of, directory: read.directory });
        }
    }
    found
}

/// Every command of a script or of a Makefile's recipes, in the order they run.
#[must_use]
pub fn ran(file: &File) -> Vec<Ran> {
    match &file.document {
        Document::Shell(script) => Walk::ran(script),
        Document::Makefile(makefile) => makefile.recipes.iter().flat_map(Walk::ran).collect(),
        _ => Vec::new(),
    }
}

fn collect(project: &Project<'_>, unknown: bool) -> Vec<ComposeCommand> {
    let mut found = Vec::new();
    for file in &project.files {
        match &file.document {
            Document::Shell(script) => in_script(script, file, project, unknown, &mut found),
            Document::Makefile(makefile) => {
                let first = found.len();
                for recipe in &makefile.recipes {
                    in_script(recipe, file, project, unknown, &mut found);
                }
                give(file, project, found.get_mut(first..).unwrap_or_default());
            }
            _ => {}
        }
    }
    found
}

/// Hands what make exports to the commands of one Makefile; without any it is not asked for.
fn give(file: &File, project: &Project<'_>, commands: &mut [ComposeCommand]) {
    // What another Makefile includes has that one's variables as well.
    let own = ["makefile", "gnumakefile"]
        .iter()
        .any(|name| file_name(file.source.path()).eq_ignore_ascii_case(name));
    if commands.is_empty() || !own {
        return;
    }
    let exports = make::exported(file, project);
    for command in commands.iter_mut().filter(|command| !command.remote) {
        command.make = Arc::clone(&exports);
    }
}

fn in_script(
    script: &Script,
    file: &File,
    project: &Project<'_>,
    unknown: bool,
    found: &mut Vec<ComposeCommand>,
) {
    let target = match &script.origin {
        Origin::Recipe { target, .. } => Some(target.as_str()),
        _ => None,
    };
    for raw in Walk::over(script).into_iter().filter(|raw| unknown || !raw.line.unknown) {
        let mut command = place::place(&raw, file, project);
        command.name = target.map(str::to_owned);
        command.production = production(&command, target, file_name(file.source.path()));
        found.push(command);
    }
}

/// What the names say: of the compose and env files first, then of the target, then of the script.
fn production(command: &ComposeCommand, target: Option<&str>, script: &str) -> Option<bool> {
    let files = command.files.iter().chain(&command.env_files).map(|path| file_name(path));
    files.chain(target).chain(std::iter::once(script)).find_map(named_production)
}

/// Whether a name says production, says that it is not, or says nothing.
pub(in crate::project) fn named_production(name: &str) -> Option<bool> {
    const PRODUCTION: &[&str] = &["prod", "production", "deploy", "deployment", "release"];
    const OTHER: &[&str] = &["dev", "development", "local", "test", "testing", "tests", "e2e", "ci"];
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|character: char| !character.is_ascii_alphanumeric());
    words.find_map(|word| {
        PRODUCTION.contains(&word).then_some(true).or_else(|| OTHER.contains(&word).then_some(false))
    })
}
