//! `envgate fix` on copies of real projects: what it changes, what it leaves, and that it prints no value.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use envgate::document::env::{Loader, load};

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
fn what_hides_an_env_file_goes_where_asked_for() {
    let kept = tempfile::tempdir().unwrap();
    copy(Path::new("fixtures/incident"), kept.path());
    let compose = kept.path().join("infra/docker-compose.yml");
    let before = fs::read_to_string(&compose).unwrap();
    fix(kept.path(), &["--unsafe", "--only", "CMP004"]);
    let after = fs::read_to_string(&compose).unwrap();
    let gone: Vec<&str> = before.lines().filter(|line| !after.lines().any(|kept| kept == *line)).collect();
    assert!(gone.iter().any(|line| line.trim().starts_with("SECRET_KEY: ${SECRET_KEY:-")), "{gone:?}");
    assert!(after.lines().all(|line| before.lines().any(|old| old == line)), "no other line is touched");
    let why = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["why", "SECRET_KEY", "--service", "backend"])
        .current_dir(kept.path())
        .output()
        .unwrap();
    let story = text(&why.stdout);
    assert!(why.status.success() && story.contains("arrives  43 characters"), "{story}");
}

/// What is refused is told of each by its place, and keeps nothing else of the file back.
#[test]
fn one_that_does_not_come_out_as_meant_keeps_no_other_back() {
    let kept = tempfile::tempdir().unwrap();
    let service = |name: &str, more: &str| {
        format!(
            "  {name}:\n    image: nginx:1.29.3\n    env_file: app.env\n    environment:\n{more}      \
             API_URL: ${{API_URL:-http://localhost}}\n"
        )
    };
    let alone = service("web", "") + &service("worker", "");
    let compose = format!("services:\n{alone}{}", service("other", "      TZ: UTC\n"));
    fs::write(kept.path().join("compose.yaml"), &compose).unwrap();
    fs::write(kept.path().join("app.env"), "API_URL=https://api.example.com\n").unwrap();
    let output = fix(kept.path(), &["--unsafe", "--only", "CMP004"]);
    let said = text(&output.stdout);
    let after = fs::read_to_string(kept.path().join("compose.yaml")).unwrap();
    assert_eq!(
        after,
        format!(
            "services:\n{alone}  other:\n    image: nginx:1.29.3\n    env_file: app.env\n    environment:\n      TZ: UTC\n"
        )
    );
    for place in ["left compose.yaml:6 CMP004", "left compose.yaml:11 CMP004"] {
        assert!(said.contains(place), "{place}: {said}");
    }
}

/// One of two lines of a key goes when both are assignments to every loader, which another fix makes them.
#[test]
fn what_was_refused_is_tried_again_when_something_else_is_right() {
    let kept = tempfile::tempdir().unwrap();
    let path = kept.path().join(".env");
    fs::write(&path, "LIMIT: \nHEALTH: \nLIMIT: \nHEALTH:[").unwrap();
    fix(kept.path(), &["--unsafe"]);
    let once = fs::read_to_string(&path).unwrap();
    assert_eq!(once, "HEALTH: \nLIMIT=\nHEALTH:[");
    fix(kept.path(), &["--unsafe"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), once);
}

#[test]
fn the_last_line_of_a_block_stays_since_compose_refuses_an_empty_one() {
    let kept = tempfile::tempdir().unwrap();
    let compose = "services:\n  web:\n    image: nginx:1.29.3\n    env_file: app.env\n    environment:\n      \
                   API_URL: ${API_URL:-http://localhost}\n";
    fs::write(kept.path().join("compose.yaml"), compose).unwrap();
    fs::write(kept.path().join("app.env"), "API_URL=https://api.example.com\n").unwrap();
    let output = fix(kept.path(), &["--unsafe", "--only", "CMP004"]);
    let said = text(&output.stdout);
    assert!(said.contains("would not come out as meant"), "{said}");
    assert_eq!(fs::read_to_string(kept.path().join("compose.yaml")).unwrap(), compose);
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
    fs::write(&env, "# note\r\n\r\nA=1\r\nA=1 # again\r\nB=ñ\r\n").unwrap();
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
fn a_comment_is_not_left_to_the_line_behind_one_that_goes() {
    let kept = tempfile::tempdir().unwrap();
    let env = kept.path().join(".env");
    let compose = kept.path().join("compose.yaml");
    let silenced = "# envgate: allow SEC101: of a test";
    let twice = format!("B=0\n{silenced}\nA=1\nTOKEN=x\nA=1\n");
    let items = format!(
        "services:\n  web:\n    image: a:1\n    environment:\n      - B=0\n      {silenced}\n      - A=1\n      - TOKEN=x\n      - A=1\n"
    );
    fs::write(&env, &twice).unwrap();
    fs::write(&compose, &items).unwrap();
    fix(kept.path(), &["--only", "ENV008,CMP009"]);
    assert_eq!(fs::read_to_string(&env).unwrap(), twice);
    assert_eq!(fs::read_to_string(&compose).unwrap(), items);
    fix(kept.path(), &["--only", "ENV008,CMP009", "--unsafe"]);
    assert_eq!(fs::read_to_string(&env).unwrap(), twice.replacen("A=1\n", "", 1));
    assert_eq!(fs::read_to_string(&compose).unwrap(), items.replacen("      - A=1\n", "", 1));
}

#[test]
fn nothing_to_fix_is_success() {
    let kept = tempfile::tempdir().unwrap();
    copy(Path::new("fixtures/incident-fixed"), kept.path());
    let output = fix(kept.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).starts_with("0 files changed; 0 errors"), "{}", text(&output.stdout));
}

/// A project in which a shell script, compose and Node read one file.
fn three_readers(env: &str) -> tempfile::TempDir {
    let kept = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(kept.path().join(name), text).unwrap();
    write("run.sh", "#!/usr/bin/env bash\nset -a\nsource .env\nset +a\nexec node index.js\n");
    write("index.js", "require('dotenv').config();\n");
    write("docker-compose.yml", "services:\n  api:\n    image: example/api:1.4.2\n    env_file: .env\n");
    write(".env", env);
    kept
}

fn loads(text: &str, loader: Loader, key: &str) -> Option<String> {
    load(text, loader, &|_| None).variable(key)?.value.clone()
}

#[test]
fn quotes_are_such_that_every_reader_gets_the_value() {
    let kept = three_readers(
        "PORT=80\nMODEL=Big Model\nCOLOR=red#1\nURL=http://h/p?a=1&b=2\nNAME=it's\nAPI_TOKEN=pa$sword9xQ7\n",
    );
    fix(kept.path(), &["--unsafe"]);
    let after = fs::read_to_string(kept.path().join(".env")).unwrap();
    for loader in [Loader::Bash, Loader::ComposeEnvFile, Loader::NodeDotenv] {
        for (key, value) in [
            ("PORT", "80"),
            ("MODEL", "Big Model"),
            ("COLOR", "red#1"),
            ("URL", "http://h/p?a=1&b=2"),
            ("NAME", "it's"),
            ("API_TOKEN", "pa$sword9xQ7"),
        ] {
            assert_eq!(loads(&after, loader, key).as_deref(), Some(value), "{key} in {loader:?}");
        }
    }
}

#[test]
fn no_quotes_are_put_where_a_reader_would_keep_them() {
    let kept = three_readers("MODEL=Big Model\n");
    let run = "#!/usr/bin/env bash\nset -a\nsource .env\ndocker run --env-file .env example/api:1.4.2\n";
    fs::write(kept.path().join("run.sh"), run).unwrap();
    fix(kept.path(), &["--unsafe"]);
    assert_eq!(fs::read_to_string(kept.path().join(".env")).unwrap(), "MODEL=Big Model\n");
}

#[test]
fn lists_are_rewritten_as_the_settings_class_declares_them() {
    let kept = tempfile::tempdir().unwrap();
    let settings = "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    hosts: list[str]\n";
    fs::write(kept.path().join("settings.py"), settings).unwrap();
    fs::write(kept.path().join(".env"), "HOSTS=a.example,b.example\n").unwrap();
    fix(kept.path(), &[]);
    let after = fs::read_to_string(kept.path().join(".env")).unwrap();
    assert_eq!(
        loads(&after, Loader::PythonDotenv, "HOSTS").as_deref(),
        Some("[\"a.example\",\"b.example\"]")
    );
}

#[test]
fn a_mark_and_carriage_returns_go_for_a_shell_that_sources_the_file() {
    let kept = three_readers("\u{feff}A=1\r\nB=2\r\nB=2\r\nC=3\r\n");
    fix(kept.path(), &[]);
    assert_eq!(fs::read_to_string(kept.path().join(".env")).unwrap(), "A=1\nB=2\nC=3\n");
}

/// A hook that git would not run is made executable, on the disk and for whoever clones; `--diff` says so first.
#[test]
fn hooks_are_made_executable_on_the_disk_and_in_the_index() {
    let kept = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let run = Command::new("git").args(arguments).current_dir(kept.path()).output().unwrap();
        assert!(run.status.success(), "git {arguments:?}: {}", text(&run.stderr));
        text(&run.stdout)
    };
    git(&["init", "--quiet"]);
    git(&["config", "core.hooksPath", "hooks"]);
    let tracked = kept.path().join("hooks/pre-commit");
    let other = kept.path().join("hooks/pre-push");
    fs::create_dir(kept.path().join("hooks")).unwrap();
    for hook in [&tracked, &other] {
        fs::write(hook, "#!/bin/sh\nexit 0\n").unwrap();
        fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
    }
    git(&["add", "hooks/pre-commit"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let shown = fix(kept.path(), &["--diff", "--only", "HOK001"]);
    assert!(text(&shown.stdout).contains("hooks/pre-commit: old mode 644, new mode 755"), "{shown:?}");
    assert_eq!((mode(&tracked), mode(&other)), (0o644, 0o644));
    let elsewhere = fix(kept.path(), &["--only", "HOK002"]);
    assert_eq!((mode(&tracked), elsewhere.status.code()), (0o644, Some(1)), "nobody asked for it");
    let done = fix(kept.path(), &[]);
    let said = text(&done.stdout);
    assert!(said.contains("changed hooks/pre-commit: it is executable now, in the index too\n"), "{said}");
    assert!(said.contains("changed hooks/pre-push: it is executable now\n"), "{said}");
    assert_eq!((mode(&tracked), mode(&other)), (0o755, 0o755));
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(git(&["ls-files", "--stage", "hooks/pre-commit"]).starts_with("100755 "));
    // Only what was put right is taken off the list: not what else is wrong with the hook.
    fs::write(&tracked, "#!/bin/sh\nread answer\n").unwrap();
    git(&["update-index", "--chmod=-x", "hooks/pre-commit"]);
    fs::set_permissions(&tracked, fs::Permissions::from_mode(0o644)).unwrap();
    let done = fix(kept.path(), &[]);
    let said = text(&done.stdout);
    assert!(
        said.contains("in the index too")
            && said.ends_with("1 error and 0 warnings left\n")
            && done.status.code() == Some(1),
        "{said}"
    );
}
