//! The files together: which value each service really gets, and from where.
//!
//! Not here: rules, the disk, processes. Everything is worked out from files already read, and from
//! the [`Tree`] where only "does this path exist" matters.

pub mod belonging;
pub mod checks;
pub mod commands;
pub mod container;
pub mod deploying;
pub mod env_check;
pub mod expectations;
pub mod fresh;
pub mod held;
pub mod hook_setup;
pub mod hooks;
pub mod husky;
pub mod image;
pub mod layers;
pub mod loaders;
pub mod loading;
pub mod made;
pub mod names;
pub mod nothing;
pub mod occurrences;
pub mod old_scanner;
pub mod programs;
pub mod refusals;
pub mod relations;
pub mod removal;
pub mod resolve;
pub mod schema;
pub mod shape;
pub mod simple_git_hooks;
pub mod stage;
pub mod staged;
pub mod strength;
pub mod tiers;
pub mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::document::env_uses::EnvUse;
use crate::document::{Document, python_settings};
use crate::secrets::is_publishable;
use crate::source::{Source, Tree};

use commands::ComposeCommand;
use expectations::Expectations;
use resolve::Environment;
use schema::Schema;

/// Words in an env file's name that say it is there to be copied.
pub const EXAMPLE_WORDS: &[&str] = &["example", "sample", "template", "tmpl", "dist", "skeleton"];

/// What a file is for, which is not what language it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nothing special.
    #[default]
    Plain,
    /// An example or template that people copy: placeholders belong there, secrets do not.
    Example,
    /// A script that git runs as a hook, directly.
    Hook,
    /// A script that git runs as a hook under the names of links: which ones.
    LinkedHook(hooks::Callers),
    /// A script that hooks call or source: which ones.
    CalledByHook(hooks::Callers),
    /// A script that deploys.
    Deploy,
}

/// One file of the project.
#[derive(Debug)]
pub struct File {
    /// Its text and path.
    pub source: Source,
    /// Its meaning.
    pub document: Document,
    /// What it is for.
    pub role: Role,
    /// The env files that it says are loaded, compose's own and the shell's ways left out.
    pub env_uses: Vec<EnvUse>,
    /// Whether git tracks it; `None` outside a repository.
    pub tracked: Option<bool>,
    /// Its permission bits: the git index's for a tracked file, else the disk's; `None` where unknown.
    pub mode: Option<u32>,
    /// Whether it was asked for. Files that were only read because others refer to them are not
    /// checked themselves.
    pub checked: bool,
}

/// What git knows that rules about hooks need. Paths are relative to the working directory.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// The top of the work tree.
    pub root: String,
    /// `core.hooksPath` as a path, if set.
    pub hooks_path: Option<String>,
    /// The hooks directory that git uses.
    pub hooks_directory: String,
    /// husky's major version from `package.json`, if it is used.
    pub husky: Option<u32>,
    /// The files that links among the hooks lead to, with the hooks that git runs them for.
    pub linked: BTreeMap<String, hooks::Callers>,
}

/// The whole of what is checked.
pub struct Project<'a> {
    /// The files, ordered by path.
    pub files: Vec<File>,
    /// What git knows; `None` outside a repository.
    pub repository: Option<Repository>,
    /// The compose commands found in configuration, Makefiles and scripts.
    pub commands: Vec<ComposeCommand>,
    /// What each distinct command makes of the compose files.
    pub environments: Vec<Environment>,
    /// Who reads which env file, compose left out.
    pub reads: Vec<loaders::Read>,
    /// What its readers make of each line of the checked env files, by path.
    pub loading: BTreeMap<String, Vec<loading::Line>>,
    /// What is expected of variables.
    pub expectations: Expectations,
    /// The variables of env files that other files mention, in upper case; `None` where nobody looked.
    pub mentions: Option<BTreeSet<String>>,
    /// Whether a path exists.
    pub tree: &'a dyn Tree,
    index: BTreeMap<String, usize>,
    schema: OnceLock<Schema>,
    filled_in: OnceLock<BTreeSet<String>>,
    readers: OnceLock<BTreeMap<String, Vec<loaders::Reader>>>,
}

impl<'a> Project<'a> {
    /// Puts the files in order; commands and environments are still empty.
    #[must_use]
    pub fn new(mut files: Vec<File>, expectations: Expectations, tree: &'a dyn Tree) -> Self {
        files.sort_by(|one, two| one.source.path().cmp(two.source.path()));
        link_settings(&mut files);
        let index = files.iter().enumerate().map(|(at, file)| (file.source.path().to_owned(), at)).collect();
        Self {
            files,
            repository: None,
            commands: Vec::new(),
            environments: Vec::new(),
            reads: Vec::new(),
            loading: BTreeMap::new(),
            expectations,
            mentions: None,
            tree,
            index,
            schema: OnceLock::new(),
            filled_in: OnceLock::new(),
            readers: OnceLock::new(),
        }
    }

    /// Adds files that others refer to.
    pub fn add(&mut self, more: Vec<File>) {
        self.schema = OnceLock::new();
        self.filled_in = OnceLock::new();
        self.readers = OnceLock::new();
        self.files.extend(more);
        self.files.sort_by(|one, two| one.source.path().cmp(two.source.path()));
        link_settings(&mut self.files);
        self.index =
            self.files.iter().enumerate().map(|(at, file)| (file.source.path().to_owned(), at)).collect();
    }

    /// What is expected of variables, of all who speak of them.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema::of(self))
    }

    /// Whether the variable `name` holds a secret: as a schema or the configuration says outright, else by its name.
    #[must_use]
    pub fn is_secret(&self, name: &str) -> bool {
        let said = self.schema().get(name).and_then(schema::Expectation::says_secret);
        said.unwrap_or_else(|| names::is_secret(name) && !is_publishable(name.as_bytes()))
    }

    /// The names that compose fills in anywhere, and those that it passes on. Every env file asks, and they are those of
    /// all compose files: they are looked for once.
    #[must_use]
    pub fn filled_in(&self) -> &BTreeSet<String> {
        self.filled_in.get_or_init(|| loading::filled_in(self))
    }

    /// Those who read the env file at `path` in the environments, which have to be known before anybody asks; see
    /// [`loaders::readers`].
    #[must_use]
    pub fn readers(&self, path: &str) -> &[loaders::Reader] {
        let known = self.readers.get_or_init(|| loaders::by_path(self, &self.environments));
        known.get(&*loaders::read_as(self, path)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The file at `path`, if it was read.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.place(path).map(|at| &self.files[at])
    }

    /// Where the file at `path` stands among [`files`](Self::files), if it was read.
    #[must_use]
    pub fn place(&self, path: &str) -> Option<usize> {
        self.index.get(path).copied()
    }
}

/// Lets settings classes inherit across files.
fn link_settings(files: &mut [File]) {
    let settings = files.iter_mut().filter_map(|file| match &mut file.document {
        Document::PythonSettings(settings) => Some((file.source.path(), settings)),
        _ => None,
    });
    python_settings::link(&mut settings.collect::<Vec<_>>());
}
