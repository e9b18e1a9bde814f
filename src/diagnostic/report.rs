//! The finished [`Report`]: findings with their places and fingerprints, over text whose values are masked.
//!
//! Not here: how it is written, which findings were silenced and why, what the exit code is.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fingerprint::{Identity, digest, fingerprint};
use super::{Diagnostic, Severity};
use crate::source::{Folder, Position, Source, Span};

/// A place as people and SARIF count it: from the first character up to, not including, the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// The first character.
    pub start: Position,
    /// The character after the last one.
    pub end: Position,
}

impl Region {
    /// The beginning of a file: the place of what has no place.
    const BEGINNING: Self =
        Self { start: Position { line: 1, column: 1 }, end: Position { line: 1, column: 1 } };

    fn of(source: Option<&Source>, span: Span) -> Self {
        source.map_or(Self::BEGINNING, |source| Self {
            start: source.position(span.start),
            end: source.position(span.end.max(span.start)),
        })
    }
}

/// A diagnostic, placed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What the rule said.
    pub diagnostic: Diagnostic,
    /// Its place, counted in the file as it is, not in the masked text.
    pub region: Region,
    /// The places of the diagnostic's labels, in their order.
    pub label_regions: Vec<Region>,
    /// 32 hexadecimal digits that stay the same while the finding does, wherever it moves in the file.
    pub fingerprint: String,
    /// What it is, whatever its order among findings of the same fingerprint, and what stands at its place.
    pub(super) identity: Identity,
}

impl Finding {
    /// How many findings it stands for: itself, and those that are only counted.
    #[must_use]
    pub const fn stands_for(&self) -> usize {
        1 + self.diagnostic.further.len()
    }

    /// Its fingerprint without the order among equal findings.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.identity.kind
    }

    /// SHA-256 of the text that it points at. It is never written: whoever guesses a value could prove it by this.
    #[must_use]
    pub const fn pointed_at(&self) -> &[u8; 32] {
        &self.identity.text
    }

    /// What the rule said, and how many findings like it are only counted.
    #[must_use]
    pub fn message(&self) -> Cow<'_, str> {
        match self.diagnostic.further.len() {
            0 => Cow::Borrowed(&self.diagnostic.message),
            more => {
                Cow::Owned(format!("{}; {more} more in this file are only counted", self.diagnostic.message))
            }
        }
    }
}

/// All that a check found, ready to be written.
///
/// No text in it is unmasked: the sources are masked when it is made, and messages never hold values.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, ordered by path, line, column and code.
    pub findings: Vec<Finding>,
    /// How many files were checked.
    pub files: usize,
    /// How many findings were silenced.
    pub suppressed: usize,
    sources: BTreeMap<Arc<str>, Source>,
    /// The part of a check or a search that this is the report of, as `2/8`.
    pub shard: Option<String>,
    /// The top of the work tree, where there is one, for those who look for files from there.
    pub top: Folder,
    /// What was not looked at, a sentence each: with any, nobody may take the report for that of a whole check.
    pub incomplete: Vec<String>,
}

impl Report {
    /// A path as it is told from the top of the work tree; one that lies elsewhere stays as it is.
    #[must_use]
    pub fn from_top<'p>(&self, path: &'p str) -> Cow<'p, str> {
        self.top.told(path).unwrap_or(Cow::Borrowed(path))
    }

    /// Places, orders and fingerprints `diagnostics`.
    ///
    /// `sources` are the files that they may point into, each with the spans that must not be shown: its
    /// document's values and the secrets found in it. Only files that a diagnostic points into are kept.
    #[must_use]
    pub fn new<'a>(
        diagnostics: Vec<Diagnostic>,
        sources: impl IntoIterator<Item = (&'a Source, Vec<Span>)>,
        files: usize,
        suppressed: usize,
    ) -> Self {
        let pointed_at: BTreeSet<Arc<str>> = diagnostics
            .iter()
            .flat_map(|diagnostic| {
                diagnostic.labels.iter().map(|label| &label.path).chain([&diagnostic.path])
            })
            .cloned()
            .collect();
        let mut originals = BTreeMap::new();
        let mut masked = BTreeMap::new();
        for (source, spans) in sources {
            if pointed_at.contains(source.path()) {
                originals.insert(source.shared_path(), source);
                masked.insert(source.shared_path(), source.masked(&spans));
            }
        }
        let mut findings: Vec<Finding> = diagnostics
            .into_iter()
            .map(|diagnostic| {
                let place = |path: &Arc<str>, span| Region::of(originals.get(path).copied(), span);
                let region = place(&diagnostic.path, diagnostic.span);
                let labels = diagnostic.labels.iter();
                let label_regions = labels.map(|label| place(&label.path, label.span)).collect();
                let text = originals.get(&diagnostic.path).map(|source| source.slice(diagnostic.span));
                let identity = Identity::of(text.unwrap_or_default());
                Finding { diagnostic, region, label_regions, fingerprint: String::new(), identity }
            })
            .collect();
        findings.sort_by(by_place);
        fingerprint(&mut findings, &masked);
        Self { findings, files, suppressed, sources: masked, ..Self::default() }
    }

    /// The masked text of a file that a finding points into.
    #[must_use]
    pub fn source(&self, path: &str) -> Option<&Source> {
        self.sources.get(path)
    }

    /// Takes away the findings, by their place in the list, that are accepted; they count as silenced. What one of
    /// them carries is not accepted with it: the first of those takes its place.
    pub fn silence(&mut self, accepted: &BTreeSet<usize>) {
        self.suppressed += accepted.iter().filter(|nth| **nth < self.findings.len()).count();
        let mut left = Vec::with_capacity(self.findings.len());
        for (nth, finding) in std::mem::take(&mut self.findings).into_iter().enumerate() {
            if accepted.contains(&nth) {
                left.extend(self.carried(finding));
            } else {
                left.push(finding);
            }
        }
        left.sort_by(by_place);
        self.findings = left;
    }

    fn carried(&self, finding: Finding) -> Option<Finding> {
        let fingerprint = digest(&[&finding.fingerprint, "carried"]);
        let diagnostic = finding.diagnostic.without_itself()?;
        let region = Region::of(self.sources.get(&diagnostic.path), diagnostic.span);
        let identity = Identity { kind: fingerprint.clone(), ..Identity::of("") };
        Some(Finding { diagnostic, region, label_regions: Vec::new(), fingerprint, identity })
    }

    /// Adds the findings of another report, which looked at other files.
    pub fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.findings.sort_by(by_place);
        self.files += other.files;
        self.suppressed += other.suppressed;
        self.sources.extend(other.sources);
    }

    /// How many findings have this severity, those that are only counted included.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().map(|finding| finding.diagnostic.count(severity)).sum()
    }

    /// How many findings are only counted: the list holds as many as anybody reads.
    #[must_use]
    pub fn only_counted(&self) -> usize {
        self.findings.iter().map(|finding| finding.stands_for() - 1).sum()
    }
}

fn by_place(one: &Finding, two: &Finding) -> Ordering {
    let place = |finding: &Finding| (finding.region.start, finding.diagnostic.meta.code);
    (&one.diagnostic.path, place(one), &one.diagnostic.message).cmp(&(
        &two.diagnostic.path,
        place(two),
        &two.diagnostic.message,
    ))
}

#[cfg(test)]
mod tests {
    use super::{Finding, Report};
    use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
    use crate::source::{Position, Source, Span};

    static META: Meta = Meta {
        code: "ENV008",
        name: "duplicate-key",
        severity: Severity::Error,
        certainty: Certainty::Certain,
        summary: "key is set more than once",
        page: "",
    };

    /// A diagnostic for every occurrence of `needle`.
    fn at(source: &Source, needle: &str, message: &str) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut findings = Findings::new(&META, source.shared_path(), &mut found);
        for (start, _) in source.text().match_indices(needle) {
            findings.push(Span::new(start, start + needle.len()), message).key(needle);
        }
        found
    }

    fn prints(text: &str, values: &[&str], message: &str) -> Vec<String> {
        let source = Source::new(".env", text);
        let spans = values
            .iter()
            .filter_map(|value| text.find(value).map(|at| Span::new(at, at + value.len())))
            .collect();
        let report = Report::new(at(&source, "KEY", message), [(&source, spans)], 1, 0);
        report.findings.into_iter().map(|finding: Finding| finding.fingerprint).collect()
    }

    #[test]
    fn fingerprints_outlive_moves_lengths_and_values() {
        let first = prints("KEY=abc\n", &["abc"], "31 characters, 32 needed");
        assert_eq!(first.len(), 1);
        assert!(first.iter().all(|print| print.len() == 32 && print.bytes().all(|b| b.is_ascii_hexdigit())));
        assert_eq!(first, prints("\n# more\n  KEY=defghi\n", &["defghi"], "7 characters, 32 needed"));
        assert_ne!(first, prints("export KEY=abc\n", &["abc"], "31 characters, 32 needed"));
        assert_ne!(first, prints("KEY=abc\n", &["abc"], "characters are missing"));
    }

    #[test]
    fn equal_findings_get_different_fingerprints() {
        let prints = prints("KEY=\nKEY=\nKEY=\n", &[], "twice");
        let [one, two, three] = &prints[..] else { panic!("{prints:?}") };
        assert!(one != two && two != three && one != three);
    }

    #[test]
    fn places_are_counted_in_the_original_and_the_source_kept_is_masked() {
        let source = Source::new(".env", "A=ñandú KEY\n");
        let value = Span::new(2, 9);
        let other = Source::new("other", "");
        let report = Report::new(at(&source, "KEY", "m"), [(&source, vec![value]), (&other, vec![])], 2, 1);
        let finding = &report.findings[0];
        assert_eq!(finding.region.start, Position { line: 1, column: 9 });
        assert_eq!(finding.region.end, Position { line: 1, column: 12 });
        assert_eq!(report.source(".env").map(Source::text), Some("A=******* KEY\n"));
        assert!(report.source("other").is_none());
        assert_eq!((report.count(Severity::Error), report.count(Severity::Warning)), (1, 0));
    }

    #[test]
    fn findings_are_ordered_and_a_file_that_is_not_there_has_a_place() {
        let source = Source::new("b", "x KEY\nKEY\n");
        let mut found = at(&source, "KEY", "m");
        found.reverse();
        Findings::new(&META, "a", &mut found).push(Span::new(5, 9), "gone");
        let report = Report::new(found, [(&source, Vec::new())], 1, 0);
        let order: Vec<_> = report
            .findings
            .iter()
            .map(|finding| {
                let start = finding.region.start;
                (finding.diagnostic.path.to_string(), start.line, start.column)
            })
            .collect();
        assert_eq!(order, [("a".to_owned(), 1, 1), ("b".to_owned(), 1, 3), ("b".to_owned(), 2, 1)]);
    }
}
