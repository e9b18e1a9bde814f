//! `envgate fix` on copies of real projects: what it changes, what it leaves, and that it prints no value.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn fix(project: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate"))
        .arg("fix")
        .args(arguments)
        .current_dir(project)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lines of `after` that are not in `before`, and how many lines there are in each.
fn changed(before: &str, after: &str) -> Vec<String> {
    assert_eq!(before.lines().count(), after.lines().count(), "no line comes or goes");
    before
        .lines()
        .zip(after.lines())
        .filter(|(old, new)| old != new)
        .map(|(_, new)| new.trim().to_owned())
        .collect()
}

#[test]
fn safe_fixes_change_their_lines_and_no_other_byte() {
    let kept = tempfile::tempdir().unwrap();
    copy(Path::new("fixtures/incident"), kept.path());
    let read = |name: &str| fs::read_to_string(kept.path().join(name)).unwrap();
    let names = [
        "infra/docker-compose.registry.yml",
        "scripts/env-checker.sh",
        "scripts/git-secrets-check.sh",
        "infra/docker-compose.yml",
    ];
    let before: Vec<String> = names.iter().map(|name| read(name)).collect();
    let mode = |name: &str| fs::metadata(kept.path().join(name)).unwrap().permissions().mode();
    let old_mode = mode("scripts/git-secrets-check.sh");
    let output = fix(kept.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "what needs a person is left: {}", text(&output.stderr));
    assert_eq!(changed(&before[0], &read(names[0])), vec!["build: !reset null  # Desactiva el build"; 3]);
    assert_eq!(changed(&before[1], &read(names[1])), ["ERRORS=$((ERRORS + 1))"]);
    let script = changed(&before[2], &read(names[2]));
    assert!(
        script.len() == 1 && script[0].contains("--diff-filter=ACMR") && script[0].ends_with("|| true)"),
        "{script:?}"
    );
    assert_eq!(before[3], read(names[3]), "removing a fallback changes what starts, so it is not safe");
    assert_eq!(mode("scripts/git-secrets-check.sh"), old_mode);
    let again = fix(kept.path(), &[]);
    assert!(text(&again.stdout).starts_with("0 files changed"), "{}", text(&again.stdout));
}

#[test]
fn unsafe_fixes_are_made_when_asked_for() {
    let kept = tempfile::tempdir().unwrap();
    copy(Path::new("fixtures/incident"), kept.path());
    fix(kept.path(), &["--unsafe", "--only", "CMP002"]);
    let compose = fs::read_to_string(kept.path().join("infra/docker-compose.yml")).unwrap();
    assert!(compose.contains("SECRET_KEY: ${SECRET_KEY:?set SECRET_KEY}"), "{compose}");
    assert!(!compose.contains(":-dev-secret-change-in-production"));
}

#[test]
fn a_diff_shows_what_would_change_and_neither_values_nor_changes() {
    let kept = tempfile::tempdir().unwrap();
    let secret = "Zx9canaryVq7canaryLm3canaryTb5";
    let env = format!("LOG_LEVEL=info\nSECRET_KEY={secret}{secret}\nLOG_LEVEL=info\n");
    fs::write(kept.path().join(".env"), &env).unwrap();
    let output = fix(kept.path(), &["--diff"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("-LOG_LEVEL=") && said.contains("would change .env"), "{said}");
    assert!(!said.contains("canary"), "{said}");
    assert_eq!(fs::read_to_string(kept.path().join(".env")).unwrap(), env, "a diff writes nothing");
}

#[test]
fn line_ends_and_comments_stay_and_other_bytes_are_left_alone() {
    let kept = tempfile::tempdir().unwrap();
    let env = kept.path().join(".env");
    fs::write(&env, "# note\r\nA=1\r\nA=1 # again\r\nB=ñ\r\n").unwrap();
    fix(kept.path(), &["--only", "ENV008"]);
    let after = fs::read_to_string(&env).unwrap();
    assert_eq!(after.matches("A=1").count(), 1, "{after:?}");
    assert!(after.starts_with("# note\r\n") && after.ends_with("B=ñ\r\n"), "{after:?}");
    let bytes = b"A=1\nA=1\nB=\xf1\n";
    fs::write(&env, bytes).unwrap();
    fix(kept.path(), &[]);
    assert_eq!(fs::read(&env).unwrap(), bytes, "what is not UTF-8 is never written back");
}

#[test]
fn nothing_to_fix_is_success() {
    let kept = tempfile::tempdir().unwrap();
    copy(Path::new("fixtures/incident-fixed"), kept.path());
    let output = fix(kept.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).starts_with("0 files changed; 0 errors"), "{}", text(&output.stdout));
}
