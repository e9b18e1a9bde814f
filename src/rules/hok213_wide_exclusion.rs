//! HOK213: a scanner leaves out every line that has a common word in it.

use std::collections::BTreeMap;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::Script;
use crate::project::old_scanner::{self, Fate};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many lines may lie between a pattern for secrets and the exclusion behind it.
const NEAR: usize = 3;

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
        let places = scanner.detectors.iter().flat_map(|(_, places)| places);
        let looking: Vec<usize> = places.map(|span| file.source.line(span.start)).collect();
        let filters = |span: Span| {
            let line = file.source.line(span.start);
            looking.iter().any(|other| other.abs_diff(line) <= NEAR)
        };
        let mut wide: BTreeMap<Span, usize> = BTreeMap::new();
        for exclusion in &scanner.exclusions {
            if !exclusion.names && filters(exclusion.span) && matches!(exclusion.fate, Fate::TooWide(_)) {
                *wide.entry(exclusion.span).or_default() += 1;
            }
        }
        for (span, count) in wide {
            let what = if count == 1 { "this pattern" } else { "one of these patterns" };
            let message =
                format!("every line in which {what} matches is left out, and the secret beside it too");
            let finding = found.push(span, message);
            finding.help("leave out files by their path, and placeholders by the value that was found");
        }
    }
}
