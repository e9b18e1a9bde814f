//! The identities of what can be wrong with `envgate.yaml`, and where such findings are put.
//!
//! Not here: finding them.

use std::sync::Arc;

use super::tree::shown;
use crate::diagnostic::{Diagnostic, Findings, Meta, meta};
use crate::source::Span;

/// The file cannot be read as a configuration, in part or as a whole.
pub(super) fn invalid() -> &'static Meta {
    meta!("CFG001", "invalid-config", Error, Certain, "the configuration cannot be read")
}

/// No rule answers to a word.
pub(super) fn unknown_rule() -> &'static Meta {
    meta!("CFG002", "unknown-rule", Error, Certain, "a rule that does not exist is configured")
}

/// A file named in the configuration is not there.
pub(super) fn missing_file() -> &'static Meta {
    meta!("CFG003", "missing-file", Error, Certain, "a file named in the configuration does not exist")
}

/// A finding is ignored and nobody says why.
pub(super) fn no_reason() -> &'static Meta {
    meta!("CFG004", "ignore-without-reason", Error, Certain, "a finding is ignored without a reason")
}

/// The identities of the findings about `envgate.yaml` itself, in the order of the codes.
#[must_use]
pub fn rules() -> [&'static Meta; 4] {
    [invalid(), unknown_rule(), missing_file(), no_reason()]
}

/// The findings about one file.
pub(super) struct Mistakes {
    path: Arc<str>,
    length: usize,
    found: Vec<Diagnostic>,
}

impl Mistakes {
    /// No mistakes yet in the file at `path`, which is `length` bytes long.
    pub(super) fn new(path: Arc<str>, length: usize) -> Self {
        Self { path, length, found: Vec::new() }
    }

    /// Reports `message`; the span is kept inside the text.
    pub(super) fn push(
        &mut self,
        meta: &'static Meta,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let end = span.end.min(self.length);
        let span = Span::new(span.start.min(end), end);
        let mut findings = Findings::new(meta, Arc::clone(&self.path), &mut self.found);
        findings.push(span, message);
        // `push` has just added it.
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// A name from the file as it may stand in a message.
    pub(super) fn name(name: &str) -> String {
        shown(name)
    }

    /// The findings in the order of the file.
    pub(super) fn into_found(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span);
        self.found
    }
}
