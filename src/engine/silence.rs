//! From raw findings to the ones that are reported: selected, ordered, each once, silenced where a
//! comment or the configuration says so with a reason.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnostic::{Certainty, Diagnostic, Findings, Further, Gathered, Meta, Severity};
use crate::document::Document;
use crate::project::{File, Project};
use crate::rules;
use crate::secrets::{Own, PATTERNS};
use crate::source::Span;
use crate::suppress::{self, Allow, DotenvLinter, Gitleaks};

use super::{Selection, Settings, Told};

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
    meta.is_own()
        || LITERALS.contains(&meta.code)
        || PATTERNS.iter().any(|pattern| pattern.meta.code == meta.code)
}

/// The identities of what this module itself reports.
pub const METAS: &[&Meta] = &[&UNUSED, &NO_REASON];

/// What is left.
pub(super) struct Reported {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) suppressed: usize,
    pub(super) silencings: Vec<Silencing>,
}

/// A comment that silences findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silencing {
    /// The file.
    pub path: String,
    /// The comment's line.
    pub line: usize,
    /// The codes or names, as written.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// How many findings it silences.
    pub findings: usize,
}

pub(super) struct Silencer<'a> {
    selection: &'a Selection,
    own: Option<&'a Own>,
    /// `None` where nothing that other scanners are told counts.
    gitleaks: Option<&'a Gitleaks>,
    allows: BTreeMap<String, Vec<Allow>>,
    lines: HashMap<&'a str, &'a BTreeSet<usize>>,
    strangers: BTreeMap<String, Vec<Allow>>,
    /// What dotenv-linter is told in the env files that were asked about.
    dotenv_linter: HashMap<Arc<str>, DotenvLinter>,
    told: Option<&'a Told>,
}

impl<'a> Silencer<'a> {
    /// `lines` holds, by path, the lines that findings may start on; a path that is not in it is free.
    pub(super) fn new(
        settings: &'a Settings,
        allows: BTreeMap<String, Vec<Allow>>,
        lines: HashMap<&'a str, &'a BTreeSet<usize>>,
    ) -> Self {
        let gitleaks = Some(settings.gitleaks.as_ref());
        let own = settings.own.as_deref();
        let mut allows = allows;
        if let Some(today) = &settings.today {
            for allows in allows.values_mut() {
                allows.retain(|allow| allow.until.as_ref().is_none_or(|until| until >= today));
            }
        }
        let (selection, strangers, dotenv_linter) = (&settings.selection, BTreeMap::new(), HashMap::new());
        Self { selection, own, gitleaks, allows, lines, strangers, dotenv_linter, told: None }
    }

    /// Points at these comments, by path, where they would silence a finding, and does not hear them. What other
    /// scanners are told gives no reason that anybody could judge, so it does not count at all.
    pub(super) fn passing_over(self, strangers: BTreeMap<String, Vec<Allow>>) -> Self {
        Self { strangers, gitleaks: None, ..self }
    }

    /// The configuration, and what other scanners are told, know a path by what `told` makes of it.
    pub(super) fn told_by(self, told: &'a Told) -> Self {
        Self { told: Some(told), ..self }
    }

    pub(super) fn apply(mut self, mut found: Vec<Diagnostic>, project: &Project<'_>) -> Reported {
        let carried = carried(&mut found);
        let mut findings = self.selected(found);
        let mut suppressed = 0;
        findings.retain(|finding| self.reported(finding, project, &mut suppressed));
        let mut more = Vec::new();
        for (carrier, mut further) in carried {
            further.retain_mut(|kept| {
                let mut one = kept.of(&carrier);
                let wanted = self.wanted(&mut one) && self.reported(&one, project, &mut suppressed);
                kept.severity = one.severity;
                wanted
            });
            more.push((carrier, further));
        }
        for finding in &mut findings {
            self.point_at_stranger(finding, project);
        }
        findings.extend(self.complaints(project));
        findings.sort_by_key(order);
        let mut gathered = Gathered::default();
        gathered.extend(findings);
        for (carrier, further) in more {
            for one in &further {
                gathered.add(one.of(&carrier));
            }
        }
        let mut findings = gathered.into_findings();
        findings.sort_by_key(order);
        Reported { findings, suppressed, silencings: self.silencings(project) }
    }

    fn silencings(&self, project: &Project<'_>) -> Vec<Silencing> {
        let of = |path: &String, allow: &Allow| {
            let line = project.file(path)?.source.line(allow.span.start);
            let (rules, reason) = (allow.rules.clone(), allow.reason.clone()?);
            Some(Silencing { path: path.clone(), line, rules, reason, findings: allow.used })
        };
        let used =
            self.allows.iter().flat_map(|(path, allows)| allows.iter().map(move |allow| (path, allow)));
        used.filter(|(_, allow)| allow.used > 0).filter_map(|(path, allow)| of(path, allow)).collect()
    }

    /// Whether a finding is to be seen; counts it where it is silenced instead. A comment that was added above
    /// an old line silences a finding that was not asked for: it is used.
    fn reported(&mut self, finding: &Diagnostic, project: &Project<'_>, suppressed: &mut usize) -> bool {
        let asked_for = self.brought(finding, project);
        let silenced = self.silenced(finding, project);
        *suppressed += usize::from(asked_for && silenced);
        asked_for && !silenced
    }

    /// Whether the rule runs and the severity is one that is shown; gives the finding that severity.
    fn wanted(&self, finding: &mut Diagnostic) -> bool {
        finding.severity = self.selection.severity(finding);
        self.selection.wants(finding.meta) && (self.selection.info || finding.severity > Severity::Info)
    }

    fn selected(&self, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.retain_mut(|finding| self.wanted(finding));
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
        let renamed =
            self.told.map(|told| Diagnostic { path: told(&finding.path).into(), ..finding.clone() });
        let known = renamed.as_ref().unwrap_or(finding);
        let text = project.file(&finding.path).map_or("", |file| file.source.slice(finding.span));
        let configured = self.selection.ignored.iter().any(|ignored| ignored.covers(known, text));
        let commented = match (self.allows.get_mut(&*finding.path), project.file(&finding.path)) {
            (Some(allows), Some(file)) => suppress::silences(allows, finding, &file.source),
            _ => false,
        };
        configured || commented || self.left_alone(finding, known, project)
    }

    /// Whether other linters and secret scanners are told to leave it alone, by a comment or by a list.
    fn left_alone(&mut self, finding: &Diagnostic, known: &Diagnostic, project: &Project<'_>) -> bool {
        let (Some(gitleaks), Some(file)) = (self.gitleaks, project.file(&finding.path)) else { return false };
        if !is_secret(finding.meta) {
            let told = self.dotenv_linter.entry(Arc::clone(&finding.path));
            return matches!(file.document, Document::Env(_))
                && told.or_insert_with(|| DotenvLinter::read(&file.source)).covers(finding, &file.source);
        }
        suppress::marked(finding, &file.source) || gitleaks.covers(known, &file.source)
    }

    fn point_at_stranger(&mut self, finding: &mut Diagnostic, project: &Project<'_>) {
        let Some(file) = project.file(&finding.path) else { return };
        let Some(allows) = self.strangers.get_mut(&*finding.path) else { return };
        if let Some(span) = suppress::silencing(allows, finding, &file.source) {
            let what = "not in the commit that silencings are taken from, so this silences nothing";
            finding.label(file.source.shared_path(), span, what);
        }
    }

    fn complaints(&self, project: &Project<'_>) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if self.allows.values().all(Vec::is_empty) {
            return found;
        }
        let mut catalog = rules::catalog();
        catalog.extend(METAS);
        catalog.extend(self.own.into_iter().flat_map(Own::metas));
        for (path, allows) in &self.allows {
            let Some(file) = project.file(path).filter(|file| file.checked) else { continue };
            // Pages that show how to silence a finding are not themselves silencing one.
            let quoted = path.to_ascii_lowercase().ends_with(".md");
            let wrong = |allow: &&Allow| allow.used == 0 || stranger(allow, &catalog).is_some();
            let wrong = allows.iter().filter(|allow| !quoted && wrong(allow));
            for allow in wrong.filter(|allow| self.asked_for(path, allow.span, project)) {
                self.complain(allow, file, &catalog, &mut found);
            }
        }
        found
    }

    fn complain(&self, allow: &Allow, file: &File, catalog: &[&'static Meta], found: &mut Vec<Diagnostic>) {
        let path = file.source.shared_path();
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
        let ran = |word: &String| catalog.iter().any(|meta| meta.names(word) && self.selection.wants(meta));
        if !self.selection.wants(&UNUSED) || allow.reason.is_none() {
            return;
        }
        let push = |message: String, help| {
            Findings::new(&UNUSED, path, found).push(allow.span, message).help(help);
        };
        if let Some(day) = &allow.no_day {
            let message = format!("`{day}` is no day, so this comment silences nothing");
            push(message, "write the last day as in `until 2027-01-31`");
        } else if let Some(word) = stranger(allow, catalog) {
            let message = if allow.used == 0 {
                format!("no rule is called `{word}`, so this comment silences nothing")
            } else {
                format!("no rule is called `{word}`, so that word silences nothing")
            };
            push(
                message,
                "`envgate rules` lists the codes and names; families cannot be allowed in a comment",
            );
        } else if allow.rules.iter().all(ran) && !is_for_elsewhere(allow, file, catalog) {
            push(format!("nothing here is reported as `{words}` any more"), "delete the comment");
        }
    }
}

/// The first word of the comment that no rule is called by.
fn stranger<'a>(allow: &'a Allow, catalog: &[&'static Meta]) -> Option<&'a String> {
    allow.rules.iter().find(|word| !catalog.iter().any(|meta| meta.names(word)))
}

/// Whether the comment is about what is judged of an env file in git alone, or by the modes of one machine: it silences
/// nothing here, and is needed where the file is added, or lies open.
fn is_for_elsewhere(allow: &Allow, file: &File, catalog: &[&'static Meta]) -> bool {
    let waits = |meta: &Meta| meta.code == "ENV110" || (file.tracked != Some(true) && is_secret(meta));
    let named = |word: &String| catalog.iter().any(|meta| meta.names(word) && waits(meta));
    matches!(file.document, Document::Env(_)) && allow.rules.iter().any(named)
}

/// What the findings carry, taken out of them: it is judged apart.
fn carried(found: &mut [Diagnostic]) -> Vec<(Diagnostic, Vec<Further>)> {
    let carriers = found.iter_mut().filter(|finding| !finding.further.is_empty());
    carriers
        .map(|finding| {
            let further = std::mem::take(&mut finding.further);
            (finding.clone(), further)
        })
        .collect()
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
