//! Each way to silence a finding, as a user writes it: with a reason, and until a day.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::fs;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

const SECRET: &str = "kelp-Barn98x";

fn report(configuration: &str, line: &str) -> (Option<i32>, Value) {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("src")).unwrap();
    fs::write(place.path().join("src/a.py"), line).unwrap();
    fs::write(place.path().join("envgate.yaml"), configuration).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "--format", "json"])
        .current_dir(place.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains(SECRET), "the secret is printed:\n{said}");
    (output.status.code(), serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}")))
}

/// How many findings there are, and how many were silenced.
fn counts((_, report): &(Option<i32>, Value)) -> (usize, u64) {
    let silenced = report["summary"]["suppressed"].as_u64().unwrap();
    (report["findings"].as_array().unwrap().len(), silenced)
}

fn line() -> String {
    format!("password = \"{SECRET}\"\n")
}

#[test]
fn a_comment_silences_with_a_reason_and_until_a_day() {
    for (comment, expected) in [
        ("", (1, 0)),
        ("# envgate: allow SEC004: of a demo\n", (0, 1)),
        ("# envgate: allow hardcoded-secret until 9999-12-31: of a demo\n", (0, 1)),
        ("# envgate: allow SEC004 until 2020-01-31: of a demo\n", (1, 0)),
        // No reason, no silence, and a finding that says so.
        ("# envgate: allow SEC004 until 9999-12-31\n", (2, 0)),
    ] {
        assert_eq!(counts(&report("version: 1\n", &(comment.to_owned() + &line()))), expected, "{comment}");
    }
}

#[test]
fn the_configuration_silences_by_rule_path_value_and_fingerprint() {
    let hash = format!("{:x}", Sha256::digest(SECRET));
    let other = format!("{:x}", Sha256::digest("another"));
    let print = report("version: 1\n", &line()).1["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    for (entry, expected) in [
        ("rule: SEC004, reason: of a demo".to_owned(), (0, 1)),
        ("rule: SEC, path: src/**, reason: of a demo".to_owned(), (0, 1)),
        ("rule: SEC, path: lib/**, reason: of a demo".to_owned(), (1, 0)),
        (format!("rule: SEC, value: {hash}, reason: of a demo"), (0, 1)),
        (format!("rule: SEC, value: {other}, reason: of a demo"), (1, 0)),
        (format!("rule: SEC, fingerprint: {print}, reason: of a demo"), (0, 1)),
        ("rule: SEC, fingerprint: 0123456789abcdef0123456789abcdef, reason: of a demo".to_owned(), (1, 0)),
        ("rule: SEC, expires: 9999-12-31, reason: of a demo".to_owned(), (0, 1)),
        ("rule: SEC, expires: 2020-01-31, reason: of a demo".to_owned(), (1, 0)),
        (format!("rule: SEC, fingerprint: {print}, expires: 2020-01-31, reason: of a demo"), (1, 0)),
        (format!("rule: SEC, value: {hash}, expires: 2020-01-31, reason: of a demo"), (1, 0)),
    ] {
        let text = format!("ignore:\n  - {{{entry}}}\n");
        assert_eq!(counts(&report(&text, &line())), expected, "{entry}");
    }
}

#[test]
fn a_day_or_a_hash_that_is_none_silences_nothing_and_is_a_mistake() {
    for entry in ["expires: tomorrow", "expires: 2026-13-45", "value: kelp"] {
        let text = format!("ignore:\n  - {{rule: SEC, {entry}, reason: of a demo}}\n");
        let found = report(&text, &line());
        assert_eq!((found.0, counts(&found).0), (Some(2), 2), "{entry}");
    }
}

/// Of an env file some things are judged by what git and the disk say of it: a comment about these is no remnant where
/// they do not hold yet.
#[test]
fn a_comment_may_be_there_before_the_file_is_added() {
    let place = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        assert!(Command::new("git").args(arguments).current_dir(place.path()).status().unwrap().success());
    };
    let said = || {
        let mut envgate = Command::new(env!("CARGO_BIN_EXE_envgate"));
        let output =
            envgate.args(["check", "--quiet"]).current_dir(place.path()).env("LC_ALL", "C").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let write = |rules: &str| {
        let secret = "k9Pz2mVq7RtLx4Wn8BdY3cHs6JfA1gEu";
        let text = format!("# envgate: allow-file {rules}: of a demo\nLOG_LEVEL=info\nSECRET_KEY={secret}\n");
        fs::write(place.path().join(".env"), text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(place.path().join(".env"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
    };
    git(&["init", "--quiet"]);
    for rules in ["ENV109", "ENV110", "SEC001", "real-secret, ENV110"] {
        write(rules);
        assert_eq!(said(), "no findings in 1 file\n", "{rules}");
    }
    // What is judged of the text alone is a remnant wherever it stands.
    write("ENV008");
    assert_eq!(said(), "1 warning in 1 file\n");
    write("ENV109");
    git(&["add", ".env"]);
    assert!(said().ends_with("(1 suppressed)\n"), "{}", said());
    write("SEC001");
    assert!(said().contains("warning"), "in git it is judged: {}", said());
}
