//! The services of one compose command as its files lay them over one another: which text of which file
//! counts for a key.
//!
//! Not here: `environment` and `env_file`, whose values [`super::resolve`] works out.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::document::compose::{ComposeFile, Service, Value};
use crate::document::yaml::{Entry, Node};
use crate::source::{join, parent};

use super::resolve::Environment;
use super::{File, Project};

/// How deep files may include and services extend.
const DEPTH_LIMIT: usize = 16;
/// How many files one command may load, each inclusion anew.
const FILE_LIMIT: usize = 300;
/// How many services, each file's counted, are laid over one another for one command.
const PART_LIMIT: usize = 50_000;

/// One file's part in a service.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// The file.
    pub file: &'a File,
    /// What it says about the service.
    pub service: &'a Service,
    /// The directory that its relative paths start from, relative to the working directory.
    pub directory: String,
    /// Whether it is there because another service extends it.
    pub extended: bool,
}

/// A service with its parts, first laid first.
#[derive(Debug, Clone)]
pub struct Layered<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its parts; never empty.
    pub parts: Vec<Part<'a>>,
    /// Whether every part is known: nothing it extends is missing.
    pub whole: bool,
    /// Whether a profile that the command does not name switches it off.
    pub disabled: bool,
}

/// A key's entry in one file.
pub type Placed<'a> = (&'a File, &'a Entry);

impl<'a> Layered<'a> {
    /// The entries of `key` that count, in order: those after the last `!reset` or `!override`, nulls left
    /// out.
    #[must_use]
    pub fn entries(&self, key: &str) -> Vec<Placed<'a>> {
        self.placed(key).into_iter().map(|(part, entry)| (part.file, entry)).collect()
    }

    /// The same with the parts that they stand in.
    #[must_use]
    pub fn placed(&self, key: &str) -> Vec<(&Part<'a>, &'a Entry)> {
        let mut found = Vec::new();
        for part in &self.parts {
            if matches!(part.service.tag.as_deref(), Some("!override")) {
                found.clear();
            }
            let Some(entry) = part.service.node.entry(key) else { continue };
            match entry.value.tag_name() {
                Some("!reset") => found.clear(),
                tag => {
                    if tag == Some("!override") {
                        found.clear();
                    }
                    if !entry.value.is_null() {
                        found.push((part, entry));
                    }
                }
            }
        }
        found
    }

    /// The entry of a key of which only the last counts.
    #[must_use]
    pub fn last(&self, key: &str) -> Option<Placed<'a>> {
        self.entries(key).pop()
    }

    /// The text of a key of which only the last counts, with its file.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<(&'a File, Value)> {
        let (file, entry) = self.last(key)?;
        Some((file, Value::read(file.source.text(), &entry.value)?))
    }

    /// The last node at the end of a way of keys, in the parts that count for the first of them.
    #[must_use]
    pub fn at(&self, key: &str, rest: &[&str]) -> Option<(&'a File, &'a Node)> {
        let entries = self.entries(key).into_iter().rev();
        entries.filter_map(|(file, entry)| Some((file, entry.value.at(rest)?))).find(|(_, node)| {
            // A null in an override keeps what stands before it.
            !node.is_null()
        })
    }

    /// The last part: the file that has the last word.
    #[must_use]
    pub fn own(&self) -> Option<&Part<'a>> {
        self.parts.iter().rev().find(|part| !part.extended)
    }
}

/// The services of a command, ordered by name.
#[must_use]
pub fn services<'a>(project: &'a Project<'_>, environment: &'a Environment) -> Vec<Layered<'a>> {
    let disabled = environment.services.iter().filter(|service| service.disabled);
    let disabled = disabled.map(|service| service.name.as_str()).collect();
    let mut loader = Loader { project, environment, disabled, found: BTreeMap::new(), files: 0, count: 0 };
    for path in &environment.files {
        loader.file(path, &environment.project_directory, 0);
    }
    loader.found.into_values().collect()
}

/// What a relative path of the compose file at `path` leads to beside that file, where nothing is at the place
/// that compose looks at: the directory of the first `-f` file.
#[must_use]
pub fn beside(project: &Project<'_>, environment: &Environment, path: &str, text: &str) -> Option<String> {
    let (own, used) = (parent(path), environment.project_directory.as_str());
    let relative = !text.is_empty() && !text.starts_with(['/', '~']) && !text.contains("://");
    if own == used || !relative || project.tree.kind(&join(used, text)).is_some() {
        return None;
    }
    Some(join(own, text)).filter(|path| project.tree.kind(path).is_some())
}

struct Loader<'a, 'project> {
    project: &'a Project<'project>,
    environment: &'a Environment,
    disabled: BTreeSet<&'a str>,
    found: BTreeMap<&'a str, Layered<'a>>,
    files: usize,
    count: usize,
}

impl<'a> Loader<'a, '_> {
    fn compose(&self, path: &str) -> Option<(&'a File, &'a ComposeFile)> {
        let file = self.project.file(path)?;
        match &file.document {
            Document::Compose(compose) => Some((file, compose)),
            _ => None,
        }
    }

    fn file(&mut self, path: &str, directory: &str, depth: usize) {
        self.files += 1;
        let Some((file, compose)) = self.compose(path).filter(|_| self.files <= FILE_LIMIT) else { return };
        for include in compose.includes.iter().filter(|_| depth < DEPTH_LIMIT) {
            let paths: Vec<String> =
                include.paths.iter().filter_map(|value| self.path(value, directory)).collect();
            let given = include.project_directory.as_ref().and_then(|value| self.path(value, directory));
            let Some(first) = paths.first() else { continue };
            let inner = given.unwrap_or_else(|| parent(first).to_owned());
            for path in &paths {
                self.file(path, &inner, depth + 1);
            }
        }
        for service in &compose.services {
            let name = service.name.value.as_str();
            if service.tag.as_deref() == Some("!reset") {
                self.found.remove(name);
                continue;
            }
            let part = Part { file, service, directory: directory.to_owned(), extended: false };
            let mut layered = self.found.remove(name).unwrap_or_else(|| Layered {
                name,
                parts: Vec::new(),
                whole: true,
                disabled: self.disabled.contains(name),
            });
            self.lay(part, &mut layered, 0);
            self.found.insert(name, layered);
        }
    }

    /// Lays a part over the service, after those that it extends.
    fn lay(&mut self, part: Part<'a>, layered: &mut Layered<'a>, depth: usize) {
        self.count += 1;
        if depth >= DEPTH_LIMIT || self.count > PART_LIMIT {
            layered.whole = false;
            return;
        }
        if let Some(base) = self.extended(&part) {
            match base {
                Some(base) => self.lay(base, layered, depth + 1),
                None => layered.whole = false,
            }
        }
        layered.parts.push(part);
    }

    /// What a part extends: nothing, something that is not known, or a part.
    fn extended(&self, part: &Part<'a>) -> Option<Option<Part<'a>>> {
        let extends = part.service.extends.as_ref()?;
        let find = || {
            let (path, directory) = match &extends.file {
                None => (part.file.source.path().to_owned(), part.directory.clone()),
                Some(value) => {
                    let path = self.path(value, &part.directory)?;
                    let directory = parent(&path).to_owned();
                    (path, directory)
                }
            };
            let (file, compose) = self.compose(&path)?;
            let service = compose.service(&extends.service.value)?;
            Some(Part { file, service, directory, extended: true })
        };
        Some(find())
    }

    fn path(&self, value: &Value, directory: &str) -> Option<String> {
        let names = &self.environment.names;
        let filled = value.template.fill(&|name| names.value(name)).ok()?;
        Some(join(directory, &filled.text))
    }
}
