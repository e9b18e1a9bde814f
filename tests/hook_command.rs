//! `envgate hook` in real repositories: what it writes really runs, in front of what was there, and goes again.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Project {
    top: PathBuf,
    path: String,
    _kept: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let top = kept.path().join("work");
        fs::create_dir(&top).unwrap();
        let command = Path::new(env!("CARGO_BIN_EXE_envgate")).parent().unwrap().display();
        let project = Self { top, path: format!("{command}:/usr/local/bin:/usr/bin:/bin"), _kept: kept };
        project.run("git", &["init", "--quiet", "--initial-branch=main"]);
        project
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(program)
            .args(arguments)
            .current_dir(&self.top)
            .env("PATH", &self.path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "Ana")
            .env("GIT_AUTHOR_EMAIL", "ana@example.com")
            .env("GIT_COMMITTER_NAME", "Ana")
            .env("GIT_COMMITTER_EMAIL", "ana@example.com")
            .output()
            .unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.try_run(program, arguments);
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.top.join(name)).unwrap()
    }

    /// Stages everything and commits; what was said, and whether the commit was made.
    fn commit(&self) -> (bool, String) {
        self.run("git", &["add", "--all"]);
        let output = self.try_run("git", &["commit", "--quiet", "--message", "x"]);
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }
}

const PASSWORD: &str = "password = supersecret99\n";

#[test]
fn a_new_hook_refuses_and_passes_and_goes() {
    let project = Project::new();
    project.run("envgate", &["hook", "install"]);
    assert_eq!(
        fs::metadata(project.top.join(".git/hooks/pre-commit")).unwrap().permissions().mode() & 0o111,
        0o111
    );
    project.write("mi config.txt", PASSWORD);
    let (made, said) = project.commit();
    assert!(!made && said.contains("SEC004") && !said.contains("supersecret99"), "{said}");
    project.write("mi config.txt", "nothing\n");
    assert_eq!(project.commit(), (true, String::new()));
    let first = project.read(".git/hooks/pre-commit");
    project.run("envgate", &["hook", "install"]);
    assert_eq!(project.read(".git/hooks/pre-commit"), first, "twice is once");
    assert!(project.run("envgate", &["hook", "status"]).contains("runs the check"));
    project.run("envgate", &["hook", "uninstall"]);
    assert!(!project.top.join(".git/hooks/pre-commit").exists());
}

#[test]
fn an_old_hook_still_runs_and_is_restored() {
    let project = Project::new();
    let old = "#!/bin/bash\nset -euo pipefail\ntouch ran\nexec true\n";
    project.write(".git/hooks/pre-commit", old);
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    project.run("envgate", &["hook", "install"]);
    project.write("a.txt", PASSWORD);
    assert!(!project.commit().0);
    assert!(!project.top.join("ran").exists(), "a refused commit needs no other check");
    project.write("a.txt", "nothing\n");
    assert!(project.commit().0);
    assert!(project.top.join("ran").exists());
    project.run("envgate", &["hook", "uninstall"]);
    assert_eq!(project.read(".git/hooks/pre-commit"), old);
}

#[test]
fn husky_runs_it_as_it_runs_its_hooks() {
    let project = Project::new();
    // What husky 9 sets up: git asks `.husky/_`, whose scripts run `sh -e .husky/NAME`.
    project.write(
        ".husky/_/pre-commit",
        "#!/usr/bin/env sh\nsh -e \"$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\" \"$@\"\n",
    );
    project.run("chmod", &["755", ".husky/_/pre-commit"]);
    project.run("git", &["config", "core.hooksPath", ".husky/_"]);
    project.write(".husky/pre-commit", "touch ran\n");
    project.run("envgate", &["hook", "install"]);
    assert!(project.read(".husky/pre-commit").ends_with("touch ran\n"));
    project.write("a.txt", PASSWORD);
    let (made, said) = project.commit();
    assert!(!made && said.contains("SEC004"), "{said}");
    project.run("envgate", &["hook", "uninstall"]);
    assert_eq!(project.read(".husky/pre-commit"), "touch ran\n");
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let project = Project::new();
    project.run("git", &["config", "core.hooksPath", "ci/hooks"]);
    project.run("envgate", &["hook", "install", "pre-commit", "pre-merge-commit"]);
    assert!(project.top.join("ci/hooks/pre-merge-commit").exists());
    project.write("a.txt", PASSWORD);
    assert!(!project.commit().0);
}

#[test]
fn a_missing_command_stops_the_commit_and_says_so() {
    let mut project = Project::new();
    project.run("envgate", &["hook", "install"]);
    project.path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    project.write("a.txt", "nothing\n");
    let (made, said) = project.commit();
    assert!(!made && said.contains("envgate is not installed"), "{said}");
}

#[test]
fn what_cannot_be_chained_is_said() {
    let project = Project::new();
    project.write(".git/hooks/pre-commit", "#!/usr/bin/env python3\nprint(1)\n");
    let output = project.try_run("envgate", &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no shell script"), "{output:?}");
    let outside = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["hook", "install"])
        .current_dir(outside.path())
        .output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}

/// The old script and the new hook, on the same commits: the incident's failures, each the right way round.
#[test]
fn the_incident_is_the_other_way_round() {
    let with_old = |scene: &dyn Fn(&Project)| {
        let project = Project::new();
        let script = fs::read_to_string("fixtures/incident/scripts/git-secrets-check.sh").unwrap();
        project.write(".git/hooks/pre-commit", &script);
        project.run("chmod", &["755", ".git/hooks/pre-commit"]);
        scene(&project);
        project.commit().0
    };
    let with_envgate = |scene: &dyn Fn(&Project)| {
        let project = Project::new();
        project.run("envgate", &["hook", "install"]);
        scene(&project);
        project.commit().0
    };
    let committed = |project: &Project| {
        project.write("a.txt", "one\ntwo\nthree\n");
        project.run("git", &["add", "--all"]);
        project.run("git", &["commit", "--quiet", "--no-verify", "--message", "the scene"]);
    };
    let deletion = |project: &Project| {
        committed(project);
        fs::remove_file(project.top.join("a.txt")).unwrap();
    };
    let rename = |project: &Project| {
        committed(project);
        project.run("git", &["mv", "a.txt", "b.txt"]);
    };
    let space = |project: &Project| project.write("mi config.txt", PASSWORD);
    assert_eq!((with_old(&deletion), with_envgate(&deletion)), (false, true), "a commit that only deletes");
    assert_eq!((with_old(&rename), with_envgate(&rename)), (false, true), "a commit that only renames");
    assert_eq!(
        (with_old(&space), with_envgate(&space)),
        (true, false),
        "a secret in a file with a space in its name"
    );
}

#[test]
fn the_snippets_pass_our_own_rules() {
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "hooks", "--fail-on", "warning"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn an_old_pre_push_still_reads_what_git_says() {
    let project = Project::new();
    project.run("git", &["init", "--quiet", "--bare", "../remote.git"]);
    project.run("git", &["remote", "add", "origin", "../remote.git"]);
    project.write(".git/hooks/pre-push", "#!/bin/bash\nset -euo pipefail\ncat >seen\necho \"$1\" >>seen\n");
    project.run("chmod", &["755", ".git/hooks/pre-push"]);
    project.run("envgate", &["hook", "install", "pre-push", "commit-msg"]);
    project.write("a.txt", "nothing\n");
    assert!(project.commit().0);
    project.run("git", &["push", "--quiet", "origin", "main"]);
    let seen = project.read("seen");
    assert!(seen.starts_with("refs/heads/main ") && seen.ends_with("\norigin\n"), "{seen}");
    // Nothing to push: git gives no line, and the old hook reads none.
    project.run("git", &["push", "--quiet", "origin", "main"]);
    project.write("b.txt", PASSWORD);
    project.run("git", &["add", "--all"]);
    project.run("git", &["commit", "--quiet", "--no-verify", "--message", "x"]);
    assert!(!project.try_run("git", &["push", "--quiet", "origin", "main"]).status.success());
    let output = project.try_run("git", &["commit", "--allow-empty", "--message", PASSWORD]);
    assert!(!output.status.success(), "a secret in a message");
}

#[test]
fn a_link_to_a_hook_stays_a_link() {
    let project = Project::new();
    project.write("scripts/hook", "#!/bin/sh\ntouch ran\n");
    project.run("chmod", &["755", "scripts/hook"]);
    fs::create_dir_all(project.top.join(".git/hooks")).unwrap();
    std::os::unix::fs::symlink("../../scripts/hook", project.top.join(".git/hooks/pre-commit")).unwrap();
    project.run("envgate", &["hook", "install"]);
    project.write("a.txt", PASSWORD);
    assert!(!project.commit().0);
    project.run("envgate", &["hook", "uninstall"]);
    assert!(project.top.join(".git/hooks/pre-commit").is_symlink());
    assert_eq!(project.read("scripts/hook"), "#!/bin/sh\ntouch ran\n");
}

#[test]
fn the_state_of_hooks_is_told_with_what_is_dead() {
    let project = Project::new();
    project.write(
        "package.json",
        r#"{"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "^9.1.7"}}"#,
    );
    project.write(".husky/pre-commit", "envgate check --staged\n");
    project.write(".git/hooks/pre-push", "#!/bin/sh\n");
    let state = |project: &Project| -> serde_json::Value {
        serde_json::from_str(&project.run("envgate", &["hook", "status", "--format", "json"])).unwrap()
    };
    let dead = |state: &serde_json::Value| -> Vec<String> {
        let all = state["dead"].as_array().unwrap().iter();
        all.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    };
    let before = state(&project);
    assert_eq!(dead(&before), [".git/hooks/pre-push", ".husky/pre-commit"], "not executable; not asked");
    assert_eq!(before["here"], serde_json::json!([]));
    project.run("git", &["add", "--all"]);
    assert_eq!(state(&project)["fresh_clone"]["runs"][0]["checks"], true, "once the packages are installed");
    project.write(".husky/_/pre-commit", "#!/usr/bin/env sh\nsh -e .husky/pre-commit\n");
    project.run("chmod", &["755", ".husky/_/pre-commit"]);
    project.run("git", &["config", "core.hooksPath", ".husky/_"]);
    let after = state(&project);
    assert_eq!(dead(&after), [".git/hooks/pre-push"]);
    assert_eq!(after["here"][0]["checks"], true);
}

#[test]
fn an_old_scanner_is_replaced_where_it_stands() {
    let project = Project::new();
    let old = fs::read_to_string("tests/data/old-scanner.sh").unwrap();
    project.write("scripts/git-secrets-check.sh", &old);
    project.run("chmod", &["755", "scripts/git-secrets-check.sh"]);
    project.write(".git/hooks/pre-commit", "#!/bin/sh\nscripts/git-secrets-check.sh\n");
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    let said = project.run("envgate", &["hook", "migrate", "scripts/git-secrets-check.sh"]);
    for word in ["SEC001", "SEC003", "SEC004", "SEC005", "SEC006", "SEC008", "SEC009", "ENV109"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(said.contains("`example`: too wide") && said.contains("`docs/**`"), "{said}");
    assert_eq!(project.read("scripts/git-secrets-check.sh"), old, "nothing is written unasked");
    project.run("envgate", &["hook", "migrate", "--write", "scripts/git-secrets-check.sh"]);
    project.write("mi config.txt", PASSWORD);
    assert!(!project.commit().0);
    fs::remove_file(project.top.join("mi config.txt")).unwrap();
    project.write("docs/a.txt", PASSWORD);
    let (made, said) = project.commit();
    assert!(made, "what the old script left out is left out: {said}");
    project.write("deploy.sh", "#!/bin/sh\nssh deploy@203.0.114.7 uptime\n");
    let (made, said) = project.commit();
    assert!(!made && said.contains("SEC006"), "what stopped a commit stops it: {said}");
    project.write("other.sh", "#!/bin/sh\nnpm test\n");
    assert_eq!(project.try_run("envgate", &["hook", "migrate", "other.sh"]).status.code(), Some(2));
}

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
fn a_repository_of_sha_256_is_named_as_such() {
    let project = Project::new();
    fs::remove_dir_all(project.top.join(".git")).unwrap();
    project.run("git", &["init", "--quiet", "--object-format=sha256"]);
    project.write("a.txt", "nothing\n");
    for arguments in [["hook", "install"], ["check", "--staged"]] {
        let output = project.try_run("envgate", &arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("SHA-256"), "{output:?}");
    }
    assert!(!project.top.join(".git/hooks/pre-commit").exists(), "a hook that stops every commit");
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
