//! The proof of a fix on outcomes that are made up: what it lets through, and what it does not.

use super::{Checked, holds};
use crate::diagnostic::{Diagnostic, Findings, Further, Severity};
use crate::engine::Outcome;
use crate::rules::catalog;
use crate::source::{Source, Span};

fn finding(path: &str, code: &str, key: &str, severity: Severity) -> Diagnostic {
    let meta = catalog().into_iter().find(|meta| meta.code == code).unwrap();
    let mut found = Vec::new();
    Findings::new(meta, path, &mut found).push(Span::new(0, 0), "x");
    let mut finding = found.remove(0);
    (finding.key, finding.severity) = (Some(key.to_owned()), severity);
    finding
}

fn error(code: &str, key: &str) -> Diagnostic {
    finding("a.txt", code, key, Severity::Error)
}

fn checked(findings: Vec<Diagnostic>) -> Checked {
    Checked { outcome: Outcome { findings, ..Outcome::default() } }
}

/// Whether fixes of `meant`, all found before beside `more`, hold where `after` is found then; in a text without values.
fn proved(meant: &[Diagnostic], more: &[Diagnostic], after: Vec<Diagnostic>) -> bool {
    let before = checked(meant.iter().chain(more).cloned().collect());
    let meant: Vec<&Diagnostic> = meant.iter().collect();
    holds(&before, &checked(after), &meant, &Source::new("a.txt", "old"), "new")
}

#[test]
fn a_finding_must_be_gone_each_time_it_was_meant_to_be() {
    let one = || error("ENV008", "A");
    assert!(proved(&[one()], &[], vec![]));
    assert!(!proved(&[one()], &[], vec![one()]));
    assert!(proved(&[one()], &[one()], vec![one()]), "another of its kind may stay");
    assert!(!proved(&[one(), one()], &[], vec![one()]), "one of two is not enough");
    assert!(proved(&[one(), error("ENV008", "B")], &[], vec![]));
    assert!(!proved(&[one(), error("ENV008", "B")], &[], vec![error("ENV008", "B")]));
    assert!(!proved(&[], &[one()], vec![]), "nothing was meant");
}

#[test]
fn no_error_of_another_kind_may_come_even_where_an_old_one_goes() {
    let (meant, old) = (error("ENV008", "A"), error("ENV009", "B"));
    for new in [error("ENV010", "B"), error("ENV009", "C"), finding("b.txt", "ENV009", "B", Severity::Error)]
    {
        assert!(!proved(std::slice::from_ref(&meant), std::slice::from_ref(&old), vec![new]));
    }
    let warning = finding("a.txt", "ENV010", "B", Severity::Warning);
    assert!(proved(std::slice::from_ref(&meant), &[], vec![warning]), "no error");
    assert!(proved(std::slice::from_ref(&meant), std::slice::from_ref(&old), vec![old.clone()]));
    assert!(!proved(std::slice::from_ref(&meant), &[], vec![meant.clone(), old]));
}

/// Where a loader gave the file up, what it makes of the other lines comes to light only now; of that file alone.
#[test]
fn what_a_reader_that_gave_up_did_not_see_may_come_to_light() {
    let stops = error("ENV014", "A");
    assert!(proved(std::slice::from_ref(&stops), &[], vec![error("ENV010", "B")]));
    let elsewhere = finding("b.txt", "ENV010", "B", Severity::Error);
    assert!(!proved(&[stops], &[], vec![elsewhere]));
    assert!(!proved(&[error("ENV008", "A")], &[], vec![error("ENV010", "B")]));
}

/// Findings beyond those that are kept whole count too.
#[test]
fn carried_findings_count() {
    let carrier = |severities: &[Severity]| {
        let mut carrier = error("ENV008", "A");
        let further = |severity: &Severity| Further {
            span: Span::new(0, 0),
            severity: *severity,
            key: Some("A".into()),
        };
        carrier.further = severities.iter().map(further).collect();
        carrier
    };
    let meant = error("ENV009", "B");
    let before = |severities: &[Severity]| [carrier(severities)];
    let errors = [Severity::Error, Severity::Error];
    assert!(proved(std::slice::from_ref(&meant), &before(&errors), vec![carrier(&errors)]));
    assert!(!proved(std::slice::from_ref(&meant), &before(&errors[..1]), vec![carrier(&errors)]));
    let mild = [Severity::Error, Severity::Info];
    assert!(proved(std::slice::from_ref(&meant), &before(&errors[..1]), vec![carrier(&mild)]));
    assert!(!proved(std::slice::from_ref(&meant), &before(&mild), vec![carrier(&errors)]));
}

/// In an env file every reader takes what is now written for the variable that was meant, and all else as before.
#[test]
fn readers_take_what_is_written() {
    let proved = |meant: &str, old: &str, new: &str| {
        let meant = finding(".env", "ENV011", meant, Severity::Error);
        holds(&checked(vec![meant.clone()]), &checked(vec![]), &[&meant], &Source::new(".env", old), new)
    };
    assert!(proved("A", "A= x\nB=1\n", "A=x\nB=1\n"));
    assert!(!proved("A", "A= x\nB=1\n", "A=x\nB=2\n"), "another variable has changed");
    assert!(!proved("A", "A= x\nB=1\n", "A=x\n"), "another variable is gone");
    assert!(!proved("A", "A= x\nB=1\n", "A=\"a\\tb\"\nB=1\n"), "readers do not agree on what is written");
    assert!(proved("A", "A= x\nB=1\n", "A='$B'\nB=1\n"), "in single quotes a dollar is one");
    assert!(proved("A", "A= x\nB=1\n", "B=1\nA=$B\n"), "what refers to others is not what is written");
}
