//! Classes as they are written: bases, declarations, configuration, validators.
//!
//! Not here: what they inherit, and which variables come of it.

use super::annotation::{Annotation, annotation};
use super::options::{Options, options};
use super::python::{Python, Statement, is_name};
use super::validators::{Validators, validators};
use crate::source::Span;

/// One class.
#[derive(Debug, Clone, Default)]
pub(super) struct Class {
    pub(super) name: String,
    /// The names of its bases; of dotted ones the last part.
    pub(super) bases: Vec<String>,
    /// The place of its head.
    pub(super) span: Span,
    pub(super) declarations: Vec<Declaration>,
    pub(super) config: Config,
    pub(super) validators: Validators,
    /// The values of its members, where they are texts: what an `Enum` takes.
    pub(super) members: Option<Vec<String>>,
}

/// One annotated name of a class.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) annotation: Annotation,
    pub(super) options: Options,
    pub(super) has_default: bool,
}

/// What `model_config` or `class Config` says, where it says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    pub(super) prefix: Option<String>,
    pub(super) case_sensitive: Option<bool>,
    /// Lists are handed over as text.
    pub(super) undecoded: Option<bool>,
    /// What stands between the name of a field and the name of a field in it.
    pub(super) delimiter: Option<String>,
    /// Fields with an alias answer to their own name too.
    pub(super) by_name: Option<bool>,
    /// Nothing is no value.
    pub(super) ignores_empty: Option<bool>,
    /// This text is `None`.
    pub(super) none: Option<String>,
    /// The names of an `Enum`'s members do as well as their values.
    pub(super) enums_by_name: Option<bool>,
    /// Values may come from elsewhere, or under names that are made up.
    pub(super) open: bool,
    /// The class reads values in a way of its own.
    pub(super) custom: bool,
}

impl Config {
    fn option(&mut self, python: &Python<'_>, name: &str, value: Span) {
        let is = |word: &str| Some(python.code(value) == word);
        match name {
            "env_prefix" => self.prefix = python.literal(value),
            "case_sensitive" => self.case_sensitive = is("True"),
            "enable_decoding" => self.undecoded = is("False"),
            "env_nested_delimiter" => self.delimiter = python.literal(value),
            "env_ignore_empty" => self.ignores_empty = is("True"),
            "env_parse_none_str" => match python.literal(value) {
                Some(none) if !none.is_empty() => self.none = Some(none),
                _ => self.ignores_empty = Some(true),
            },
            "env_parse_enums" => self.enums_by_name = is("True"),
            "populate_by_name" | "validate_by_name" | "allow_population_by_field_name" => {
                self.by_name = is("True");
            }
            "secrets_dir" | "alias_generator" | "cli_parse_args" => self.open = true,
            _ => {}
        }
    }

    /// What a derived class says of itself, and of what it does not say this.
    pub(super) fn below(&self, derived: &Self) -> Self {
        Self {
            prefix: derived.prefix.clone().or_else(|| self.prefix.clone()),
            case_sensitive: derived.case_sensitive.or(self.case_sensitive),
            undecoded: derived.undecoded.or(self.undecoded),
            delimiter: derived.delimiter.clone().or_else(|| self.delimiter.clone()),
            by_name: derived.by_name.or(self.by_name),
            ignores_empty: derived.ignores_empty.or(self.ignores_empty),
            none: derived.none.clone().or_else(|| self.none.clone()),
            enums_by_name: derived.enums_by_name.or(self.enums_by_name),
            open: self.open || derived.open,
            custom: self.custom || derived.custom,
        }
    }
}

/// Every class of a file.
pub(super) fn classes(python: &Python<'_>) -> Vec<Class> {
    let mut classes = Vec::new();
    for (at, statement) in python.statements.iter().enumerate() {
        let Some((name, bases)) = head(python, *statement) else { continue };
        let body = body(python, at);
        let mut class = Class { name, bases, span: statement.span, ..Class::default() };
        if let Some(indent) = body.first().map(|statement| statement.indent) {
            let own = || body.iter().filter(|statement| statement.indent == indent);
            class.declarations = own().filter_map(|statement| declaration(python, *statement)).collect();
            class.config = config(python, body);
            class.validators = validators(python, body, indent);
            class.members = members(python, own());
        }
        classes.push(class);
    }
    classes
}

/// The name and the bases of a class statement; of `pydantic.BaseSettings` the last part.
fn head(python: &Python<'_>, statement: Statement) -> Option<(String, Vec<String>)> {
    let code = python.code(statement.span);
    let rest = code.strip_prefix("class ")?;
    let Some(open) = rest.find('(') else {
        return Some((rest.split(':').next()?.trim().to_owned(), Vec::new()));
    };
    let name = rest.get(..open)?.trim().to_owned();
    let open = statement.span.start + "class ".len() + open;
    let close = python.closing(open)?;
    let bases = python.parts(Span::new(open + 1, close), b',');
    let last = |base: &Span| {
        let plain = python.code(*base).split('[').next().unwrap_or_default();
        plain.rsplit('.').next().unwrap_or_default().trim().to_owned()
    };
    Some((name, bases.iter().map(last).collect()))
}

/// The statements of the block that the statement at `at` opens.
fn body<'p>(python: &'p Python<'_>, at: usize) -> &'p [Statement] {
    let indent = python.statements.get(at).map_or(0, |statement| statement.indent);
    let rest = python.statements.get(at + 1..).unwrap_or_default();
    let length = rest.iter().position(|statement| statement.indent <= indent).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
}

fn config(python: &Python<'_>, body: &[Statement]) -> Config {
    let mut config = Config::default();
    for (at, statement) in body.iter().enumerate() {
        let code = python.code(statement.span);
        let custom = ["parse_env_var", "prepare_field_value", "decode_complex_value"];
        config.custom |= custom.iter().any(|word| code.contains(word));
        if ["settings_customise_sources", "customise_sources"].iter().any(|word| code.contains(word)) {
            (config.custom, config.open) = (true, true);
        }
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

/// What one annotated assignment declares.
fn declaration(python: &Python<'_>, statement: Statement) -> Option<Declaration> {
    let code = python.code(statement.span);
    let (name, _) = code.split_once(':').filter(|(name, _)| is_name(name.trim()))?;
    let keyword = ["class", "def", "if", "else", "try", "for", "with", "while", "model_config"];
    if keyword.contains(&name.trim()) || name.starts_with('_') {
        return None;
    }
    let rest = Span::new(statement.span.start + name.len() + 1, statement.span.end);
    let assigned = python.parts(rest, b'=');
    let &place = assigned.first()?;
    let default = (assigned.len() > 1).then(|| {
        let from = annotation_end(python, rest, place);
        python.trimmed(Span::new(from, rest.end))
    });
    let written = python.code(place);
    if written.is_empty() || written.starts_with("ClassVar") {
        return None;
    }
    let options = options(python, place, default);
    let has_default = options.has_default
        || default.is_some_and(|default| {
            let code = python.code(default);
            code != "..." && !(code.starts_with("Field(") || code.contains(".Field("))
        });
    let annotation = annotation(python, place);
    Some(Declaration { name: name.trim().to_owned(), span: statement.span, annotation, options, has_default })
}

/// Where the default begins, behind the first `=` that stands in no bracket.
fn annotation_end(python: &Python<'_>, rest: Span, annotation: Span) -> usize {
    let behind = python.code(Span::new(annotation.end, rest.end));
    annotation.end + behind.find('=').map_or(0, |at| at + 1)
}

/// The texts that plain assignments give: an `Enum`'s values. `None` where one is something else, and where the
/// class finds members by itself.
fn members<'a>(python: &Python<'_>, own: impl Iterator<Item = &'a Statement>) -> Option<Vec<String>> {
    let mut members = Vec::new();
    for statement in own {
        let code = python.code(statement.span);
        if code.starts_with("def _missing_") {
            return None;
        }
        let Some((name, _)) = code.split_once('=').filter(|(name, _)| is_name(name.trim())) else { continue };
        let value = Span::new(statement.span.start + name.len() + 1, statement.span.end);
        members.push(python.literal(python.trimmed(value))?);
    }
    (!members.is_empty()).then_some(members)
}
