//! Python settings classes: which environment variables a pydantic `BaseSettings`, django-environ or
//! decouple declaration reads, and in which shape it wants a list.
//!
//! Not here: running Python; this is a probe of the source text.

mod annotation;
mod calls;
mod class;
mod config;
mod fields;
mod instances;
mod lengths;
mod link;
mod module;
mod options;
mod python;
mod strict;
mod validators;

use super::kinds::{Limit, ValueKind};
use super::written::{quoted_behind, values_beside};
use crate::source::Span;
pub use link::{is_test, link};
pub(super) use python::Python;
pub use strict::Strict;

use fields::World;
use module::Module;

/// The settings that one Python file declares.
#[derive(Debug, Default)]
pub struct SettingsFile {
    /// The variables it reads.
    pub fields: Vec<Field>,
    /// The classes that refuse what is none of their fields.
    pub strict: Vec<Strict>,
    /// The fields that calls read, which no class inherits.
    calls: Vec<Field>,
    module: Module,
}

/// How a declaration wants a list value to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListShape {
    /// `["a","b"]`
    Json,
    /// `a,b`
    Csv,
    /// Both are read.
    Either,
}

/// What the items of a list are, as far as the declaration tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Items {
    /// Nothing tells, not even that JSON which is read there has to be a list.
    #[default]
    Unknown,
    /// Single values, each of which a text can stand for.
    Scalars,
    /// Something else: objects, pairs, lists.
    Others,
}

/// One variable that the settings read.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The environment variable's name, as it would be written in an env file (upper case).
    pub variable: String,
    /// Whether the name counts in this case alone.
    pub exact: bool,
    /// The place of the declaration.
    pub span: Span,
    /// Whether there is no default.
    pub required: bool,
    /// The shape a list is wanted in; `None` when it is no list.
    pub list: Option<ListShape>,
    /// What the items of that list are.
    pub items: Items,
    /// The texts that are read as `None`, or as nothing at all, and are no mistake.
    pub nones: Vec<String>,
    /// The shortest length that a validator or `Field(min_length=…)` accepts, in characters.
    pub min_length: Option<usize>,
    /// What the value must look like to be read.
    pub kind: Option<ValueKind>,
    /// Further limits on the value.
    pub limits: Vec<Limit>,
    /// Other variables that do as well: one of them is enough where it is required.
    pub alternatives: Vec<String>,
    /// Variables whose names begin so do as well: they are parts of it.
    pub parted: Option<String>,
    /// Whether a variable with nothing in it is read as one that is not set.
    pub ignores_empty: bool,
    /// Whether it may be `None`, and is by default.
    pub may_be_none: bool,
}

impl Field {
    /// Whether a variable called `name` is the one that it reads.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        if self.exact { self.variable == name } else { self.variable.eq_ignore_ascii_case(name) }
    }
}

/// No settings file is larger.
const LARGEST: usize = 1 << 20;

impl SettingsFile {
    /// Reads a Python source text. A file that declares no settings has no fields.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let known = ["Settings", "environ", "decouple"].iter().any(|word| text.contains(word));
        if !known || text.len() > LARGEST {
            return Self::default();
        }
        let python = Python::new(text);
        let module = Module::new(&python);
        let calls = calls::fields(&python);
        let modules = [&module];
        let world = World::new(&modules, &|_, _| None, &|_| false);
        let (mut fields, strict) = (fields::fields(&world, 0), strict::strict(&world, 0));
        fields.extend(calls.iter().cloned());
        Self { fields, strict, calls, module }
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        Vec::new()
    }

    /// The spans of what is written beside names that `secret` says hold secrets, and of the defaults of fields that
    /// read such a variable under another name; `text` is the text that this was read from.
    #[must_use]
    pub fn values_of(&self, text: &str, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
        let mut spans = values_beside(text, secret, false);
        let fields = self.fields.iter().filter(|field| secret(&field.variable));
        spans.extend(fields.flat_map(|field| quoted_behind(text, field.span.end)));
        spans
    }
}

#[cfg(test)]
mod tests;
