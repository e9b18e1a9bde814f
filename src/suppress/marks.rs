//! Comments by which other secret scanners are told to leave a line alone.
//!
//! Not here: our own comments, which give a reason. These give none, and speak of secrets alone.

use memchr::memmem;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

use super::COMMENT_LEADS;

/// gitleaks and trufflehog take these anywhere in the lines of what they found.
const ANYWHERE: [&str; 2] = ["gitleaks:allow", "trufflehog:ignore"];

/// detect-secrets takes these behind the sign of a comment, in any case.
const PRAGMA: &str = "pragma:";
const HERE: [&str; 2] = ["allowlist secret", "whitelist secret"];
const NEXT: [&str; 2] = ["allowlist nextline secret", "whitelist nextline secret"];

/// How far from what was found a comment may stand. Nobody reads farther, and a line of megabytes with
/// thousands of findings is not walked for each.
const REACH: usize = 4096;

/// Whether a comment of another scanner speaks for the lines of `finding`.
#[must_use]
pub fn marked(finding: &Diagnostic, source: &Source) -> bool {
    let span = finding.span;
    let first = source.line_span(source.line(span.start));
    let last = source.line_span(source.line(span.end));
    let near = Span::new(
        first.start.max(span.start.saturating_sub(REACH)),
        last.end.min(span.end.saturating_add(REACH)),
    );
    let here = source.slice(near);
    let marked = ANYWHERE.iter().any(|mark| memmem::find(here.as_bytes(), mark.as_bytes()).is_some());
    if marked || has_pragma(here, &HERE) {
        return true;
    }
    let Some(above) = source.line(span.start).checked_sub(1).filter(|line| *line > 0) else { return false };
    let above = source.line_span(above);
    has_pragma(source.slice(Span::new(above.start.max(above.end.saturating_sub(REACH)), above.end)), &NEXT)
}

/// Whether one of `words` follows the mark of detect-secrets in a comment.
fn has_pragma(text: &str, words: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    memmem::find_iter(lower.as_bytes(), PRAGMA).any(|at| {
        let before = lower.get(..at).unwrap_or_default().trim_end();
        let after = lower.get(at + PRAGMA.len()..).unwrap_or_default().trim_start().replace('-', " ");
        COMMENT_LEADS.iter().any(|lead| before.ends_with(lead))
            && words.iter().any(|word| after.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::marked;
    use crate::diagnostic::{Certainty, Findings, Meta, Severity};
    use crate::source::{Source, Span};

    static META: Meta = Meta {
        code: "SEC004",
        name: "assigned-secret",
        severity: Severity::Error,
        certainty: Certainty::Heuristic,
        summary: "",
        page: "",
    };

    fn of(text: &str) -> bool {
        let source = Source::new("x", text);
        let at = text.find("FOUND").expect("it is there");
        let mut found = Vec::new();
        Findings::new(&META, "x", &mut found).push(Span::new(at, at + 5), "m");
        marked(&found[0], &source)
    }

    #[test]
    fn lines_of_other_scanners() {
        for (text, expected) in [
            ("key = FOUND # gitleaks:allow\n", true),
            ("gitleaks:allow FOUND\n", true),
            ("key: FOUND // trufflehog:ignore\n", true),
            ("# trufflehog:ignore\nFOUND\n", false),
            ("# gitleaks:allow\nFOUND\n", false),
            ("FOUND\n# gitleaks:allow\n", false),
            ("key = FOUND # pragma: allowlist secret\n", true),
            ("key = FOUND  // pragma: whitelist secret\n", true),
            ("key = FOUND  <!-- Pragma:Allowlist-Secret -->\n", true),
            ("key = FOUND pragma: allowlist secret\n", false),
            ("# pragma: allowlist secret\nFOUND\n", false),
            ("# pragma: allowlist nextline secret\nFOUND\n", true),
            ("# pragma: allowlist nextline secret\n\nFOUND\n", false),
            ("key = FOUND # pragma: allowlist nextline secret\n", false),
            ("key = FOUND # pragma: no cover\n", false),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    /// However long a line is, each finding in it costs the same.
    #[test]
    fn what_stands_far_away_is_not_read() {
        let far = format!("FOUND{}gitleaks:allow\n", " ".repeat(1 << 20));
        assert!(!of(&far));
    }
}
