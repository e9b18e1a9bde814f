//! Classes that derive from pydantic's `BaseSettings`, version 1 and 2.
//!
//! Not here: custom settings sources; where one stands in the file, either shape of a list may be read.

use super::python::{Python, Statement, is_name};
use super::{Field, ListShape};
use crate::source::Span;

/// The fields of all settings classes of a file.
pub(super) fn fields(python: &Python<'_>) -> Vec<Field> {
    let mut settings: Vec<String> = vec!["BaseSettings".to_owned()];
    let mut fields = Vec::new();
    for (at, statement) in python.statements.iter().enumerate() {
        let Some((name, bases)) = class(python, *statement) else { continue };
        let derives = bases.iter().any(|base| settings.iter().any(|known| base == known));
        if derives {
            settings.push(name);
            fields.extend(class_fields(python, body(python, at)));
        }
    }
    fields
}

/// The name and the bases of a class statement; of `pydantic.BaseSettings` the last part.
fn class(python: &Python<'_>, statement: Statement) -> Option<(String, Vec<String>)> {
    let code = python.code(statement.span);
    let rest = code.strip_prefix("class ")?;
    let open = rest.find('(')?;
    let name = rest[..open].trim().to_owned();
    let open = statement.span.start + "class ".len() + open;
    let close = python.closing(open)?;
    let bases = python.parts(Span::new(open + 1, close), b',');
    let last = |base: &Span| python.code(*base).rsplit('.').next().unwrap_or_default().to_owned();
    Some((name, bases.iter().map(last).collect()))
}

/// The statements of the block that the statement at `at` opens.
fn body<'p>(python: &'p Python<'_>, at: usize) -> &'p [Statement] {
    let indent = python.statements.get(at).map_or(0, |statement| statement.indent);
    let rest = python.statements.get(at + 1..).unwrap_or_default();
    let length = rest.iter().position(|statement| statement.indent <= indent).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

/// What `model_config` or `class Config` says.
#[derive(Default)]
struct Config {
    prefix: String,
    case_sensitive: bool,
    /// Lists are handed over as text.
    undecoded: bool,
    /// The file reads values in a way of its own.
    custom: bool,
}

impl Config {
    fn option(&mut self, python: &Python<'_>, name: &str, value: Span) {
        match name {
            "env_prefix" => python.string(value).unwrap_or_default().clone_into(&mut self.prefix),
            "case_sensitive" => self.case_sensitive = python.code(value) == "True",
            "enable_decoding" => self.undecoded = python.code(value) == "False",
            _ => {}
        }
    }
}

fn class_fields(python: &Python<'_>, body: &[Statement]) -> Vec<Field> {
    let Some(indent) = body.first().map(|statement| statement.indent) else { return Vec::new() };
    let config = config(python, body);
    let mut fields: Vec<(String, Field)> = Vec::new();
    for statement in body.iter().filter(|statement| statement.indent == indent) {
        fields.extend(field(python, *statement, &config));
    }
    for (name, length) in validated(python, body, indent) {
        for (field_name, field) in &mut fields {
            if (*field_name == name || name == "*") && field.list.is_none() {
                field.min_length = field.min_length.max(Some(length));
            }
        }
    }
    fields.into_iter().map(|(_, field)| field).collect()
}

fn config(python: &Python<'_>, body: &[Statement]) -> Config {
    let mut config = Config::default();
    let custom =
        ["parse_env_var", "prepare_field_value", "decode_complex_value", "settings_customise_sources"];
    config.custom = custom.iter().any(|word| python.mask.contains(word));
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        if code.starts_with("model_config") {
            if let Some(open) = code.find(['(', '{']).map(|at| statement.span.start + at) {
                for (name, value) in python.arguments(open) {
                    config.option(python, &name, value);
                }
                dictionary(python, open, &mut config);
            }
        } else if code.starts_with("class Config") {
            let inner = body.get(at + 1..).unwrap_or_default();
            for inner in inner.iter().take_while(|inner| inner.indent > statement.indent) {
                if let Some((name, _)) = python.code(inner.span).split_once('=') {
                    let value = Span::new(inner.span.start + name.len() + 1, inner.span.end);
                    config.option(python, name.trim(), python.trimmed(value));
                }
            }
        }
    }
    config
}

/// The options of a `model_config` that is a dictionary.
fn dictionary(python: &Python<'_>, open: usize, config: &mut Config) {
    let Some(close) = python.closing(open) else { return };
    for part in python.parts(Span::new(open + 1, close), b',') {
        if let [key, value] = python.parts(part, b':')[..]
            && let Some(name) = python.string(key)
        {
            config.option(python, name, value);
        }
    }
}

/// The fields that one annotated assignment declares: one for each name that it answers to.
fn field(python: &Python<'_>, statement: Statement, config: &Config) -> Vec<(String, Field)> {
    let code = python.code(statement.span);
    let Some((name, _)) = code.split_once(':').filter(|(name, _)| is_name(name.trim())) else {
        return Vec::new();
    };
    let keyword = ["class", "def", "if", "else", "try", "for", "with", "while", "model_config"];
    if keyword.contains(&name.trim()) || name.starts_with('_') {
        return Vec::new();
    }
    let rest = Span::new(statement.span.start + name.len() + 1, statement.span.end);
    let assigned = python.parts(rest, b'=');
    let Some(&annotation) = assigned.first() else { return Vec::new() };
    let default = (assigned.len() > 1).then(|| {
        let from = annotation_end(python, rest, annotation);
        python.trimmed(Span::new(from, rest.end))
    });
    let annotation_code = python.code(annotation);
    if annotation_code.is_empty() || annotation_code.starts_with("ClassVar") {
        return Vec::new();
    }
    let options = options(python, annotation, default);
    let list = list(python, annotation, config);
    let optional = annotation_code.contains("Optional[") || annotation_code.contains("None");
    let required = !optional && default.is_none_or(|default| options.required_by(python, default));
    let own = format!("{}{}", config.prefix, name.trim());
    let own = if config.case_sensitive { own } else { own.to_uppercase() };
    let names = if options.names.is_empty() { vec![own] } else { options.names };
    let alone = names.len() == 1;
    let min_length = options.min_length.filter(|_| list.is_none());
    let declared = |variable: String| Field {
        variable,
        span: statement.span,
        required: required && alone,
        list,
        min_length,
        exact: config.case_sensitive,
        ..Field::default()
    };
    names.into_iter().map(|variable| (name.trim().to_owned(), declared(variable))).collect()
}

/// Where the default begins, behind the first `=` that stands in no bracket.
fn annotation_end(python: &Python<'_>, rest: Span, annotation: Span) -> usize {
    let behind = python.code(Span::new(annotation.end, rest.end));
    annotation.end + behind.find('=').map_or(0, |at| at + 1)
}

/// What `Field(…)` and its like say.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    min_length: Option<usize>,
    /// The default is a `Field(…)` that has no default of its own.
    without_default: bool,
}

impl Options {
    fn required_by(&self, python: &Python<'_>, default: Span) -> bool {
        python.code(default) == "..." || self.without_default
    }
}

fn options(python: &Python<'_>, annotation: Span, default: Option<Span>) -> Options {
    let mut options = Options::default();
    for (span, is_default) in [(Some(annotation), false), (default, true)] {
        let Some(span) = span else { continue };
        let code = python.code(span);
        for call in ["Field(", "constr(", "StringConstraints("] {
            let Some(at) = code.find(call) else { continue };
            let arguments = python.arguments(span.start + at + call.len() - 1);
            let mut has_default = false;
            for (name, value) in &arguments {
                match name.as_str() {
                    "" | "default" | "default_factory" => has_default |= python.code(*value) != "...",
                    "validation_alias" | "alias" | "env" => {
                        options.names =
                            python.strings(*value).iter().map(|name| name.to_uppercase()).collect();
                    }
                    "min_length" => options.min_length = python.code(*value).parse().ok(),
                    _ => {}
                }
            }
            options.without_default |=
                is_default && call == "Field(" && code.starts_with(call) && !has_default;
        }
    }
    options
}

const LISTS: &[&str] = &[
    "List",
    "list",
    "Set",
    "set",
    "FrozenSet",
    "frozenset",
    "Tuple",
    "tuple",
    "Sequence",
    "Dict",
    "dict",
    "Mapping",
    "deque",
];

fn list(python: &Python<'_>, annotation: Span, config: &Config) -> Option<ListShape> {
    let code = python.code(annotation);
    let members = members(python, annotation, 0);
    let is_list = |member: &&str| {
        let base = member.split('[').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        LISTS.contains(&base.trim())
    };
    if !members.iter().any(|member| is_list(&member.as_str())) {
        return None;
    }
    let undecoded = config.undecoded || code.contains("NoDecode");
    if config.custom || members.iter().any(|member| member == "str") {
        Some(ListShape::Either)
    } else if undecoded {
        Some(ListShape::Csv)
    } else {
        Some(ListShape::Json)
    }
}

/// The members of a union, through `Annotated`, `Optional` and `Union`.
fn members(python: &Python<'_>, annotation: Span, depth: usize) -> Vec<String> {
    let parts = python.parts(annotation, b'|');
    if depth > 8 {
        return Vec::new();
    }
    if parts.len() > 1 {
        return parts.into_iter().flat_map(|part| members(python, part, depth + 1)).collect();
    }
    let code = python.code(annotation);
    let Some((head, _)) = code.split_once('[') else { return vec![code.trim().to_owned()] };
    let open = annotation.start + head.len();
    let inner = python.closing(open).map(|close| python.parts(Span::new(open + 1, close), b','));
    match (head.rsplit('.').next().unwrap_or_default(), inner) {
        ("Annotated", Some(inner)) => {
            inner.into_iter().take(1).flat_map(|part| members(python, part, depth + 1)).collect()
        }
        ("Union" | "Optional", Some(inner)) => {
            inner.into_iter().flat_map(|part| members(python, part, depth + 1)).collect()
        }
        _ => vec![code.trim().to_owned()],
    }
}

/// The lengths that validators ask for, by field: `if len(v) < 32: raise …`.
fn validated(python: &Python<'_>, body: &[Statement], indent: usize) -> Vec<(String, usize)> {
    let mut lengths = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        if statement.indent == indent {
            if code.starts_with("@field_validator(") || code.starts_with("@validator(") {
                let open = statement.span.start + code.find('(').unwrap_or_default();
                let positional = python.arguments(open).into_iter().filter(|(name, _)| name.is_empty());
                names.extend(positional.filter_map(|(_, value)| python.string(value).map(str::to_owned)));
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
            lengths.extend(names.iter().map(|name| (name.clone(), length)));
        }
    }
    lengths
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
