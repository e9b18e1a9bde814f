//! By what a finding is known again: its fingerprint, and a digest of the text at its place that nobody is shown.
//!
//! Not here: what is known from before.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Diagnostic, Finding};
use crate::source::{Source, file_name, is_env_name};

/// What a finding is, and what stands at its place.
#[derive(Clone)]
pub(super) struct Identity {
    /// The fingerprint without the order among equal ones.
    pub(super) kind: String,
    /// SHA-256 of the text.
    pub(super) text: [u8; 32],
}

/// The text may be a secret: its digest is not shown either.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Identity").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Identity {
    pub(super) fn of(text: &str) -> Self {
        Self { kind: String::new(), text: Sha256::digest(text.as_bytes()).into() }
    }
}

/// Gives each finding its fingerprint: a digest of what it says and of the masked line it stands on, but
/// not of its path or line number, so that it outlives moves. Equal ones are told apart by their order.
pub(super) fn fingerprint(findings: &mut [Finding], sources: &BTreeMap<Arc<str>, Source>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // Findings are in order, so those of one line follow each other: a long line with thousands of them
    // is read once.
    let mut line = (Arc::from(""), 0, String::new());
    for finding in findings {
        let diagnostic = &finding.diagnostic;
        let number = finding.region.start.line;
        if line.0 != diagnostic.path || line.1 != number {
            let source = sources.get(&diagnostic.path);
            let text = source.map(|source| source.slice(source.line_span(number))).unwrap_or_default();
            line = (Arc::clone(&diagnostic.path), number, digest(&[&without_lengths(text)]));
        }
        let message = without_paths(&diagnostic.message, diagnostic);
        let message: String = message.chars().filter(|character| !character.is_ascii_digit()).collect();
        let base = digest(&[
            diagnostic.meta.code,
            diagnostic.key.as_deref().unwrap_or_default(),
            diagnostic.service.as_deref().unwrap_or_default(),
            &message,
            &line.2,
        ]);
        let nth = seen.entry(base.clone()).or_default();
        finding.fingerprint = if *nth == 0 { base.clone() } else { digest(&[&base, &nth.to_string()]) };
        finding.identity.kind = base;
        *nth += 1;
    }
}

/// The message without the names of files in backticks: they change with the directory that the check runs in,
/// and with every rename.
fn without_paths(message: &str, diagnostic: &Diagnostic) -> String {
    let of_finding =
        |word: &str| *diagnostic.path == *word || diagnostic.labels.iter().any(|label| *label.path == *word);
    let file = |word: &str| {
        let name = file_name(word);
        let plain = !word.contains(['$', ' ', '=']);
        let ends = [".yml", ".yaml", ".sh"].iter().any(|ending| name.ends_with(ending));
        of_finding(word) || plain && (word.contains('/') || ends || is_env_name(name))
    };
    let parts: Vec<&str> = message.split('`').collect();
    let kept = parts.iter().enumerate().map(|(nth, part)| if nth % 2 == 1 && file(part) { "" } else { part });
    kept.collect::<Vec<_>>().join("`")
}

/// The line without indentation and with each masked run as one `*`.
fn without_lengths(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    for character in line.trim().chars() {
        if character != '*' || !kept.ends_with('*') {
            kept.push(character);
        }
    }
    kept
}

/// The first 32 hexadecimal digits of SHA-256 over `parts`, each closed by a NUL.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let nibbles = hash.finalize().into_iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}
