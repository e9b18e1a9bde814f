//! What a check tells of its silencing: which comments silenced how much, and which findings other scanners' comments
//! are heard for.
//!
//! Not here: how a comment is written (`src/suppress`), what the command prints of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may die")]

#[path = "rules/support.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use envgate::diagnostic::Severity;
use envgate::engine::{self, Outcome, Selection, Settings, Silencing};
use support::Case;

fn case(files: &[(&str, &str)]) -> Case {
    let file = |(path, text): &(&str, &str)| ((*path).to_owned(), (text.as_bytes().to_vec(), Some(0o600)));
    Case { files: files.iter().map(file).collect() }
}

fn checked(files: &[(&str, &str)]) -> Outcome {
    case(files).check()
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    outcome.findings.iter().map(|finding| finding.meta.code).collect()
}

#[test]
fn comments_that_silence_are_listed_with_what_they_silenced() {
    let text = "# envgate: allow ENV008: of a demo\nA=1\nA=2\n# envgate: allow-file ENV009, ENV010: as it came\nB=1\r\nlow-er=1\n";
    let outcome = checked(&[(".env", text), ("notes.md", "Write `# envgate: allow ENV008: why` there.\n")]);
    assert_eq!(codes(&outcome), Vec::<&str>::new());
    let expected = |line, rules: &[&str], reason: &str, findings| Silencing {
        path: ".env".to_owned(),
        line,
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
        reason: reason.to_owned(),
        findings,
    };
    let both = expected(4, &["ENV009", "ENV010"], "as it came", 2);
    assert_eq!(outcome.silencings, [both, expected(1, &["ENV008"], "of a demo", 1)]);
    assert_eq!(outcome.suppressed, 3);
}

#[test]
fn a_comment_that_silences_nothing_is_a_finding_and_no_silencing() {
    let outcome = checked(&[(".env", "# envgate: allow ENV008: of a demo\nA=1\n")]);
    assert_eq!(codes(&outcome), ["CFG101"]);
    assert_eq!((outcome.silencings.len(), outcome.suppressed), (0, 0));
}

#[test]
fn comments_that_name_no_rule_or_give_no_reason_are_told_of() {
    let told = |comment: &str, selection: Selection| -> Vec<(String, String)> {
        let case = case(&[(".env", &format!("# envgate: allow {comment}\nA=1\n"))]);
        let mut settings = Settings { selection, ..Settings::default() };
        let outcome = engine::check(&case.inputs(), &mut settings, &case).unwrap();
        outcome.findings.iter().map(|one| (one.meta.code.to_owned(), one.message.clone())).collect()
    };
    let unused = |message: &str| vec![("CFG101".to_owned(), message.to_owned())];
    let stale = "nothing here is reported as `ENV008` any more";
    let stranger = "no rule is called `NOPE`, so this comment silences nothing";
    assert_eq!(told("ENV008: why", Selection::default()), unused(stale));
    assert_eq!(told("NOPE: why", Selection::default()), unused(stranger));
    assert_eq!(told("ENV008, NOPE: why", Selection::default()), unused(stranger));
    let no_day = |day: &str| unused(&format!("`{day}` is no day, so this comment silences nothing"));
    assert_eq!(told("ENV008 until 2027-1-31: why", Selection::default()), no_day("2027-1-31"));
    assert_eq!(told("ENV008 until tomorrow: why", Selection::default()), no_day("tomorrow"));
    let without = told("ENV008", Selection::default());
    assert!(without.len() == 1 && without[0].0 == "CFG102", "{without:?}");
    // A rule that did not run may still be silenced with reason.
    let only = || Selection { only: vec!["CMP".to_owned(), "CFG".to_owned()], ..Selection::default() };
    assert_eq!(told("ENV008: why", only()), []);
    assert_eq!(told("CMP001, ENV008: why", only()), []);
    let ignore = |code: &str| Selection { ignore: vec![code.to_owned()], ..Selection::default() };
    assert_eq!(told("NOPE: why", ignore("CFG101")), []);
    assert_eq!(told("ENV008: why", ignore("CFG101")), []);
    assert_eq!(told("NOPE", ignore("CFG102")), []);
}

#[test]
fn a_comment_that_silences_names_rules_and_days_that_are() {
    let told = |comment: &str| -> Vec<(String, String)> {
        let outcome = checked(&[(".env", &format!("A=1 # envgate: allow {comment}: why\nA=2\n"))]);
        outcome.findings.iter().map(|one| (one.meta.code.to_owned(), one.message.clone())).collect()
    };
    assert_eq!(told("ENV008"), []);
    let stranger = "no rule is called `NOPE`, so that word silences nothing";
    assert_eq!(told("ENV008, NOPE"), [("CFG101".to_owned(), stranger.to_owned())]);
    for day in ["2027-1-31", "2027/01/31", "2027-02-30"] {
        let told = told(&format!("ENV008 until {day}"));
        assert_eq!(
            told.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
            ["ENV008", "CFG101"],
            "{day}"
        );
    }
}

/// A rule that runs for others' sake, or whose finding is not bad enough to be shown, tells nothing.
#[test]
fn what_was_not_asked_for_is_not_told() {
    let token = ["gh", "p_xK9fQ2mZ7rT4wV", "bN8cLp3HsYd6Jg1AqE5uRi"].concat();
    let case = case(&[(".env", "A=1\nA=2\n"), ("a.py", &format!("x = \"{token}\"\n"))]);
    let told = |selection: Selection| -> Vec<String> {
        let mut settings = Settings { selection, ..Settings::default() };
        let outcome = engine::check(&case.inputs(), &mut settings, &case).unwrap();
        outcome.findings.iter().map(|one| format!("{} {}", one.meta.code, one.severity)).collect()
    };
    let all = told(Selection::default());
    assert!(all.len() == 2 && all[0].starts_with("ENV008 "), "{all:?}");
    let ignore = Selection { ignore: vec!["SEC".to_owned()], ..Selection::default() };
    assert_eq!(told(ignore), all[..1]);
    let severities = vec![("ENV008".to_owned(), Some(Severity::Info))];
    let info = Selection { severities: severities.clone(), ..Selection::default() };
    assert_eq!(told(info), all[1..]);
    let shown = Selection { severities, info: true, ..Selection::default() };
    assert_eq!(told(shown), ["ENV008 info".to_owned(), all[1].clone()]);
    let without =
        Selection { severities: vec![("SEC".to_owned(), None)], info: true, ..Selection::default() };
    assert_eq!(told(without), all[..1]);
}

/// Comments of secret scanners speak for secrets that stand in the text, under whichever rule, and for nothing else.
#[test]
fn other_scanners_are_heard_for_secrets_alone() {
    let token = ["gh", "p_xK9fQ2mZ7rT4wV", "bN8cLp3HsYd6Jg1AqE5uRi"].concat();
    let compose = |more: &str| {
        format!(
            "services:\n  web:\n    image: nginx:1.27\n    environment:\n      DB_PASSWORD: hT7kLm29xQz4{more}\n"
        )
    };
    let url = |more: &str| {
        format!(
            "services:\n  web:\n    image: nginx:1.27\n    environment:\n      BROKER: amqp://app:hT7kLm29xQz4@mq/{more}\n"
        )
    };
    for (path, with, without, code) in [
        ("a.py", format!("x = \"{token}\"  # gitleaks:allow\n"), format!("x = \"{token}\"\n"), "SEC"),
        ("compose.yml", compose(" # gitleaks:allow"), compose(""), "CMP201"),
        ("compose.yml", url(" # gitleaks:allow"), url(""), "CMP202"),
    ] {
        let plain = checked(&[(path, &without)]);
        assert!(codes(&plain).iter().any(|found| found.starts_with(code)), "{code}: {:?}", codes(&plain));
        let heard = checked(&[(path, &with)]);
        assert!(!codes(&heard).iter().any(|found| found.starts_with(code)), "{code}: {:?}", codes(&heard));
        assert!(heard.suppressed > 0);
    }
    let other = checked(&[(".env", "A=1 # gitleaks:allow\nA=2 # gitleaks:allow\n")]);
    assert_eq!(codes(&other), ["ENV008"]);
}
