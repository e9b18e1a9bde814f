//! HOK213: a scanner leaves out every line that has a common word in it.

use std::collections::BTreeMap;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::Script;
use crate::project::old_scanner::{self, Fate};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct WideExclusion;

impl Rule for WideExclusion {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK213",
            "wide-exclusion",
            Warning,
            Heuristic,
            "an exclusion drops whole lines, with the secrets in them"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::is_hook(file) {
            return;
        }
        let scanner = old_scanner::read(&file.source, script);
        if scanner.detectors.is_empty() {
            return;
        }
        let mut places: BTreeMap<Span, Vec<&str>> = BTreeMap::new();
        for exclusion in &scanner.exclusions {
            if !exclusion.names && matches!(exclusion.fate, Fate::TooWide(_)) {
                places.entry(exclusion.span).or_default().push(&exclusion.pattern);
            }
        }
        for (span, patterns) in places {
            let count = patterns.len();
            let what = if count == 1 { "this pattern" } else { "one of these patterns" };
            let message =
                format!("every line in which {what} matches is left out, and the secret beside it too");
            let finding = found.push(span, message);
            finding.help("leave out files by their path, and placeholders by the value that was found");
        }
    }
}
