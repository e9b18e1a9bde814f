//! From decorators to what is meant by them.
//!
//! Not here: the types and their options.

use super::decorators::{Decorator, Value, structure};
use super::header::{DefaultRequired, Header, header};
use super::lines::{Line, Read};
use super::types::{self, Type};
use super::{Given, Item, SchemaFile};
use crate::document::Problem;

/// The longest description, in characters.
const LONGEST: usize = 200;

/// The decorators of variables that the notation's own tool knows.
#[rustfmt::skip]
const KNOWN: &[&str] = &[
    "required", "optional", "sensitive", "public", "internal", "dynamic", "static", "type", "example", "docs", "tag",
    "docsUrl", "icon", "deprecated", "placeholder", "auditIgnore", "proxy",
];

/// The most decorators of one variable that are held against each other.
const MOST: usize = 100;

/// Says what the lines mean.
pub(super) fn schema(read: &Read<'_>) -> SchemaFile {
    let mut problems = read.problems.clone();
    let header = header(&read.header);
    let items = read.items.iter().map(|line| item(line, &header, read.text, &mut problems)).collect();
    if header.disabled {
        return SchemaFile { items: Vec::new(), problems };
    }
    SchemaFile { items, problems }
}

fn item(line: &Line, header: &Header, text: &str, problems: &mut Vec<Problem>) -> Item {
    check(&line.decorators, header, problems);
    let named = |name: &str| line.decorators.iter().rev().find(|decorator| decorator.name == name);
    let given = given(line, text);
    let (required, required_at) = match (named("required"), named("optional")) {
        (Some(said), _) => (said.value.flag(), Some(said.span)),
        (None, Some(said)) => (said.value.flag().map(|flag| !flag), Some(said.span)),
        (None, None) => (by_default(header.required, given), None),
    };
    let sensitive = match (named("sensitive"), named("public")) {
        (Some(said), _) => enabled(&said.value),
        (None, Some(said)) => said.value.flag().map(|flag| !flag),
        (None, None) => None,
    };
    let mut made = Type::default();
    if let Some(said) = named("type") {
        match types::read(&said.value, header.plugins) {
            Ok(read) => made = read,
            Err(message) => problems.push(Problem { span: said.span, message }),
        }
    }
    let words = line.words.join(" ");
    Item {
        key: line.key.clone(),
        key_span: line.key_span,
        value_span: line.value_span,
        given,
        required,
        required_span: required_at,
        sensitive,
        kind: made.kind,
        kind_span: named("type").map(|said| said.span),
        min_length: made.min_length,
        limits: made.limits,
        list: made.list,
        said_optional: says_optional(&words),
        description: described(&line.words),
    }
}

/// Names that nobody knows but that are nearly one that is known, twins, and contradictions.
fn check(decorators: &[Decorator], header: &Header, problems: &mut Vec<Problem>) {
    for (at, decorator) in decorators.iter().enumerate().take(MOST) {
        let known = KNOWN.contains(&decorator.name.as_str());
        if !known && !header.plugins {
            let message = types::unknown("decorator", &decorator.name, KNOWN);
            // Other tools may have decorators of their own; what is nearly one of these is a slip.
            if message.ends_with(" is") {
                problems.push(Problem { span: decorator.span, message });
            }
        }
        let earlier = decorators.get(..at).unwrap_or_default();
        let twin = earlier.iter().any(|other| other.name == decorator.name);
        if twin && !decorator.call && known {
            let message = format!("`@{}` stands here twice", decorator.name);
            problems.push(Problem { span: decorator.span, message });
        }
        let opposite = match decorator.name.as_str() {
            "required" => "optional",
            "optional" => "required",
            "sensitive" => "public",
            "public" => "sensitive",
            _ => continue,
        };
        if earlier.iter().any(|other| other.name == opposite) {
            let message = format!("`@{}` and `@{opposite}` contradict each other", decorator.name);
            problems.push(Problem { span: decorator.span, message });
        }
    }
}

fn given(line: &Line, text: &str) -> Given {
    if line.value_span.is_empty() {
        return Given::Nothing;
    }
    let written = text.get(line.inner_span.start..line.inner_span.end).unwrap_or_default();
    if !line.quoted && written == "undefined" {
        return Given::Nothing;
    }
    let single = text.get(line.value_span.start..).is_some_and(|value| value.starts_with('\''));
    let refers = written.contains('$') && !single;
    let computed = refers || (!line.quoted && structure(written).is_some());
    if computed { Given::Computed } else { Given::Text(line.inner_span) }
}

/// Whether a variable that says nothing is required. One that has a value in the schema is, and has it.
fn by_default(default: DefaultRequired, given: Given) -> Option<bool> {
    match default {
        DefaultRequired::Open => None,
        DefaultRequired::All(flag) => Some(flag),
        DefaultRequired::Infer => match given {
            Given::Nothing => Some(false),
            Given::Text(span) => Some(!span.is_empty()),
            Given::Computed => Some(true),
        },
    }
}

/// `@sensitive`, `@sensitive=false`, `@sensitive={enabled=…}`.
fn enabled(value: &Value) -> Option<bool> {
    match value {
        Value::Map(pairs) => match pairs.iter().find(|(name, _)| name == "enabled") {
            Some((_, value)) => value.flag(),
            None => Some(true),
        },
        value => value.flag(),
    }
}

/// The comment's words in one line; rulers and settings that are commented out are none.
fn described(lines: &[String]) -> String {
    let words = lines
        .iter()
        .map(|line| line.trim_matches(|c: char| matches!(c, '#' | '-' | '=' | '*') || c.is_whitespace()));
    let words: Vec<&str> =
        words.filter(|line| line.chars().any(char::is_alphabetic) && !is_setting(line)).collect();
    let joined = words.join(" ");
    joined.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

/// `KEY=value` in a comment: nobody should see the value.
fn is_setting(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Whether words say that a variable may be left out: in English or Spanish.
fn says_optional(words: &str) -> bool {
    let lower = words.to_lowercase();
    let hints = [
        "optional",
        "opcional",
        "leave empty",
        "leave blank",
        "not required",
        "if you",
        "only if",
        "only for",
    ];
    hints.iter().any(|hint| lower.contains(hint))
}
