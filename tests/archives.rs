//! `envgate check --archives` on archives as `tar` writes them, small and large.
//!
//! Not here: broken and hostile archives; see `src/files/archive` and tests/hostile.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn envgate(place: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(place).output().unwrap()
}

/// An archive whose only interesting file stands behind `padding` bytes that no packer makes smaller.
fn packed(place: &Path, padding: usize) {
    let mut state = 1_u32;
    let noise: Vec<u8> = (0..padding)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect();
    fs::create_dir(place.join("inner")).unwrap();
    fs::write(place.join("inner/a.bin"), noise).unwrap();
    fs::write(place.join("inner/b.env"), "A=1\nA=2\n").unwrap();
    let packer = Command::new("tar")
        .args(["-czf", "a.tar.gz", "inner/a.bin", "inner/b.env"])
        .current_dir(place)
        .status();
    assert!(packer.unwrap().success());
    fs::remove_dir_all(place.join("inner")).unwrap();
}

#[test]
fn archives_are_read_to_their_end() {
    for padding in [10, 100_000, 3_000_000] {
        let place = tempfile::tempdir().unwrap();
        packed(place.path(), padding);
        let output = envgate(place.path(), &["check", "--archives", "--format", "json"]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{padding}: {said}");
        assert!(said.contains("ENV008") && said.contains("a.tar.gz!/inner/b.env"), "{padding}: {said}");
    }
}

#[test]
fn an_archive_that_is_cut_off_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    packed(place.path(), 100_000);
    let whole = fs::read(place.path().join("a.tar.gz")).unwrap();
    fs::write(place.path().join("a.tar.gz"), &whole[..whole.len() / 2]).unwrap();
    fs::write(place.path().join("a.txt"), "one\n").unwrap();
    let output = envgate(place.path(), &["check", "--archives"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("a.tar.gz"));
}

#[test]
fn what_else_was_found_is_told_and_nobody_takes_it_for_all() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("a.zip"), "PK\u{3}\u{4}broken").unwrap();
    fs::write(place.path().join("b.env"), "A=1\nA=2\n").unwrap();
    let run = |format| {
        let output = envgate(place.path(), &["check", "--archives", "--format", format]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read `a.zip`"), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("human").contains("ENV008"));
    let sarif: serde_json::Value = serde_json::from_str(&run("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "ENV008");
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    fs::write(place.path().join("report.json"), run("json")).unwrap();
    fs::remove_file(place.path().join("b.env")).unwrap();
    fs::write(place.path().join("b.txt"), "nothing\n").unwrap();
    assert!(run("human").contains("not everything was looked at"), "no word of no findings");
    for format in ["junit", "markdown", "html", "gitlab", "checkstyle", "github", "jsonl"] {
        assert_eq!(run(format), "", "{format} has no words for it");
    }
    let merged = envgate(place.path(), &["merge", "report.json"]);
    assert_eq!(merged.status.code(), Some(2), "{merged:?}");
    assert!(String::from_utf8_lossy(&merged.stderr).contains("is not whole: cannot read `a.zip`"));
}
