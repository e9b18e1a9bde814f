//! What `${…}` is filled from: the shell, then `--env-file`s or the default `.env`.
//!
//! Not here: services' own env files.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::document::Document;
use crate::document::compose::template::Held;
use crate::document::env::{self, Loader};
use crate::project::Project;
use crate::project::commands::{ComposeCommand, Exported};
use crate::source::{Span, join};

use super::plan::{DISABLE, truth};
use super::service::first_values;
use super::{Caller, Environment, Layer, Origin, OriginKind, Presence, Trouble, TroubleKind};

/// The values of names, each with those that it hides.
#[derive(Debug, Clone, Default)]
pub struct Names {
    layers: BTreeMap<String, Vec<Layer>>,
    /// The directory that `${PWD}` stands for, from the working directory, where nobody gives another one.
    pub(super) here: Option<String>,
}

/// What the shell of every machine sets and hands on. `UID`, `GID` and `HOSTNAME` it keeps to itself.
const OF_MACHINES: &[&str] = &["HOME", "LOGNAME", "PATH", "PWD", "SHELL", "USER"];

impl Names {
    /// What `${name}` is filled with.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Layer> {
        self.layers.get(name).and_then(|layers| layers.first())
    }

    /// What a template finds under a name.
    #[must_use]
    pub fn held(&self, name: &str) -> Held {
        match self.get(name) {
            None => Held::Nothing,
            Some(layer) => layer.value.clone().map_or(Held::Unknown, Held::Value),
        }
    }

    /// The value of a name, where it is known.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|layer| layer.value.clone())
    }

    /// Whether a name has nothing but what every machine sets, each to a value of its own.
    #[must_use]
    pub fn is_of_machine(&self, name: &str) -> bool {
        OF_MACHINES.contains(&name) && self.get(name).is_some_and(Layer::is_of_machine)
    }

    /// Whether compose is told to read no `.env` by itself.
    pub(super) fn reads_none(&self) -> bool {
        self.value(DISABLE).as_deref().and_then(truth) == Some(true)
    }

    /// Every name with its layers, the one that counts first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Layer])> {
        self.layers.iter().map(|(name, layers)| (name.as_str(), layers.as_slice()))
    }

    /// Adds a value that is hidden by what is known already.
    fn below(&mut self, name: String, layer: Layer) {
        self.layers.entry(name).or_default().push(layer);
    }

    /// Adds a value that hides what is known already.
    fn above(&mut self, name: String, layer: Layer) {
        self.layers.entry(name).or_default().insert(0, layer);
    }

    /// Adds a value only where the name is not known, or is a blank.
    pub(super) fn otherwise(&mut self, name: &str, value: &str) {
        let origin = Origin { kind: OriginKind::Shell, path: String::new(), span: Span::default() };
        let layer = Layer { value: Some(value.to_owned()), origin };
        if self.get(name).is_none_or(|known| known.value.as_deref() == Some("")) {
            self.above(name.to_owned(), layer);
        }
    }

    /// The names of these, with those of more env files below them; an included project's view.
    pub(super) fn with_files(
        self: &Arc<Self>,
        project: &Project<'_>,
        files: &[String],
        environment: &mut Environment,
    ) -> Arc<Self> {
        if files.is_empty() {
            return Arc::clone(self);
        }
        let mut names = Self::clone(self);
        read_files(project, files, OriginKind::Dotenv, &mut names, environment);
        Arc::new(names)
    }
}

/// Whether a file was read, is there, or is not.
pub(super) fn presence(project: &Project<'_>, path: &str) -> Presence {
    if project.file(path).is_some() {
        Presence::Read
    } else if project.tree.kind(path).is_some() {
        Presence::Unread
    } else {
        Presence::Missing
    }
}

/// What `${…}` is filled from; says which files were used.
pub(super) fn names(
    project: &Project<'_>,
    command: &ComposeCommand,
    caller: &Caller,
    environment: &mut Environment,
) -> Names {
    let mut names = Names::default();
    shell(project, command, &mut names, environment);
    for (name, value) in &caller.shell {
        let origin = Origin { kind: OriginKind::Shell, path: String::new(), span: Span::default() };
        names.above(name.clone(), Layer { value: Some(value.clone()), origin });
    }
    of_machine(command, caller, &mut names);
    let (kind, files) = match command.env_files.as_slice() {
        [] if names.reads_none() => (OriginKind::Dotenv, Vec::new()),
        [] => (OriginKind::Dotenv, default_files(project, command, &environment.project_directory)),
        given => (OriginKind::CommandEnvFile, given.to_vec()),
    };
    for file in &files {
        if kind == OriginKind::CommandEnvFile && presence(project, file) == Presence::Missing {
            environment.troubles.push(Trouble {
                kind: TroubleKind::NoFile,
                path: command.path.clone(),
                span: command.span,
                about: file.clone(),
            });
        }
    }
    compose_own(project, &files, kind, &mut names);
    if kind == OriginKind::Dotenv {
        refused_switch(&names, command, environment);
        // A `.env` may say it of itself, and is not read a second time then.
        if names.reads_none() {
            return names;
        }
    }
    read_files(project, &files, kind, &mut names, environment);
    environment.interpolation.extend(files.into_iter().rev());
    names
}

/// What every machine sets, below what is given: it beats the files. The directory is known, and where it lies is where
/// the caller is known.
fn of_machine(command: &ComposeCommand, caller: &Caller, names: &mut Names) {
    let here = Some(&command.directory).filter(|_| !command.remote && names.get("PWD").is_none());
    names.here = here.cloned();
    for name in OF_MACHINES.iter().filter(|name| !names.layers.contains_key(**name)).collect::<Vec<_>>() {
        let known = here.filter(|_| *name == "PWD" && !caller.directory.is_empty());
        let value = known.map(|directory| join(&caller.directory, directory));
        let origin = Origin { kind: OriginKind::Shell, path: String::new(), span: Span::default() };
        names.above((*name).to_owned(), Layer { value, origin });
    }
}

/// Compose refuses what says neither yes nor no.
fn refused_switch(names: &Names, command: &ComposeCommand, environment: &mut Environment) {
    let layer = names.get(DISABLE);
    let Some(layer) =
        layer.filter(|layer| layer.value.as_deref().is_some_and(|value| truth(value).is_none()))
    else {
        return;
    };
    let set = Some(&layer.origin).filter(|origin| !origin.path.is_empty());
    let (path, span) =
        set.map_or_else(|| (command.path.clone(), command.span), |origin| (origin.path.clone(), origin.span));
    let about = format!("`{DISABLE}` is neither `true` nor `false`, and compose refuses it");
    environment.troubles.push(Trouble { kind: TroubleKind::Refused, path, span, about });
}

/// Compose reads the files twice: what its own variables (`COMPOSE_…`) had the first time is in its shell the
/// second time.
fn compose_own(project: &Project<'_>, files: &[String], kind: OriginKind, names: &mut Names) {
    let mut first = names.clone();
    read_files(project, files, kind, &mut first, &mut Environment::default());
    for (name, layers) in first.layers.into_iter().filter(|(name, _)| name.starts_with("COMPOSE_")) {
        if let Some(layer) = layers.into_iter().next().filter(|_| names.get(&name).is_none()) {
            names.above(name, layer);
        }
    }
}

/// Without `-f` and `--project-directory`, the `.env` where the command runs counts before the project directory's.
fn default_files(project: &Project<'_>, command: &ComposeCommand, directory: &str) -> Vec<String> {
    let mut files = vec![join(directory, ".env")];
    let here = join(&command.directory, ".env");
    let by_itself = command.files.is_empty() && command.project_directory.is_none();
    if by_itself && !files.contains(&here) {
        files.push(here);
    }
    files.retain(|file| presence(project, file) != Presence::Missing);
    files
}

/// Reads env files, of which later ones hide earlier ones, below what is known already.
fn read_files(
    project: &Project<'_>,
    files: &[String],
    kind: OriginKind,
    names: &mut Names,
    environment: &mut Environment,
) {
    let mut values: BTreeMap<String, Vec<Layer>> = BTreeMap::new();
    for path in files {
        let Some(file) = project.file(path) else {
            if project.tree.kind(path).is_some() {
                environment.unread.push(path.clone());
            }
            continue;
        };
        let outside = |name: &str| names.held(name);
        let text = file.source.text();
        let (loaded, open) = load_known(text, Loader::Compose, &outside, &|| first_values(&values));
        refusal(path, &loaded, environment);
        let mut last = BTreeMap::new();
        for variable in loaded.variables {
            let origin = Origin { kind, path: path.clone(), span: variable.value_span };
            let written = written(variable.value, open.contains(&variable.value_span), origin);
            if let Some(layer) = written.or_else(|| names.get(&variable.key).cloned()) {
                last.insert(variable.key, layer);
            }
        }
        for (key, layer) in last {
            values.entry(key).or_default().insert(0, layer);
        }
    }
    for (name, layers) in values {
        for layer in layers {
            names.below(name.clone(), layer);
        }
    }
}

/// What an env file gives a variable; nothing for a bare name, and a value that is not known where it is `open`.
pub(super) fn written(value: Option<String>, open: bool, origin: Origin) -> Option<Layer> {
    let value = value?;
    Some(Layer { value: (!open).then_some(value), origin })
}

/// What a loader makes of a text, and the places of the values that hang on a name of which the value is not known: they
/// come out otherwise for another value of it.
pub(super) fn load_known(
    text: &str,
    loader: Loader,
    outside: &dyn Fn(&str) -> Held,
    before: &dyn Fn() -> HashMap<String, String>,
) -> (env::Loaded, BTreeSet<Span>) {
    let asked = Cell::new(false);
    let load = |filler: &str| {
        let value = |name: &str| match outside(name) {
            Held::Nothing => None,
            Held::Value(value) => Some(value),
            Held::Unknown => {
                asked.set(true);
                Some(filler.to_owned())
            }
        };
        env::load_after(text, loader, &value, before())
    };
    let loaded = load("x");
    if !asked.get() {
        return (loaded, BTreeSet::new());
    }
    let other = load("y");
    let pairs = loaded.variables.iter().zip(&other.variables);
    let open = pairs.filter(|(one, other)| one.value != other.value).map(|(one, _)| one.value_span).collect();
    (loaded, open)
}

/// A file that its loader refuses stops the whole project.
pub(super) fn refusal(path: &str, loaded: &env::Loaded, environment: &mut Environment) {
    if let Some(span) = loaded.aborted {
        let trouble = Trouble {
            kind: TroubleKind::RefusedEnvFile,
            path: path.to_owned(),
            span,
            about: path.to_owned(),
        };
        if !environment.troubles.contains(&trouble) {
            environment.troubles.push(trouble);
        }
    }
}

/// What make exports to its recipes.
fn made(
    project: &Project<'_>,
    command: &ComposeCommand,
    set: &mut BTreeMap<String, String>,
    names: &mut Names,
    environment: &mut Environment,
) {
    let used = |path: &str| command.make.variables.iter().any(|one| one.path.as_deref() == Some(path));
    for included in &command.make.included {
        match project.file(&included.path).map(|file| &file.document) {
            None => environment.unread.push(included.path.clone()),
            Some(Document::Env(_)) if used(&included.path) => {
                environment.interpolation.push(included.path.clone());
            }
            Some(_) => {}
        }
    }
    for one in &command.make.variables {
        // One that is nowhere assigned is the caller's.
        let Some(path) = one.path.clone().filter(|_| !one.at.is_empty()) else { continue };
        let origin = Origin { kind: OriginKind::Shell, path, span: one.span };
        add(&one.name, one.value.clone(), origin, set, names);
    }
}

/// What files loaded into the shell export; the later one hides the earlier.
fn shell(project: &Project<'_>, command: &ComposeCommand, names: &mut Names, environment: &mut Environment) {
    let mut set: BTreeMap<String, String> = BTreeMap::new();
    made(project, command, &mut set, names, environment);
    let mut exported: Vec<&Exported> = command.exported.iter().collect();
    exported.sort_by_key(|one| (one.prefix, one.span.start));
    let mut exported = exported.into_iter().peekable();
    for sourced in &command.sourced {
        while let Some(one) = exported.next_if(|one| !one.prefix && one.span.start < sourced.span.start) {
            export(one, &command.path, &mut set, names);
        }
        let Some(file) = project.file(&sourced.path) else {
            environment.unread.push(sourced.path.clone());
            continue;
        };
        let loader = match (sourced.by_source, sourced.whole_lines) {
            (true, _) => Loader::Bash,
            (false, true) => Loader::Docker,
            (false, false) => Loader::Xargs,
        };
        let before = set.clone();
        let loaded = env::load(file.source.text(), loader, &|name| before.get(name).cloned());
        let mut last = BTreeMap::new();
        for variable in loaded.variables {
            let Some(value) = variable.value else { continue };
            set.insert(variable.key.clone(), value.clone());
            let exported = sourced.exported.as_ref().is_none_or(|names| names.contains(&variable.key));
            if exported {
                let origin =
                    Origin { kind: OriginKind::Shell, path: sourced.path.clone(), span: variable.value_span };
                last.insert(variable.key, Layer { value: Some(value), origin });
            }
        }
        for (key, layer) in last {
            names.above(key, layer);
        }
        environment.interpolation.push(sourced.path.clone());
    }
    exported.for_each(|one| export(one, &command.path, &mut set, names));
}

/// A variable that the script itself exports; one that it does not set is left out.
fn export(one: &Exported, script: &str, set: &mut BTreeMap<String, String>, names: &mut Names) {
    if one.set {
        let origin = Origin { kind: OriginKind::Shell, path: script.to_owned(), span: one.span };
        add(&one.name, one.value.clone(), origin, set, names);
    }
}

/// Adds a variable of the shell, whose value may not be known.
fn add(
    name: &str,
    value: Option<String>,
    origin: Origin,
    set: &mut BTreeMap<String, String>,
    names: &mut Names,
) {
    match &value {
        Some(value) => drop(set.insert(name.to_owned(), value.clone())),
        None => drop(set.remove(name)),
    }
    names.above(name.to_owned(), Layer { value, origin });
}
