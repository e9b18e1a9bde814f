//! What is silenced by a comment in the file itself, and which silencings no longer silence anything.
//!
//! `envgate: allow CODE: reason` in a comment speaks for its own line, and for the next one when it
//! stands on a line of its own (below `#!`, for that line too; above `key: |`, for the line below that too); `envgate: allow-file CODE: reason` speaks for the
//! whole file. What other secret scanners are told counts too, for secrets, and what dotenv-linter is told, for the
//! layout of env files. Not here: ignores in the
//! configuration, which rules exist.

mod dotenv_linter;
mod gitleaks;
mod marks;

use memchr::memmem;

pub use dotenv_linter::DotenvLinter;
pub use gitleaks::{CONFIGURATION as GITLEAKS_FILE, Gitleaks, IGNORED as GITLEAKS_IGNORED, rules};
pub use marks::marked;

use crate::baseline::Date;
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
    /// The last day on which it silences, as `YYYY-MM-DD`; `None` for ever.
    pub until: Option<String>,
    /// What stands behind `until` and is no day: then it silences nothing, for nobody knows how long it was to.
    pub no_day: Option<String>,
    /// The comment's place, from the mark to the end of the line.
    pub span: Span,
    /// The 1-based lines it speaks for; `None` for the whole file.
    pub lines: Option<(usize, usize)>,
    /// How many findings it has silenced.
    pub used: usize,
}

/// How many comments on one line, or for one whole file, are heard. Nobody writes as many, and every finding
/// is held against them; a finding that one more would have silenced is reported.
const MOST: usize = 64;

/// The silencing comments of a text: those for the whole file, then the others, each in order.
#[must_use]
pub fn allows(source: &Source) -> Vec<Allow> {
    let marks: Vec<usize> = memmem::find_iter(source.text().as_bytes(), MARK).collect();
    let ends = marks.iter().skip(1).copied().chain([source.text().len()]);
    let mut found: Vec<Allow> = Vec::new();
    let (mut whole_file, mut line, mut heard) = (0, 0, 0);
    for (&at, end) in marks.iter().zip(ends) {
        let here = source.line(at);
        if here != line {
            (line, heard) = (here, 0);
        }
        let Some(allow) = (heard < MOST).then(|| allow_at(source, at, end)).flatten() else { continue };
        heard += 1;
        if allow.lines.is_none() {
            whole_file += 1;
        }
        if allow.lines.is_some() || whole_file <= MOST {
            found.push(allow);
        }
    }
    found.sort_by_key(|allow| allow.lines);
    found
}

/// The comment whose mark stands at `at`; another mark stands at `end`, or nothing does.
fn allow_at(source: &Source, at: usize, end: usize) -> Option<Allow> {
    let text = source.text();
    let line = source.line(at);
    let line_span = source.line_span(line);
    let before = source.slice(Span::new(line_span.start, at)).trim_end();
    COMMENT_LEADS.iter().find(|lead| before.ends_with(**lead))?;
    let span = Span::new(at, line_span.end);
    let after = source.slice(Span::new(at + MARK.len(), line_span.end.min(end)));
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
    let (rules, until) = dated(rules);
    let (until, no_day) = match until {
        Some(Ok(day)) => (Some(day), None),
        Some(Err(other)) => (None, Some(other)),
        None => (None, None),
    };
    // A lead may be longer than what was matched of it: `<!--` ends with `--`, `///` with `//`.
    let alone = before.trim_start().bytes().all(|byte| b"#/-;*<!{%' \t".contains(&byte));
    // Nothing can stand above `#!`, which must be first: what speaks for that line stands below it.
    let first = if alone && line == 2 && text.starts_with("#!") { 1 } else { line };
    let last = match alone {
        true if opens_block(source.slice(source.line_span(line + 1))) => line + 2,
        true => line + 1,
        false => line,
    };
    let lines = (!whole_file).then_some((first, last));
    (!rules.is_empty()).then_some(Allow { rules, reason, until, no_day, span, lines, used: 0 })
}

/// Whether the value of a line stands below it: `key: |`, `key = """`.
fn opens_block(line: &str) -> bool {
    let line = line.trim_end();
    let quotes = ["\"\"\"", "'''"].iter().any(|mark| line.ends_with(mark) && line.matches(mark).count() == 1);
    let folded = line.trim_end_matches(['-', '+', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let before = folded.strip_suffix(['|', '>']).filter(|before| before.ends_with(' '));
    quotes || before.is_some_and(|before| before.trim_end().ends_with([':', '-']))
}

/// `CODE until 2027-01-31`: the rules, and the last day, or what stands in its place and is none.
fn dated(mut words: Vec<String>) -> (Vec<String>, Option<Result<String, String>>) {
    let Some(at) = words.iter().position(|word| word == "until") else { return (words, None) };
    let day = words.split_off(at).split_off(1).join(" ");
    let until = if Date::parse(&day).is_some() { Ok(day) } else { Err(day) };
    (words, Some(until))
}

/// Whether one of `allows`, in the order that [`allows`] gives, silences `finding`; the one that does is marked as used.
pub fn silences(allows: &mut [Allow], finding: &Diagnostic, source: &Source) -> bool {
    silencing(allows, finding, source).is_some()
}

/// The same, and the place of the comment that does.
pub fn silencing(allows: &mut [Allow], finding: &Diagnostic, source: &Source) -> Option<Span> {
    let first = source.line(finding.span.start);
    let mut silenced = None;
    let everywhere = allows.partition_point(|allow| allow.lines.is_none());
    let (whole_file, by_line) = allows.split_at_mut(everywhere);
    // A comment speaks for its line and at most the three next ones, so those for a line stand side by side.
    let from = by_line.partition_point(|allow| allow.lines.is_some_and(|(start, _)| start + 3 < first));
    let near =
        by_line.iter_mut().skip(from).take_while(|allow| allow.lines.is_none_or(|(start, _)| start <= first));
    let near = near.filter(|allow| allow.lines.is_none_or(|(_, end)| first <= end));
    let heard = |allow: &&mut Allow| allow.reason.is_some() && allow.no_day.is_none();
    for allow in whole_file.iter_mut().chain(near).filter(heard) {
        if allow.rules.iter().any(|word| finding.meta.names(word)) {
            allow.used += 1;
            silenced = Some(allow.span);
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
        assert_eq!(one("#!/bin/sh -x\n# envgate: allow HOK006: why\nls\n").2, Some((1, 3)));
        assert_eq!(one("#!/bin/sh -x\nls # envgate: allow HOK006: why\n").2, Some((2, 2)));
        assert_eq!(one("x\n<!-- envgate: allow HOK212: quoted -->\n").1.as_deref(), Some("quoted"));
        for comment in
            ["<!-- § -->", "{/* § */}", "{# § #}", "/* § */", " * §", "/// §", "## §", ";; §", "--- §"]
        {
            let text = format!("x\n  {}\ny\n", comment.replace('§', "envgate: allow HOK212: quoted"));
            assert_eq!(one(&text).2, Some((2, 3)), "{comment}");
        }
        assert_eq!(one("x\ny = 1 /// envgate: allow HOK212: quoted\ny\n").2, Some((2, 2)));
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
    fn of_many_comments_on_a_line_some_are_heard() {
        let text = "# envgate: allow ENV103: why ".repeat(1_000);
        let found = allows(&Source::new("x", text.as_str()));
        assert_eq!(found.len(), super::MOST);
        assert!(
            found
                .iter()
                .all(|allow| allow.rules == ["ENV103"] && allow.lines.is_some_and(|lines| lines.0 == 1))
        );
        let text = "# envgate: allow ENV103: why\nA=1\n".repeat(1_000);
        assert_eq!(allows(&Source::new("x", text.as_str())).len(), 1_000, "each line has its own");
        let text = "# envgate: allow-file ENV103: why\n".repeat(1_000);
        assert_eq!(allows(&Source::new("x", text.as_str())).len(), super::MOST);
    }

    #[test]
    fn a_day_is_one_where_it_is_written_as_one_behind_until() {
        for (written, until, no_day, rules) in [
            ("ENV103 until 2027-01-31", Some("2027-01-31"), None, 1),
            ("ENV103, ENV104 until 2027-01-31", Some("2027-01-31"), None, 2),
            ("ENV103 until 2027-01-3", None, Some("2027-01-3"), 1),
            ("ENV103 until 2027-01-311", None, Some("2027-01-311"), 1),
            ("ENV103 until 2027-02-30", None, Some("2027-02-30"), 1),
            ("ENV103 until 2027/01/31", None, Some("2027/01/31"), 1),
            ("ENV103, ENV104 until the end", None, Some("the end"), 2),
            ("ENV103 until", None, Some(""), 1),
            ("ENV103 since 2027-01-31", None, None, 3),
            ("ENV103 2027-01-31", None, None, 2),
        ] {
            let found = allows(&Source::new("x", format!("# envgate: allow {written}: why\n")));
            let [allow] = &found[..] else { panic!("{written}: {found:?}") };
            let said = (allow.until.as_deref(), allow.no_day.as_deref(), allow.rules.len());
            assert_eq!(said, (until, no_day, rules), "{written}");
        }
    }

    #[test]
    fn a_comment_above_a_block_speaks_for_its_first_line() {
        for (line, last) in [
            ("key: |", 3),
            ("key: >-", 3),
            ("- |2", 3),
            ("key = \"\"\"", 3),
            ("key = \"\"\"x\"\"\"", 2),
            ("<div>", 2),
            ("a | b", 2),
            ("key: x", 2),
        ] {
            let text = format!("# envgate: allow SEC001: why\n{line}\n  x\n");
            assert_eq!(one(&text).2, Some((1, last)), "{line}");
        }
    }

    #[test]
    fn prose_is_no_comment() {
        assert!(allows(&Source::new("x", "write `envgate: allow CODE: reason` there")).is_empty());
    }
}
