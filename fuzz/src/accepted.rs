//! What accepts findings: a baseline, and what other scanners leave behind.
//!
//! Not here: comments in the files themselves.

use envgate::baseline::{Baseline, Date, DetectSecrets};
use envgate::diagnostic::{Diagnostic, Findings, Report};
use envgate::engine::is_secret;
use envgate::secrets;
use envgate::source::{Source, Span};
use envgate::suppress::Gitleaks;

use super::reports::{META, written_in_every_format};
use super::{CANARY, NEXT_FILE, inside, text};

/// A file with something to accept.
fn file() -> Source {
    let text = format!("# one\npassword = \"{CANARY}\" # for tests\npassword = \"{CANARY}\"\n");
    Source::new("app/src/a.py", text)
}

fn findings(source: &Source) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut findings = Findings::new(&META, source.shared_path(), &mut found);
    for (at, _) in source.text().match_indices(CANARY) {
        findings.push(Span::new(at, at + CANARY.len()), "a secret");
    }
    found
}

/// The parts of the input are a baseline, a `.secrets.baseline`, a `.gitleaks.toml` and a `.gitleaksignore`.
pub fn accepted(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == NEXT_FILE).map(text);
    let mut next = || parts.next().unwrap_or_default();
    baseline(&next());
    detect_secrets(&next());
    gitleaks(&next(), &next());
}

fn baseline(text: &str) {
    let source = file();
    let report = Report::new(findings(&source), [(&source, Vec::new())], 1, 0);
    let written = Source::new(".envgate-baseline.json", text);
    let mut known = match Baseline::parse(text, is_secret) {
        Ok(known) => known,
        Err(broken) => {
            assert!(broken.line >= 1 && broken.line <= written.line_count() && broken.column >= 1);
            Baseline::new([7; 16], is_secret)
        }
    };
    let again = Baseline::parse(&known.to_text(), is_secret).unwrap();
    assert_eq!(again.to_text(), known.to_text(), "what is written is read as something else");
    assert!(known.entries() == again.entries(), "entries change when they are written");
    let comparison = known.compare(&report.findings, Date::of_unix_seconds(1_800_000_000));
    let complaints = known.complaints(&comparison, &report.findings, true, &written);
    inside(text, "complaint", complaints.iter().map(|complaint| complaint.span));
    written_in_every_format(complaints, &[(written, Vec::new())], 1);
    known.accept(&report.findings, "app", None);
    let all = known.compare(&report.findings, Date::of_unix_seconds(0));
    assert_eq!(all.accepted.len(), report.findings.len(), "what was accepted is not");
    known.update(&report.findings, "app");
    assert!(known.compare(&report.findings, Date::of_unix_seconds(0)).gone.is_empty());
    assert!(!known.to_text().contains(CANARY), "a baseline tells a value");
}

fn detect_secrets(text: &str) {
    let Ok(mut known) = DetectSecrets::parse(text) else { return };
    let (all, source) = (known.unmet(), file());
    for candidate in secrets::scan("a.py", source.text()) {
        let _ = known.knows("app/src/a.py", &source, candidate.span);
        let _ = known.knows("app/src/a.py", &source, candidate.context);
    }
    assert!(known.unmet() + known.real() <= all, "there are more than there were");
}

fn gitleaks(configuration: &str, ignored: &str) {
    let configuration = Source::new("app/.gitleaks.toml", configuration);
    let ignored = Source::new("app/.gitleaksignore", ignored);
    let (list, mistakes) = Gitleaks::read(Some(&configuration), Some(&ignored));
    inside(configuration.text(), "mistake", mistakes.iter().map(|mistake| mistake.span));
    let source = file();
    let answers: Vec<bool> = findings(&source).iter().map(|one| list.covers(one, &source)).collect();
    let (again, _) = Gitleaks::read(Some(&configuration), Some(&ignored));
    let second: Vec<bool> = findings(&source).iter().map(|one| again.covers(one, &source)).collect();
    assert_eq!(answers, second, "one list is read in two ways");
    written_in_every_format(mistakes, &[(configuration, Vec::new())], 1);
}
