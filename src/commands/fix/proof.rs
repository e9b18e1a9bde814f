//! Whether a fixed text is what was meant: the finding is gone, nothing got worse, and every loader reads
//! every other variable as before.
//!
//! Not here: making the text.

use std::collections::BTreeMap;
use std::io;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::document::env::{Loader, load};
use crate::engine::{self, Outcome};
use crate::source::{PathKind, Source, Tree};

/// The loaders that read nearly every env file that a compose project has.
const LOADERS: [Loader; 3] = [Loader::Compose, Loader::ComposeEnvFile, Loader::PythonDotenv];

/// A check's outcome.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) outcome: Outcome,
}

impl Checked {
    /// How many findings there are of each kind, at least as bad as `severity`.
    fn counts(&self, severity: Severity) -> BTreeMap<(String, &'static str, Option<String>), usize> {
        let mut counts = BTreeMap::new();
        for finding in self.outcome.findings.iter().filter(|finding| finding.severity >= severity) {
            *counts.entry(kind(finding)).or_default() += 1;
        }
        for finding in &self.outcome.findings {
            for further in finding.further.iter().filter(|further| further.severity >= severity) {
                *counts.entry(kind(&further.of(finding))).or_default() += 1;
            }
        }
        counts
    }
}

fn kind(finding: &Diagnostic) -> (String, &'static str, Option<String>) {
    (finding.path.to_string(), finding.meta.code, finding.key.clone())
}

/// Whether the fixes of `meant` did what they were for and nothing else.
pub(super) fn holds(
    before: &Checked,
    after: &Checked,
    meant: &[&Diagnostic],
    source: &Source,
    text: &str,
) -> bool {
    let (old, new) = (before.counts(Severity::Info), after.counts(Severity::Info));
    let count = |counts: &BTreeMap<_, usize>, kind: &_| counts.get(kind).copied().unwrap_or(0);
    let mut gone: BTreeMap<_, usize> = BTreeMap::new();
    for finding in meant {
        *gone.entry(kind(finding)).or_default() += 1;
    }
    let mended = gone.iter().all(|(kind, gone)| count(&new, kind) + gone <= count(&old, kind));
    let (old, new) = (before.counts(Severity::Error), after.counts(Severity::Error));
    let no_worse = new.iter().all(|(kind, errors)| *errors <= count(&old, kind));
    !meant.is_empty()
        && mended
        && no_worse
        && after.outcome.broken.len() <= before.outcome.broken.len()
        && others_read_the_same(source, text, meant)
}

/// Whether every variable that no fix is about keeps its value in each loader. A loader that refused the
/// file before has nothing to keep.
fn others_read_the_same(source: &Source, text: &str, meant: &[&Diagnostic]) -> bool {
    if !matches!(engine::document(source).0, Document::Env(_)) {
        return true;
    }
    let about: Vec<&str> = meant.iter().filter_map(|finding| finding.key.as_deref()).collect();
    let read = |text: &str, loader| -> BTreeMap<String, Option<String>> {
        let variables = load(text, loader, &|_| None).variables.into_iter();
        variables.map(|one| (one.key, one.value)).filter(|(key, _)| !about.contains(&key.as_str())).collect()
    };
    LOADERS.iter().all(|&loader| {
        let before = read(source.text(), loader);
        let after = read(text, loader);
        before.iter().all(|(key, value)| after.get(key) == Some(value))
    })
}

/// A tree in which some files have new texts that are not on the disk yet.
pub(super) struct Overlay<'a> {
    under: &'a dyn Tree,
    texts: BTreeMap<String, String>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(under: &'a dyn Tree) -> Self {
        Self { under, texts: BTreeMap::new() }
    }

    /// Puts a new text over a file, and gives what lay over it.
    pub(super) fn put(&mut self, path: &str, text: String) -> Option<String> {
        self.texts.insert(path.to_owned(), text)
    }

    /// Takes back what [`Overlay::put`] did.
    pub(super) fn restore(&mut self, path: &str, before: Option<String>) {
        match before {
            Some(text) => self.texts.insert(path.to_owned(), text),
            None => self.texts.remove(path),
        };
    }

    /// The new texts, by path.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

impl Tree for Overlay<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.under.kind(path)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.under.read(path),
        }
    }
}
