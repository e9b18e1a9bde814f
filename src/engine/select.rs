//! Which rules run, how bad their findings are, and which findings the configuration ignores.

use globset::GlobMatcher;

use crate::diagnostic::{Diagnostic, Meta, Severity};
use crate::rules::Rule;
use crate::source::Span;

/// A finding that the configuration ignores, with the reason that it must give.
#[derive(Debug, Clone)]
pub struct PathIgnore {
    /// The rule, by code or name.
    pub rule: String,
    /// The paths, relative to the working directory.
    pub path: Option<GlobMatcher>,
    /// The variable, where only one is meant.
    pub key: Option<String>,
    /// The configuration file that says so.
    pub config: String,
    /// The place in it.
    pub span: Span,
}

impl PathIgnore {
    /// Whether it speaks of `finding`.
    #[must_use]
    pub fn covers(&self, finding: &Diagnostic) -> bool {
        finding.meta.answers_to(&self.rule)
            && self.path.as_ref().is_none_or(|glob| glob.is_match(&*finding.path))
            && self.key.as_ref().is_none_or(|key| finding.key.as_ref() == Some(key))
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
    pub paths: Vec<PathIgnore>,
}

impl Selection {
    /// Whether findings under `meta` are wanted at all.
    #[must_use]
    pub fn wants(&self, meta: &Meta) -> bool {
        let named = |words: &[String]| words.iter().any(|word| meta.answers_to(word));
        (self.only.is_empty() || named(&self.only)) && !named(&self.ignore) && self.configured(meta) != Some(None)
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
    /// findings are sorted out by [`Selection::wants`].
    #[must_use]
    pub(super) fn running(&self, all: &'static [&'static dyn Rule]) -> Vec<&'static dyn Rule> {
        all.iter().copied().filter(|rule| rule.stands_for_patterns() || self.wants(rule.meta())).collect()
    }
}
