//! Text understood, with spans: env files and their schemas, YAML and compose files, shell scripts, Makefiles, Python
//! settings classes.
//!
//! Not here: diagnostics, rules, configuration, the disk. A document never fails as a whole: what it
//! cannot read it keeps as a problem with a span, and says which spans are values.

pub mod compose;
pub mod env;
pub mod env_schema;
pub mod env_uses;
pub mod kinds;
pub mod makefile;
pub mod names;
pub mod python_settings;
pub mod shell;
mod written;
pub mod yaml;

use crate::source::Span;

/// Something in a document that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What, lowercase, the thing in backticks, no full stop; never a value.
    pub message: String,
}

/// A file as the one kind of document that it is.
#[derive(Debug)]
pub enum Document {
    /// A dotenv file.
    Env(env::EnvFile),
    /// An env schema.
    EnvSchema(env_schema::SchemaFile),
    /// A compose file.
    Compose(compose::ComposeFile),
    /// A shell script.
    Shell(shell::Script),
    /// A Makefile, with its recipes as scripts.
    Makefile(makefile::Makefile),
    /// A Python file that declares settings.
    PythonSettings(python_settings::SettingsFile),
    /// Any other text.
    Text,
}

impl Document {
    /// The spans whose text may be secret and is never shown.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        match self {
            Self::Env(file) => file.value_spans(),
            Self::EnvSchema(file) => file.value_spans(),
            Self::Compose(file) => file.value_spans(),
            Self::Shell(script) => script.value_spans(),
            Self::Makefile(file) => file.value_spans(),
            Self::PythonSettings(file) => file.value_spans(),
            Self::Text => Vec::new(),
        }
    }

    /// The spans of what may be a secret in the comments, where no name tells; `text` is the text that this was read from.
    #[must_use]
    pub fn comment_spans(&self, text: &str) -> Vec<Span> {
        match self {
            Self::Env(file) => file.odd_words(text),
            _ => Vec::new(),
        }
    }

    /// The spans of the values of names that `secret` knows to hold secrets, where the names alone do not tell;
    /// `text` is the text that this was read from.
    #[must_use]
    pub fn values_of(&self, text: &str, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
        let mut spans = match self {
            // Every value is hidden there anyway.
            Self::Env(_) | Self::EnvSchema(_) => return Vec::new(),
            Self::Compose(file) if file.broken => {
                let mut spans = file.values_of(text, secret);
                spans.extend(written::values_beside(text, secret, true));
                spans
            }
            Self::Compose(file) => file.values_of(text, secret),
            Self::Shell(script) => script.values_of(secret),
            Self::Makefile(file) => file.values_of(secret),
            Self::PythonSettings(file) => file.values_of(text, secret),
            Self::Text => written::values_beside(text, secret, true),
        };
        spans.extend(shell::written_values(text, secret));
        spans.retain(|span| !span.is_empty());
        spans
    }
}
