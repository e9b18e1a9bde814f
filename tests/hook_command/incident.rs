//! The incident's hook failures, each as a real session: the old script does the wrong thing, envgate the
//! right one.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::project::{PASSWORD, Project};

/// What the team had, and what it had before that.
const SCANNERS: [&str; 2] = ["fixtures/incident/scripts/git-secrets-check.sh", "tests/data/old-scanner.sh"];

/// The second hook of the project: a deletion of many lines has to be confirmed.
const QUESTION: &str = r#"#!/bin/bash
set -e
if git diff --cached --name-only | grep -q '\.md$'; then
    read -r -p "documents are changed. Is this intentional? (y/N) " answer
    [ "$answer" = y ] || exit 1
fi
exit 0
"#;

/// Whether the commit that `scene` prepares is made under this hook.
fn with_hook(hook: &str, scene: &dyn Fn(&Project)) -> (bool, String) {
    let project = Project::new();
    project.write(".git/hooks/pre-commit", hook);
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    scene(&project);
    project.commit()
}

fn with_envgate(scene: &dyn Fn(&Project)) -> (bool, String) {
    let project = Project::new();
    project.run("envgate", &["hook", "install"]);
    scene(&project);
    project.commit()
}

/// Each of the old scanners does the one, envgate the other.
#[track_caller]
fn the_other_way_round(scene: &dyn Fn(&Project), made: bool) {
    for scanner in SCANNERS {
        let (old, said) = with_hook(&fs::read_to_string(scanner).unwrap(), scene);
        assert_eq!(old, !made, "{scanner}: {said}");
        assert!(old || said.is_empty(), "it refuses without a word: {said}");
    }
    let (new, said) = with_envgate(scene);
    assert_eq!(new, made, "{said}");
    assert_eq!(said.is_empty(), made, "{said}");
    assert!(!said.contains("--no-verify") && !said.contains("supersecret99"), "{said}");
}

fn committed(project: &Project) {
    project.write("a.txt", "one\ntwo\nthree\n");
    project.run("git", &["add", "--all"]);
    project.run("git", &["commit", "--quiet", "--no-verify", "--message", "the scene"]);
}

#[test]
fn a_commit_that_only_deletes() {
    let deletion = |project: &Project| {
        committed(project);
        fs::remove_file(project.top.join("a.txt")).unwrap();
    };
    the_other_way_round(&deletion, true);
}

#[test]
fn a_commit_that_only_renames() {
    let rename = |project: &Project| {
        committed(project);
        project.run("git", &["mv", "a.txt", "b.txt"]);
    };
    the_other_way_round(&rename, true);
}

#[test]
fn a_password_with_blanks_around_the_sign_and_a_file_with_a_blank_in_its_name() {
    the_other_way_round(&|project| project.write("settings.txt", PASSWORD), false);
    the_other_way_round(&|project| project.write("mi config.txt", "password=supersecret99\n"), false);
    the_other_way_round(&|project| project.write("configuración.txt", "password=supersecret99\n"), false);
}

/// A person at a terminal types `y`: git gives the hook nothing to read, and the answer never arrives.
#[test]
fn a_question_that_nobody_can_answer() {
    let answered = |project: &Project| {
        project.write("guide.md", "# Guide\n");
        project.run("git", &["add", "--all"]);
        let mut terminal = Command::new("script");
        terminal.args(["--quiet", "--return", "--command", "git commit --quiet --message x", "/dev/null"]);
        terminal.current_dir(&project.top).env("PATH", &project.path).env("GIT_CONFIG_GLOBAL", "/dev/null");
        terminal.envs([("GIT_AUTHOR_NAME", "Ana"), ("GIT_AUTHOR_EMAIL", "ana@example.com")]);
        terminal.envs([("GIT_COMMITTER_NAME", "Ana"), ("GIT_COMMITTER_EMAIL", "ana@example.com")]);
        let child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        child.stdin.take().unwrap().write_all(b"y\n").unwrap();
        child.wait_with_output().unwrap().status.success()
    };
    let project = Project::new();
    project.write(".git/hooks/pre-commit", QUESTION);
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    assert!(!answered(&project), "the typed answer does not arrive");
    let report = project.try_run("envgate", &["check", "--only", "HOK210"]);
    assert_eq!(report.status.code(), Some(1), "and envgate says so of the hook");
    let project = Project::new();
    project.run("envgate", &["hook", "install"]);
    assert!(answered(&project), "envgate asks nothing");
}
