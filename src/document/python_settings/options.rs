//! What `Field(…)`, `constr(…)` and their like say of a declaration.
//!
//! Not here: what the annotation itself says.

use super::python::Python;
use crate::document::kinds::{Limit, Pattern};
use crate::source::Span;

/// What the calls of one declaration say.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// `validation_alias` or `alias`: the names of pydantic 2.
    pub(super) aliases: Vec<String>,
    /// There is an alias that is worked out, or may be one.
    pub(super) unknown_alias: bool,
    /// `env`: the names of pydantic 1.
    pub(super) env: Vec<String>,
    pub(super) min_length: Option<usize>,
    pub(super) limits: Vec<Limit>,
    /// Some call gives a default.
    pub(super) has_default: bool,
}

/// Reads the calls in an annotation and in what is assigned.
pub(super) fn options(python: &Python<'_>, annotation: Span, default: Option<Span>) -> Options {
    let mut options = Options::default();
    for (span, is_default) in [(Some(annotation), false), (default, true)] {
        let Some(span) = span else { continue };
        let code = python.code(span);
        options.unknown_alias |= is_default && makes_field(code);
        for call in ["Field(", "constr(", "StringConstraints(", "conint(", "confloat("] {
            // A word that only ends like one is another one.
            let found = code.match_indices(call).map(|(at, _)| at).find(|at| {
                let before = code.get(..*at).and_then(|before| before.chars().next_back());
                before.is_none_or(|before| !before.is_alphanumeric())
            });
            let Some(at) = found else { continue };
            let whole =
                is_default && code.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('.'));
            for (name, value) in python.arguments(span.start + at + call.len() - 1) {
                options.argument(python, &name, value, call == "Field(", whole || !is_default);
            }
        }
    }
    options
}

/// Whether a default is made by a call that may be one of `Field` under another name: those of classes and of what is
/// built in are none.
fn makes_field(code: &str) -> bool {
    let built =
        ["str", "int", "float", "bool", "list", "dict", "set", "tuple", "frozenset", "bytes", "timedelta"];
    let Some((name, _)) = code.split_once('(') else { return false };
    let name = name.rsplit('.').next().unwrap_or_default().trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let small = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name && (small && !built.contains(&name) || name.len() == 1)
}

impl Options {
    fn argument(&mut self, python: &Python<'_>, name: &str, value: Span, field: bool, counts: bool) {
        let code = python.code(value);
        let number = || code.replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite());
        match name {
            "" | "default" | "default_factory" if field && counts => self.has_default |= code != "...",
            "validation_alias" => self.alias(python, value),
            "alias" if self.aliases.is_empty() => self.alias(python, value),
            "env" => self.env = names(python, value),
            "min_length" => self.min_length = code.parse().ok(),
            "max_length" => self.limits.extend(code.parse().ok().map(Limit::MaxLength)),
            "gt" => self.limits.extend(number().map(Limit::Above)),
            "ge" => self.limits.extend(number().map(Limit::AtLeast)),
            "lt" => self.limits.extend(number().map(Limit::Below)),
            "le" => self.limits.extend(number().map(Limit::AtMost)),
            "pattern" => {
                let pattern = python.literal(value).and_then(|pattern| Pattern::new(&pattern));
                self.limits.extend(pattern.map(Limit::Matches));
            }
            // Pydantic 1 looks at the beginning alone.
            "regex" => {
                let pattern =
                    python.literal(value).and_then(|pattern| Pattern::new(&format!("^(?:{pattern})")));
                self.limits.extend(pattern.map(Limit::Matches));
            }
            _ => {}
        }
    }
}

impl Options {
    fn alias(&mut self, python: &Python<'_>, value: Span) {
        self.aliases = names(python, value);
        let code = python.code(value);
        let inner = code.find('(').map(|at| value.start + at);
        let all = inner.and_then(|open| Some(python.parts(Span::new(open + 1, python.closing(open)?), b',')));
        let written = |part: &Span| {
            let code = python.code(*part);
            code.starts_with("AliasPath(") || python.literal(*part).is_some()
        };
        let several = code.starts_with("AliasChoices(") || code.starts_with("AliasPath(");
        let known = python.literal(value).is_some()
            || several
                && all.is_some_and(|parts| {
                    code.starts_with("AliasPath(")
                        || parts.iter().filter(|part| !part.is_empty()).all(written)
                });
        self.unknown_alias = self.aliases.is_empty() || !known;
    }
}

/// The names that an alias stands for: of an `AliasPath` the first part is a name, and the rest a way in it.
fn names(python: &Python<'_>, value: Span) -> Vec<String> {
    let code = python.code(value);
    let open = code.find(['(', '[']).map(|at| value.start + at);
    let Some((open, close)) = open.and_then(|open| Some((open, python.closing(open)?))) else {
        return python.literal(value).into_iter().collect();
    };
    let parts = python.parts(Span::new(open + 1, close), b',');
    if code.contains("AliasPath(") && !code.contains("AliasChoices(") {
        return parts.first().and_then(|part| python.literal(*part)).into_iter().collect();
    }
    let first = |part: &Span| python.strings(*part).first().map(|name| (*name).to_owned());
    parts.iter().filter_map(first).collect()
}
