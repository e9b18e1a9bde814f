//! What is said where git has nothing to look at: no repository, no commit, no such revision. The fact first, the thing
//! in backticks, and what helps; never a message of the library that reads it.
//!
//! Not here: repositories that are there and hostile; `tests/hostile` has those.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a command says on standard error, the folder's own path as `HERE`.
fn said(folder: &Path, command: &str) -> String {
    let mut envgate = Command::new(env!("CARGO_BIN_EXE_envgate"));
    let output = envgate.args(command.split(' ')).current_dir(folder).env("LC_ALL", "C").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{command}");
    let here = fs::canonicalize(folder).unwrap();
    String::from_utf8(output.stderr)
        .unwrap()
        .replace(here.to_str().unwrap(), "HERE")
        .replace("HERE/.`", "HERE`")
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ana", "-c", "user.email=ana@localhost", "-c", "core.hooksPath=/dev/null"]);
    assert!(git.args(arguments).current_dir(folder).status().unwrap().success(), "{arguments:?}");
}

#[test]
fn without_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "A=1\n").unwrap();
    for command in
        ["check --staged", "check --since main", "check --config-from main", "history", "deploy plan"]
    {
        let expected = "error: `HERE` is in no git repository\n\
                        help: `git init` makes one; `envgate check` needs none\n";
        assert_eq!(said(folder.path(), command), expected, "{command}");
    }
    assert_eq!(
        said(folder.path(), "baseline status"),
        "error: `.envgate-baseline.json` does not exist\nhelp: `envgate baseline create` makes one\n"
    );
}

#[test]
fn before_the_first_commit() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "A=1\n").unwrap();
    fs::write(folder.path().join("envgate.yaml"), "{}\n").unwrap();
    git(folder.path(), &["init", "--quiet"]);
    for command in ["check --since main", "check --since HEAD", "deploy plan", "deploy status"] {
        let expected = "error: the git repository at `HERE` has no commit yet\n\
                        help: `git commit` makes the first one\n";
        assert_eq!(said(folder.path(), command), expected, "{command}");
    }
}

#[test]
fn of_what_names_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["commit", "--quiet", "--allow-empty", "--message", "one"]);
    fs::write(folder.path().join(".env"), "A=1\n").unwrap();
    for (command, expected) in [
        (
            "check --since no..where",
            "error: there is nothing to compare with at `no..where`\nhelp: a shallow clone",
        ),
        (
            "check --since nowhere",
            "error: there is nothing to compare with at `nowhere`\nhelp: a shallow clone",
        ),
        (
            "check --config-from nowhere",
            "error: `nowhere` names no commit of the git repository at `HERE`\nhelp: ",
        ),
        ("history nowhere", "error: `nowhere` names no commit of the git repository at `HERE`\nhelp: "),
        (
            "history HEAD..nowhere",
            "error: `HEAD..nowhere` names no commit of the git repository at `HERE`\nhelp: ",
        ),
    ] {
        let said = said(folder.path(), command);
        assert!(said.starts_with(expected) && !said.contains("class="), "{command}: {said}");
    }
}
