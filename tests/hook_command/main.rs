//! `envgate hook` in real repositories: what it writes really runs, in front of what was there, and goes again.

#![allow(clippy::unwrap_used, reason = "a test may die")]

mod incident;
mod migrate;
mod project;
mod restore;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::project::{PASSWORD, Project};

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
    let own = project.top.join(".git/bin of it");
    fs::create_dir(&own).unwrap();
    // By another process: a file that this one has open for writing cannot be started while others fork.
    project.run("cp", &[env!("CARGO_BIN_EXE_envgate"), own.join("envgate").to_str().unwrap()]);
    project.run(own.join("envgate").to_str().unwrap(), &["hook", "install"]);
    project.path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    project.write("a.txt", "nothing\n");
    fs::remove_file(own.join("envgate")).unwrap();
    let (made, said) = project.commit();
    assert!(!made && said.contains("envgate is not installed"), "{said}");
}

/// A virtual environment or `node_modules` is on the path of whoever installs the hook, and not of whoever commits.
#[test]
fn a_hook_of_this_machine_finds_the_program_that_made_it() {
    let mut project = Project::new();
    project.run("envgate", &["hook", "install"]);
    project.path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    project.write("a.txt", PASSWORD);
    let (made, said) = project.commit();
    assert!(!made && said.contains("SEC004"), "{said}");
    project.write("a.txt", "nothing\n");
    assert_eq!(project.commit(), (true, String::new()));
}

/// What travels with the repository names nothing of one machine.
#[test]
fn a_shared_hook_names_no_folder() {
    let project = Project::new();
    project.run("git", &["config", "core.hooksPath", "ci/hooks"]);
    project.run("envgate", &["hook", "install"]);
    assert!(!project.read("ci/hooks/pre-commit").contains("PATH="));
}

#[test]
fn what_cannot_be_chained_is_said() {
    let project = Project::new();
    project.write(".git/hooks/pre-commit", "#!/usr/bin/env python3\nprint(1)\n");
    let output = project.try_run("envgate", &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no shell script"), "{output:?}");
    for name in ["lefthook.toml", "lefthook.json"] {
        let project = Project::new();
        project.write(name, "");
        let output = project.try_run("envgate", &["hook", "install"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert_eq!(
            (project.read(name), project.top.join(".git/hooks/pre-commit").exists()),
            (String::new(), false)
        );
    }
    let project = Project::new();
    project.write("a.txt", "a\n");
    project.run("git", &["add", "a.txt"]);
    project.run("git", &["update-index", "--split-index"]);
    let output = project.try_run("envgate", &["check", "--staged"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--no-split-index"), "{output:?}");
    let outside = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["hook", "install"])
        .current_dir(outside.path())
        .output();
    assert_eq!(output.unwrap().status.code(), Some(2));
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
    let state = project.run("envgate", &["hook", "status"]);
    assert!(state.contains("pre-commit: `.git/hooks/pre-commit`: runs the check"), "{state}");
    project.write("a.txt", PASSWORD);
    assert!(!project.commit().0);
    project.run("envgate", &["hook", "uninstall"]);
    assert!(project.top.join(".git/hooks/pre-commit").is_symlink());
    assert_eq!(project.read("scripts/hook"), "#!/bin/sh\ntouch ran\n");
}

#[test]
fn what_is_not_read_of_lefthook_is_said() {
    let project = Project::new();
    project.write("lefthook.toml", "[pre-commit.commands.check]\nrun = \"envgate check --staged\"\n");
    let state = project.run("envgate", &["hook", "status"]);
    assert!(state.contains("`lefthook.toml` is not read: what lefthook runs by it"), "{state}");
    project.write("lefthook.yml", "extends: [hooks.yml]\npre-push:\n  commands:\n    a: {run: ls}\n");
    let state = project.run("envgate", &["hook", "status"]);
    assert!(state.contains("`lefthook.yml` takes in other files"), "{state}");
    project.write("lefthook.yml", "pre-push:\n  commands:\n    a: {run: ls}\n");
    let state: serde_json::Value =
        serde_json::from_str(&project.run("envgate", &["hook", "status", "--format", "json"])).unwrap();
    assert_eq!(state["not_read"], serde_json::Value::Null);
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

#[test]
fn a_script_that_a_link_makes_a_hook_is_checked_as_one() {
    let project = Project::new();
    let script = "#!/bin/bash\nset -u\nfor f in $(git diff --cached --name-only --diff-filter=d); do echo \"$f $1\"; done\n";
    project.write("scripts/before.sh", script);
    project.write("scripts/outside.txt", "");
    fs::create_dir(project.top.join(".githooks")).unwrap();
    std::os::unix::fs::symlink("../scripts/before.sh", project.top.join(".githooks/pre-commit")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", project.top.join(".githooks/pre-push")).unwrap();
    project.run("git", &["config", "core.hooksPath", ".githooks"]);
    project.run("git", &["add", "--all"]);
    for staged in [false, true] {
        let arguments = if staged { &["check", "--staged"][..] } else { &["check"] };
        let output = project.try_run("envgate", &[arguments, &["--only", "HOK"]].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("scripts/before.sh:3") && said.contains("HOK201"), "{said}");
        assert!(
            said.contains("HOK107") && said.contains("git only hints that it ignores `pre-commit`"),
            "{said}"
        );
        assert!(!said.contains("hostname") && !said.contains("HOK003"), "{said}");
    }
    let below = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["check", "--only", "HOK201", "."])
        .current_dir(project.top.join("scripts"))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&below.stdout).contains("HOK201"));
}

#[test]
fn what_simple_git_hooks_would_write_over_is_not_installed() {
    let project = Project::new();
    let manifest = "{\"scripts\": {\"prepare\": \"simple-git-hooks\"}, \"simple-git-hooks\": {\"pre-commit\": \"true\"}}\n";
    project.write("package.json", manifest);
    let output = project.try_run("envgate", &["hook", "install"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && said.contains("`package.json`"), "{said}");
    assert!(said.contains("help: ") && !project.top.join(".git/hooks/pre-commit").exists(), "{said}");
    // As simple-git-hooks 2 writes it.
    let made = "#!/bin/sh\n\nif [ \"$SKIP_SIMPLE_GIT_HOOKS\" = \"1\" ]; then\n    exit 0\nfi\n\nenvgate check --staged";
    project.write(".git/hooks/pre-commit", made);
    project.run("chmod", &["755", ".git/hooks/pre-commit"]);
    let status = project.run("envgate", &["hook", "status"]);
    let runs = "  pre-commit: simple-git-hooks, from `package.json`: runs the check\n";
    assert!(status.contains(runs), "{status}");
    assert!(
        status.contains("the package manager's install, which sets simple-git-hooks up; then:"),
        "{status}"
    );
    project.write(".simple-git-hooks.cjs", "module.exports = {};\n");
    assert!(project.run("envgate", &["hook", "status"]).contains("`.simple-git-hooks.cjs` is not read"));
}

/// husky of a project below the top: `"prepare": "cd .. && husky frontend/.husky"`.
#[test]
fn husky_below_the_top_keeps_its_hooks_there() {
    let project = Project::new();
    let manifest = "{\"scripts\": {\"prepare\": \"cd .. && husky frontend/.husky\"}, \"devDependencies\": {\"husky\": \"^9.1.7\"}}\n";
    project.write("frontend/package.json", manifest);
    project.write("frontend/.husky/pre-commit", "echo ran\n");
    project.run("git", &["add", "--all"]);
    let fresh = project.run("envgate", &["hook", "status"]);
    assert!(
        fresh
            .contains("whose `prepare` script runs husky; then:\n  pre-commit: `frontend/.husky/pre-commit`"),
        "{fresh}"
    );
    // What husky 9 makes of it.
    let handing = "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"";
    for name in ["pre-commit", "pre-push"] {
        project.write(&format!("frontend/.husky/_/{name}"), handing);
        project.run("chmod", &["755", &format!("frontend/.husky/_/{name}")]);
    }
    let runner =
        "#!/usr/bin/env sh\nsh -e \"$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\" \"$@\"\nexit $?\n";
    project.write("frontend/.husky/_/h", runner);
    project.run("git", &["config", "core.hooksPath", "frontend/.husky/_"]);
    project.run("envgate", &["hook", "install"]);
    assert!(!project.top.join(".husky").exists());
    let status = project.run("envgate", &["hook", "status"]);
    let runs = "  pre-commit: `frontend/.husky/pre-commit`, which husky hands to `sh -e`: runs the check\n";
    assert!(status.contains(runs) && !status.contains("never runs here"), "{status}");
    project.write("a.txt", PASSWORD);
    let (made, said) = project.commit();
    assert!(!made && said.contains("SEC004"), "{said}");
    project.run("envgate", &["hook", "uninstall"]);
    assert_eq!(project.read("frontend/.husky/pre-commit"), "echo ran\n");
}
