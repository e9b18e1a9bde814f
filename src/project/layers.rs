//! The services of one compose command as its files lay them over one another: which text of which file
//! counts for a key.
//!
//! Not here: `environment` and `env_file`, whose values [`super::resolve`] works out.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::compose::{Service, Value};
use crate::document::yaml::{Entry, Node};
use crate::source::{join, parent};

use super::resolve::{Environment, Laid, Names, again};
use super::{File, Project};

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
    /// The keys that a `!reset` or `!override` laid over it took away.
    taken: BTreeSet<&'a str>,
}

impl<'a> Part<'a> {
    pub(super) fn new(file: &'a File, service: &'a Service, directory: &str, extended: bool) -> Self {
        Self { file, service, directory: directory.to_owned(), extended, taken: BTreeSet::new() }
    }

    /// The entry of a key, where no tag has taken it away.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&'a Entry> {
        let entry = self.service.node.entry(key).filter(|_| !self.taken.contains(key))?;
        (entry.value.tag_name() != Some("!reset")).then_some(entry)
    }
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
        let placed = self.parts.iter().filter_map(|part| Some((part, part.entry(key)?)));
        placed.filter(|(_, entry)| !entry.value.is_null()).collect()
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

impl<'a> Laid<'a> for Layered<'a> {
    fn written(part: Part<'a>, _names: &Names) -> Self {
        Self { name: part.service.name.value.as_str(), parts: vec![part], whole: true, disabled: false }
    }

    fn take_away(&mut self, above: &'a Service) {
        for key in tagged(above) {
            for part in &mut self.parts {
                part.taken.insert(key);
            }
        }
    }

    fn lay(&mut self, above: Self) {
        self.name = above.name;
        self.parts.extend(above.parts);
        self.whole &= above.whole;
    }

    fn lacks(&mut self) {
        self.whole = false;
    }
}

/// The keys of a service that take away what stands below them.
pub(super) fn tagged(service: &Service) -> impl Iterator<Item = &str> {
    // Below an `!override` compose does not look for tags.
    let entries =
        if service.tag.as_deref() == Some("!override") { Vec::new() } else { service.node.entries() };
    let tagged = |entry: &&Entry| matches!(entry.value.tag_name(), Some("!reset" | "!override"));
    entries.into_iter().filter(tagged).map(Entry::name)
}

/// The services of a command, ordered by name.
#[must_use]
pub fn services<'a>(project: &'a Project<'_>, environment: &'a Environment) -> Vec<Layered<'a>> {
    let disabled = environment.services.iter().filter(|service| service.disabled);
    let disabled: BTreeSet<&str> = disabled.map(|service| service.name.as_str()).collect();
    let found: BTreeMap<&str, Layered<'_>> = again(project, environment);
    let named = found.into_iter().map(|(name, layered)| Layered {
        name,
        disabled: disabled.contains(name),
        ..layered
    });
    named.collect()
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
