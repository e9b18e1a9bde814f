//! Env files: a lexer with spans, and what each loader makes of the file.
//!
//! Not here: which loaders a project uses, and whether a value is good.

mod assignments;
mod dialect;
mod dotenvy_words;
mod expand;
mod loader;
mod make_variables;
mod normal;
mod shell_source;
mod systemd_unit;
mod whole_lines;
mod xargs_words;

pub use loader::{Loaded, LoadedVariable, Loader, load};

use crate::source::Span;

/// An env file, read neutrally (the shape of its lines) with the text kept by spans.
#[derive(Debug, Default)]
pub struct EnvFile {
    /// The assignments in the order of the file.
    pub entries: Vec<Entry>,
}

/// One `KEY=value` line (or lines, where a quoted value runs on).
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key's name.
    pub key: String,
    /// The key's place.
    pub key_span: Span,
    /// The place of the value as written, quotes included; `None` for a bare key.
    pub raw_span: Option<Span>,
}

impl EnvFile {
    /// Reads the text of an env file.
    #[must_use]
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }

    /// The spans of all values.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        self.entries.iter().filter_map(|entry| entry.raw_span).collect()
    }
}
