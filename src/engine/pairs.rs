//! One finding for what belongs together: an ID that another finding already points at is none of its own.
//!
//! Not here: what belongs together, which is [`crate::secrets`]'s. Only findings that somebody will see take others
//! in, so that whoever asks for IDs alone is told of them.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Takes out of the findings of one file those that another one's second place covers.
pub(super) fn join(found: &mut Vec<Diagnostic>) {
    let secret = |finding: &&Diagnostic| finding.meta.code.starts_with("SEC");
    let labels = found.iter().filter(secret).flat_map(|finding| &finding.labels);
    let parts: HashSet<Span> = labels.map(|label| label.span).collect();
    if !parts.is_empty() {
        // One that carries further findings stays, and they with it.
        found.retain(|one| !secret(&one) || !one.further.is_empty() || !parts.contains(&one.span));
    }
}
