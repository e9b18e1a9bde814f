//! Files with more findings than anybody reads: the totals, the silencings and the exit code are those of all
//! findings, whatever is listed.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fmt::Write;
use std::fs;

use assert_cmd::Command;
use serde_json::Value;

/// How many findings of one rule in one file are listed at most.
const LISTED: usize = 1000;

fn envgate(text: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), text).unwrap();
    let mut command = Command::cargo_bin("envgate").unwrap();
    let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn json(text: &str) -> (Option<i32>, Value) {
    let (code, said) = envgate(text, &["check", "--only", "ENV008", "--format", "json"]);
    (code, serde_json::from_str(&said).unwrap())
}

/// `count` lines that do not count, since the last one does; behind each stands what `behind` says of its number.
fn again(count: usize, behind: impl Fn(usize) -> &'static str) -> String {
    let mut text = String::new();
    for line in 1..=count {
        writeln!(text, "A={line}{}", behind(line)).unwrap();
    }
    text + "A=0\n"
}

#[test]
fn all_are_counted_and_some_are_listed() {
    let text = again(5000, |_| "");
    let (code, report) = json(&text);
    assert_eq!(code, Some(1));
    assert_eq!(report["summary"]["errors"], 5000);
    let listed = report["findings"].as_array().unwrap().len();
    assert!((LISTED..=LISTED + 1).contains(&listed), "{listed}");
    assert_eq!(report["summary"]["only_counted"], 5000 - listed);
    let (_, human) = envgate(&text, &["check", "--only", "ENV008"]);
    assert!(human.contains("5000 errors in 1 file") && human.contains("and 4979 more"), "{human}");
    let (_, sarif) = envgate(&text, &["check", "--only", "ENV008", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), listed);
    let said = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(said.as_str().unwrap().starts_with(&(5000 - listed).to_string()), "{said}");
}

#[test]
fn few_are_all_listed() {
    let (_, report) = json(&again(LISTED, |_| ""));
    assert_eq!(report["summary"]["errors"], LISTED);
    assert_eq!(report["summary"].get("only_counted"), None);
}

#[test]
fn a_comment_silences_one_that_is_only_counted() {
    let (code, report) = json(&again(4000, |_| " # envgate: allow ENV008: why"));
    assert_eq!((code, &report["summary"]["suppressed"]), (Some(0), &Value::from(4000)));
    let (code, report) =
        json(&again(4000, |line| if line == 4000 { "" } else { " # envgate: allow ENV008: why" }));
    assert_eq!((code, &report["summary"]["suppressed"]), (Some(1), &Value::from(3999)));
    assert_eq!(report["summary"]["errors"], 1);
    assert_eq!(report["findings"][0]["line"], 4000);
    let (code, report) = json(&format!("# envgate: allow-file ENV008: why\n{}", again(4000, |_| "")));
    assert_eq!((code, &report["summary"]["suppressed"]), (Some(0), &Value::from(4000)));
}

#[test]
fn a_fix_goes_beyond_what_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    fs::write(&path, again(3000, |_| "")).unwrap();
    let mut command = Command::cargo_bin("envgate").unwrap();
    let arguments = ["fix", "--unsafe", "--only", "ENV008"];
    let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "A=0\n", "{said}");
}

#[test]
fn a_baseline_accepts_no_finding_that_is_only_counted() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("envgate").unwrap();
        let output = command.args(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let path = folder.path().join(".env");
    fs::write(&path, again(LISTED, |_| "")).unwrap();
    let (code, said) = run(&["baseline", "create"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(run(&["check", "--only", "ENV008"]).0, Some(0));
    fs::write(&path, again(LISTED + 30, |_| "")).unwrap();
    let (code, said) = run(&["check", "--only", "ENV008"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("errors in 1 file") && said.contains("more"), "{said}");
    let (code, said) = run(&["baseline", "update", "--add"]);
    assert_eq!((code, said.contains("only counted")), (Some(2), true), "{said}");
}
