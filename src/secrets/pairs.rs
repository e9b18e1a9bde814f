//! Parts that belong together: the ID that a secret is told with, the host that takes it.
//!
//! Not here: what is a secret. A part is looked for near a secret that was found, and nowhere else, so that a text
//! without secrets costs nothing.

use super::pattern::tables::BESIDES;
use super::pattern::{Beside, Part};
use super::scan::Candidate;
use crate::source::Span;

/// How far from the secret its part may stand, in bytes: a line or two of configuration.
const REACH: usize = 256;

/// Gives each secret what belongs to it; no part belongs to two.
pub(super) fn find(text: &str, secrets: &mut [Candidate]) {
    let mut taken: Vec<Span> = Vec::new();
    for secret in secrets {
        secret.beside = part(text.as_bytes(), secret, &taken);
        taken.extend(secret.beside.map(|(_, span)| span));
    }
}

/// Where the parts of secrets stand, in no order.
pub(super) fn spans(text: &str, mut secrets: Vec<Candidate>) -> Vec<Span> {
    secrets.sort_by_key(|secret| secret.span);
    // Several patterns see one secret, and each may have its part.
    let parts = secrets.iter().filter_map(|secret| part(text.as_bytes(), secret, &[]));
    let all: Vec<Span> = parts.map(|(_, span)| span).collect();
    find(text, &mut secrets);
    all.into_iter().chain(secrets.iter().filter_map(|secret| Some(secret.beside?.1))).collect()
}

/// The nearest part in front of the secret, or the nearest behind it where there is none.
fn part(bytes: &[u8], secret: &Candidate, taken: &[Span]) -> Option<(Part, Span)> {
    let beside = beside(secret).filter(|_| !secret.encoded)?;
    let regex = beside.regex()?;
    let start = secret.span.start.saturating_sub(REACH);
    let end = secret.span.end.saturating_add(REACH).min(bytes.len());
    let window = bytes.get(start..end)?;
    let (mut before, mut after) = (None, None);
    for captures in regex.captures_iter(window) {
        let group = captures.get(1).or_else(|| captures.get(0))?;
        let span = Span::from(group.range()).shifted(start);
        let cut = (span.start == start && start > 0) || (span.end == end && end < bytes.len());
        let recent = taken.iter().rev().take_while(|other| other.end + 2 * REACH > span.start);
        let free = !span.overlaps(secret.span) && !recent.into_iter().any(|other| other.overlaps(span));
        if cut || !free || !is_whole(bytes, span) {
            continue;
        }
        if span.end <= secret.span.start {
            before = Some(span);
        } else if after.is_none() {
            after = Some(span);
        }
    }
    before.or(after).map(|span| (beside.part, span))
}

fn beside(secret: &Candidate) -> Option<&'static Beside> {
    let at = BESIDES.binary_search_by(|one| one.code.cmp(secret.pattern.meta.code)).ok()?;
    BESIDES.get(at)
}

/// Whether no letter or digit runs into it or out of it.
fn is_whole(bytes: &[u8], span: Span) -> bool {
    let word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    !word(span.start.checked_sub(1)) && !word(Some(span.end))
}
