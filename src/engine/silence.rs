//! From raw findings to the ones that are reported: selected, ordered, each once, silenced where a
//! comment or the configuration says so with a reason.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
use crate::project::Project;
use crate::rules;
use crate::secrets::PATTERNS;
use crate::source::Span;
use crate::suppress::{self, Allow, Gitleaks};

use super::{Selection, Settings};

static UNUSED: Meta = Meta {
    code: "CFG101",
    name: "unused-allow",
    severity: Severity::Warning,
    certainty: Certainty::Certain,
    summary: "a silencing comment silences nothing",
    page: include_str!("../../rules/CFG101.md"),
};

static NO_REASON: Meta = Meta {
    code: "CFG102",
    name: "allow-without-reason",
    severity: Severity::Error,
    certainty: Certainty::Certain,
    summary: "a silencing comment gives no reason",
    page: include_str!("../../rules/CFG102.md"),
};

/// The rules about secrets in the text besides the patterns: what other scanners report too.
const LITERALS: [&str; 3] = ["ENV109", "CMP201", "CMP202"];

/// Whether the rule reports a secret that stands in the text, as other scanners do.
#[must_use]
pub fn is_secret(meta: &Meta) -> bool {
    LITERALS.contains(&meta.code) || PATTERNS.iter().any(|pattern| pattern.meta.code == meta.code)
}

/// The identities of what this module itself reports.
pub const METAS: &[&Meta] = &[&UNUSED, &NO_REASON];

/// What is left.
pub(super) struct Reported {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) suppressed: usize,
}

pub(super) struct Silencer<'a> {
    selection: &'a Selection,
    gitleaks: &'a Gitleaks,
    allows: BTreeMap<String, Vec<Allow>>,
    lines: HashMap<&'a str, &'a BTreeSet<usize>>,
}

impl<'a> Silencer<'a> {
    /// `lines` holds, by path, the lines that findings may start on; a path that is not in it is free.
    pub(super) fn new(
        settings: &'a Settings,
        allows: BTreeMap<String, Vec<Allow>>,
        lines: HashMap<&'a str, &'a BTreeSet<usize>>,
    ) -> Self {
        Self { selection: &settings.selection, gitleaks: &settings.gitleaks, allows, lines }
    }

    pub(super) fn apply(mut self, found: Vec<Diagnostic>, project: &Project<'_>) -> Reported {
        let mut findings = self.selected(found);
        let mut suppressed = 0;
        // A comment that was added above an old line silences a finding that was not asked for: it is used.
        findings.retain(|finding| {
            let asked_for = self.brought(finding, project);
            let silenced = self.silenced(finding, project);
            suppressed += usize::from(asked_for && silenced);
            asked_for && !silenced
        });
        findings.extend(self.complaints(project));
        findings.sort_by_key(order);
        Reported { findings, suppressed }
    }

    fn selected(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut findings: Vec<Diagnostic> =
            found.into_iter().filter(|one| self.selection.wants(one.meta)).collect();
        for finding in &mut findings {
            finding.severity = self.selection.severity(finding);
        }
        findings.retain(|finding| self.selection.info || finding.severity > Severity::Info);
        // The worse of two equal findings stays.
        findings.sort_by_key(|finding| (order(finding), finding.key.clone(), Reverse(finding.severity)));
        findings.dedup_by(|two, one| order(two) == order(one) && two.key == one.key);
        findings
    }

    /// Whether a finding was asked for by its own place, or by a second one in its file: the line that makes an
    /// older one wrong is a new one.
    fn brought(&self, finding: &Diagnostic, project: &Project<'_>) -> bool {
        let labels = finding.labels.iter().filter(|label| label.path == finding.path).map(|label| label.span);
        std::iter::once(finding.span).chain(labels).any(|span| self.asked_for(&finding.path, span, project))
    }

    /// Whether a finding at this place was asked for: the file is checked, and one of the span's lines is
    /// among the ones that findings may stand on.
    fn asked_for(&self, path: &str, span: Span, project: &Project<'_>) -> bool {
        let Some(file) = project.file(path) else { return true };
        let lines = self.lines.get(path);
        let (first, last) = (file.source.line(span.start), file.source.line(span.end));
        file.checked && lines.is_none_or(|lines| lines.range(first..=last).next().is_some())
    }

    fn silenced(&mut self, finding: &Diagnostic, project: &Project<'_>) -> bool {
        let configured = self.selection.ignored.iter().any(|ignored| ignored.covers(finding));
        let commented = match (self.allows.get_mut(&*finding.path), project.file(&finding.path)) {
            (Some(allows), Some(file)) => suppress::silences(allows, finding, &file.source),
            _ => false,
        };
        configured || commented || self.left_alone(finding, project)
    }

    /// Whether other secret scanners are told to leave it alone, by a comment or by a list.
    fn left_alone(&self, finding: &Diagnostic, project: &Project<'_>) -> bool {
        if !is_secret(finding.meta) {
            return false;
        }
        let Some(file) = project.file(&finding.path) else { return false };
        suppress::marked(finding, &file.source) || self.gitleaks.covers(finding, &file.source)
    }

    fn complaints(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (path, allows) in &self.allows {
            let Some(file) = project.file(path).filter(|file| file.checked) else { continue };
            // Pages that show how to silence a finding are not themselves silencing one.
            let quoted = path.to_ascii_lowercase().ends_with(".md");
            let unused = allows.iter().filter(|allow| allow.used == 0 && !quoted);
            for allow in unused.filter(|allow| self.asked_for(path, allow.span, project)) {
                self.complain(allow, file.source.shared_path(), &mut found);
            }
        }
        found
    }

    fn complain(&self, allow: &Allow, path: Arc<str>, found: &mut Vec<Diagnostic>) {
        let words = allow.rules.join(", ");
        if allow.reason.is_none() && self.selection.wants(&NO_REASON) {
            Findings::new(&NO_REASON, path, found)
                .push(
                    allow.span,
                    format!("the comment that allows `{words}` gives no reason, so it silences nothing"),
                )
                .help("write the reason after a second colon: `# envgate: allow CODE: reason`");
            return;
        }
        let mut catalog = rules::catalog();
        catalog.extend(METAS);
        let known = |word: &String| catalog.iter().any(|meta| meta.names(word));
        let ran = |word: &String| catalog.iter().any(|meta| meta.names(word) && self.selection.wants(meta));
        let unknown: Vec<&String> = allow.rules.iter().filter(|word| !known(word)).collect();
        if !self.selection.wants(&UNUSED) || allow.reason.is_none() {
            return;
        }
        if let Some(word) = unknown.first() {
            Findings::new(&UNUSED, path, found)
                .push(allow.span, format!("no rule is called `{word}`, so this comment silences nothing"))
                .help("`envgate rules` lists the codes and names; families cannot be allowed in a comment");
        } else if allow.rules.iter().all(ran) {
            Findings::new(&UNUSED, path, found)
                .push(allow.span, format!("nothing here is reported as `{words}` any more"))
                .help("delete the comment");
        }
    }
}

fn order(finding: &Diagnostic) -> (Arc<str>, usize, &'static str, usize, Option<String>) {
    (
        Arc::clone(&finding.path),
        finding.span.start,
        finding.meta.code,
        finding.span.end,
        finding.service.clone(),
    )
}
