//! Python settings classes: which environment variables a pydantic `BaseSettings`, django-environ or
//! decouple declaration reads, and in which shape it wants a list.
//!
//! Not here: running Python; this is a probe of the source text.

use crate::source::Span;

/// The settings that one Python file declares.
#[derive(Debug, Default)]
pub struct SettingsFile {
    /// The variables it reads.
    pub fields: Vec<Field>,
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

/// One variable that the settings read.
#[derive(Debug, Clone)]
pub struct Field {
    /// The environment variable's name, as it would be written in an env file (upper case).
    pub variable: String,
    /// The place of the declaration.
    pub span: Span,
    /// Whether there is no default.
    pub required: bool,
    /// The shape a list is wanted in; `None` when it is no list.
    pub list: Option<ListShape>,
    /// The shortest length that a validator or `Field(min_length=…)` accepts, in characters.
    pub min_length: Option<usize>,
}

impl SettingsFile {
    /// Reads a Python source text.
    #[must_use]
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        Vec::new()
    }
}
