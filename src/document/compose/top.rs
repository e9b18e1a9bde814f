//! What stands beside the services: networks, volumes, secrets, configs, includes.
//!
//! Not here: who uses them.

use super::{Value, spanned};
use crate::document::yaml::Node;
use crate::source::{Span, Spanned};

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// Under `networks:`.
    Network,
    /// Under `volumes:`.
    Volume,
    /// Under `secrets:`.
    Secret,
    /// Under `configs:`.
    Config,
}

impl ResourceKind {
    /// The kind declared under a top-level key.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        match key {
            "networks" => Some(Self::Network),
            "volumes" => Some(Self::Volume),
            "secrets" => Some(Self::Secret),
            "configs" => Some(Self::Config),
            _ => None,
        }
    }

    /// The word for one of it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Volume => "volume",
            Self::Secret => "secret",
            Self::Config => "config",
        }
    }

    /// The top-level key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Network => "networks",
            Self::Volume => "volumes",
            Self::Secret => "secrets",
            Self::Config => "configs",
        }
    }
}

/// One declared thing.
#[derive(Debug, Clone)]
pub struct Resource {
    /// What it is.
    pub kind: ResourceKind,
    /// Its name.
    pub name: Spanned<String>,
    /// Whether compose expects it to be there already.
    pub external: bool,
    /// The file that a secret or config is taken from.
    pub file: Option<Value>,
    /// The variable that a secret or config is taken from.
    pub environment: Option<Spanned<String>>,
    /// The place of a text written right here (`content:`).
    pub content: Option<Span>,
}

/// One `include:` item.
#[derive(Debug, Clone)]
pub struct Include {
    /// The files; several are merged.
    pub paths: Vec<Value>,
    /// Its own env files.
    pub env_files: Vec<Value>,
    /// Its own project directory.
    pub project_directory: Option<Value>,
    /// Its place.
    pub span: Span,
}

pub(super) fn resources(source: &str, kind: ResourceKind, node: &Node, found: &mut Vec<Resource>) {
    for entry in node.entries() {
        let external = entry.value.get("external");
        found.push(Resource {
            kind,
            name: Spanned::new(entry.name().to_owned(), entry.key.span),
            external: external
                .is_some_and(|external| external.is_mapping() || external.as_bool() == Some(true)),
            file: entry.value.get("file").and_then(|file| Value::read(source, file)),
            environment: entry.value.get("environment").and_then(spanned),
            content: entry.value.get("content").map(|content| content.target().span),
        });
    }
}

pub(super) fn includes(source: &str, node: &Node, found: &mut Vec<Include>) {
    let Some(items) = node.items() else { return };
    for item in items {
        let texts = |key: &str| item.get(key).map(|node| texts(source, node)).unwrap_or_default();
        let whole = Value::read(source, item);
        found.push(Include {
            paths: whole.map_or_else(|| texts("path"), |path| vec![path]),
            env_files: texts("env_file"),
            project_directory: item.get("project_directory").and_then(|node| Value::read(source, node)),
            span: item.span,
        });
    }
}

/// A text, or the texts of a list.
pub(super) fn texts(source: &str, node: &Node) -> Vec<Value> {
    match node.items() {
        Some(items) => items.iter().filter_map(|item| Value::read(source, item)).collect(),
        None => Value::read(source, node).into_iter().collect(),
    }
}
