//! Classes as they are written: bases, declarations, validators.
//!
//! Not here: what they inherit, which variables come of it, and their configuration.

use super::annotation::{Annotation, annotation};
use super::config::{Config, Constants, config};
use super::options::{Options, options};
use super::python::{Python, Statement, is_name};
use super::validators::{Validators, validators};
use crate::document::kinds::ValueKind;
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
    /// Whether its body may declare more than is read of it: blocks, several statements on a line, other letters.
    pub(super) unread_body: bool,
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
    /// The annotation leaves the choice between several types, of which one is none of a single text.
    pub(super) choice: bool,
}

impl Declaration {
    /// Whether its parts may stand in variables of their own.
    pub(super) fn takes_parts(&self) -> bool {
        let object = self.annotation.kind == Some(ValueKind::Json);
        self.choice || object || self.annotation.list.is_some() || self.annotation.class.is_some()
    }
}

/// Words of a union that take a single text.
const PLAIN: &[&str] =
    &["", "Union", "Optional", "typing", "t", "None", "str", "int", "float", "bool", "bytes", "SecretStr"];

/// Every class of a file.
pub(super) fn classes(python: &Python<'_>) -> Vec<Class> {
    let mut classes = Vec::new();
    let constants = Constants::new(python);
    for (at, statement) in python.statements.iter().enumerate() {
        let Some((name, bases, keywords)) = head(python, *statement) else { continue };
        let body = body(python, at);
        let mut class = Class { name, bases, span: statement.span, ..Class::default() };
        if let Some(indent) = body.first().map(|statement| statement.indent) {
            let own = || body.iter().filter(|statement| statement.indent == indent);
            class.declarations = own().filter_map(|statement| declaration(python, *statement)).collect();
            class.config = config(python, &constants, body, indent);
            class.validators = validators(python, body, indent);
            class.unread_body = own().any(|statement| is_unread(python.code(statement.span)));
            class.members = members(python, own());
        }
        // What stands in the head beats what stands in the body.
        for (name, value) in keywords {
            class.config.option(python, &constants, &name, value);
        }
        classes.push(class);
    }
    classes
}

/// Whether a statement of a class body may declare what is not seen.
fn is_unread(code: &str) -> bool {
    let head = code.split(['(', '=']).next().unwrap_or_default();
    let word = head.split([' ', ':']).next().unwrap_or_default();
    let block = ["if", "else", "elif", "try", "except", "finally", "for", "while", "with", "match"];
    let made = |code: &str| code.starts_with("locals()") || code.starts_with("__annotations__");
    block.contains(&word) || !head.is_ascii() || code.contains(';') || made(code)
}

/// The name, the bases and the keywords of a class statement; of `pydantic.BaseSettings` the last part.
type Head = (String, Vec<String>, Vec<(String, Span)>);

fn head(python: &Python<'_>, statement: Statement) -> Option<Head> {
    let code = python.code(statement.span);
    let rest = code.strip_prefix("class ")?;
    let Some(open) = rest.find('(') else {
        return Some((rest.split(':').next()?.trim().to_owned(), Vec::new(), Vec::new()));
    };
    let name = rest.get(..open)?.trim().to_owned();
    let open = statement.span.start + "class ".len() + open;
    python.closing(open)?;
    let (bases, keywords): (Vec<_>, Vec<_>) =
        python.arguments(open).into_iter().partition(|(name, _)| name.is_empty());
    let last = |(_, base): &(String, Span)| {
        let plain = python.code(*base).split('[').next().unwrap_or_default();
        plain.rsplit('.').next().unwrap_or_default().trim().to_owned()
    };
    Some((name, bases.iter().map(last).collect(), keywords))
}

/// The statements of the block that the statement at `at` opens.
fn body<'p>(python: &'p Python<'_>, at: usize) -> &'p [Statement] {
    let indent = python.statements.get(at).map_or(0, |statement| statement.indent);
    let rest = python.statements.get(at + 1..).unwrap_or_default();
    let length = rest.iter().position(|statement| statement.indent <= indent).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default()
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
    let outer = written.split('[').next().unwrap_or_default();
    if written.is_empty() || outer.rsplit('.').next().is_some_and(|last| last.trim() == "ClassVar") {
        return None;
    }
    let options = options(python, place, default);
    let has_default = options.has_default
        || default.is_some_and(|default| {
            let code = python.code(default);
            code != "..." && !(code.starts_with("Field(") || code.contains(".Field("))
        });
    let union = written.contains('|') || written.contains("Union[");
    // In quotes it is not looked into.
    let quoted = written.starts_with(['"', '\'']);
    let choice = quoted
        || union
            && written.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| !PLAIN.contains(&word));
    let annotation = annotation(python, place);
    Some(Declaration {
        name: name.trim().to_owned(),
        span: statement.span,
        annotation,
        options,
        has_default,
        choice,
    })
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
