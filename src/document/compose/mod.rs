//! Compose files: one file's tree, understood; merging several is the project's work.
//!
//! Not here: which files are used together, and with which variables.

mod credentials;
mod masks;
mod mounts;
mod ports;
mod schema;
mod service;
pub mod template;
mod top;
mod values;

use std::sync::Arc;

use super::Problem;
use super::names::is_secret;
use super::yaml::{self, Duplicate, Node};
use crate::source::{Span, Spanned};

pub use credentials::Credential;
pub use mounts::{Mount, Mounted};
pub use ports::{Mapping, Port};
pub use schema::{Empty, Misfit};
pub use service::{Build, Dependency, EnvFileUse, Extends, Service, Use};
pub use top::{Include, Resource, ResourceKind};
pub use values::{Setting, Value};

/// One compose file.
#[derive(Debug, Default)]
pub struct ComposeFile {
    /// What could not be read as YAML, or not as compose.
    pub problems: Vec<Problem>,
    /// Whether the text is YAML at all, to its end.
    pub broken: bool,
    /// What does not fit the Compose Specification's schema; compose refuses it.
    pub misfits: Vec<Misfit>,
    /// Keys with nothing behind them, where compose wants something.
    pub empty: Vec<Empty>,
    /// Keys that stand twice in one mapping; compose refuses them.
    pub duplicates: Vec<Duplicate>,
    /// The roots of its documents; compose merges them in order.
    pub documents: Vec<Arc<Node>>,
    /// The project's `name:`.
    pub name: Option<Value>,
    /// The services, in the order of the file.
    pub services: Vec<Service>,
    /// What is declared under `networks:`, `volumes:`, `secrets:` and `configs:`.
    pub resources: Vec<Resource>,
    /// What it includes.
    pub includes: Vec<Include>,
    /// Every text with a `$` in it, wherever compose fills variables in (`x-` fields are such a place).
    pub templates: Vec<Value>,
    /// Passwords in URLs, wherever they stand, and in the arguments of commands.
    pub credentials: Vec<Credential>,
    masked: Vec<Span>,
}

impl ComposeFile {
    /// Reads the text of a compose file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let parsed = yaml::parse(text);
        let mut file = Self {
            broken: !parsed.problems.is_empty(),
            problems: parsed.problems,
            duplicates: parsed.duplicates,
            documents: parsed.documents,
            ..Self::default()
        };
        for root in file.documents.clone() {
            file.read_document(text, &root);
        }
        // Behind a mistake in the YAML nothing is what it looks like.
        if !file.broken {
            (file.misfits, file.empty) = schema::misfits(text, &file.documents);
        }
        let known: Vec<Span> = file.problems.iter().map(|problem| problem.span).collect();
        file.misfits.retain(|misfit| !known.iter().any(|span| span.start == misfit.span.start));
        file.templates = values::templates(text, &file.documents);
        file.credentials = credentials::credentials(text, &file.documents);
        file.masked = masks::masks(text, &file, &is_secret);
        file
    }

    fn read_document(&mut self, text: &str, root: &Node) {
        if root.is_null() {
            return;
        }
        if !root.is_mapping() {
            self.problem(root.span, "a compose file is a mapping");
            return;
        }
        for entry in root.entries() {
            match entry.name() {
                "name" => self.name = Value::read(text, &entry.value),
                "services" => self.read_services(text, &entry.value),
                "include" => top::includes(text, &entry.value, &mut self.includes),
                other => {
                    if let Some(kind) = ResourceKind::of(other) {
                        top::resources(text, kind, &entry.value, &mut self.resources);
                    }
                }
            }
        }
    }

    fn read_services(&mut self, text: &str, services: &Node) {
        if !services.is_mapping() {
            self.problem(services.span, "`services` is a mapping of names to services");
            return;
        }
        for entry in services.entries() {
            let service = Service::read(text, entry, &mut self.problems);
            self.services.push(service);
        }
    }

    fn problem(&mut self, span: Span, message: &str) {
        self.problems.push(Problem { span, message: message.to_owned() });
    }

    /// The service of this name; the last one where several documents have it.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().rev().find(|service| service.name.value == name)
    }

    /// The declared thing of this kind and name.
    #[must_use]
    pub fn resource(&self, kind: ResourceKind, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.kind == kind && resource.name.value == name)
    }

    /// The spans of values that may be secret: what secret-named variables hold or fall back to,
    /// passwords in URLs and in arguments. Sorted, not overlapping.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        self.masked.clone()
    }

    /// The same where `secret` says which names hold secrets; `text` is the text that this was read from.
    #[must_use]
    pub fn values_of(&self, text: &str, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
        masks::masks(text, self, secret)
    }
}

/// Whether a YAML tree is a compose file: a `services:` mapping of mappings that say what services say.
#[must_use]
pub fn looks_like_compose(root: &Node) -> bool {
    let Some(services) = root.get("services").filter(|services| services.is_mapping()) else {
        return false;
    };
    let entries = services.raw_entries();
    let all_maps = entries.iter().all(|entry| {
        entry.value.is_mapping()
            || entry.value.is_null()
            || entry.name().starts_with("x-")
            || entry.name() == "<<"
    });
    let known = entries
        .iter()
        .flat_map(|entry| entry.value.entries())
        .any(|entry| service::KEYS.contains(&entry.name()));
    all_maps && known
}

fn spanned(node: &Node) -> Option<Spanned<String>> {
    node.as_str().map(|text| Spanned::new(text.to_owned(), node.span))
}

#[cfg(test)]
mod tests;
