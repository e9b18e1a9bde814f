//! What the Compose Specification's schema says of a file: keys that it does not know, values of the wrong
//! kind, keys with nothing behind them. The schema itself is data, `compose-spec.json`.
//!
//! Not here: what a valid file means, and what depends on several files: a null in an override mostly changes
//! nothing.

mod words;

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use serde_json::Value as Json;

use super::template;
use crate::document::yaml::{Node, Places, Typed};
use crate::source::Span;

/// Something that does not fit the schema; compose refuses the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Its place.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// A key with nothing behind it, which compose refuses unless a file before it gives the key a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Empty {
    /// The keys from the top of the file down to this one.
    pub path: Vec<String>,
    /// The key's place.
    pub span: Span,
}

/// More than this in one file are not listed.
const LIMIT: usize = 100;
/// How deep the schema is followed; it is not that deep itself.
const DEPTH: usize = 40;

static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    // The text is part of the program, and a test reads it.
    serde_json::from_str(include_str!("compose-spec.json")).unwrap_or(Json::Null)
});

/// What of the documents does not fit, and which keys have nothing behind them.
pub(super) fn misfits(source: &str, documents: &[Arc<Node>]) -> (Vec<Misfit>, Vec<Empty>) {
    let mut checker =
        Checker { source, found: Vec::new(), empty: Vec::new(), path: Vec::new(), seen: HashSet::new() };
    for root in documents.iter().filter(|root| root.is_mapping()) {
        checker.node(root, &SCHEMA, "the file", 0);
    }
    let mut found = checker.found;
    found.sort_by_key(|misfit| misfit.span);
    found.dedup_by_key(|misfit| misfit.span);
    (found, checker.empty)
}

struct Checker<'a> {
    source: &'a str,
    found: Vec<Misfit>,
    empty: Vec<Empty>,
    /// The keys down to where the check is.
    path: Vec<String>,
    /// What was checked against what: an anchor's node is used many times.
    seen: HashSet<(Span, usize)>,
}

impl Checker<'_> {
    fn push(&mut self, span: Span, message: String, help: String) {
        if self.found.len() < LIMIT {
            self.found.push(Misfit { span, message, help });
        }
    }

    /// Checks a node that is called `name`, such as `` `ports` ``.
    fn node(&mut self, node: &Node, schema: &'static Json, name: &str, depth: usize) {
        let schema = resolved(schema);
        let place = (node.target().span, std::ptr::from_ref(schema).addr());
        let full = self.found.len() >= LIMIT || depth > DEPTH;
        let taken_away = matches!(node.tag_name(), Some("!reset"));
        if full || taken_away || node.is_null() || !self.seen.insert(place) {
            return;
        }
        let Some(kind) = self.kind(node) else { return };
        let fitting: Vec<&'static Json> =
            alternatives(schema).into_iter().filter(|one| allows(one, kind)).collect();
        match fitting.as_slice() {
            [] => {
                let (wanted, help) = words::wanted(schema, kind, name);
                self.push(node.target().span, wanted, help);
            }
            [one] => self.inside(node, one, name, depth),
            // Two ways to write the same kind: none of the schema's differ inside.
            _ => {}
        }
    }

    fn nothing(&mut self, span: Span, schema: &'static Json) {
        let null = |one: &Json| match one.get("type") {
            Some(Json::String(name)) => name == "null",
            Some(Json::Array(names)) => names.iter().any(|name| name.as_str() == Some("null")),
            _ => true,
        };
        let allowed = alternatives(resolved(schema)).into_iter().any(null);
        if !allowed && self.empty.len() < LIMIT {
            self.empty.push(Empty { path: self.path.clone(), span });
        }
    }

    /// What the node is; `None` where nothing can be said.
    fn kind(&self, node: &Node) -> Option<Kind> {
        if node.items().is_some() {
            return Some(Kind::List);
        }
        if node.is_mapping() {
            return Some(Kind::Mapping);
        }
        let text = node.as_str()?;
        Some(match node.typed()? {
            Typed::Null => return None,
            Typed::Boolean(_) => Kind::Boolean,
            Typed::Integer(_) => Kind::Integer,
            Typed::Float(_) => Kind::Number,
            Typed::Timestamp => Kind::Date,
            Typed::Text if text.contains('$') => {
                let template = template::parse(text, &Places::new(self.source, node));
                if template.as_literal().is_some() { Kind::Text } else { Kind::Filled }
            }
            Typed::Text => Kind::Text,
        })
    }

    fn inside(&mut self, node: &Node, schema: &'static Json, name: &str, depth: usize) {
        if let Some(items) = node.items() {
            if let Some(schema) = schema.get("items") {
                let item = format!("an item of {name}");
                for one in items {
                    self.node(one, schema, &item, depth + 1);
                }
            }
        } else if node.is_mapping() {
            self.mapping(node, schema, name, depth);
        } else if let Some(allowed) = schema.get("enum").and_then(Json::as_array) {
            let text = node.as_str().unwrap_or_default();
            let one_of = allowed.iter().any(|one| one.as_str() == Some(text));
            if !one_of && !text.contains('$') {
                let words: Vec<String> =
                    allowed.iter().filter_map(Json::as_str).map(|one| format!("`{one}`")).collect();
                let message = format!("{name} has a value that compose does not know");
                self.push(node.target().span, message, format!("write one of {}", words.join(", ")));
            }
        }
    }

    fn mapping(&mut self, node: &Node, schema: &'static Json, name: &str, depth: usize) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let patterns = schema.get("patternProperties").and_then(Json::as_object);
        let closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
        for entry in node.entries() {
            let key = entry.name();
            let called = match name {
                "`services`" => format!("the service `{key}`"),
                _ if properties.is_none() => format!("`{key}` of {name}"),
                _ => format!("`{key}`"),
            };
            let known = properties.and_then(|all| all.get(key));
            let matching = || {
                let mut all = patterns.into_iter().flatten();
                all.find(|(pattern, _)| words::matches(pattern, key)).map(|(_, schema)| schema)
            };
            match known.or_else(matching) {
                Some(schema) => {
                    self.path.push(key.to_owned());
                    if entry.value.is_null() && entry.value.tag.is_none() {
                        self.nothing(entry.key.span, schema);
                    }
                    self.node(&entry.value, schema, &called, depth + 1);
                    self.path.pop();
                }
                // A template that makes a compose file is none yet.
                None if key.contains("{{") || key.contains("<%") => {}
                None if closed => {
                    let keys: Vec<&str> =
                        properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
                    let (message, help) = words::unknown(key, &keys, name);
                    self.push(entry.key.span, message, help);
                }
                None => {}
            }
        }
        for key in
            schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
        {
            if node.get(key).is_none() {
                let head = node.target().span.head(self.source);
                self.push(head, format!("{name} has no `{key}`"), format!("add `{key}`"));
            }
        }
    }
}

/// What a node is, as the schema tells kinds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A text with variables, which compose turns into what the place wants.
    Filled,
    Integer,
    Number,
    Boolean,
    Date,
    List,
    Mapping,
}

fn resolved(schema: &'static Json) -> &'static Json {
    let mut schema = schema;
    for _ in 0..DEPTH {
        let Some(name) = schema.get("$ref").and_then(Json::as_str) else { break };
        let Some(next) = name.strip_prefix('#').and_then(|path| SCHEMA.pointer(path)) else { break };
        schema = next;
    }
    schema
}

fn alternatives(schema: &'static Json) -> Vec<&'static Json> {
    match schema.get("oneOf").and_then(Json::as_array) {
        Some(several) => several.iter().map(resolved).flat_map(alternatives).collect(),
        None => vec![schema],
    }
}

fn allows(schema: &Json, kind: Kind) -> bool {
    let fits = |name: &str| match kind {
        Kind::Text => name == "string",
        Kind::Filled => !matches!(name, "array" | "object" | "null"),
        Kind::Integer => matches!(name, "integer" | "number"),
        Kind::Number => name == "number",
        Kind::Boolean => name == "boolean",
        Kind::Date => false,
        Kind::List => name == "array",
        Kind::Mapping => name == "object",
    };
    match schema.get("type") {
        Some(Json::String(name)) => fits(name),
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).any(fits),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
