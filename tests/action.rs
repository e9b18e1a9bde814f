//! The steps of `action.yml`, run as a runner would: in bash, with the inputs and the runner's words put into the
//! environment, and a `curl` that finds a release in a folder.
//!
//! Not here: GitHub's own part, such as how it finds the action; that has not been run.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

struct Runner {
    kept: tempfile::TempDir,
    action: Value,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Runner {
    /// A runner with a project of one mistake, and a release of this version for x64 Linux.
    fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
        let action = serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let runner = Self { kept, action };
        runner.program("bin/curl", CURL);
        fs::create_dir_all(runner.path("project")).unwrap();
        fs::write(runner.path("project/.env"), "A=1\nA=2\n").unwrap();
        let name = format!("envgate-{}-x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION"));
        runner.program(
            &format!("release/{name}/envgate"),
            &format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_envgate")),
        );
        let pack = format!("tar -czf {name}.tar.gz {name} && sha256sum {name}.tar.gz >{name}.tar.gz.sha256");
        let status = Command::new("sh").args(["-c", &pack]).current_dir(runner.path("release")).status();
        assert!(status.unwrap().success());
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.kept.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What an expression stands for.
    fn filled(&self, expression: &str, system: &str, inputs: &[(&str, &str)]) -> String {
        let Some(inside) = expression.strip_prefix("${{").and_then(|rest| rest.split_once("}}")) else {
            return expression.to_owned();
        };
        let (name, rest) = inside;
        let value = match name.trim() {
            "github.action_repository || github.repository" => "o/envgate".to_owned(),
            "github.server_url" => "https://code.example.com".to_owned(),
            "runner.os" => system.split('-').next().unwrap_or_default().to_owned(),
            "runner.arch" => system.split('-').nth(1).unwrap_or_default().to_owned(),
            "runner.temp" => self.path("temp").display().to_string(),
            name => {
                let input = name.strip_prefix("inputs.").unwrap();
                let given =
                    inputs.iter().find(|(key, _)| *key == input).map(|(_, value)| (*value).to_owned());
                given.unwrap_or_else(|| text(&self.action["inputs"][input]["default"]))
            }
        };
        match rest.find("${{") {
            Some(at) => value + &rest[..at] + &self.filled(&rest[at..], system, inputs),
            None => value + rest,
        }
    }

    /// One step, by its place.
    fn step(&self, at: usize, system: &str, inputs: &[(&str, &str)]) -> Output {
        let step = &self.action["runs"]["steps"][at];
        assert_eq!(text(&step["shell"]), "bash");
        let mut command = Command::new("bash");
        // As a runner calls it.
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &text(&step["run"])]);
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()));
        command.env("RELEASE", self.path("release"));
        for (key, value) in step["env"].as_mapping().unwrap() {
            command.env(text(key), self.filled(&text(value), system, inputs));
        }
        let below = self.filled(&text(&step["working-directory"]), system, inputs);
        command.current_dir(self.path("project").join(below)).output().unwrap()
    }
}

/// Serves what lies in `$RELEASE`, if the address is the one of this release.
const CURL: &str = r#"#!/bin/bash
while [[ $# -gt 0 ]]; do
    case $1 in --output) output=$2; shift ;; https://*) address=$1 ;; esac
    shift
done
[[ $address == https://code.example.com/o/envgate/releases/download/v*/envgate-* ]] || exit 22
cp "$RELEASE/${address##*/}" "$output" 2>/dev/null || exit 22
"#;

#[test]
fn the_action_fetches_checks_and_reports() {
    let runner = Runner::new();
    let fetched = runner.step(0, "Linux-X64", &[]);
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    assert!(
        String::from_utf8_lossy(&fetched.stdout).contains(concat!("envgate ", env!("CARGO_PKG_VERSION")))
    );
    let checked = runner.step(1, "Linux-X64", &[]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stdout).starts_with("::error file=.env,line=1"), "{checked:?}");
    let checked = runner.step(1, "Linux-X64", &[("arguments", "check -q"), ("sarif", "found.sarif")]);
    assert_eq!(checked.status.code(), Some(1));
    let sarif: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(runner.path("project/found.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "ENV008");
    fs::write(runner.path("project/.env"), "A=1\n").unwrap();
    assert_eq!(runner.step(1, "Linux-X64", &[]).status.code(), Some(0));
}

#[test]
fn the_action_runs_nothing_that_is_not_what_was_released() {
    let runner = Runner::new();
    let name = format!("release/envgate-{}-x86_64-unknown-linux-musl.tar.gz", env!("CARGO_PKG_VERSION"));
    let mut archive = fs::read(runner.path(&name)).unwrap();
    *archive.last_mut().unwrap() ^= 1;
    fs::write(runner.path(&name), archive).unwrap();
    assert!(!runner.step(0, "Linux-X64", &[]).status.success());
    assert!(!runner.path("temp/envgate/envgate").exists());
    // No release for this system, and no such system.
    assert!(!runner.step(0, "Linux-ARM64", &[]).status.success());
    let unknown = runner.step(0, "Plan9-X64", &[]);
    assert!(String::from_utf8_lossy(&unknown.stdout).contains("::error::there is no envgate for Plan9-X64"));
    assert!(!unknown.status.success());
}

#[test]
fn what_is_typed_as_arguments_is_not_run() {
    let runner = Runner::new();
    assert!(runner.step(0, "Linux-X64", &[]).status.success());
    let typed = "check -q $(touch${IFS}pwned) `touch pwned` ; touch pwned";
    assert_eq!(runner.step(1, "Linux-X64", &[("arguments", typed)]).status.code(), Some(2));
    assert!(!runner.path("project/pwned").exists());
}
