//! What a release is made of holds together: one version, actions pinned by commit, scripts that shells can read.
//!
//! Not here: building the packages and installing them; tests/packages does that.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn workflows() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<(String, String)> =
        paths.map(|path: PathBuf| (path.display().to_string(), fs::read_to_string(path).unwrap())).collect();
    all.push(("action.yml".to_owned(), read("action.yml")));
    all
}

#[test]
fn the_action_takes_the_version_that_it_belongs_to() {
    let line = format!("        VERSION: {}\n", env!("CARGO_PKG_VERSION"));
    assert!(read("action.yml").contains(&line), "action.yml does not say {}", line.trim());
}

/// What stands where a project without Rust names envgate in `.pre-commit-config.yaml` installs that version too, and
/// has the hooks that this repository has, but for the one that needs no install.
#[test]
fn the_repository_for_pre_commit_belongs_to_it() {
    let wanted = format!("dependencies = [\"envgate-cli=={}\"]\n", env!("CARGO_PKG_VERSION"));
    assert!(read("packages/pre-commit/pyproject.toml").contains(&wanted));
    let hooks = |path: &str| -> Vec<String> {
        let text = read(path);
        text.split_inclusive('\n').fold(Vec::new(), |mut all, line| {
            if line.starts_with("- id:") {
                all.push(String::new());
            }
            all.last_mut().unwrap().push_str(line);
            all
        })
    };
    let own: Vec<String> = hooks(".pre-commit-hooks.yaml")
        .into_iter()
        .filter(|hook| !hook.contains("language: system"))
        .map(|hook| hook.replace("language: rust", "language: python"))
        .collect();
    assert_eq!(hooks("packages/pre-commit/.pre-commit-hooks.yaml"), own);
}

/// A tag can be moved; a commit cannot.
#[test]
fn every_action_is_pinned_by_its_commit() {
    let mut seen = 0;
    for (path, text) in workflows() {
        for line in
            text.lines().filter(|line| line.trim_start().trim_start_matches("- ").starts_with("uses:"))
        {
            seen += 1;
            let (_, pin) = line.split_once('@').unwrap_or_default();
            let (commit, comment) = pin.split_once(' ').unwrap_or_default();
            let pinned = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(pinned && comment.starts_with("# v"), "{path}: {line}");
        }
    }
    assert!(seen > 5);
}

/// What somebody types must not become part of a script that runs.
#[test]
fn no_script_of_a_workflow_takes_an_expression() {
    for (path, text) in workflows() {
        let mut run: Option<usize> = None;
        for line in text.lines() {
            let indent = line.len() - line.trim_start().len();
            if run.is_some_and(|start| indent <= start && !line.trim().is_empty()) {
                run = None;
            }
            if line.trim_start().trim_start_matches("- ").starts_with("run:") {
                run = Some(if line.trim_start().starts_with("- ") { indent + 2 } else { indent });
            }
            assert!(run.is_none() || !line.contains("${{"), "{path}: {}", line.trim());
        }
    }
}

#[test]
fn bash_can_read_every_script() {
    for path in [
        "docs/build",
        "docs/recording",
        "packages/archive",
        "tests/neovim",
        "tests/packages",
        "tests/run",
        "tests/trials",
        "tests/workflows",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let status = Command::new("bash").arg("-n").arg(&path).status().unwrap();
        assert!(status.success(), "{}", path.display());
    }
}

/// What goes into the package that others build from has all that it is built from.
#[test]
fn the_crate_holds_what_it_is_built_from() {
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("exclude = ")).unwrap();
    for folder in ["/src", "/rules", "/build", "build.rs", "/docs"] {
        assert!(!line.contains(&format!("\"{folder}\"")), "{folder} is left out: {line}");
    }
}

#[test]
fn our_own_check_finds_nothing_in_them() {
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args([
            "check",
            "--fail-on",
            "warning",
            ".github",
            "packages",
            "action.yml",
            "pyproject.toml",
            "tests/packages",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn bill(target: &str) -> serde_json::Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/sbom");
    let output = Command::new("python3").arg(script).arg(target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every crate that is named as a dependency is in the bill with the checksum that Cargo.lock has, none that only tests
/// need is, and what depends on what leads nowhere else.
#[test]
fn the_bill_of_materials_is_what_cargo_locks() {
    let bill = bill("x86_64-unknown-linux-gnu");
    assert_eq!(bill, self::bill("x86_64-unknown-linux-gnu"), "one lock file gives two bills");
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let lock: toml::Table = toml::from_str(&read("Cargo.lock")).unwrap();
    let components = bill["components"].as_array().unwrap();
    let has = |name: &str| components.iter().any(|one| one["name"] == name);
    for (name, said) in manifest["dependencies"].as_table().unwrap() {
        let package = said.get("package").and_then(toml::Value::as_str).unwrap_or(name);
        assert!(has(package), "`{package}` is built in and not in the bill");
    }
    for name in ["proptest", "insta", "brush-parser", "divan", "trycmd"] {
        assert!(!has(name), "`{name}` is for tests alone and stands in the bill");
    }
    let locked = lock["package"].as_array().unwrap();
    for one in components {
        let checksum = locked
            .iter()
            .find(|package| {
                package["name"].as_str() == one["name"].as_str()
                    && package["version"].as_str() == one["version"].as_str()
            })
            .and_then(|package| package.get("checksum")?.as_str());
        assert!(checksum.is_some() && one["hashes"][0]["content"].as_str() == checksum, "{one}");
        assert!(one["licenses"][0]["expression"].is_string(), "{one}");
    }
    let top = &bill["metadata"]["component"]["bom-ref"];
    let known =
        |wanted: &serde_json::Value| wanted == top || components.iter().any(|one| one["bom-ref"] == *wanted);
    for one in bill["dependencies"].as_array().unwrap() {
        let needed = one["dependsOn"].as_array().unwrap();
        assert!(known(&one["ref"]) && needed.iter().all(known), "{one}");
    }
}
