//! What a loader makes of an env file: the variables it sets, in order, and what it trips over.
//!
//! Not here: which loaders a project uses. Nothing is ever run: what a loader would run is reported as
//! a span.

use std::collections::{HashMap, HashSet};

use super::dialect::{Dialect, Grammar, Lookup, NotUtf8, Nul};
use super::expand::Expansion;
use super::normal::Normal;
use super::{
    assignments, dialects, dotenvy_words, make_variables, shell_source, systemd_unit, whole_lines,
    xargs_words,
};
use crate::document::Problem;
use crate::source::Span;

macro_rules! loaders {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// A program that loads env files, measured one by one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Loader {
            $($(#[$doc])* $variant,)+
        }

        impl Loader {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in reports and in `envgate.yaml`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

loaders! {
    /// python-dotenv, and with it pydantic-settings (1.2).
    PythonDotenv = "python-dotenv",
    /// django-environ (0.14).
    DjangoEnviron = "django-environ",
    /// python-decouple (3.8).
    Decouple = "decouple",
    /// dotenv for Node (18.0).
    NodeDotenv = "node-dotenv",
    /// dotenv-expand on top of dotenv; runs `$(…)`.
    DotenvExpand = "dotenv-expand",
    /// dotenvx (2.38); runs `$(…)`.
    Dotenvx = "dotenvx",
    /// `node --env-file`, Node 20.
    Node20 = "node20",
    /// `node --env-file`, Node 24.
    Node24 = "node24",
    /// dotenvy for Rust (0.15).
    Dotenvy = "dotenvy",
    /// godotenv (1.5).
    Godotenv = "godotenv",
    /// `source` in bash (5.2).
    Bash = "bash",
    /// `.` in dash (0.5), which is `sh` on Debian.
    Dash = "dash",
    /// `export $(grep -v '^#' file | xargs)`.
    Xargs = "xargs",
    /// `docker compose --env-file`, and the `.env` in the project directory (2.40).
    Compose = "compose",
    /// `env_file:` of a compose service.
    ComposeEnvFile = "compose-env-file",
    /// `env_file:` with `format: raw`.
    ComposeRaw = "compose-raw",
    /// `docker run --env-file`.
    Docker = "docker",
    /// `EnvironmentFile=` of a systemd unit (252).
    Systemd = "systemd",
    /// `include` in a Makefile (GNU Make 4.3).
    Make = "make",
}

impl Loader {
    /// Whether it fills values in where `$` stands.
    #[must_use]
    pub const fn fills_in(self) -> bool {
        let dialect = dialects::of(self);
        !matches!(dialect.expansion, Expansion::None)
            || matches!(dialect.grammar, Grammar::Shell { .. } | Grammar::Words | Grammar::Make)
    }

    /// The loader of that name.
    ///
    /// ```
    /// use envgate::document::env::Loader;
    /// assert_eq!(Loader::from_name("compose-raw"), Some(Loader::ComposeRaw));
    /// assert_eq!(Loader::from_name("cobol"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|loader| loader.name() == name)
    }

    /// Whether a variable that the environment has already keeps its value there, whatever the file
    /// says. [`load`] reports the file's value all the same.
    #[must_use]
    pub const fn environment_wins(self) -> bool {
        matches!(
            self,
            Self::DjangoEnviron
                | Self::DotenvExpand
                | Self::Dotenvx
                | Self::Node20
                | Self::Node24
                | Self::Compose
        )
    }
}

/// What a loader sets.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The variables in the order of the file; of equal keys the last one counts.
    pub variables: Vec<LoadedVariable>,
    /// What the loader skips, warns about, or stops at.
    pub problems: Vec<Problem>,
    /// Where it stops: nothing is loaded from there on, and where the loader refuses whole files,
    /// nothing at all.
    pub aborted: Option<Span>,
    /// What the loader would run, or ask its own process for (`$$`, `$1`); such parts are blank here.
    pub executes: Vec<Span>,
}

impl Loaded {
    /// The variable of that name, as it counts in the end.
    #[must_use]
    pub fn variable(&self, key: &str) -> Option<&LoadedVariable> {
        self.variables.iter().rev().find(|variable| variable.key == key)
    }
}

/// One variable that a loader sets.
#[derive(Clone, PartialEq, Eq)]
pub struct LoadedVariable {
    /// Its name.
    pub key: String,
    /// Its value; `None` where the file only names it and the environment's value is passed on.
    pub value: Option<String>,
    /// The place of the name.
    pub key_span: Span,
    /// The place of the value as written; empty where none is.
    pub value_span: Span,
}

impl std::fmt::Debug for LoadedVariable {
    /// Leaves the value out: it may be secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LoadedVariable")
            .field("key", &self.key)
            .field("length", &self.value.as_ref().map(String::len))
            .field("key_span", &self.key_span)
            .field("value_span", &self.value_span)
            .finish()
    }
}

/// Reads `text` as `loader` does, with the variables of `environ` around it.
///
/// A byte that is not UTF-8 is expected as U+FFFD, as [`Source`](crate::source::Source) has it.
#[must_use]
pub fn load(text: &str, loader: Loader, environ: &dyn Fn(&str) -> Option<String>) -> Loaded {
    load_after(text, loader, environ, HashMap::new())
}

/// Reads `text` as [`load`] does when the same loader has read other files before, that set `before`:
/// the environment counts before those, and so do this file's own lines, from where they stand.
#[must_use]
#[expect(clippy::implicit_hasher, reason = "the map is handed over, not kept in step with the caller's")]
pub fn load_after(
    text: &str,
    loader: Loader,
    environ: &dyn Fn(&str) -> Option<String>,
    before: HashMap<String, String>,
) -> Loaded {
    let dialect = dialects::of(loader);
    let normal = Normal::new(text, dialect.first_pass);
    let mut sink = Sink { dialect, normal: &normal, environ, known: before, loaded: Loaded::default() };
    if dialect.not_utf8 == NotUtf8::RefusesFile
        && let Some(at) = normal.text.find('\u{fffd}')
    {
        sink.refuse(Span::new(at, at + 3), "the file is not UTF-8");
    } else if dialect.nul == Nul::RefusesFile
        && let Some(at) = normal.text.find('\0')
    {
        sink.refuse(Span::new(at, at + 1), "the file has a NUL in it");
    } else {
        match &dialect.grammar {
            Grammar::Assignments(rules) => assignments::read(&mut sink, rules),
            Grammar::Lines(rules) => whole_lines::read(&mut sink, rules),
            Grammar::Shell { bash } => shell_source::read(&mut sink, *bash),
            Grammar::Xargs => xargs_words::read(&mut sink),
            Grammar::Words => dotenvy_words::read(&mut sink),
            Grammar::Unit => systemd_unit::read(&mut sink),
            Grammar::Make => make_variables::read(&mut sink),
        }
    }
    if dialect.refuses_whole && sink.loaded.aborted.is_some() {
        sink.loaded.variables.clear();
    }
    sink.loaded
}

/// Whether each of `loaders` reads `key=written`, alone on its line, as exactly `value`: the proof that
/// a fix owes.
///
/// ```
/// use envgate::document::env::{Loader, line_reads_as};
/// assert!(line_reads_as("K", r#"'["a","b"]'"#, r#"["a","b"]"#, &[Loader::Bash, Loader::Compose]));
/// assert!(!line_reads_as("K", r#"["a","b"]"#, r#"["a","b"]"#, &[Loader::Bash]));
/// ```
#[must_use]
pub fn line_reads_as(key: &str, written: &str, value: &str, loaders: &[Loader]) -> bool {
    let line = format!("{key}={written}\n");
    loaders.iter().all(|&loader| {
        let loaded = load(&line, loader, &|_| None);
        let read = loaded.variable(key).and_then(|variable| variable.value.as_deref());
        read == Some(value) && loaded.executes.is_empty() && loaded.variables.len() == 1
    })
}

/// How many names a value that only names another one is followed through.
const DEEPEST: usize = 20;

/// Where the readers put what they read. Spans are those of the normal text.
pub(super) struct Sink<'a> {
    pub(super) dialect: &'static Dialect,
    pub(super) normal: &'a Normal,
    environ: &'a dyn Fn(&str) -> Option<String>,
    known: HashMap<String, String>,
    loaded: Loaded,
}

impl<'a> Sink<'a> {
    /// The text to read.
    pub(super) fn text(&self) -> &'a str {
        &self.normal.text
    }

    /// The environment's value of a variable.
    pub(super) fn environ(&self, name: &str) -> Option<String> {
        (self.environ)(name)
    }

    /// What `${name}` stands for at this point of the file.
    pub(super) fn look(&self, name: &str) -> Option<String> {
        let known = || self.known.get(name).cloned();
        match self.dialect.lookup {
            Lookup::EnvironmentFirst => self.environ(name).or_else(known),
            Lookup::FileFirst => known().or_else(|| self.environ(name)),
            Lookup::FileOnly => known(),
        }
    }

    /// What the file itself has set `name` to so far.
    pub(super) fn known(&self, name: &str) -> Option<&String> {
        self.known.get(name)
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, key: &str, key_span: Span, value: Option<String>, value_span: Span) {
        let mut value = value;
        if self.dialect.not_utf8 == NotUtf8::SkipsKey
            && value.as_deref().is_some_and(|value| value.contains('\u{fffd}'))
        {
            self.problem(value_span, "the value is not UTF-8 and is left out");
            return;
        }
        if let (Nul::EndsValue, Some(whole)) = (self.dialect.nul, value.as_mut())
            && let Some(at) = whole.find('\0')
        {
            whole.truncate(at);
        }
        if let Some(value) = &value {
            self.known.insert(key.to_owned(), value.clone());
        }
        self.loaded.variables.push(LoadedVariable {
            key: key.to_owned(),
            value,
            key_span: self.normal.original(key_span),
            value_span: self.normal.original(value_span),
        });
    }

    /// Passes a variable on from the environment; one that is not there takes nothing away that an earlier line
    /// has set.
    pub(super) fn pass_on(&mut self, key: &str, key_span: Span) {
        if self.environ(key).is_some() || self.loaded.variable(key).is_none() {
            self.set(key, key_span, None, Span::new(key_span.end, key_span.end));
        }
    }

    /// Makes what refers to `name` further down blank.
    pub(super) fn blank(&mut self, name: &str) {
        self.known.insert(name.to_owned(), String::new());
    }

    /// Sets a variable that is set again: nothing refers to this value.
    pub(super) fn shadowed(&mut self, key: &str, key_span: Span, value: &str, value_span: Span) {
        self.loaded.variables.push(LoadedVariable {
            key: key.to_owned(),
            value: Some(value.to_owned()),
            key_span: self.normal.original(key_span),
            value_span: self.normal.original(value_span),
        });
    }

    /// Puts the variables in the order of the file.
    pub(super) fn order(&mut self) {
        self.loaded.variables.sort_by_key(|variable| variable.key_span.start);
    }

    /// Replaces each value that begins with `$` by that of the variable which it names, as they are in the
    /// end. Where that is none, the variable cannot be asked for.
    pub(super) fn resolve_proxies(&mut self) {
        let mut missing = HashSet::new();
        let mut variables = std::mem::take(&mut self.loaded.variables);
        let last: HashMap<String, usize> =
            variables.iter().enumerate().map(|(at, variable)| (variable.key.clone(), at)).collect();
        for (at, variable) in variables.iter_mut().enumerate() {
            let Some(value) = variable.value.as_mut().filter(|value| value.starts_with('$')) else {
                continue;
            };
            let mut text = Some(value.clone());
            for _ in 0..DEEPEST {
                let Some(named) = text.take_if(|text| text.starts_with('$')) else { break };
                text = self.look(named.trim_start_matches('$'));
            }
            if let Some(text) = text.filter(|text| !text.starts_with('$')) {
                *value = text;
                continue;
            }
            let message = "the value begins with `$` and names a variable that is not set".to_owned();
            self.loaded.problems.push(Problem { span: variable.value_span, message });
            if last.get(&variable.key) == Some(&at) {
                missing.insert(variable.key.clone());
            }
        }
        variables.retain(|variable| !missing.contains(&variable.key));
        self.loaded.variables = variables;
    }

    /// Notes something that the loader does not read.
    pub(super) fn problem(&mut self, span: Span, message: &str) {
        let span = self.normal.original(span);
        self.loaded.problems.push(Problem { span, message: message.to_owned() });
    }

    /// Notes that the loader stops here.
    pub(super) fn refuse(&mut self, span: Span, message: &str) {
        self.problem(span, message);
        self.loaded.aborted = Some(self.normal.original(span));
    }

    /// Drops what was set so far.
    pub(super) fn forget(&mut self) {
        self.loaded.variables.clear();
    }

    /// Notes something that the loader would run.
    pub(super) fn executes(&mut self, span: Span) {
        let span = self.normal.original(span);
        self.loaded.executes.push(span);
    }
}
