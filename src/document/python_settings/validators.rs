//! What a class's validators say: the lengths that they ask for, and which texts they change first.
//!
//! Not here: validators that stand in an annotation.

use super::lengths::Function;
use super::python::{Python, Statement, is_name};
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
    // The fields that the decorators of one function name, and whether more decorators may follow.
    let mut names: Vec<String> = Vec::new();
    let mut decorated = false;
    let mut function: Option<Function> = None;
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        if statement.indent > indent {
            let next = body.get(at + 1).map(|next| python.code(next.span)).unwrap_or_default();
            let asked =
                function.as_mut().and_then(|function| function.statement(code, statement.indent, next));
            if let Some(length) = asked {
                read.lengths.extend(names.iter().map(|name| (name.clone(), length)));
            }
            continue;
        }
        if let Some(decorator) = code.strip_prefix('@') {
            if !decorated {
                names.clear();
            }
            decorated = true;
            if let Some(open) = called(decorator) {
                names.extend(read.decorator(python, decorator, statement.span.start + 1 + open));
            }
            continue;
        }
        if !decorated {
            names.clear();
        }
        decorated = false;
        function = (!names.is_empty()).then(|| Function::new(code)).flatten();
        if let Some((_, value)) = code.split_once('=').filter(|(name, _)| is_target(name)) {
            let value = value.trim_start();
            if let Some(open) = called(value) {
                // What the function that it wraps asks for is not followed.
                read.decorator(python, value, statement.span.end - value.len() + open);
            }
        }
    }
    read
}

impl Validators {
    /// Takes in the call of a decorator whose bracket opens at `open`: the fields that it names outright.
    fn decorator(&mut self, python: &Python<'_>, code: &str, open: usize) -> Vec<String> {
        let name = code.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default().trim();
        let arguments = || python.arguments(open);
        match name {
            "field_validator" | "validator" => {
                let arguments = arguments();
                let positional = arguments.iter().filter(|(name, _)| name.is_empty());
                let given: Vec<Option<&str>> = positional.map(|(_, value)| python.string(*value)).collect();
                if comes_first(python, &arguments) {
                    // Names that are worked out may be any.
                    self.before.extend(given.iter().map(|name| name.unwrap_or("*").to_owned()));
                }
                given.into_iter().flatten().map(str::to_owned).collect()
            }
            "model_validator" | "root_validator" => {
                self.whole |= comes_first(python, &arguments());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether the left side of an assignment is one name, annotated or not.
fn is_target(code: &str) -> bool {
    is_name(code.split(':').next().unwrap_or_default().trim())
}

/// Where the bracket of a call opens, behind a dotted name.
fn called(code: &str) -> Option<usize> {
    let open = code.find('(')?;
    code.get(..open)?.trim().split('.').all(is_name).then_some(open)
}

/// `mode="before"`, `"plain"` or `"wrap"`; `pre=True`. A mode that is worked out may be any.
fn comes_first(python: &Python<'_>, arguments: &[(String, Span)]) -> bool {
    arguments.iter().any(|(name, value)| match name.as_str() {
        "mode" => python.string(*value).is_none_or(|mode| mode != "after"),
        "pre" => python.code(*value) != "False",
        _ => false,
    })
}
