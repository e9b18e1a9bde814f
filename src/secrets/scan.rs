//! The scan: keywords met, detectors asked, overlaps settled.
//!
//! Not here: how each detector decides.

use super::filter::{Hit, each_keyword};
use super::own::Own;
use super::pairs;
use super::pattern::{Detector, PATTERNS, Part, Pattern};
use super::place::{Language, Place};
use super::repeats::repeats;
use super::{assignment, command, decode, neighbours, positions, private_key, token, url, versions};
use crate::source::Span;

/// How sure the engine is, before anyone asks in which file the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A placeholder, an example, a well-known default: nothing to report, but not to be shown either.
    Low,
    /// The shape is right and something speaks against it.
    Medium,
    /// Nothing speaks against it.
    High,
}

/// A place that may hold a secret.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// Which kind.
    pub pattern: &'static Pattern,
    /// The secret itself.
    pub span: Span,
    /// The secret and the name or the scheme that gave it away.
    pub context: Span,
    /// How sure.
    pub confidence: Confidence,
    /// Whether the span is an encoding of it: base64, hexadecimal digits, escapes.
    pub encoded: bool,
    /// What belongs to it and stands beside it: the ID of its owner, the host that takes it.
    pub beside: Option<(Part, Span)>,
}

impl Candidate {
    /// One that stands in the text as it is.
    pub(super) const fn new(
        pattern: &'static Pattern,
        span: Span,
        context: Span,
        confidence: Confidence,
    ) -> Self {
        Self { pattern, span, context, confidence, encoded: false, beside: None }
    }
}

/// What looks like a secret in `text`, the content of the file at `path`, in the order of the text, without overlaps: where several
/// patterns see one place, the more specific wins. Placeholders are left out.
#[must_use]
pub fn scan(path: &str, text: &str) -> Vec<Candidate> {
    scan_with(path, text, None)
}

/// The same, with the kinds that a project declares for itself: they win over all others.
#[must_use]
pub fn scan_with(path: &str, text: &str, own: Option<&Own>) -> Vec<Candidate> {
    let mut candidates = everything(text, Place::of(path), Ours { path, own });
    candidates.retain(|candidate| candidate.confidence > Confidence::Low);
    let mut settled = settle(candidates);
    pairs::find(text, &mut settled);
    settled
}

/// Every span of `text` that any pattern would call a secret, weak ones too, merged and in order: for
/// those who must not show them.
#[must_use]
pub fn sensitive_spans(path: &str, text: &str) -> Vec<Span> {
    sensitive_spans_with(path, text, None)
}

/// The same, with the kinds that a project declares for itself.
#[must_use]
pub fn sensitive_spans_with(path: &str, text: &str, own: Option<&Own>) -> Vec<Span> {
    let place = Place { language: Language::Data, hides: true, ..Place::of(path) };
    let candidates = everything(text, place, Ours { path, own });
    let mut spans: Vec<Span> =
        candidates.iter().map(|candidate| behind_operator(text, candidate.span)).collect();
    spans.extend(neighbours::spans(text, &candidates));
    spans.extend(pairs::spans(text, candidates));
    spans.sort_unstable();
    spans.extend(repeats(text, &spans));
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Of `${PASSWORD:-text}` the text alone: what looks for `PASSWORD: text` takes the operator for its beginning.
fn behind_operator(text: &str, span: Span) -> Span {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text.get(..span.start).and_then(|before| before.strip_suffix(':'));
    let opens = before.is_some_and(|before| before.trim_end_matches(name).ends_with("${"));
    let operator =
        text.get(span.start..span.end).is_some_and(|it| it.len() > 1 && it.starts_with(['-', '+', '?']));
    if opens && operator { Span::new(span.start + 1, span.end) } else { span }
}

/// The kinds that a project declares, and the path by which they know the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ours<'a> {
    path: &'a str,
    own: Option<&'a Own>,
}

fn everything(text: &str, place: Place, ours: Ours<'_>) -> Vec<Candidate> {
    let mut found = Found::new(text, place, ours);
    versions::each_hit(text.as_bytes(), |hit| found.ask(hit));
    let mut candidates = found.candidates;
    decode::find(text, ours, &mut candidates);
    candidates
}

/// What stands in the text as it is; of a text that is no version of another.
pub(super) fn plain(text: &str, place: Place, ours: Ours<'_>) -> Vec<Candidate> {
    let mut found = Found::new(text, place, ours);
    each_keyword(text.as_bytes(), 0..text.len(), |hit| found.ask(hit));
    found.candidates
}

/// What was found in a text so far.
struct Found<'t> {
    text: &'t str,
    place: Place,
    candidates: Vec<Candidate>,
    private_key_end: usize,
}

impl<'t> Found<'t> {
    fn new(text: &'t str, place: Place, ours: Ours<'_>) -> Self {
        let mut candidates = Vec::new();
        if let Some(own) = ours.own {
            own.find(ours.path, text, &mut candidates);
        }
        positions::find(text.as_bytes(), place.logins, &mut candidates);
        Self { text, place, candidates, private_key_end: 0 }
    }

    /// Asks the detectors that a keyword stands for.
    fn ask(&mut self, hit: Hit) {
        let Some(keyword) = hit.keyword() else { return };
        let (bytes, place, at, length) = (self.text.as_bytes(), self.place, hit.start, keyword.text.len());
        for pattern in keyword.patterns.iter().filter_map(|&index| PATTERNS.get(usize::from(index))) {
            let candidate = match pattern.detector {
                Detector::Own => None,
                Detector::Regex => token::find(pattern, bytes, at, length),
                Detector::Jwt => token::find_jwt(pattern, bytes, at),
                Detector::PrivateKey if at < self.private_key_end => None,
                Detector::PrivateKey => private_key::find(pattern, bytes, at),
                Detector::Command => {
                    command::find(pattern, bytes, (at, length), &mut self.candidates);
                    None
                }
                Detector::UrlCredential => url::find(pattern, bytes, at),
                Detector::Assignment => {
                    let found = assignment::find(pattern, bytes, (at, length), place);
                    if found.is_none() {
                        assignment::find_in_rows(pattern, bytes, (at, length), place, &mut self.candidates);
                    }
                    found
                }
            };
            let Some(candidate) = candidate else { continue };
            if pattern.detector == Detector::PrivateKey {
                self.private_key_end = candidate.span.end;
            }
            let repeats =
                |last: &Candidate| last.span == candidate.span && std::ptr::eq(last.pattern, pattern);
            let whole = self.text.get(candidate.span.start..candidate.span.end).is_some();
            if whole && !self.candidates.last().is_some_and(repeats) {
                self.candidates.push(candidate);
            }
        }
    }
}

/// Leaves one candidate a place. Linear after the sort: a candidate is compared with the last kept one
/// only, for kept ones never overlap and come in order.
fn settle(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| candidate.span);
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        match kept.last_mut() {
            Some(last) if last.span.overlaps(candidate.span) => {
                if weight(&candidate) > weight(last) {
                    *last = candidate;
                }
            }
            _ => kept.push(candidate),
        }
    }
    kept
}

/// What can be read as it is comes before what must be decoded.
fn weight(candidate: &Candidate) -> (u8, bool, usize, Confidence) {
    (candidate.pattern.rank(), !candidate.encoded, candidate.span.len(), candidate.confidence)
}
