//! Kinds of secrets that a project declares for itself, found by one pass over a text as the built-in ones are.
//!
//! Not here: how they are written down, and which files they are looked for in.

mod form;
mod kind;

use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::diagnostic::Meta;
use crate::source::Span;

use super::scan::{Candidate, Confidence};

pub use form::Fault;
pub use kind::{Definition, Kind, Misread, Part, PathTest, Verdict};

/// Where a text stands, for the tests of the kinds.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Its paths; one is as good as the other.
    pub paths: Vec<String>,
    /// Whether it stands at more of them than are known.
    pub more: bool,
}

/// How a path is told to the tests of the kinds.
type Told = Arc<dyn Fn(&str) -> Places + Send + Sync>;

/// All kinds of a project, and what finds them.
#[derive(Clone)]
pub struct Own {
    kinds: Arc<[Kind]>,
    finder: AhoCorasick,
    /// The kinds of each keyword, by its place in the finder.
    kinds_of: Arc<[usize]>,
    /// The texts that declare what is found: they stand in the file that declares them.
    examples: Arc<[String]>,
    home: Arc<str>,
    told: Option<Told>,
    everywhere: bool,
}

impl fmt::Debug for Own {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Own").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl Own {
    /// The kinds, with the name of the file that declares them and the example texts that stand in it. `None` where
    /// there are no kinds.
    #[must_use]
    pub fn new(kinds: Vec<Kind>, home: &str, examples: Vec<String>) -> Option<Self> {
        let words =
            kinds.iter().enumerate().flat_map(|(nth, kind)| kind.keywords().map(move |word| (nth, word)));
        let (kinds_of, words): (Vec<usize>, Vec<&str>) = words.unzip();
        // A small automaton is the faster one, and the other grows with the keywords alone.
        let kind = (words.len() <= 64).then_some(AhoCorasickKind::DFA);
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words).ok()?;
        let (kinds_of, examples) = (kinds_of.into(), examples.into());
        let (home, told, everywhere) = (home.into(), None, false);
        (!kinds.is_empty()).then(|| Self {
            kinds: kinds.into(),
            finder,
            kinds_of,
            examples,
            home,
            told,
            everywhere,
        })
    }

    /// The same, where the paths of texts are told to the kinds as `told` says: a content of a history may stand at many.
    #[must_use]
    pub fn told_by(&self, told: impl Fn(&str) -> Places + Send + Sync + 'static) -> Self {
        Self { told: Some(Arc::new(told)), ..self.clone() }
    }

    /// The same, looked for in every file.
    #[must_use]
    pub fn everywhere(&self) -> Self {
        Self { everywhere: true, ..self.clone() }
    }

    /// The kinds, in the order in which they are declared.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// Their identities.
    pub fn metas(&self) -> impl Iterator<Item = &'static Meta> + '_ {
        self.kinds.iter().map(Kind::meta)
    }

    /// Whether `secret` stands in an example of the file at `path`, which declares the kinds.
    #[must_use]
    pub fn shows(&self, path: &str, secret: &str) -> bool {
        path.rsplit('/').next() == Some(&*self.home) && self.examples.iter().any(|one| one.contains(secret))
    }

    /// Adds what the kinds find in `text`, the content of the file at `path`.
    pub(super) fn find(&self, path: &str, text: &str, candidates: &mut Vec<Candidate>) {
        let found = self.windows(text.as_bytes());
        if found.is_empty() {
            return;
        }
        let places = self.told.as_ref().map(|told| told(path));
        let places = places.unwrap_or_else(|| Places { paths: vec![path.to_owned()], more: false });
        let home = places.paths.iter().any(|path| path.rsplit('/').next() == Some(&*self.home));
        let examples = if home { &*self.examples } else { &[] };
        for (kind, windows) in found {
            // Where a text stands at more places than are known, one of them may be the one that is looked at.
            let wanted = places.more || places.paths.iter().any(|path| kind.looks_at(path));
            if !self.everywhere && !wanted {
                continue;
            }
            kind.each(text, &windows, |candidate| {
                let secret = text.get(candidate.span.start..candidate.span.end).unwrap_or_default();
                if !examples.iter().any(|example| example.contains(secret)) {
                    candidates.push(candidate);
                }
            });
        }
    }

    /// The stretches around the keywords of each kind, in order and apart from each other: what is searched is never
    /// longer than the text.
    fn windows(&self, bytes: &[u8]) -> Vec<(&Kind, Vec<Span>)> {
        let mut found: Vec<Vec<Span>> = Vec::new();
        for hit in self.finder.find_overlapping_iter(bytes) {
            let Some(&nth) = self.kinds_of.get(hit.pattern().as_usize()) else { continue };
            let Some(kind) = self.kinds.get(nth) else { continue };
            if found.is_empty() {
                found.resize(self.kinds.len(), Vec::new());
            }
            let Some(windows) = found.get_mut(nth) else { continue };
            let window = kind.around(Span::new(hit.start(), hit.end()), bytes.len());
            match windows.last_mut() {
                Some(last) if window.start <= last.end => {
                    *last = Span::new(last.start.min(window.start), last.end.max(window.end));
                }
                _ => windows.push(window),
            }
        }
        self.kinds.iter().zip(found).filter(|(_, windows)| !windows.is_empty()).collect()
    }
}

/// How sure a candidate is that its own kind calls a placeholder.
const PLACEHOLDER: Confidence = Confidence::Low;

#[cfg(test)]
mod tests;
