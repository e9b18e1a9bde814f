//! Values with their templates, and the two ways to write a list of settings (`K: v` and `- K=v`).
//!
//! Not here: what a key means.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::template::{self, Template};
use crate::document::Problem;
use crate::document::yaml::{Node, Places, Typed};
use crate::source::Span;

/// A scalar as compose reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    /// The text before variables are filled in; numbers and booleans as compose hands them on.
    pub text: String,
    /// Its place, without quotes.
    pub span: Span,
    /// The same, parsed.
    pub template: Template,
}

/// Values may be secret: only the length is ever shown.
impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Value({} bytes at {:?})", self.text.len(), self.span)
    }
}

impl Value {
    /// The value of a scalar; `None` for collections and null.
    #[must_use]
    pub fn read(source: &str, node: &Node) -> Option<Self> {
        let typed = node.typed().filter(|typed| *typed != Typed::Null)?;
        let text = typed.render(node.as_str()?);
        if typed != Typed::Text {
            let span = node.target().span;
            return Some(Self { template: Template::literal(text.clone(), span), text, span });
        }
        let places = Places::new(source, node);
        let span = places.span(0, text.len());
        Some(Self { template: template::parse(&text, &places), text, span })
    }
}

/// One setting of `environment`, `args` or `labels`.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name as written.
    pub key: String,
    /// The name's place.
    pub key_span: Span,
    /// The name, parsed: compose fills variables in names of the list form only.
    pub name: Template,
    /// The value; `None` for a bare name, which is passed on from outside.
    pub value: Option<Value>,
    /// The whole setting.
    pub span: Span,
    /// Its tag, such as `!reset`.
    pub tag: Option<String>,
    /// Whether it is an item of a list (`- K=v`).
    pub in_list: bool,
}

/// Reads settings in either form.
pub(super) fn settings(source: &str, node: &Node, problems: &mut Vec<Problem>) -> Vec<Setting> {
    let mut found = Vec::new();
    if let Some(items) = node.items() {
        for item in items {
            match item_setting(source, item) {
                Some(setting) => found.push(setting),
                None => problems.push(Problem {
                    span: item.span,
                    message: "an item of this list is a text, `NAME=value`".to_owned(),
                }),
            }
        }
    } else if node.is_mapping() {
        for entry in node.entries() {
            let value = Value::read(source, &entry.value);
            if value.is_none() && !entry.value.is_null() {
                let message = format!("the value of `{}` is no scalar", entry.name());
                problems.push(Problem { span: entry.value.span, message });
                continue;
            }
            if entry.value.typed() == Some(Typed::Timestamp) {
                let message =
                    format!("the value of `{}` is read as a date, which is no text; quote it", entry.name());
                problems.push(Problem { span: entry.value.span, message });
            }
            let key_span = entry.key.span;
            found.push(Setting {
                key: entry.name().to_owned(),
                key_span,
                name: Template::literal(entry.name(), key_span),
                span: Span::new(
                    key_span.start,
                    value.as_ref().map_or(key_span.end, |value| value.span.end).max(key_span.end),
                ),
                value,
                tag: entry.value.tag_name().map(str::to_owned),
                in_list: false,
            });
        }
    } else if !node.is_null() {
        let message = "this is a mapping, or a list of `NAME=value`".to_owned();
        problems.push(Problem { span: node.span, message });
    }
    found
}

fn item_setting(source: &str, item: &Node) -> Option<Setting> {
    let text = item.typed()?.render(item.as_str()?);
    let places = Places::new(source, item);
    let equals = equals(&text);
    let name_end = equals.unwrap_or(text.len());
    let value = equals.map(|equals| Value {
        text: text.get(equals + 1..).unwrap_or_default().to_owned(),
        span: places.span(equals + 1, text.len()),
        template: template::parse_range(&text, equals + 1, &places),
    });
    let key = text.get(..name_end).unwrap_or_default().to_owned();
    Some(Setting {
        name: template::parse(&key, &places),
        key_span: places.span(0, name_end),
        span: places.span(0, text.len()),
        key,
        value,
        tag: item.tag_name().map(str::to_owned),
        in_list: true,
    })
}

/// The first `=` that stands in no `${…}`.
fn equals(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => open += 1,
            b'}' => open = open.saturating_sub(1),
            b'=' if open == 0 => return Some(at),
            _ => {}
        }
        before = byte;
    }
    None
}

/// Every scalar value with a `$`, each place once, in the order of the file.
pub(super) fn templates(source: &str, documents: &[Arc<Node>]) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for root in documents {
        root.each_scalar(&mut |node| {
            let dollar = node.as_str().is_some_and(|text| text.contains('$'));
            if dollar && node.tag_name() != Some("!reset") && seen.insert(node.span) {
                found.extend(Value::read(source, node));
            }
        });
    }
    found.sort_by_key(|value| value.span);
    found
}
