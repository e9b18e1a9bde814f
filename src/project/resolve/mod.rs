//! What a compose command makes of the project: every service's environment, each value with its way.
//!
//! Not here: whether a value is good. What cannot be known (a file that was not read, a mistake that
//! stops compose) is said in the result, never guessed around.

mod draft;
mod load;
mod names;
mod plan;
mod service;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::source::{Span, file_name, is_top, join, parent};

use super::Project;
use super::commands::{ComposeCommand, named_production};

pub use names::Names;
pub(in crate::project) use walk::{Laid, again};

/// Where a value was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The file; for a shell value the file that was sourced, empty where there is none.
    pub path: String,
    /// The place of the value in it.
    pub span: Span,
}

/// One value that a variable could have had.
#[derive(Clone, PartialEq, Eq)]
pub struct Layer {
    /// The value; `None` for a name passed on that nobody sets, and where it is only known when something runs.
    pub value: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Layer {
    /// Whether there is a value that is only known when something runs.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.value.is_none() && self.origin.kind != OriginKind::None
    }

    /// Whether every machine sets it, each to a value of its own.
    #[must_use]
    pub fn is_of_machine(&self) -> bool {
        self.is_unknown() && self.origin.kind == OriginKind::Shell && self.origin.path.is_empty()
    }
}

/// Values may be secret: only the length is ever shown.
impl fmt::Debug for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Layer({:?} bytes, {:?})", self.value.as_ref().map(String::len), self.origin)
    }
}

/// One `${…}` that was filled in on the way to a value.
#[derive(Debug, Clone)]
pub struct Input {
    /// The name.
    pub name: String,
    /// Its place in the file that has the template.
    pub span: Span,
    /// What the name had; `None` where nobody sets it.
    pub layer: Option<Layer>,
}

/// One variable of a service's environment.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub key: String,
    /// What arrives.
    pub arrives: Layer,
    /// The place in the compose file (or `env_file`) that put it there: the value, or the bare name.
    pub set_at: Origin,
    /// What would have arrived without it, the next in line first.
    pub shadows: Vec<Layer>,
    /// The variables that were filled in, in the file of `set_at`; empty for values from `env_file`.
    pub inputs: Vec<Input>,
}

impl Variable {
    /// What is hidden: not what arrives, which may have been read once more as what stands behind it.
    pub fn hidden(&self) -> impl Iterator<Item = &Layer> {
        let arrives = &self.arrives;
        let same = move |layer: &&Layer| {
            let place = |layer: &Layer| (layer.origin.path.clone(), layer.origin.span);
            layer.value == arrives.value && place(layer) == place(arrives)
        };
        self.shadows.iter().filter(move |layer| !same(layer))
    }

    /// What keeps its value from being known: where that is set which is only known when something runs.
    #[must_use]
    pub fn hangs_on(&self) -> Option<&Origin> {
        let mut inputs = self.inputs.iter().filter_map(|input| input.layer.as_ref());
        let own = &self.arrives;
        own.is_unknown()
            .then(|| inputs.find(|layer| layer.is_unknown()).map_or(&own.origin, |layer| &layer.origin))
    }
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
    /// Its env files, in order.
    pub env_files: Vec<ServiceEnvFile>,
    /// Names whose value compose refuses to make; nothing is known of them.
    pub refused: Vec<String>,
}

impl Service {
    /// The variable of this name.
    #[must_use]
    pub fn variable(&self, key: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.key == key)
    }
}

/// Whether a file's content is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It was read.
    Read,
    /// It is there, but was not read: what it sets is not known.
    Unread,
    /// It is not there.
    Missing,
}

/// One `env_file` of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEnvFile {
    /// The file, relative to the working directory.
    pub path: String,
    /// Whether it was read.
    pub presence: Presence,
    /// Whether compose stops when it is missing.
    pub required: bool,
    /// Whether its `format` is `raw`.
    pub raw: bool,
    /// The compose file that names it.
    pub named_in: String,
    /// The place there.
    pub span: Span,
}

/// What is wrong in the large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// A compose file, or an `--env-file`, that is not there or was not read.
    NoFile,
    /// A compose file that compose cannot read.
    Unreadable,
    /// Something that compose reads and refuses: a key that it does not know, a service that is nothing.
    Refused,
    /// A template that is written wrong.
    InvalidTemplate,
    /// A `${NAME:?}` that is missing.
    MissingVariable,
    /// An env file that its loader refuses.
    RefusedEnvFile,
    /// A required `env_file` that is not there.
    MissingEnvFile,
    /// A file or a service that `extends` or `include` names and that is not there; what it is about is the
    /// fact.
    MissingPart,
    /// Something that is not worked out here; values may differ.
    NotResolved,
}

/// Something that stops compose, or stops us from knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// The file; the command's where the command itself is at fault.
    pub path: String,
    /// The place.
    pub span: Span,
    /// The name or path it is about.
    pub about: String,
}

/// A `${NAME}` without fallback that nobody sets: compose warns and puts a blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// The name.
    pub name: String,
    /// The compose file.
    pub path: String,
    /// The place of the `${…}`.
    pub span: Span,
}

/// What one command makes of the compose files.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The command.
    pub command: ComposeCommand,
    /// The project directory, relative to the working directory.
    pub project_directory: String,
    /// The compose files in order, included ones not counted.
    pub files: Vec<String>,
    /// The files that those include.
    pub included_files: Vec<String>,
    /// The files of which their services extend one, those above left out.
    pub extended_files: Vec<String>,
    /// The files that `${…}` was filled from, first in precedence first.
    pub interpolation: Vec<String>,
    /// What `${…}` is filled from.
    pub names: Arc<Names>,
    /// The names of each included project, in the order of the walk.
    included: Vec<Arc<Names>>,
    /// The services, ordered by name.
    pub services: Vec<Service>,
    /// What stops compose, or stops us from knowing.
    pub troubles: Vec<Trouble>,
    /// What silently becomes blank.
    pub blanks: Vec<Blank>,
    /// Files that are there and were not read, though they say what variables hold.
    pub unread: Vec<String>,
}

impl Environment {
    /// Whether nobody wrote this command: it is what the compose files suggest.
    #[must_use]
    pub fn assumed(&self) -> bool {
        self.command.path.is_empty()
    }

    /// Whether real users depend on what the command starts: as the configuration says, else as the names
    /// of its target and script, of its compose files and of the directories that those lie in do.
    #[must_use]
    pub fn is_production(&self) -> bool {
        let names = || {
            let own = self.files.iter().map(|path| file_name(path));
            let above = self.files.iter().map(|path| file_name(parent(path)));
            own.chain(above).find_map(named_production)
        };
        self.command.production.or_else(names) == Some(true)
    }

    /// Whether compose is told to read no `.env` by itself.
    #[must_use]
    pub fn reads_no_dotenv(&self) -> bool {
        self.command.env_files.is_empty() && self.names.reads_none()
    }

    /// Whether make alone reads the env file at `path` for this command: it includes it, and compose does not read it.
    #[must_use]
    pub fn made_alone(&self, path: &str) -> bool {
        let command = &self.command;
        let by_default = [&self.project_directory, &command.directory];
        let own = if command.env_files.is_empty() {
            by_default.iter().any(|directory| join(directory, ".env") == path)
        } else {
            command.env_files.iter().any(|file| file == path)
        };
        !own && command.make.included.iter().any(|included| included.path == path)
    }

    /// The directory that the one who runs the command is in, for writing the file at `path`. Where nobody
    /// wrote the command, it is the nearest one above both the compose files and the file.
    #[must_use]
    pub fn base(&self, path: &str) -> &str {
        let mut directory = self.command.directory.as_str();
        while self.assumed() && !is_top(directory) && !path.starts_with(&format!("{directory}/")) {
            directory = parent(directory);
        }
        directory
    }

    /// Whether the compose file at `path` is one of the command's, or a part of one of them.
    #[must_use]
    pub fn uses(&self, path: &str) -> bool {
        self.read_files().any(|used| used == path)
    }

    /// The compose files of the command, with what they include and extend.
    fn read_files(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(&self.included_files).chain(&self.extended_files)
    }

    /// Whether `${name}` is filled from somewhere: a value that is known, or one that the script exports and
    /// that is only known when it runs.
    #[must_use]
    pub fn sets(&self, name: &str) -> bool {
        self.names.get(name).is_some()
            || self.command.exported.iter().any(|one| one.name == name)
            || self.command.make.variables.iter().any(|one| one.name == name)
    }

    /// The service of this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        let at = self.services.binary_search_by(|service| service.name.as_str().cmp(name)).ok()?;
        self.services.get(at)
    }
}

/// Resolves every distinct command of the project.
#[must_use]
pub fn resolve(project: &Project<'_>) -> Vec<Environment> {
    let caller = Caller::default();
    let mut environments: Vec<Environment> =
        plan::plan(project).into_iter().map(|command| load::load(project, command, &caller)).collect();
    // Parts of others are judged as what they are part of; those that it does not reach, by themselves.
    for parts in [plan::parts(project), BTreeSet::new()] {
        let used = environments.iter().flat_map(|known| known.read_files().cloned());
        let assumed = plan::assumed(project, &used.chain(parts).collect());
        environments.extend(assumed.into_iter().map(|command| load::load(project, command, &caller)));
    }
    environments
}

/// Who runs a command: what files alone cannot say.
#[derive(Clone, Default)]
pub struct Caller {
    /// The shell's variables. They beat every file.
    pub shell: BTreeMap<String, String>,
    /// The absolute path of the working directory, which may name the project; empty where unknown.
    pub directory: String,
}

/// Values may be secret: only the names are ever shown.
impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.shell.keys().collect();
        formatter.debug_struct("Caller").field("names", &names).field("directory", &self.directory).finish()
    }
}

/// Resolves one command as `caller` would run it. What it needed and did not find read is in
/// [`Environment::unread`]; read, it may need more.
#[must_use]
pub fn resolve_command(project: &Project<'_>, command: &ComposeCommand, caller: &Caller) -> Environment {
    load::load(project, command.clone(), caller)
}

/// The compose files that a command reads: its own, or compose's own choice.
#[must_use]
pub fn files_of(project: &Project<'_>, command: &ComposeCommand) -> Vec<String> {
    plan::files_of(project, command)
}

/// The files that [`resolve`] needs, that are there, and that were not read. Read, they may make more
/// files wanted.
#[must_use]
pub fn wanted(project: &Project<'_>) -> Vec<String> {
    plan::wanted(project)
}

#[cfg(test)]
mod tests;
