//! The part of YAML that a configuration may use, with places: scalars, lists, maps with named keys.
//!
//! Not here: which keys there are. Aliases and `<<` are unfolded, within a budget; everything that has no
//! meaning in a configuration is a [`Flaw`] and left out.

use crate::document::yaml::{self, Kind, Typed};
use crate::source::Span;

/// More than any configuration has, and little enough to walk many times.
const BUDGET: usize = 20_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) span: Span,
    /// Whether something in it was taken out, so that what is missing in it is no mistake of its own.
    pub(super) damaged: bool,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Scalar(String, Typed),
    List(Vec<Node>),
    Map(Vec<Pair>),
}

/// A key with its value. The key is a scalar.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) key: Node,
    pub(super) value: Node,
}

/// Something in the text that no configuration can have.
#[derive(Debug, Clone)]
pub(super) struct Flaw {
    pub(super) span: Span,
    pub(super) message: String,
    /// A second place: where the same key stands first.
    pub(super) first: Option<Span>,
}

/// Reads the text; `None` where it holds nothing.
pub(super) fn read(text: &str) -> (Option<Node>, Vec<Flaw>) {
    let parsed = yaml::parse(text);
    let mut reader = Reader { flaws: Vec::new(), budget: BUDGET };
    for problem in &parsed.problems {
        reader.flaw(problem.span, problem.message.clone());
    }
    for duplicate in &parsed.duplicates {
        let message = format!("key `{}` is set more than once", shown(&duplicate.key));
        reader.flaws.push(Flaw { span: duplicate.second, message, first: Some(duplicate.first) });
    }
    if let Some(second) = parsed.documents.get(1) {
        reader.flaw(second.span.head(text), "a second document is not read".to_owned());
    }
    let root = parsed.root().filter(|root| !root.is_null()).and_then(|root| reader.node(root));
    (root, reader.flaws)
}

/// A name from the file as it may stand in a message: short, and of printable characters.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let clean: String =
        name.chars().filter(|character| !character.is_control() && *character != '`').take(LONGEST).collect();
    if name.chars().nth(LONGEST).is_some() { format!("{clean}…") } else { clean }
}

struct Reader {
    flaws: Vec<Flaw>,
    budget: usize,
}

impl Reader {
    fn flaw(&mut self, span: Span, message: String) {
        self.flaws.push(Flaw { span, message, first: None });
    }

    /// A node's copy, or `None` where it was a flaw. Recursion is bounded by the parser's own depth limit.
    fn node(&mut self, node: &yaml::Node) -> Option<Node> {
        let left = self.budget.checked_sub(1)?;
        self.budget = left;
        if left == 0 {
            self.flaw(node.span, format!("the file holds more than {BUDGET} values"));
            return None;
        }
        let span = node.span;
        let damaged = false;
        match &node.target().kind {
            Kind::Scalar(text, _) => {
                let typed = node.typed().unwrap_or(Typed::Text);
                Some(Node { data: Data::Scalar(text.clone(), typed), span, damaged })
            }
            Kind::Sequence(items) => {
                let data = Data::List(items.iter().filter_map(|item| self.node(item)).collect());
                Some(Node { data, span, damaged })
            }
            Kind::Mapping(_) => {
                let data =
                    Data::Map(node.entries().into_iter().filter_map(|entry| self.pair(entry)).collect());
                Some(Node { data, span, damaged })
            }
            // Already among the parser's problems.
            Kind::Alias(_) | Kind::BrokenAlias => None,
        }
    }

    fn pair(&mut self, entry: &yaml::Entry) -> Option<Pair> {
        let Some(name) = entry.key.as_str() else {
            self.flaw(entry.key.span, "a key is a list or a map".to_owned());
            return None;
        };
        let data = Data::Scalar(name.to_owned(), Typed::Text);
        let key = Node { data, span: entry.key.span, damaged: false };
        Some(Pair { key, value: self.node(&entry.value)? })
    }
}

impl Node {
    /// The node at the end of `path`: places in maps and lists.
    pub(super) fn at(&self, path: &[usize]) -> Option<&Self> {
        path.iter().try_fold(self, |node, &at| match &node.data {
            Data::List(items) => items.get(at),
            Data::Map(pairs) => pairs.get(at).map(|pair| &pair.value),
            Data::Scalar(..) => None,
        })
    }

    /// Takes the node at the end of `path` out of the tree.
    pub(super) fn remove(&mut self, path: &[usize]) {
        let Some((&last, way)) = path.split_last() else { return };
        let parent = way.iter().try_fold(self, |node, &at| match &mut node.data {
            Data::List(items) => items.get_mut(at),
            Data::Map(pairs) => pairs.get_mut(at).map(|pair| &mut pair.value),
            Data::Scalar(..) => None,
        });
        let Some(parent) = parent else { return };
        parent.damaged = true;
        match &mut parent.data {
            Data::List(items) if last < items.len() => drop(items.remove(last)),
            Data::Map(pairs) if last < pairs.len() => drop(pairs.remove(last)),
            _ => {}
        }
    }
}
