//! Makefiles: their recipes as shell scripts, each with its place.
//!
//! Not here: make's own expansion beyond `$$` and plain `$(VAR)`.

use super::shell::Script;
use crate::source::Span;

/// A Makefile.
#[derive(Debug, Default)]
pub struct Makefile {
    /// The recipes in order, each a script whose spans are offsets into the Makefile.
    pub recipes: Vec<Script>,
}

impl Makefile {
    /// Reads the text of a Makefile.
    #[must_use]
    pub fn parse(_text: &str) -> Self {
        Self::default()
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        self.recipes.iter().flat_map(Script::value_spans).collect()
    }
}
