//! `.secrets.baseline`, as detect-secrets writes it: which secrets have been looked at and accepted.
//!
//! Not here: its plugins and filters. It knows a secret by its SHA-1, so that one is recognised wherever it has
//! moved within its file, and another one on the same line is not.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha1::{Digest, Sha1};

use crate::source::{Source, Span};

use super::Broken;

/// How far around a finding its line is cut into pieces.
const REACH: usize = 4096;

#[derive(Deserialize)]
struct File {
    results: BTreeMap<String, Vec<Written>>,
}

#[derive(Deserialize)]
struct Written {
    hashed_secret: String,
    #[serde(default)]
    is_secret: Option<bool>,
}

/// The secrets that detect-secrets knows.
#[derive(Debug, Default)]
pub struct DetectSecrets {
    /// By path and hash.
    entries: BTreeMap<(String, String), Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    real: bool,
    seen: bool,
}

impl DetectSecrets {
    /// Reads the text of a `.secrets.baseline`.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        let file: File = serde_json::from_str(text)
            .map_err(|error| Broken::of(&error, "this is not what `detect-secrets scan` writes"))?;
        let mut entries: BTreeMap<(String, String), Entry> = BTreeMap::new();
        for (path, written) in file.results {
            for one in written {
                let key = (path.replace('\\', "/"), one.hashed_secret.to_ascii_lowercase());
                entries.entry(key).or_default().real |= one.is_secret == Some(true);
            }
        }
        Ok(Self { entries })
    }

    /// Whether it knows the secret that stands at `span` of `source`, which it calls `path`.
    pub fn knows(&mut self, path: &str, source: &Source, span: Span) -> bool {
        let mut known = false;
        for candidate in candidates(source, span) {
            let hash: String = super::written::hexadecimal(&Sha1::digest(candidate.as_bytes()));
            if let Some(entry) = self.entries.get_mut(&(path.to_owned(), hash)) {
                entry.seen = true;
                known = true;
            }
        }
        known
    }

    /// How many entries nothing that was asked about has met: what they mean is gone, or is no secret here.
    #[must_use]
    pub fn unmet(&self) -> usize {
        self.entries.values().filter(|entry| !entry.seen).count()
    }

    /// How many of those that were met an audit has called real secrets.
    #[must_use]
    pub fn real(&self) -> usize {
        self.entries.values().filter(|entry| entry.seen && entry.real).count()
    }
}

/// What may have been hashed: the text itself, and each piece of its line that it overlaps.
fn candidates(source: &Source, span: Span) -> Vec<&str> {
    let text = source.slice(span);
    let mut all = vec![text, text.trim_matches(['"', '\'', '`']), text.trim_matches('-').trim()];
    let line = source.line_span(source.line(span.start));
    let near = Span::new(
        line.start.max(span.start.saturating_sub(REACH)),
        line.end.min(span.end.saturating_add(REACH)),
    );
    // A cut inside a character is moved before it.
    let mut at = line.start + source.slice(Span::new(line.start, near.start)).len();
    for piece in
        source.slice(near).split(|c: char| c.is_ascii_whitespace() || "\"'`=:,;<>()[]{}@/".contains(c))
    {
        if Span::new(at, at + piece.len()).overlaps(span) {
            all.push(piece);
            all.push(piece.trim_matches('-'));
        }
        at += piece.len() + 1;
    }
    all.retain(|one| !one.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::DetectSecrets;
    use crate::source::{Source, Span};

    /// The SHA-1 of `Zq8vKmP2xLs9`, as sha1sum has it.
    const HASH: &str = "237617ea64077c8aed93fc6c474d4c31a5c99880";

    fn baseline(path: &str, hash: &str, more: &str) -> String {
        format!(
            r#"{{"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {{"{path}": [
            {{"type": "Secret Keyword", "filename": "{path}", "hashed_secret": "{hash}", "is_verified": false,
              "line_number": 1{more}}}]}}, "generated_at": "2026-01-31T00:00:00Z"}}"#
        )
    }

    fn knows(text: &str, found: &str) -> bool {
        let mut known = DetectSecrets::parse(&baseline("a/x.py", HASH, "")).expect("it is one");
        let source = Source::new("a/x.py", text);
        let at = text.find(found).expect("it is there");
        known.knows("a/x.py", &source, Span::new(at, at + found.len()))
    }

    #[test]
    fn a_secret_is_known_by_its_hash_wherever_it_stands() {
        for (text, found, expected) in [
            ("password = 'Zq8vKmP2xLs9'\n", "Zq8vKmP2xLs9", true),
            ("\n\npassword = 'Zq8vKmP2xLs9'\n", "'Zq8vKmP2xLs9'", true),
            ("url = a://bob:Zq8vKmP2xLs9@host/x\n", "bob:Zq8vKmP2xLs9@host", true),
            ("password = 'Zq8vKmP2xLs9X'\n", "Zq8vKmP2xLs9X", false),
            // Another secret on the line of a known one is another secret.
            ("a = 'Zq8vKmP2xLs9'; b = 'Other4Kx9Lm2'\n", "Other4Kx9Lm2", false),
        ] {
            assert_eq!(knows(text, found), expected, "{text}");
        }
    }

    #[test]
    fn what_it_met_and_what_an_audit_said_is_counted() {
        let source = Source::new("x.py", "p = 'Zq8vKmP2xLs9'\n");
        for (more, real) in [("", 0), (", \"is_secret\": true", 1), (", \"is_secret\": false", 0)] {
            let mut known = DetectSecrets::parse(&baseline("x.py", HASH, more)).expect("it is one");
            assert_eq!((known.unmet(), known.real()), (1, 0));
            assert!(!known.knows("y.py", &source, Span::new(5, 17)), "of another file");
            assert!(known.knows("x.py", &source, Span::new(5, 17)));
            assert_eq!((known.unmet(), known.real()), (0, real));
        }
    }

    #[test]
    fn what_is_none_is_refused_with_its_place() {
        for (text, what) in [
            ("", "it ends too early"),
            ("{\"results\": }", "it is not JSON"),
            ("{}", "this is not what `detect-secrets scan` writes"),
            ("{\"results\": {\"a\": [{}]}}", "this is not what `detect-secrets scan` writes"),
        ] {
            assert_eq!(DetectSecrets::parse(text).expect_err(text).what, what);
        }
    }
}
