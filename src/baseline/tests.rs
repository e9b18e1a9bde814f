//! What a baseline accepts, forgets and says.

use std::sync::Arc;

use super::{Baseline, Date, SALT_BYTES};
use crate::diagnostic::{Certainty, Findings, Meta, Report, Severity};
use crate::source::{Source, Span};

const CANARY: &str = "c4n4ry-Wq8ZpR7tYb2M";

static META: Meta = Meta {
    code: "ENV008",
    name: "duplicate-key",
    severity: Severity::Error,
    certainty: Certainty::Certain,
    summary: "key is set more than once",
    page: "",
};

static SECRET: Meta = Meta {
    code: "SEC004",
    name: "assigned-secret",
    severity: Severity::Error,
    certainty: Certainty::Heuristic,
    summary: "",
    page: "",
};

fn is_secret(meta: &Meta) -> bool {
    meta.code == SECRET.code
}

/// A secret for each value of `text`, in files that are called `a`, `b` and so on, line by line.
fn secrets(lines: &[&str]) -> Report {
    let names = ["a", "b", "c", "d"];
    let sources: Vec<Source> =
        names.iter().zip(lines).map(|(name, line)| Source::new(*name, *line)).collect();
    let mut found = Vec::new();
    let mut masks = Vec::new();
    for source in &sources {
        let at = source.text().find('=').unwrap_or_default() + 1;
        let span = Span::new(at, source.text().len());
        Findings::new(&SECRET, source.shared_path(), &mut found).push(span, "a secret");
        masks.push(vec![span]);
    }
    Report::new(found, sources.iter().zip(masks), sources.len(), 0)
}

/// Another secret in the place of a known one is new; the same one is known wherever and in whatever order it stands.
#[test]
fn a_secret_is_known_by_itself() {
    let baseline = of(&secrets(&["t=one", "t=two", "t=two"]), "", None);
    for (lines, expected) in [
        (&["t=one", "t=two", "t=two"][..], (3, 0, 0, 0)),
        (&["t=two", "t=one", "t=two"], (3, 0, 0, 0)),
        (&["t=two", "t=two"], (2, 0, 0, 1)),
        (&["t=one"], (1, 0, 0, 2)),
        (&["t=one", "t=two", "t=three"], (2, 0, 1, 1)),
        (&["t=two", "t=two", "t=two"], (2, 0, 1, 1)),
        (&["t=new", "t=one", "t=two", "t=two"], (3, 0, 1, 0)),
    ] {
        assert_eq!(compared(&baseline, &secrets(lines)), expected, "{lines:?}");
    }
    // One that was written before secrets were told apart accepts any, and is told them apart by an update.
    let text = baseline.to_text();
    assert_eq!(text.matches("\"value\":\"").count(), 3, "{text}");
    let plain = of(&report(".env", "t=one\n"), "", None).to_text();
    assert!(!plain.contains("\"value\""), "{plain}");
    let mut old = Baseline::new([7; SALT_BYTES], |_| false);
    old.accept(&secrets(&["t=one"]).findings, "", None);
    let mut old = Baseline::parse(&old.to_text(), is_secret).expect("it is one");
    assert_eq!(compared(&old, &secrets(&["t=other"])), (1, 0, 0, 0));
    old.update(&secrets(&["t=one"]).findings, "");
    assert_eq!(compared(&old, &secrets(&["t=other"])), (0, 0, 1, 1));
}

/// A number as letters: digits count for nothing in a fingerprint.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'A')).collect()
}

/// What grew with the square of the findings would take minutes here.
#[test]
fn many_are_no_more_than_many() {
    let mut now = Report::default();
    for file in 0..40 {
        let keys = (0..500).map(|key| letters(file * 500 + key));
        let text = keys.fold(String::new(), |text, key| text + &key + "=a\n");
        now.add(report(&format!("{file}.env"), &text));
    }
    assert_eq!(now.findings.len(), 20_000);
    let started = std::time::Instant::now();
    let mut baseline = of(&now, "", Some("2026-01-31"));
    assert_eq!(compared(&baseline, &now).1, now.findings.len());
    let source = Source::new(".envgate-baseline.json", baseline.to_text());
    let comparison = baseline.compare(&[], today());
    assert_eq!(baseline.complaints(&comparison, &[], true, &source).len(), now.findings.len());
    baseline.accept(&now.findings, "", None);
    assert_eq!(compared(&baseline, &now).0, now.findings.len());
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

/// A finding for each line `KEY…=value` of `text`, in a file at `path` whose values are masked.
fn report(path: &str, text: &str) -> Report {
    let source = Source::new(path, text);
    let mut found = Vec::new();
    let mut values = Vec::new();
    let mut findings = Findings::new(&META, path, &mut found);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.trim().split_once('=') {
            let at = start + line.find(key).unwrap_or_default();
            let from = at + key.len() + 1;
            values.push(Span::new(from, from + value.len()));
            let message = format!("`{key}` of `{path}` has {} characters", value.len());
            findings.push(Span::new(at, at + key.len()), message).key(key);
        }
        start += line.len();
    }
    Report::new(found, [(&source, values)], 1, 0)
}

fn today() -> Date {
    Date::parse("2026-11-24").expect("a day")
}

fn of(report: &Report, folder: &str, expires: Option<&str>) -> Baseline {
    let mut baseline = Baseline::new([7; SALT_BYTES], is_secret);
    baseline.accept(&report.findings, folder, expires.and_then(Date::parse));
    baseline
}

/// How many findings are accepted, have expired, are new, and how many entries are gone.
fn compared(baseline: &Baseline, report: &Report) -> (usize, usize, usize, usize) {
    let comparison = baseline.compare(&report.findings, today());
    let (accepted, expired) = (comparison.accepted.len(), comparison.expired.len());
    (accepted, expired, report.findings.len() - accepted - expired, comparison.gone.len())
}

#[test]
fn it_outlives_moved_lines_renamed_files_other_values_and_other_directories() {
    let baseline = of(&report("envs/.env", "KEY=abc\nTOKEN=def\n"), "", None);
    for (path, text) in [
        ("envs/.env", "# one\n\n  TOKEN=def\nKEY=abc\n"),
        ("deploy/prod.env", "KEY=abc\nTOKEN=def\n"),
        ("../here/envs/.env", "KEY=longer than before\nTOKEN=x\n"),
        (".env", "KEY=abc\nTOKEN=def\n"),
    ] {
        assert_eq!(compared(&baseline, &report(path, text)), (2, 0, 0, 0), "{path}");
    }
    assert_eq!(compared(&baseline, &report("envs/.env", "KEY=abc\nOTHER=def\n")), (1, 0, 1, 1));
}

#[test]
fn equal_findings_are_counted() {
    let baseline = of(&report(".env", "KEY=a\nKEY=b\n"), "", None);
    assert_eq!(compared(&baseline, &report(".env", "KEY=a\nKEY=b\nKEY=c\n")), (2, 0, 1, 0));
    assert_eq!(compared(&baseline, &report(".env", "KEY=a\n")), (1, 0, 0, 1));
}

#[test]
fn the_last_day_is_still_a_day() {
    let now = report(".env", "KEY=a\n");
    for (expires, expected) in [
        (None, (1, 0, 0, 0)),
        (Some("2026-11-25"), (1, 0, 0, 0)),
        (Some("2026-11-24"), (1, 0, 0, 0)),
        (Some("2026-11-23"), (0, 1, 0, 0)),
    ] {
        assert_eq!(compared(&of(&now, "", expires), &now), expected, "{expires:?}");
    }
}

#[test]
fn it_says_what_is_gone_and_what_counts_again() {
    let before = report(".env", "KEY=a\nTOKEN=b\n");
    let baseline = of(&before, "", Some("2026-01-31"));
    let source = Source::new(".envgate-baseline.json", baseline.to_text());
    let now = report(".env", "KEY=a\n");
    let comparison = baseline.compare(&now.findings, today());
    let said = |whole: bool| -> Vec<(&str, String, String)> {
        let found = baseline.complaints(&comparison, &now.findings, whole, &source);
        found.into_iter().map(|one| (one.meta.code, one.message, source.slice(one.span).to_owned())).collect()
    };
    let [(stale, gone, line), (expired, again, other)] = &said(true)[..] else { panic!("{:?}", said(true)) };
    assert_eq!((*stale, gone.as_str()), ("CFG103", "`ENV008` in `.env` is gone"));
    assert_eq!(
        (*expired, again.as_str()),
        ("CFG104", "`ENV008` in `.env` was accepted until 2026-01-31 and counts again")
    );
    for line in [line, other] {
        assert!(line.starts_with("{\"rule\":\"ENV008\"") && line.ends_with('}'), "{line}");
    }
    assert_ne!(line, other, "each complaint points at its own entry");
    let codes: Vec<&str> = said(false).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["CFG104"], "who looks at a part cannot say what is gone");
}

#[test]
fn an_update_drops_what_is_gone_and_tells_the_new_paths() {
    let mut baseline = of(&report("a/.env", "KEY=a\nTOKEN=b\n"), "", None);
    baseline.update(&report("b/.env", "KEY=a\n").findings, "");
    let told: Vec<(&str, &str)> =
        baseline.entries().iter().map(|entry| (entry.rule.as_str(), entry.path.as_str())).collect();
    assert_eq!(told, [("ENV008", "b/.env")]);
}

#[test]
fn paths_are_told_from_the_folder_of_the_baseline() {
    for (folder, path, told) in [
        ("", "envs/.env", "envs/.env"),
        ("app", "app/envs/.env", "envs/.env"),
        ("app", "application/.env", "application/.env"),
        ("..", "../envs/.env", "envs/.env"),
        ("/srv/app", "/srv/app/.env", ".env"),
    ] {
        let baseline = of(&report(path, "KEY=a\n"), folder, None);
        assert_eq!(baseline.entries()[0].path, told, "{folder} {path}");
    }
}

/// The text is the same whenever and in whatever order it was made, and holds nothing of a value.
#[test]
fn the_text_is_sorted_has_a_line_for_each_and_no_value() {
    let text = format!("TOKEN={CANARY}\nKEY={CANARY}{CANARY}\n");
    let now = report(".env", &text);
    let mut turned = Baseline::new([7; SALT_BYTES], is_secret);
    turned.accept(now.findings.iter().rev(), "", Date::parse("2027-01-31"));
    let baseline = of(&now, "", Some("2027-01-31"));
    assert_eq!(baseline.to_text(), turned.to_text());
    let written = baseline.to_text();
    let lines: Vec<&str> = written.lines().filter(|line| line.contains("\"rule\"")).collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.contains("\"expires\":\"2027-01-31\"")), "{written}");
    for part in [CANARY, &CANARY[..6], "38", "19", "KEY", "TOKEN"] {
        let mut pieces = written.split("\"hash\":\"");
        let head = pieces.next().unwrap_or_default();
        let tail: String = pieces.map(|piece| &piece[64..]).collect();
        let outside = head.replace(&"07".repeat(16), "") + &tail;
        assert!(!outside.contains(part), "{part}: {written}");
    }
    let other = {
        let mut baseline = Baseline::new([8; SALT_BYTES], is_secret);
        baseline.accept(&now.findings[..1], "", None);
        baseline.to_text()
    };
    let hash =
        |text: &str| text.split("\"hash\":\"").nth(1).and_then(|rest| rest.get(..64)).map(Arc::<str>::from);
    assert_ne!(hash(&other), hash(&of(&now, "", None).to_text()), "another key, other hashes");
    let read = Baseline::parse(&written, is_secret).expect("what is written can be read");
    assert_eq!(read.to_text(), written);
    let empty = Baseline::new([0; SALT_BYTES], is_secret).to_text();
    assert_eq!(Baseline::parse(&empty, is_secret).expect("an empty one too").to_text(), empty);
}

/// The keyed hash is the HMAC-SHA-256 of the fingerprint, as a second implementation has it.
#[test]
fn the_hash_is_the_one_that_is_promised() {
    use sha2::{Digest, Sha256};
    let now = report(".env", "KEY=a\n");
    let padded =
        |byte: u8| -> Vec<u8> { (0..64).map(|at| if at < SALT_BYTES { 7 ^ byte } else { byte }).collect() };
    let inner =
        Sha256::new().chain_update(padded(0x36)).chain_update(&now.findings[0].fingerprint).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    let expected = super::written::hexadecimal(&outer);
    assert!(of(&now, "", None).to_text().contains(&expected));
}

#[test]
fn what_is_no_baseline_is_refused_with_its_place() {
    let salt = "07".repeat(16);
    let whole = |findings: &str| {
        format!(
            "{{\n\"schema\": \"envgate/baseline/v1\",\n\"salt\": \"{salt}\",\n\"findings\": [{findings}]\n}}"
        )
    };
    let hash = "ab".repeat(32);
    let entry = format!("{{\"rule\":\"A\",\"path\":\"p\",\"hash\":\"{hash}\"}}");
    assert!(Baseline::parse(&whole(&entry), is_secret).is_ok());
    let cases = [
        (String::new(), 1, "it ends too early"),
        (whole(&entry).replace("\n}", ""), 4, "it ends too early"),
        ("<<<<<<< HEAD\n".to_owned(), 1, "it is not JSON"),
        (whole(&format!("{entry},")), 4, "it is not JSON"),
        (whole(&entry).replace("/v1", "/v9"), 2, "this is not what `envgate baseline` writes"),
        (whole(&entry).replace(&salt, "0707"), 3, "this is not what `envgate baseline` writes"),
        (whole(&entry.replace("ab", "zz")), 4, "this is not what `envgate baseline` writes"),
        (whole(&entry.replace("rule", "PASSWORD")), 4, "this is not what `envgate baseline` writes"),
        (
            whole(&entry.replace('}', ",\"expires\":\"2027-02-30\"}")),
            4,
            "this is not what `envgate baseline` writes",
        ),
        ("[]".to_owned(), 1, "this is not what `envgate baseline` writes"),
    ];
    for (text, line, what) in cases {
        let broken = Baseline::parse(&text, is_secret).expect_err(&text);
        assert_eq!((broken.line, broken.what), (line, what), "{text}");
    }
}
