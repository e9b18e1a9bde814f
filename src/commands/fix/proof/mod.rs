//! Whether a fixed text is what was meant: the finding is gone, nothing got worse, and every loader reads
//! every other variable as before.
//!
//! Not here: making the text.

use std::collections::BTreeMap;
use std::io;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::document::env::{Loader, Quote, load};
use crate::engine::Outcome;
use crate::source::{PathKind, Source, Tree};

/// Those who read nearly every env file of a compose project, for a file whose readers are not known.
const USUAL: [Loader; 3] = [Loader::Compose, Loader::ComposeEnvFile, Loader::PythonDotenv];

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
    // Where a loader gave up the file, what it makes of the other lines comes to light only now.
    let gave_up = meant.iter().any(|finding| finding.meta.code == "ENV014");
    let uncovered = |kind: &(String, _, _)| gave_up && kind.0 == source.path();
    let no_worse = new.iter().all(|(kind, errors)| *errors <= count(&old, kind) || uncovered(kind));
    !meant.is_empty()
        && mended
        && no_worse
        && after.outcome.broken.len() <= before.outcome.broken.len()
        && reads_as_meant(before, source, text, meant)
}

/// Whether every loader that reads the file takes from the new text what is meant: for the variables that the
/// fixes are about the value as it is now written, and for all others what it took before. A loader that refused
/// the file before has nothing to keep.
fn reads_as_meant(before: &Checked, source: &Source, text: &str, meant: &[&Diagnostic]) -> bool {
    let document = |source: &Source| before.outcome.document(source);
    let Document::Env(env) = document(&Source::new(source.path(), text)) else { return true };
    let Document::Env(was) = document(source) else { return true };
    let used = before.outcome.loaders.get(source.path()).map_or(USUAL.as_slice(), Vec::as_slice);
    let about: Vec<&str> = meant.iter().filter_map(|finding| finding.key.as_deref()).collect();
    used.iter().all(|&loader| {
        let (old, new) = (values(source.text(), loader), values(text, loader));
        let kept = |(key, value): (&String, &String)| new.get(key) == Some(value);
        // `K=a&b=c` makes a shell set `b`, which nobody meant.
        let own = |key: &String| !about.contains(&key.as_str()) && was.entry(key).is_some();
        let kept = old.iter().filter(|(key, _)| own(key)).all(kept);
        let written = |key: &&&str| {
            let entry = env.entry(key)?;
            let value = entry.plain(text);
            // What refers to other variables is not the text that is written.
            let whole = entry.quote == Some(Quote::Single) || !value.contains('$');
            whole.then(|| new.get(**key).is_some_and(|read| *read == value))
        };
        kept && about.iter().all(|key| written(&key).unwrap_or(true))
    })
}

/// What a loader sets, by name. The carriage return at the end of a value belongs to the line's end.
fn values(text: &str, loader: Loader) -> BTreeMap<String, String> {
    let variables = load(text, loader, &|_| None).variables.into_iter();
    let value = |value: Option<String>| {
        let value = value.unwrap_or_default();
        value.strip_suffix('\r').map(str::to_owned).unwrap_or(value)
    };
    variables.map(|one| (one.key, value(one.value))).collect()
}

/// A tree in which some files have new texts that are not on the disk yet.
pub(in crate::commands) struct Overlay<'a> {
    under: &'a dyn Tree,
    texts: BTreeMap<String, String>,
}

impl<'a> Overlay<'a> {
    pub(in crate::commands) fn new(under: &'a dyn Tree) -> Self {
        Self { under, texts: BTreeMap::new() }
    }

    /// Puts a new text over a file, and gives what lay over it.
    pub(in crate::commands) fn put(&mut self, path: &str, text: String) -> Option<String> {
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

    fn is_ignored(&self, path: &str) -> bool {
        self.under.is_ignored(path)
    }
}

#[cfg(test)]
mod tests;
