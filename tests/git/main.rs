//! `check --staged` as a real pre-commit hook: what a commit adds is judged by the index, whatever the work
//! tree holds, and nothing else is.

#![allow(
    clippy::format_collect,
    clippy::disallowed_methods,
    reason = "texts are made once, and the guide's commands look for the program on the path"
)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

mod attributes;
mod formats;
mod history;
mod proposal;
mod push;
mod quick;
mod session;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use session::{Commit, SECRET, Session};

#[track_caller]
fn refused(commit: &Commit, path: &str) {
    assert!(!commit.made, "the commit was made:\n{}", commit.said);
    assert!(commit.said.contains("SEC001") && commit.said.contains(path), "{}", commit.said);
    assert!(!commit.said.contains("MIIEvQIBADAN"), "the secret is printed:\n{}", commit.said);
}

#[track_caller]
fn silent(commit: &Commit) {
    assert!(commit.made && commit.said.is_empty(), "{}", commit.said);
}

#[test]
fn the_first_commit_is_checked() {
    let session = Session::new();
    session.stage("key.pem", SECRET);
    refused(&session.commit([]), "key.pem");
    session.git(["rm", "--quiet", "--cached", "key.pem"]);
    session.stage("a.txt", "hello\n");
    silent(&session.commit([]));
}

#[test]
fn deletions_and_renames_alone_pass_without_a_word() {
    let session = Session::new();
    session.stage("a.txt", "one\ntwo\nthree\n");
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    session.git(["rm", "--quiet", "a.txt"]);
    silent(&session.commit([]));
    session.git(["mv", "key.pem", "moved.pem"]);
    silent(&session.commit([]));
}

#[test]
fn a_rename_with_an_edit_is_checked_for_what_it_adds() {
    let session = Session::new();
    session.stage("a.txt", &"a line of text\n".repeat(40));
    session.commit_unchecked();
    session.git(["mv", "a.txt", "b.txt"]);
    session.stage("b.txt", &format!("{}{SECRET}", "a line of text\n".repeat(40)));
    refused(&session.commit([]), "b.txt");
}

#[test]
fn only_added_lines_are_reported() {
    let session = Session::new();
    session.stage("old.txt", SECRET);
    session.commit_unchecked();
    session.stage("old.txt", &format!("{SECRET}one more line\n"));
    silent(&session.commit([]));
    session.stage("old.txt", &format!("{SECRET}one more line\nand another\n"));
    let whole = std::process::Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "--all-staged"])
        .current_dir(&session.top)
        .output()
        .unwrap();
    assert_eq!(whole.status.code(), Some(1), "all lines of a staged file can be asked for");
}

#[test]
fn the_index_counts_and_not_the_work_tree() {
    let session = Session::new();
    session.stage("a.txt", SECRET);
    session.write("a.txt", "cleaned in the work tree only\n");
    refused(&session.commit([]), "a.txt");
    session.stage("a.txt", "clean\n");
    session.write("a.txt", SECRET);
    silent(&session.commit([]));
}

#[test]
fn commit_all_and_commit_of_one_file_use_the_index_that_git_prepares() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    session.stage("b.txt", "b\n");
    session.commit_unchecked();
    session.write("a.txt", SECRET);
    refused(&session.commit(["--all"]), "a.txt");
    session.write("b.txt", "b2\n");
    silent(&session.commit(["b.txt"]));
    refused(&session.commit(["a.txt"]), "a.txt");
}

#[test]
fn names_of_any_kind_are_checked() {
    let names: [&[u8]; 6] = [
        b"mi config.txt",
        b"configuraci\xc3\xb3n.txt",
        b"two\nlines.txt",
        b"-dash.txt",
        b"latin\xf1.txt",
        b"a\"b'c.txt",
    ];
    for name in names {
        let session = Session::new();
        session.stage(OsStr::from_bytes(name), SECRET);
        let commit = session.commit([]);
        assert!(!commit.made && commit.said.contains("SEC001"), "{name:?}: {}", commit.said);
    }
}

#[test]
fn a_password_in_a_name_with_a_space_is_refused() {
    let session = Session::new();
    session.stage("mi config.txt", "password = supersecret99\n");
    let commit = session.commit([]);
    assert!(!commit.made && commit.said.contains("SEC004"), "{}", commit.said);
    assert!(!commit.said.contains("supersecret99"), "the password is printed:\n{}", commit.said);
}

#[test]
fn modes_links_and_submodules_are_no_text() {
    let session = Session::new();
    session.stage("run", "echo hi\n");
    session.commit_unchecked();
    session.git(["update-index", "--chmod=+x", "run"]);
    silent(&session.commit([]));
    std::os::unix::fs::symlink("/etc/passwd", session.top.join("link")).unwrap();
    session.git(["add", "link"]);
    silent(&session.commit([]));
    let other = Session::new();
    other.stage("x", "x\n");
    other.commit_unchecked();
    session.git(["submodule", "--quiet", "add", other.top.to_str().unwrap(), "sub"]);
    silent(&session.commit([]));
}

#[test]
fn what_is_only_intended_is_not_committed_and_not_checked() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    session.write("later.txt", SECRET);
    session.git(["add", "--intent-to-add", "later.txt"]);
    silent(&session.commit([]));
}

#[test]
fn a_merge_is_checked_for_what_it_adds_to_this_branch() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    session.commit_unchecked();
    session.git(["switch", "--quiet", "--create", "side"]);
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    session.git(["switch", "--quiet", "main"]);
    session.stage("b.txt", "b\n");
    session.commit_unchecked();
    session.git(["merge", "--quiet", "--no-commit", "--no-ff", "side"]);
    refused(&session.commit([]), "key.pem");
}

#[test]
fn linked_work_trees_and_subdirectories_are_checked() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    session.commit_unchecked();
    session.git(["worktree", "add", "--quiet", "../linked", "-b", "other"]);
    let linked = session.beside("linked");
    linked.stage("deep/key.pem", SECRET);
    refused(&linked.commit([]), "key.pem");
    let inside = linked.beside("linked/deep");
    refused(&inside.commit([]), "key.pem");
}

#[test]
fn an_ignored_env_file_still_says_what_arrives() {
    let session = Session::new();
    session.stage(".gitignore", "envs/.env\n");
    session.write("envs/.env", "SECRET_KEY=Jq7ZkN2vXb9RtL4mWc8YpD3fGh6sAe1u\n");
    session
        .stage("docker-compose.yml", "services:\n  web:\n    image: nginx:1.27\n    env_file: envs/.env\n");
    silent(&session.commit([]));
    let shadowed = "services:\n  web:\n    image: nginx:1.27\n    env_file: envs/.env\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-dev-secret-change-in-production}\n";
    session.stage("docker-compose.yml", shadowed);
    let commit = session.commit([]);
    assert!(!commit.made && commit.said.contains("CMP004"), "{}", commit.said);
}

#[test]
fn a_bare_repository_has_nothing_to_commit_from() {
    let kept = tempfile::tempdir().unwrap();
    git2::Repository::init_bare(kept.path()).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "--staged"])
        .current_dir(kept.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bare"), "{output:?}");
    fs::read_dir(kept.path()).unwrap();
}

#[test]
fn hooks_are_found_where_the_repository_says() {
    let session = Session::new();
    session.git(["config", "core.hooksPath", "ci/checks"]);
    session.write(
        "ci/checks/pre-commit",
        "set -e\nNAMES=$(git diff --cached --name-only --diff-filter=ACMR -z | grep -v x)\n",
    );
    session.write("ci/other/pre-commit", "set -e\nNAMES=$(grep -v x y)\n");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "--format", "json"])
        .current_dir(&session.top)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("\"path\": \"ci/checks/pre-commit\"") && said.contains("HOK101"), "{said}");
    assert!(!said.contains("ci/other"), "a script elsewhere with the name of a hook is none:\n{said}");
}

#[test]
fn two_names_that_look_alike_are_both_checked() {
    let session = Session::new();
    session.stage(OsStr::from_bytes(b"a\xf1.txt"), "harmless\n");
    session.stage(OsStr::from_bytes(b"a\xf2.txt"), SECRET);
    refused(&session.commit([]), "a\\xf2.txt");
}

#[test]
fn a_hook_that_loses_its_mode_is_reported_without_a_new_line() {
    let session = Session::new();
    session.stage(".githooks/pre-commit", "#!/bin/sh\nnpm test\n");
    session.git(["update-index", "--chmod=+x", ".githooks/pre-commit"]);
    session.commit_unchecked();
    session.git(["update-index", "--chmod=-x", ".githooks/pre-commit"]);
    let commit = session.commit([]);
    assert!(!commit.made && commit.said.contains("HOK001"), "{}", commit.said);
}

#[test]
fn a_comment_added_above_an_old_line_silences_it_and_is_not_called_unused() {
    let session = Session::new();
    session.stage("a.conf", "password = supersecret99\n");
    session.commit_unchecked();
    session.stage("a.conf", "# envgate: allow SEC004: the test server\npassword = supersecret99\n");
    silent(&session.commit([]));
}

#[test]
fn a_refusal_is_short_and_says_how_one_finding_is_silenced() {
    let session = Session::new();
    session.stage("a.conf", "password = supersecret99\n");
    let commit = session.commit([]);
    assert!(commit.said.contains("# envgate: allow CODE: reason"), "{}", commit.said);
    assert!(!commit.said.contains("no-verify"), "{}", commit.said);
    assert!(commit.said.lines().count() < 20, "{}", commit.said);
}

#[test]
fn a_file_that_becomes_a_link_and_a_link_that_becomes_a_file() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    std::os::unix::fs::symlink("a.txt", session.top.join("b.txt")).unwrap();
    session.git(["add", "b.txt"]);
    session.commit_unchecked();
    fs::remove_file(session.top.join("a.txt")).unwrap();
    std::os::unix::fs::symlink("b.txt", session.top.join("a.txt")).unwrap();
    session.git(["add", "a.txt"]);
    silent(&session.commit([]));
    fs::remove_file(session.top.join("b.txt")).unwrap();
    session.stage("b.txt", SECRET);
    refused(&session.commit([]), "b.txt");
}

#[test]
fn a_commit_inside_a_submodule_is_its_own() {
    let session = Session::new();
    session.stage("a.txt", "a\n");
    session.commit_unchecked();
    let other = Session::new();
    other.stage("x", "x\n");
    other.commit_unchecked();
    session.git(["submodule", "--quiet", "add", other.top.to_str().unwrap(), "sub"]);
    let sub = session.beside("work/sub");
    let hooks = session.top.join(".git/modules/sub/hooks");
    fs::create_dir_all(&hooks).unwrap();
    fs::copy(session.top.join(".git/hooks/pre-commit"), hooks.join("pre-commit")).unwrap();
    sub.stage("key.pem", SECRET);
    refused(&sub.commit([]), "key.pem");
}

#[test]
fn the_linked_work_tree_of_a_bare_repository_is_checked() {
    let kept = tempfile::tempdir().unwrap();
    let bare = kept.path().join("bare.git");
    let origin = Session::new();
    origin.stage("a.txt", "a\n");
    origin.commit_unchecked();
    origin.git(["clone", "--quiet", "--bare", origin.top.to_str().unwrap(), bare.to_str().unwrap()]);
    fs::create_dir_all(bare.join("hooks")).unwrap();
    fs::copy(origin.top.join(".git/hooks/pre-commit"), bare.join("hooks/pre-commit")).unwrap();
    origin.git(["-C", bare.to_str().unwrap(), "worktree", "add", "--quiet", "../tree", "-b", "other"]);
    let tree = Session::at(kept.path().join("tree"));
    tree.stage("key.pem", SECRET);
    refused(&tree.commit([]), "key.pem");
}

#[test]
fn a_hook_that_this_clone_passes_over_is_named() {
    let session = Session::new();
    session.stage(".githooks/pre-commit", "#!/bin/sh\nnpm test\n");
    session.git(["update-index", "--chmod=+x", ".githooks/pre-commit"]);
    let check = || {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(["check", "--only", "HOK003"])
            .current_dir(&session.top)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(!check().contains("HOK003"), "a clone that is not set up is no fault of the project");
    session.git(["config", "core.hooksPath", "ci/hooks"]);
    assert!(check().contains("core.hooksPath is `ci/hooks` in this clone"), "{}", check());
    session.git(["config", "core.hooksPath", ".githooks"]);
    assert!(!check().contains("HOK003"));
}

/// What git passes over is in no clone, and there where it runs: whoever asks hears the same of it.
#[test]
fn a_missing_file_that_git_ignores_is_no_error_on_any_way() {
    let session = Session::new();
    session.stage(".gitignore", "/secrets/\n");
    let text = "services:\n  web:\n    image: nginx:1.27\n    secrets: [s]\nsecrets:\n  s: {file: ./secrets/s.txt}\n";
    session.stage("compose.yaml", text);
    let severities = |arguments: &str, folder: &str| {
        let mut envgate = std::process::Command::new("sh");
        envgate.current_dir(session.top.join(folder)).env("ENVGATE", env!("CARGO_BIN_EXE_envgate"));
        let line = format!("\"$ENVGATE\" check --only CMP104 --format jsonl {arguments}");
        let said = envgate.args(["-c", &line]).output().unwrap().stdout;
        let of = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["severity"].clone();
        String::from_utf8(said).unwrap().lines().map(of).collect::<Vec<_>>()
    };
    fs::create_dir(session.top.join("sub")).unwrap();
    for (arguments, folder) in [
        ("", ""),
        ("--staged", ""),
        ("--stdin --path compose.yaml < compose.yaml", ""),
        ("..", "sub"),
        ("--staged", "sub"),
        ("--stdin --path ../compose.yaml < ../compose.yaml", "sub"),
        ("--config-from HEAD", ""),
    ] {
        if arguments.contains("HEAD") {
            session.commit_unchecked();
        }
        assert_eq!(severities(arguments, folder), ["warning"], "{arguments:?} in {folder:?}");
    }
    session.stage(".gitignore", "");
    session.stage("compose.yaml", &format!("# none is ignored\n{text}"));
    assert_eq!(severities("", ""), ["error"]);
    assert_eq!(severities("--all-staged", ""), ["error"]);
}
