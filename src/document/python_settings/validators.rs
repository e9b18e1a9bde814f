//! What a class's validators say: the lengths that they ask for, and which texts they change first.
//!
//! Not here: validators that stand in an annotation.

use super::python::{Python, Statement};
use crate::source::Span;

/// The validators of a class.
#[derive(Debug, Clone, Default)]
pub(super) struct Validators {
    /// The fewest characters by field; `*` is every field.
    pub(super) lengths: Vec<(String, usize)>,
    /// The fields whose text a validator sees before its type is looked at; `*` is every field.
    pub(super) before: Vec<String>,
    /// A validator sees all values first, and may add some.
    pub(super) whole: bool,
}

impl Validators {
    /// Whether a validator sees the text of a field before its type is looked at.
    pub(super) fn come_before(&self, name: &str) -> bool {
        self.whole || self.before.iter().any(|known| known == name || known == "*")
    }

    /// The fewest characters that a validator asks of a field.
    pub(super) fn length(&self, name: &str) -> Option<usize> {
        let asked = self.lengths.iter().filter(|(known, _)| known == name || known == "*");
        asked.map(|(_, length)| *length).max()
    }
}

/// Reads the validators: `if len(v) < 32: raise …` below `@field_validator("key")`.
pub(super) fn validators(python: &Python<'_>, body: &[Statement], indent: usize) -> Validators {
    let mut read = Validators::default();
    let mut names: Vec<String> = Vec::new();
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        if statement.indent == indent {
            if code.starts_with("@field_validator(") || code.starts_with("@validator(") {
                let arguments = arguments(python, *statement, code);
                let positional = arguments.iter().filter(|(name, _)| name.is_empty());
                let these: Vec<String> =
                    positional.filter_map(|(_, value)| python.string(*value).map(str::to_owned)).collect();
                if comes_first(python, &arguments) {
                    read.before.extend(these.iter().cloned());
                }
                names.extend(these);
            } else if code.starts_with("@model_validator(") || code.starts_with("@root_validator(") {
                read.whole |= comes_first(python, &arguments(python, *statement, code));
            } else if !code.starts_with(['@', 'd', 'a']) {
                names.clear();
            }
            continue;
        }
        if names.is_empty() {
            continue;
        }
        let next = body.get(at + 1).map(|next| python.code(next.span)).unwrap_or_default();
        let raises = next.starts_with("raise") || code.contains("raise");
        if let Some(length) = shorter_than(code).filter(|_| raises) {
            read.lengths.extend(names.iter().map(|name| (name.clone(), length)));
        }
    }
    read
}

fn arguments(python: &Python<'_>, statement: Statement, code: &str) -> Vec<(String, Span)> {
    python.arguments(statement.span.start + code.find('(').unwrap_or_default())
}

/// `mode="before"`, `"plain"` or `"wrap"`; `pre=True`.
fn comes_first(python: &Python<'_>, arguments: &[(String, Span)]) -> bool {
    arguments.iter().any(|(name, value)| match name.as_str() {
        "mode" => python.string(*value).is_some_and(|mode| mode != "after"),
        "pre" => python.code(*value) == "True",
        _ => false,
    })
}

/// The `32` of `if len(v) < 32:`.
fn shorter_than(code: &str) -> Option<usize> {
    let at = code.find("len(")?;
    let condition = code.get(at..)?;
    let (_, bound) = condition.split_once('<')?;
    let inclusive = bound.starts_with('=');
    let bound = bound.trim_start_matches('=').trim_start();
    let digits = bound.find(|c: char| !c.is_ascii_digit()).unwrap_or(bound.len());
    let length: usize = bound.get(..digits)?.parse().ok()?;
    (code.starts_with("if") && length < 10_000).then_some(if inclusive { length + 1 } else { length })
}
