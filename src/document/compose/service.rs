//! One service of one file.
//!
//! Not here: what other files add to it.

use std::sync::Arc;

use super::top::{ResourceKind, texts};
use super::values::settings;
use super::{Setting, Value};
use crate::document::Problem;
use crate::document::yaml::{Entry, Node};
use crate::source::{Span, Spanned};

/// Keys that services have, and hardly anything else that is called a service.
pub(super) const KEYS: &[&str] = &[
    "image",
    "build",
    "environment",
    "env_file",
    "command",
    "entrypoint",
    "ports",
    "volumes",
    "depends_on",
    "networks",
    "restart",
    "healthcheck",
    "container_name",
    "extends",
    "profiles",
    "secrets",
    "configs",
    "deploy",
    "expose",
    "labels",
    "logging",
    "network_mode",
    "user",
    "working_dir",
    "hostname",
];

/// One service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Spanned<String>,
    /// Its tree, for what has no field here.
    pub node: Arc<Node>,
    /// The tag of the whole service.
    pub tag: Option<String>,
    /// `environment`.
    pub environment: Vec<Setting>,
    /// `env_file`, in order.
    pub env_files: Vec<EnvFileUse>,
    /// `build`; `Some` with nothing in it for `build: null`.
    pub build: Option<Build>,
    /// `image`.
    pub image: Option<Value>,
    /// The parts of `command`.
    pub command: Vec<Value>,
    /// The parts of `entrypoint`.
    pub entrypoint: Vec<Value>,
    /// The parts of the health check's `test`.
    pub healthcheck: Vec<Value>,
    /// `labels`.
    pub labels: Vec<Setting>,
    /// `depends_on`.
    pub depends_on: Vec<Dependency>,
    /// `profiles`.
    pub profiles: Vec<Value>,
    /// What it uses of networks, named volumes, secrets and configs.
    pub uses: Vec<Use>,
    /// `extends`.
    pub extends: Option<Extends>,
}

/// One `env_file`.
#[derive(Debug, Clone)]
pub struct EnvFileUse {
    /// The path as written.
    pub path: Value,
    /// Whether compose stops when it is missing.
    pub required: bool,
    /// `format`, where it is given.
    pub format: Option<String>,
}

/// `build`.
#[derive(Debug, Clone)]
pub struct Build {
    /// The place of the key.
    pub key_span: Span,
    /// The place of the value.
    pub span: Span,
    /// Whether it is null, which changes nothing in an override.
    pub null: bool,
    /// Its tag.
    pub tag: Option<String>,
    /// The directory.
    pub context: Option<Value>,
    /// `args`.
    pub args: Vec<Setting>,
}

/// One `depends_on`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The service.
    pub name: Spanned<String>,
    /// Whether compose stops when it is missing.
    pub required: bool,
    /// The condition, where it is given.
    pub condition: Option<Spanned<String>>,
}

/// One use of something declared at the top.
#[derive(Debug, Clone)]
pub struct Use {
    /// What.
    pub kind: ResourceKind,
    /// Which; empty texts and those with variables are left out.
    pub name: Spanned<String>,
}

/// `extends`.
#[derive(Debug, Clone)]
pub struct Extends {
    /// The service it takes over.
    pub service: Spanned<String>,
    /// The file that has it; this one where it is not given.
    pub file: Option<Value>,
    /// Its place.
    pub span: Span,
}

impl Service {
    pub(super) fn read(source: &str, entry: &Entry, problems: &mut Vec<Problem>) -> Self {
        let node = &entry.value;
        if !node.is_mapping() && !node.is_null() {
            problems.push(Problem { span: node.span, message: "a service is a mapping".to_owned() });
        }
        let parts = |key: &str| node.get(key).map(|node| texts(source, node)).unwrap_or_default();
        let environment = node.get("environment").map(|node| settings(source, node, problems));
        let labels = node.get("labels").map(|node| settings(source, node, problems));
        Self {
            name: Spanned::new(entry.name().to_owned(), entry.key.span),
            node: Arc::clone(node),
            tag: node.tag_name().map(str::to_owned),
            environment: environment.unwrap_or_default(),
            env_files: node.get("env_file").map(|node| env_files(source, node)).unwrap_or_default(),
            build: node.entry("build").map(|entry| build(source, entry, problems)),
            image: node.get("image").and_then(|node| Value::read(source, node)),
            command: parts("command"),
            entrypoint: parts("entrypoint"),
            healthcheck: node
                .at(&["healthcheck", "test"])
                .map(|node| texts(source, node))
                .unwrap_or_default(),
            labels: labels.unwrap_or_default(),
            depends_on: node.get("depends_on").map(dependencies).unwrap_or_default(),
            profiles: parts("profiles"),
            uses: uses(node),
            extends: node.get("extends").and_then(|node| extends(source, node)),
        }
    }

    /// The tag of one of its keys.
    #[must_use]
    pub fn tag_of(&self, key: &str) -> Option<&str> {
        self.node.get(key).and_then(Node::tag_name)
    }
}

fn env_files(source: &str, node: &Node) -> Vec<EnvFileUse> {
    let one = |item: &Node| {
        let path = Value::read(source, item.get("path").unwrap_or(item))?;
        let required = item.get("required").is_none_or(|node| truth(node).unwrap_or(false));
        let format = item.get("format").and_then(Node::as_str).map(str::to_owned);
        Some(EnvFileUse { path, required, format })
    };
    match node.items() {
        Some(items) => items.iter().filter_map(|item| one(item)).collect(),
        None => one(node).into_iter().collect(),
    }
}

/// A switch, which compose also takes as a text; `None` where a variable decides.
fn truth(node: &Node) -> Option<bool> {
    let text =
        || Some(!matches!(node.as_str()?.to_ascii_lowercase().as_str(), "false" | "no" | "n" | "off" | "0"));
    let variable = node.as_str().is_some_and(|text| text.contains('$'));
    node.as_bool().or_else(|| if variable { None } else { text() })
}

fn build(source: &str, entry: &Entry, problems: &mut Vec<Problem>) -> Build {
    let node = &entry.value;
    let context = node.get("context").unwrap_or(node);
    let args = node.get("args").map(|args| settings(source, args, problems));
    Build {
        key_span: entry.key.span,
        span: node.span,
        null: node.is_null(),
        tag: node.tag_name().map(str::to_owned),
        context: Value::read(source, context),
        args: args.unwrap_or_default(),
    }
}

fn dependencies(node: &Node) -> Vec<Dependency> {
    if let Some(items) = node.items() {
        let one = |item: &Arc<Node>| {
            super::spanned(item).map(|name| Dependency { name, required: true, condition: None })
        };
        return items.iter().filter_map(one).collect();
    }
    let one = |entry: &Entry| Dependency {
        name: Spanned::new(entry.name().to_owned(), entry.key.span),
        required: entry.value.get("required").is_none_or(|node| truth(node).unwrap_or(false)),
        condition: entry.value.get("condition").and_then(super::spanned),
    };
    node.entries().into_iter().map(one).collect()
}

fn extends(source: &str, node: &Node) -> Option<Extends> {
    let service = super::spanned(node.get("service").unwrap_or(node))?;
    let file = node.get("file").and_then(|file| Value::read(source, file));
    Some(Extends { service, file, span: node.span })
}

fn uses(node: &Node) -> Vec<Use> {
    let mut found = Vec::new();
    let mut add = |kind, name: Option<Spanned<String>>| {
        if let Some(name) = name.filter(|name| !name.value.is_empty() && !name.value.contains('$')) {
            found.push(Use { kind, name });
        }
    };
    if let Some(networks) = node.get("networks") {
        if let Some(items) = networks.items() {
            for item in items {
                add(ResourceKind::Network, super::spanned(item));
            }
        } else {
            for entry in networks.entries() {
                add(ResourceKind::Network, Some(Spanned::new(entry.name().to_owned(), entry.key.span)));
            }
        }
    }
    for item in node.get("volumes").and_then(Node::items).unwrap_or_default() {
        add(ResourceKind::Volume, named_volume(item));
    }
    for (key, kind) in [("secrets", ResourceKind::Secret), ("configs", ResourceKind::Config)] {
        for item in node.get(key).and_then(Node::items).unwrap_or_default() {
            add(kind, super::spanned(item.get("source").unwrap_or(item)));
        }
    }
    found
}

/// The name in `name:/path` or `{type: volume, source: name}`.
fn named_volume(item: &Node) -> Option<Spanned<String>> {
    if item.is_mapping() {
        let volume = item.get("type").and_then(Node::as_str) == Some("volume");
        return volume.then(|| item.get("source").and_then(super::spanned)).flatten();
    }
    let (name, _) = item.as_str()?.split_once(':')?;
    let path = name.starts_with(['/', '.', '~', '\\']) || name.contains('/') || name.contains('$');
    // `C:\data:/data` is a Windows path, not a volume called `C`.
    let drive = name.len() == 1;
    (!path && !drive).then(|| Spanned::new(name.to_owned(), item.span))
}
