//! Which rules run, how bad their findings are, and which findings the configuration ignores.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostic::{Diagnostic, Meta, Severity};
use crate::rules::Rule;

/// A test of a finding and of the text that it points at.
type Matcher = Box<dyn Fn(&Diagnostic, &str) -> bool + Send + Sync>;

/// Findings that the configuration ignores, and how many there were.
pub struct Ignored {
    matches: Matcher,
    count: AtomicUsize,
}

impl fmt::Debug for Ignored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ignored").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Ignored {
    /// Ignores the findings for which `matches` holds.
    #[must_use]
    pub fn new(matches: impl Fn(&Diagnostic) -> bool + Send + Sync + 'static) -> Self {
        Self::with_text(move |finding, _| matches(finding))
    }

    /// Ignores the findings for which `matches` holds, which sees the text that the finding points at too.
    #[must_use]
    pub fn with_text(matches: impl Fn(&Diagnostic, &str) -> bool + Send + Sync + 'static) -> Self {
        Self { matches: Box::new(matches), count: AtomicUsize::new(0) }
    }

    /// How many findings it has ignored.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn covers(&self, finding: &Diagnostic, text: &str) -> bool {
        let covers = (self.matches)(finding, text);
        self.count.fetch_add(usize::from(covers), Ordering::Relaxed);
        covers
    }
}

/// Which rules run, and how bad their findings are.
#[derive(Debug, Default)]
pub struct Selection {
    /// Codes, names or families; none means all.
    pub only: Vec<String>,
    /// Codes, names or families that do not run.
    pub ignore: Vec<String>,
    /// Severities from the configuration, by code, name or family; `None` switches a rule off.
    pub severities: Vec<(String, Option<Severity>)>,
    /// Whether findings of severity info are kept.
    pub info: bool,
    /// The configuration's ignores.
    pub ignored: Vec<Ignored>,
}

impl Selection {
    /// Whether findings under `meta` are wanted at all.
    #[must_use]
    pub fn wants(&self, meta: &Meta) -> bool {
        let named = |words: &[String]| words.iter().any(|word| meta.answers_to(word));
        (self.only.is_empty() || named(&self.only))
            && !named(&self.ignore)
            && self.configured(meta) != Some(None)
    }

    /// Whether `finding` is reported where nothing silences it.
    #[must_use]
    pub(super) fn reports(&self, finding: &Diagnostic) -> bool {
        self.wants(finding.meta) && (self.info || self.severity(finding) > Severity::Info)
    }

    /// The severity of `finding` after configuration.
    #[must_use]
    pub fn severity(&self, finding: &Diagnostic) -> Severity {
        self.configured(finding.meta).flatten().unwrap_or(finding.severity)
    }

    fn configured(&self, meta: &Meta) -> Option<Option<Severity>> {
        // The last word wins, but a code or name beats a family.
        let of = |exact: bool| {
            let fits = move |word: &str| if exact { meta.names(word) } else { meta.answers_to(word) };
            self.severities.iter().rev().find(|(word, _)| fits(word)).map(|(_, severity)| *severity)
        };
        of(true).or_else(|| of(false))
    }

    /// The rules of `all` that run. A rule that stands for many declared patterns always runs; its
    /// findings are sorted out by [`Selection::wants`]. `own` takes its place where a project has patterns of its own.
    #[must_use]
    pub(super) fn running<'r>(&self, all: &[&'r dyn Rule], own: Option<&'r dyn Rule>) -> Vec<&'r dyn Rule> {
        let chosen = |rule: &'r dyn Rule| match own {
            Some(own) if rule.stands_for_patterns() => own,
            _ => rule,
        };
        let runs = |rule: &&'r dyn Rule| rule.stands_for_patterns() || self.wants(rule.meta());
        all.iter().copied().filter(runs).map(chosen).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Ignored, Selection};
    use crate::diagnostic::{Diagnostic, Findings, Severity};
    use crate::rules::catalog;
    use crate::source::Span;

    fn finding(code: &str, severity: Severity) -> Diagnostic {
        let meta = catalog().into_iter().find(|meta| meta.code == code).unwrap();
        let mut found = Vec::new();
        Findings::new(meta, ".env", &mut found).push(Span::new(0, 0), "x");
        found[0].severity = severity;
        found.remove(0)
    }

    fn reports(selection: &Selection, code: &str, severity: Severity) -> bool {
        selection.reports(&finding(code, severity))
    }

    #[test]
    fn what_is_reported_is_wanted_and_bad_enough() {
        let all = Selection::default();
        assert!(reports(&all, "ENV008", Severity::Warning) && reports(&all, "ENV008", Severity::Error));
        assert!(!reports(&all, "ENV008", Severity::Info));
        let info = Selection { info: true, ..Selection::default() };
        assert!(reports(&info, "ENV008", Severity::Info));
        let only = Selection { only: vec!["CMP".to_owned()], info: true, ..Selection::default() };
        assert!(!reports(&only, "ENV008", Severity::Error) && reports(&only, "CMP001", Severity::Info));
        let ignore = Selection { ignore: vec!["ENV008".to_owned()], info: true, ..Selection::default() };
        assert!(!reports(&ignore, "ENV008", Severity::Error) && reports(&ignore, "ENV009", Severity::Error));
    }

    #[test]
    fn the_configuration_says_how_bad_it_is() {
        let words = [("ENV", Some(Severity::Error)), ("ENV008", Some(Severity::Info)), ("CMP", None)];
        let severities = words.map(|(word, severity)| (word.to_owned(), severity)).into();
        let selection = Selection { severities, ..Selection::default() };
        assert_eq!(selection.severity(&finding("ENV009", Severity::Warning)), Severity::Error);
        assert_eq!(selection.severity(&finding("ENV008", Severity::Warning)), Severity::Info);
        assert!(
            !reports(&selection, "ENV008", Severity::Error),
            "it is shown as what it is configured to be"
        );
        assert!(!reports(&selection, "CMP001", Severity::Error));
    }

    #[test]
    fn what_is_ignored_is_counted() {
        let ignored = Ignored::new(|finding| finding.meta.code == "ENV008");
        let (one, other) = (finding("ENV008", Severity::Error), finding("ENV009", Severity::Error));
        assert!(ignored.covers(&one, "") && !ignored.covers(&other, "") && ignored.covers(&one, ""));
        assert_eq!(ignored.count(), 2);
        assert!(format!("{ignored:?}").contains('2'));
    }
}
