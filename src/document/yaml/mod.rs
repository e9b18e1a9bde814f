//! YAML as a tree of nodes with exact byte spans on keys and values.
//!
//! Not here: what the keys mean. An alias shares its anchor's node and is never copied; a document
//! whose aliases would unfold beyond a budget has them cut, and says so in its problems, so that
//! every walk over a tree is bounded.

mod build;
mod place;
mod types;

use std::fmt;
use std::sync::Arc;

use super::Problem;
use crate::source::{Span, Spanned};

pub use place::Places;
pub use types::Typed;

/// What a text holds.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The root of each document; an unreadable document keeps what stood before the mistake.
    pub documents: Vec<Arc<Node>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Keys that stand more than once in one mapping. Most readers refuse such a file.
    pub duplicates: Vec<Duplicate>,
}

impl Parsed {
    /// The first document's root.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.documents.first().map(AsRef::as_ref)
    }
}

/// A key that stands twice in one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it stands first.
    pub first: Span,
    /// Where it stands again.
    pub second: Span,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'…'`.
    SingleQuoted,
    /// In `"…"`.
    DoubleQuoted,
    /// After `|`.
    Literal,
    /// After `>`.
    Folded,
}

/// What a node is.
#[derive(Clone)]
pub enum Kind {
    /// A scalar: its text after YAML's escapes and folds, and how it is written.
    Scalar(String, Style),
    /// A sequence.
    Sequence(Vec<Arc<Node>>),
    /// A mapping, as written: duplicates and `<<` are still in it.
    Mapping(Vec<Entry>),
    /// `*name`, with the node it stands for.
    Alias(Arc<Node>),
    /// An alias that stands for nothing, for itself, or for too much.
    BrokenAlias,
}

/// Values may be secret: only the shape is ever shown.
impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(text, style) => write!(formatter, "{style:?}({} bytes)", text.len()),
            Self::Sequence(items) => write!(formatter, "Sequence({} items)", items.len()),
            Self::Mapping(entries) => write!(formatter, "Mapping({} entries)", entries.len()),
            Self::Alias(_) => formatter.write_str("Alias"),
            Self::BrokenAlias => formatter.write_str("BrokenAlias"),
        }
    }
}

/// One node.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its place: quotes belong to it, a block scalar is its text without the header, an alias is `*name`.
    pub span: Span,
    /// Its tag as written, such as `!reset`.
    pub tag: Option<Spanned<String>>,
    /// Its anchor's name, without the `&`; the span has the `&`.
    pub anchor: Option<Spanned<String>>,
    /// How many nodes a walk over it meets, aliases unfolded.
    weight: usize,
    /// How deep such a walk goes.
    height: usize,
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: Arc<Node>,
    /// The value.
    pub value: Arc<Node>,
}

impl Entry {
    /// The key's text, empty for a key that is no scalar.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.as_str().unwrap_or_default()
    }

    fn is_merge(&self) -> bool {
        matches!(&self.key.kind, Kind::Scalar(text, Style::Plain) if text == "<<")
    }
}

impl Node {
    /// The node itself, or what its alias stands for.
    #[must_use]
    pub fn target(&self) -> &Self {
        let mut node = self;
        // An alias can only stand for a node that was finished before it, so this ends.
        while let Kind::Alias(target) = &node.kind {
            node = target;
        }
        node
    }

    /// A scalar's text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.target().kind {
            Kind::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// How a scalar is written.
    #[must_use]
    pub fn style(&self) -> Option<Style> {
        match &self.target().kind {
            Kind::Scalar(_, style) => Some(*style),
            _ => None,
        }
    }

    /// A sequence's items.
    #[must_use]
    pub fn items(&self) -> Option<&[Arc<Self>]> {
        match &self.target().kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_mapping(&self) -> bool {
        matches!(self.target().kind, Kind::Mapping(_))
    }

    /// Whether it is null: nothing, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.typed(), Some(Typed::Null))
    }

    /// What YAML makes of a scalar; `None` for collections.
    #[must_use]
    pub fn typed(&self) -> Option<Typed> {
        let target = self.target();
        match &target.kind {
            Kind::Scalar(text, style) => {
                let tag = target.tag.as_ref().map(|tag| tag.value.as_str());
                Some(types::resolve(text, *style, tag))
            }
            _ => None,
        }
    }

    /// A boolean's value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.typed() {
            Some(Typed::Boolean(value)) => Some(value),
            _ => None,
        }
    }

    /// The tag, without its place.
    #[must_use]
    pub fn tag_name(&self) -> Option<&str> {
        self.tag.as_ref().map(|tag| tag.value.as_str())
    }

    /// A mapping's entries as its readers see them: own keys first (the last of a duplicate), then
    /// those merged by `<<` that are not set here. Empty for everything else.
    #[must_use]
    pub fn entries(&self) -> Vec<&Entry> {
        let Kind::Mapping(entries) = &self.target().kind else { return Vec::new() };
        if !entries.iter().any(Entry::is_merge) {
            return unique(entries.iter().collect());
        }
        let mut all = unique(entries.iter().filter(|entry| !entry.is_merge()).collect());
        let mut known: std::collections::HashSet<&str> = all.iter().map(|entry| entry.name()).collect();
        for merged in entries.iter().filter(|entry| entry.is_merge()) {
            let sources = merged.value.items().map_or_else(
                || vec![merged.value.as_ref()],
                |items| items.iter().map(AsRef::as_ref).collect(),
            );
            for entry in sources.into_iter().flat_map(Self::entries) {
                if known.insert(entry.name()) {
                    all.push(entry);
                }
            }
        }
        all
    }

    /// A mapping's entries as written, duplicates and `<<` included.
    #[must_use]
    pub fn raw_entries(&self) -> &[Entry] {
        match &self.target().kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let own = self.raw_entries().iter().rev().find(|entry| !entry.is_merge() && entry.name() == key);
        own.or_else(|| {
            let merges = self.raw_entries().iter().any(Entry::is_merge);
            merges.then(|| self.entries().into_iter().find(|entry| entry.name() == key)).flatten()
        })
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| entry.value.as_ref())
    }

    /// The value at the end of a way of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Calls `visit` for every scalar value below, keys not included, aliases once for each use.
    pub fn each_scalar<'node>(&'node self, visit: &mut dyn FnMut(&'node Self)) {
        match &self.target().kind {
            Kind::Scalar(..) => visit(self.target()),
            Kind::Sequence(items) => items.iter().for_each(|item| item.each_scalar(visit)),
            Kind::Mapping(entries) => entries.iter().for_each(|entry| entry.value.each_scalar(visit)),
            Kind::Alias(_) | Kind::BrokenAlias => {}
        }
    }
}

fn unique(entries: Vec<&Entry>) -> Vec<&Entry> {
    let mut place = std::collections::HashMap::new();
    let mut all: Vec<&Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match place.entry((entry.name(), entry.key.as_str().is_some())) {
            std::collections::hash_map::Entry::Occupied(at) => {
                if let Some(slot) = all.get_mut(*at.get()) {
                    *slot = entry;
                }
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(all.len());
                all.push(entry);
            }
        }
    }
    all
}

/// Reads a text of any number of documents.
///
/// ```
/// use envgate::document::yaml;
/// let parsed = yaml::parse("services:\n  web: {image: nginx}\n");
/// let image = parsed.root().and_then(|root| root.at(&["services", "web", "image"]));
/// assert_eq!(image.and_then(yaml::Node::as_str), Some("nginx"));
/// ```
#[must_use]
pub fn parse(text: &str) -> Parsed {
    build::build(text)
}

#[cfg(test)]
mod tests;
