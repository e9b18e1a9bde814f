//! What is silenced by a comment in the file itself, and which silencings no longer silence anything.
//!
//! `envgate: allow CODE: reason` in a comment speaks for its own line, and for the next one when it
//! stands on a line of its own; `envgate: allow-file CODE: reason` speaks for the whole file. What other secret
//! scanners are told counts too, for secrets. Not here: ignores in the configuration, which rules exist.

mod gitleaks;
mod marks;

use memchr::memmem;

pub use gitleaks::{CONFIGURATION as GITLEAKS_FILE, Gitleaks, IGNORED as GITLEAKS_IGNORED, rules};
pub use marks::marked;

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

const MARK: &str = "envgate: allow";

/// What leads in a comment in the languages that files are written in.
const COMMENT_LEADS: &[&str] = &["#", "//", "--", ";", "/*", "<!--", "{#", "%", "*", "'"];

/// One silencing comment.
#[derive(Debug, Clone)]
pub struct Allow {
    /// The codes or names, as written.
    pub rules: Vec<String>,
    /// Why; `None` where the author gave no reason, and then it silences nothing.
    pub reason: Option<String>,
    /// The comment's place, from the mark to the end of the line.
    pub span: Span,
    /// The 1-based lines it speaks for; `None` for the whole file.
    pub lines: Option<(usize, usize)>,
    /// How many findings it has silenced.
    pub used: usize,
}

/// The silencing comments of a text, in order.
#[must_use]
pub fn allows(source: &Source) -> Vec<Allow> {
    let text = source.text();
    let found = memmem::find_iter(text.as_bytes(), MARK).filter_map(|at| allow_at(source, at));
    found.collect()
}

fn allow_at(source: &Source, at: usize) -> Option<Allow> {
    let line = source.line(at);
    let line_span = source.line_span(line);
    let before = source.slice(Span::new(line_span.start, at)).trim_end();
    let lead = COMMENT_LEADS.iter().find(|lead| before.ends_with(**lead))?;
    let span = Span::new(at, line_span.end);
    let after = source.slice(Span::new(at + MARK.len(), line_span.end));
    let (whole_file, after) = match after.strip_prefix("-file") {
        Some(rest) => (true, rest),
        None => (false, after),
    };
    let after = after.strip_prefix([' ', '\t'])?;
    let after = after.trim_end().trim_end_matches("-->").trim_end_matches("*/").trim_end_matches("#}").trim();
    let (rules, reason) = match after.split_once(':') {
        Some((rules, reason)) => (rules, Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())),
        None => (after, None),
    };
    let rules: Vec<String> =
        rules.split([',', ' ']).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect();
    let alone = before.len() <= lead.len() + (before.len() - before.trim_start().len());
    let lines = if whole_file { None } else { Some((line, if alone { line + 1 } else { line })) };
    (!rules.is_empty()).then_some(Allow { rules, reason, span, lines, used: 0 })
}

/// Whether one of `allows` silences `finding`; the one that does is marked as used.
pub fn silences(allows: &mut [Allow], finding: &Diagnostic, source: &Source) -> bool {
    let first = source.line(finding.span.start);
    let mut silenced = false;
    for allow in allows.iter_mut().filter(|allow| allow.reason.is_some()) {
        let here = allow.lines.is_none_or(|(start, end)| start <= first && first <= end);
        if here && allow.rules.iter().any(|word| finding.meta.names(word)) {
            allow.used += 1;
            silenced = true;
        }
    }
    silenced
}

#[cfg(test)]
mod tests {
    use super::allows;
    use crate::source::Source;

    fn one(text: &str) -> (Vec<String>, Option<String>, Option<(usize, usize)>) {
        let found = allows(&Source::new("x", text));
        assert_eq!(found.len(), 1, "{text}");
        (found[0].rules.clone(), found[0].reason.clone(), found[0].lines)
    }

    #[test]
    fn a_comment_behind_code_speaks_for_its_line_alone() {
        let (rules, reason, lines) = one("A=1 # envgate: allow ENV103: a test value\nB=2\n");
        assert_eq!((rules.as_slice(), reason.as_deref()), (&["ENV103".to_owned()][..], Some("a test value")));
        assert_eq!(lines, Some((1, 1)));
    }

    #[test]
    fn a_comment_alone_speaks_for_the_next_line_too() {
        assert_eq!(one("  # envgate: allow CMP002, CMP004: why\nB=2\n").2, Some((1, 2)));
        assert_eq!(one("x\n<!-- envgate: allow HOK212: quoted -->\n").1.as_deref(), Some("quoted"));
    }

    #[test]
    fn a_file_wide_comment_speaks_for_all_lines() {
        assert_eq!(one("# envgate: allow-file ENV109: fixture\n").2, None);
    }

    #[test]
    fn without_a_reason_it_is_kept_without_one() {
        assert_eq!(one("# envgate: allow ENV109\n").1, None);
        assert_eq!(one("# envgate: allow ENV109:\n").1, None);
    }

    #[test]
    fn prose_is_no_comment() {
        assert!(allows(&Source::new("x", "write `envgate: allow CODE: reason` there")).is_empty());
    }
}
