//! `envgate init`: what it writes makes the check pass, a second run changes nothing, and nothing is written
//! that was not agreed to.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Place(tempfile::TempDir);

impl Place {
    /// A copy of the incident's project, in a repository of its own.
    fn incident() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incident"), place.0.path());
        place.git(&["init", "--quiet"]);
        place
    }

    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(arguments)
            .current_dir(self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .status();
        assert!(status.unwrap().success());
    }

    fn says(&self, arguments: &str) -> (i32, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(arguments.split(' '))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }

    /// Every file outside `.git`, and the hooks inside.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.0.path(), &mut files);
        files.retain(|path, _| !path.starts_with(self.0.path().join(".git")) || path.ends_with("pre-commit"));
        files
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn after_it_the_check_passes_and_a_second_run_changes_nothing() {
    for more in ["", " --hook --ci github", " --hook --ci gitlab", " --ci github --hook"] {
        let place = Place::incident();
        let before = place.says("check -q");
        assert_eq!(before.0, 1, "{before:?}");
        let said = place.says(&format!("init --yes{more}"));
        assert_eq!(said.0, 0, "{said:?}");
        let check = place.says("check --fail-on warning --fail-on-stale");
        assert!(check.0 == 0 && check.1.starts_with("no findings in "), "{more}: {check:?}");
        let written = place.files();
        let again = place.says(&format!("init --yes{more}"));
        assert!(again.0 == 0 && !again.1.contains("wrote"), "{more}: {again:?}");
        assert!(place.files() == written, "{more}: a second run changed something");
    }
}

#[test]
fn nothing_is_written_that_nobody_agreed_to() {
    let place = Place::incident();
    let before = place.files();
    for arguments in
        ["init", "init --dry-run", "init --dry-run --hook --ci github", "init --hook --ci gitlab"]
    {
        let said = place.says(arguments);
        assert_eq!(said.0, 0, "{said:?}");
        assert!(place.files() == before, "{arguments} wrote something");
    }
    let (_, shown) = place.says("init --dry-run --ci github");
    for part in [
        "  settings classes  apps/backend/src/core/config.py (13 variables)",
        "    environments:\n      dev: # Makefile\n        kind: development",
        "would write `.envgate-baseline.json`: accepts ",
        "          - run: envgate check --format github",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("\"hash\""), "{shown}");
}

#[test]
fn what_is_there_stays() {
    let place = Place::incident();
    place.write("envgate.yaml", "version: 1\nrules: {SEC: off}\n");
    place.write(".gitlab-ci.yml", "test:\n  script: [make test]\n");
    let said = place.says("init --yes --ci gitlab");
    assert_eq!(said.0, 0, "{said:?}");
    assert_eq!(place.read("envgate.yaml"), "version: 1\nrules: {SEC: off}\n");
    assert_eq!(place.read(".gitlab-ci.yml"), "test:\n  script: [make test]\n");
    assert!(place.read(".gitlab/envgate.yml").contains("- envgate check --output gitlab="));
    assert!(said.1.contains("help: add `include: /.gitlab/envgate.yml` to `.gitlab-ci.yml`"), "{said:?}");
    place.write("envgate.yaml", "versoin: 1\n");
    assert_eq!(place.says("init --yes").0, 2, "a configuration with a mistake is not built upon");
}

#[test]
fn a_clean_project_needs_no_baseline_and_no_repository_has_no_hook() {
    let place = Place::empty();
    place.write("compose.yaml", "services:\n  web:\n    image: nginx:1.27\n");
    let said = place.says("init --yes --hook");
    assert!(said.0 == 2 && said.1.contains("not inside a git work tree"), "{said:?}");
    assert_eq!(place.files().len(), 1);
    let said = place.says("init --yes");
    assert!(said.0 == 0 && said.1.contains("no baseline is needed"), "{said:?}");
    assert!(place.read("envgate.yaml").contains("#     compose: [compose.yaml]"));
    assert!(!place.0.path().join(".envgate-baseline.json").exists());
    assert_eq!(place.says("check").0, 0);
}

/// What it writes is there to be read by others too: nothing of a value may stand in it.
#[test]
fn no_value_is_written_or_shown() {
    const CANARY: &str = "c4n4ryWq8ZpR7tYb2MxK5vL9sD3fG6hJ";
    let place = Place::empty();
    place.write(".env", &format!("API_TOKEN={CANARY}\nAPI_TOKEN={CANARY}\n"));
    place.write(
        "compose.yaml",
        &format!("services:\n  web:\n    image: a:1\n    environment: {{TOKEN: {CANARY}}}\n"),
    );
    place.write("Makefile", &format!("up:\n\tTOKEN={CANARY} docker compose -f compose.yaml up -d\n"));
    for arguments in ["init --dry-run --ci github", "init --yes --ci github"] {
        let (code, said) = place.says(arguments);
        assert!(code == 0 && !said.contains(&CANARY[..8]), "{said}");
    }
    for path in ["envgate.yaml", ".envgate-baseline.json", ".github/workflows/envgate.yml"] {
        assert!(!place.read(path).contains(&CANARY[..8]), "{path}");
    }
}
