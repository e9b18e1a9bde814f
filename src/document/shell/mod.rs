//! Shell scripts: parsed into a small tree with byte spans, and the facts that hooks live by.
//!
//! Not here: which hook git runs, and what is wrong with a script.

use super::Problem;
use crate::source::Span;

/// One shell script.
#[derive(Debug, Default)]
pub struct Script {
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Script {
    /// Reads the text of a script.
    #[must_use]
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }

    /// TEMP
    #[must_use]
    pub fn called_scripts(&self) -> Vec<crate::source::Spanned<String>> {
        Vec::new()
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        Vec::new()
    }
}
