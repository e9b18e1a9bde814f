//! Compose files: one file's tree, understood; merging several is the project's work.
//!
//! Not here: which files are used together, and with which variables.

use super::Problem;
use crate::source::Span;

/// One compose file.
#[derive(Debug, Default)]
pub struct ComposeFile {
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl ComposeFile {
    /// Reads the text of a compose file.
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
