//! What was there before comes back; what cannot be a hook is said; modes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::project::{PASSWORD, Project};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn what_was_there_comes_back_byte_for_byte_and_mode_for_mode() {
    let project = Project::new();
    let hook = project.top.join(".git/hooks/pre-commit");
    let scenes: [(&[u8], u32); 5] = [
        (b"#!/bin/sh\ntouch ran\n", 0o644),
        (b"#!/bin/bash\n# a\xf1o\ntouch ran\n", 0o700),
        (b"", 0o600),
        (b"", 0o755),
        (b"#!/bin/sh\n", 0o755),
    ];
    for (old, old_mode) in scenes {
        project.write(".git/hooks/pre-commit", "");
        fs::write(&hook, old).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(old_mode)).unwrap();
        project.run("envgate", &["hook", "install"]);
        project.write("a.txt", PASSWORD);
        assert!(!project.commit().0, "{old_mode:o}");
        project.run("envgate", &["hook", "uninstall"]);
        assert_eq!((fs::read(&hook).unwrap().as_slice(), mode(&hook)), (old, old_mode));
    }
    project.write("lefthook.yml", "");
    project.run("envgate", &["hook", "install", "pre-commit", "pre-push"]);
    project.run("envgate", &["hook", "uninstall", "pre-push", "pre-commit"]);
    assert_eq!(project.read("lefthook.yml"), "", "an empty file that was there stays");
}

#[test]
fn hooks_that_are_turned_off_are_said_to_be() {
    for path in ["/dev/null", ""] {
        let project = Project::new();
        project.run("git", &["config", "core.hooksPath", path]);
        project.write("a.txt", "nothing\n");
        project.run("envgate", &["check"]);
        let status = project.run("envgate", &["hook", "status"]);
        assert!(status.contains("turns all hooks off") && status.contains("nothing runs"), "{status}");
        let output = project.try_run("envgate", &["hook", "install"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`git config --unset core.hooksPath`"), "{said}");
        project.run("git", &["config", "--unset", "core.hooksPath"]);
        project.run("envgate", &["hook", "install"]);
    }
}

/// As in a linked work tree, or with a `core.hooksPath` that all repositories of a person share.
#[test]
fn hooks_outside_of_the_work_tree_are_read() {
    let project = Project::new();
    project.write("../hooks/pre-commit", "#!/bin/sh\nread -r answer\n");
    project.run("chmod", &["755", "../hooks/pre-commit"]);
    project.run("git", &["config", "core.hooksPath", "../hooks"]);
    project.write("a.txt", "nothing\n");
    let output = project.try_run("envgate", &["check", "--only", "HOK210"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("HOK210"), "{output:?}");
}

#[test]
fn husky_is_known_by_the_manifest_and_its_own_files_are_left_to_it() {
    let project = Project::new();
    project.write("package.json", r#"{"devDependencies": {"husky": "^9.1.7"}}"#);
    project.run("envgate", &["hook", "install"]);
    assert!(project.read(".husky/pre-commit").contains("envgate check --staged"));
    assert!(!project.top.join(".git/hooks/pre-commit").exists());
    project.write(".husky/_/pre-push", "#!/usr/bin/env sh\n");
    project.run("git", &["config", "core.hooksPath", ".husky/_"]);
    let said = project.run("envgate", &["hook", "install", "--git", "pre-push"]);
    assert!(said.contains("husky writes `.husky/_` anew"), "{said}");
    assert!(project.read(".husky/pre-push").contains("envgate hook run pre-push"));
    assert_eq!(project.read(".husky/_/pre-push"), "#!/usr/bin/env sh\n");
    project.write("package.json", r#"{"devDependencies": {"husky": "^4.3.8"}}"#);
    project.run("git", &["config", "--unset", "core.hooksPath"]);
    fs::remove_dir_all(project.top.join(".husky")).unwrap();
    project.run("envgate", &["hook", "install"]);
    assert!(project.top.join(".git/hooks/pre-commit").exists(), "version 4 has no directory");
}

#[test]
fn a_hook_that_cannot_be_started_is_not_said_to_run() {
    let project = Project::new();
    project.write(".git/hooks/pre-commit", "#!/bin/sh\r\ntouch ran\r\n");
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    let output = project.try_run("envgate", &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("carriage return"), "{output:?}");
    let status = project.run("envgate", &["hook", "status"]);
    assert!(status.contains("`.git/hooks/pre-commit`: its first line ends in a carriage return"), "{status}");
    project.write("a.txt", "nothing\n");
    assert!(!project.commit().0, "git itself cannot start it");
}

#[test]
fn a_repository_of_sha_256_is_checked_as_any() {
    let project = Project::new();
    fs::remove_dir_all(project.top.join(".git")).unwrap();
    project.run("git", &["init", "--quiet", "--object-format=sha256"]);
    project.write("a.txt", "nothing\n");
    project.run("envgate", &["hook", "install"]);
    assert!(project.commit().0);
    project.write("b.txt", &format!("{PASSWORD}\n"));
    assert!(!project.commit().0, "the hook lets a password through");
}

#[test]
fn a_push_is_checked_for_what_its_messages_say() {
    let project = Project::new();
    project.run("git", &["init", "--quiet", "--bare", "../remote.git"]);
    project.run("git", &["remote", "add", "origin", "../remote.git"]);
    project.run("envgate", &["hook", "install", "pre-push"]);
    project.write("a.txt", "nothing\n");
    assert!(project.commit().0);
    project.run("git", &["push", "--quiet", "origin", "main"]);
    let push = |name: &str| {
        let output = project.try_run("git", &["push", "--quiet", "origin", name]);
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    project.run("git", &["tag", "--annotate", "--message", PASSWORD, "v1"]);
    let (pushed, said) = push("v1");
    assert!(!pushed && said.contains(":message") && said.contains("SEC004"), "{said}");
    assert!(!said.contains("supersecret99"), "{said}");
    project.run("git", &["commit", "--quiet", "--allow-empty", "--message", PASSWORD]);
    assert!(!push("main").0);
    project.run("git", &["commit", "--quiet", "--amend", "--allow-empty", "--message", "fix: nothing"]);
    assert_eq!(push("main"), (true, String::new()));
}

#[test]
fn fix_makes_a_hook_executable_on_the_disk_and_in_the_index() {
    let project = Project::new();
    project.write("package.json", "{}\n");
    project.write(".githooks/pre-commit", "#!/bin/sh\nnpm test\n");
    project.run("chmod", &["644", ".githooks/pre-commit"]);
    project.run("git", &["config", "core.hooksPath", ".githooks"]);
    project.run("git", &["add", "--all"]);
    project.write(".githooks/pre-commit", "#!/bin/sh\nnpm run test\n");
    let said = project.run("envgate", &["fix", "--diff"]);
    assert!(said.contains(".githooks/pre-commit: old mode 644, new mode 755"), "{said}");
    assert_eq!(mode(&project.top.join(".githooks/pre-commit")) & 0o111, 0);
    let said = project.run("envgate", &["fix"]);
    assert!(said.contains("in the index too") && said.contains("0 errors"), "{said}");
    assert_eq!(mode(&project.top.join(".githooks/pre-commit")) & 0o111, 0o111);
    let staged = project.run("git", &["ls-files", "--stage", ".githooks"]);
    assert!(staged.starts_with("100755 "), "{staged}");
    let content = project.run("git", &["show", ":.githooks/pre-commit"]);
    assert_eq!(content, "#!/bin/sh\nnpm test\n", "what is staged stays as it is");
    project.run("envgate", &["check"]);
}
