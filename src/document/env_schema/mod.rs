//! Env schemas: `.env.schema` in the @env-spec notation, and the same notation in the comments of any env
//! file: what each variable is for, whether it is required, and what its value must look like.
//!
//! Not here: plugins, imports and functions, which only the tool that loads a schema can run. What depends on
//! them is left open rather than guessed.

mod decorators;
mod header;
mod lines;
mod meaning;
mod types;

use super::Problem;
use super::kinds::{Limit, ValueKind};
use super::python_settings::ListShape;
use crate::source::Span;

/// What one file says of its variables.
#[derive(Debug, Default)]
pub struct SchemaFile {
    /// The variables in the order of the file.
    pub items: Vec<Item>,
    /// What could not be read, in the order of the file.
    pub problems: Vec<Problem>,
}

/// What stands behind the `=` of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Nothing.
    Nothing,
    /// A text; its place without quotes.
    Text(Span),
    /// A function or a reference: its value is not known here.
    Computed,
}

/// One variable.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its name.
    pub key: String,
    /// The place of its name.
    pub key_span: Span,
    /// The place of its value as written, quotes included; empty where there is none.
    pub value_span: Span,
    /// The value that the schema itself gives it.
    pub given: Given,
    /// Whether it must be set and not be empty: as its own decorators or the header say; `None` where a
    /// function decides, or nothing is said.
    pub required: Option<bool>,
    /// The place that says so.
    pub required_span: Option<Span>,
    /// Whether it is a secret, where its own decorators say so.
    pub sensitive: Option<bool>,
    /// What its value must look like.
    pub kind: Option<ValueKind>,
    /// The place that says so.
    pub kind_span: Option<Span>,
    /// The fewest characters of its value.
    pub min_length: Option<usize>,
    /// Further limits on its value.
    pub limits: Vec<Limit>,
    /// How a list is written, where it is one.
    pub list: Option<ListShape>,
    /// The comment above it, in one line; empty where there is none.
    pub description: String,
    /// Whether the words above it say that it may be left out.
    pub said_optional: bool,
}

/// The largest text that is read as a schema, in bytes.
const LARGEST: usize = 1 << 20;

/// The most problems that are kept.
const MOST_PROBLEMS: usize = 100;

impl SchemaFile {
    /// Reads a schema, or an env file whose comments may hold one. What cannot be read is a problem, and the
    /// rest still counts.
    ///
    /// ```
    /// use envgate::document::env_schema::SchemaFile;
    /// let schema = SchemaFile::parse("# where the service listens\n# @required @type=port\nPORT=\n");
    /// assert_eq!(schema.items[0].description, "where the service listens");
    /// assert_eq!(schema.items[0].required, Some(true));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.len() > LARGEST {
            let message = "the schema is too large to be read".to_owned();
            return Self { items: Vec::new(), problems: vec![Problem { span: Span::default(), message }] };
        }
        let read = lines::read(text);
        let mut schema = meaning::schema(&read);
        schema.problems.sort_by_key(|problem| problem.span);
        schema.problems.truncate(MOST_PROBLEMS);
        schema
    }

    /// The variable of this name; the last one where it stands twice.
    #[must_use]
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().rev().find(|item| item.key == key)
    }

    /// The spans of all values.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        self.items.iter().map(|item| item.value_span).filter(|span| !span.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests;
