//! What counts in a folder below the top: the nearest `envgate.yaml`, baseline and lists of gitleaks, up to the top of the
//! work tree, with the paths in them told from where they lie.
//!
//! Not here: what they say; `tests/configuration.rs`, `tests/baseline.rs` and `tests/other_scanners.rs` have that.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Two keys that are there twice, in folders of their own.
const TWICE: &str = "A=1\nA=2\n";

struct Place {
    kept: tempfile::TempDir,
}

impl Place {
    /// `top/` with git, and a folder in which somebody works.
    fn new() -> Self {
        let place = Self { kept: tempfile::tempdir().unwrap() };
        place.write("top/app/web/.env", TWICE);
        place.git(&["init", "--quiet"]);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.kept.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ana", "-c", "user.email=ana@localhost", "-c", "core.hooksPath=/dev/null"]);
        let status = git.args(arguments).current_dir(self.path("top")).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    /// What is said in `folder`, and the exit code.
    fn says(&self, folder: &str, arguments: &[&str]) -> (Option<i32>, String) {
        run(&self.path(folder), arguments)
    }

    fn code(&self, folder: &str, arguments: &[&str]) -> Option<i32> {
        self.says(folder, arguments).0
    }
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    let output = command.args(arguments).current_dir(folder).env("LC_ALL", "C").output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

const CHECK: &[&str] = &["check", "--quiet"];

#[test]
fn what_has_configurations_of_its_own_is_not_judged_by_another() {
    let place = Place::new();
    place.write("top/app/a/envgate.yaml", "rules: {ENV008: off}\n");
    place.write("top/app/a/deep/.env", TWICE);
    for name in ["a", "b"] {
        place.write(&format!("top/app/{name}/.env"), TWICE);
    }
    for paths in [["app/a", "app/b"], ["app/b", "app/a"], ["app/a/.env", "app/b/.env"]] {
        let (code, said) = place.says("top", &["check", paths[0], paths[1]]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("`app/a` and `app/b`") && said.contains("--config"), "{said}");
        let named = ["check", "--config", "app/a/envgate.yaml", paths[0], paths[1]];
        assert_eq!(place.code("top", &named), Some(0), "{paths:?}");
    }
    // Files of one project, as a runner of hooks passes them.
    assert_eq!(place.code("top", &["check", "app/a/.env", "app/a/deep/.env", "app/a"]), Some(0));
    place.write("top/app/b/envgate.yaml", "{}\n");
    assert_eq!(place.code("top", &["check", "app/a", "app/b"]), Some(2));
    assert_eq!(place.code("top", &["check", "app/b"]), Some(1));
}

#[test]
fn the_nearest_configuration_counts_up_to_the_top() {
    let place = Place::new();
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
    // Beyond the top nobody looks.
    place.write("envgate.yaml", "rules: {ENV008: off}\n");
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
    for name in ["envgate.yaml", ".envgate.yaml"] {
        place.write(&format!("top/{name}"), "rules: {ENV008: off}\n");
        for (folder, path) in [
            ("top", "."),
            ("top", "app/web"),
            ("top/app", "."),
            ("top/app", "web"),
            ("top/app/web", "."),
            ("top/app/web", ".."),
        ] {
            let said = place.says(folder, &["check", "--quiet", path]);
            assert_eq!(said.0, Some(0), "{name} {folder} {path}: {}", said.1);
        }
        // A nearer one counts, and the other not at all.
        place.write("top/app/envgate.yaml", "fail_on: warning\n");
        assert_eq!(place.code("top/app/web", CHECK), Some(1));
        fs::remove_file(place.path("top/app/envgate.yaml")).unwrap();
        fs::remove_file(place.path(&format!("top/{name}"))).unwrap();
    }
    // Without git the folder that is checked is the top.
    place.write("top/envgate.yaml", "rules: {ENV008: off}\n");
    fs::remove_dir_all(place.path("top/.git")).unwrap();
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
    assert_eq!(place.code("top", CHECK), Some(0));
}

#[test]
fn paths_in_it_are_told_from_where_it_lies() {
    let place = Place::new();
    place.write("top/app/other/.env", TWICE);
    for (written, web, other) in [
        ("ignore: [{rule: ENV008, path: app/web/.env, reason: known}]\n", 0, 1),
        ("ignore: [{rule: ENV008, path: 'web/.env', reason: known}]\n", 1, 1),
        ("ignore: [{rule: ENV008, path: '/app/web', reason: known}]\n", 0, 1),
        ("exclude: [app/other]\n", 1, 2),
        ("include: ['app/web/**']\n", 1, 2),
    ] {
        place.write("top/envgate.yaml", written);
        for (folder, wanted) in [("top/app/web", web), ("top/app/other", other)] {
            let (code, said) = place.says(folder, CHECK);
            assert_eq!(code, Some(wanted), "{folder}: {written}{said}");
        }
        // From beside it, as from within.
        let (code, said) = place.says("top/app/other", &["check", "--quiet", "../web"]);
        assert_eq!(code, Some(web), "{written}{said}");
    }
    // What it names is sought where it lies.
    place.write(
        "top/envgate.yaml",
        "environments: {live: {compose: [infra/compose.yml], env_file: app/web/.env}}\n",
    );
    let (code, said) = place.says("top/app/web", &["check"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("file `infra/compose.yml` does not exist"), "{said}");
    place.write("top/infra/compose.yml", "services: {web: {image: 'nginx:1.27'}}\n");
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
}

#[test]
fn an_index_and_a_trusted_commit_are_read_so_too() {
    let place = Place::new();
    place.write("top/envgate.yaml", "ignore: [{rule: ENV008, path: app/web/.env, reason: known}]\n");
    place.git(&["add", "--all"]);
    let (code, said) = place.says("top/app/web", &["check", "--staged"]);
    assert_eq!(code, Some(0), "{said}");
    place.git(&["commit", "--quiet", "--message", "one"]);
    // What the work tree says of it now is nobody's word.
    place.write("top/envgate.yaml", "{}\n");
    let (code, said) = place.says("top/app/web", &["check", "--config-from", "HEAD"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
}

#[test]
fn a_baseline_and_the_lists_of_gitleaks_are_found_from_below() {
    let place = Place::new();
    let token = ["k7Qm2xZ9pLr4", "VwTd8sNf3bHj"].concat();
    place.write("top/app/web/settings.py", &format!("API_TOKEN = \"{token}\"\n"));
    fs::remove_file(place.path("top/app/web/.env")).unwrap();
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
    place.write("top/.gitleaks.toml", "[allowlist]\npaths = ['^app/web/settings']\n");
    let (code, said) = place.says("top/app/web", CHECK);
    assert_eq!(code, Some(0), "{said}");
    place.write("top/.gitleaks.toml", "[allowlist]\npaths = ['^settings']\n");
    assert_eq!(place.code("top/app/web", CHECK), Some(1));
    fs::remove_file(place.path("top/.gitleaks.toml")).unwrap();
    place.write("top/.gitleaksignore", "app/web/settings.py:generic-api-key:1\n");
    let (code, said) = place.says("top/app/web", CHECK);
    assert_eq!(code, Some(0), "{said}");
    fs::remove_file(place.path("top/.gitleaksignore")).unwrap();
    assert_eq!(place.code("top", &["baseline", "create"]), Some(0));
    assert_eq!(place.code("top/app/web", CHECK), Some(0));
    // From below nobody can tell what is gone elsewhere: nothing is dropped.
    place.write("top/.env", TWICE);
    let before = fs::read(place.path("top/.envgate-baseline.json")).unwrap();
    let (code, said) = place.says("top/app/web", &["baseline", "update"]);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(fs::read(place.path("top/.envgate-baseline.json")).unwrap(), before);
    // One that is made from below beside the configuration tells paths from there.
    fs::remove_file(place.path("top/.envgate-baseline.json")).unwrap();
    place.write("top/envgate.yaml", "{}\n");
    assert_eq!(place.code("top/app/web", &["baseline", "create"]), Some(0));
    let written = fs::read_to_string(place.path("top/.envgate-baseline.json")).unwrap();
    assert!(written.contains("\"app/web/settings.py\""), "{written}");
}

/// The folders in which `resolve` and `why` are asked.
const FOLDERS: [&str; 3] = ["top", "top/app", "top/app/web"];

#[test]
fn what_services_get_is_told_from_below_too() {
    let place = Place::new();
    place.write(
        "top/infra/stack.yml",
        "services: {web: {image: 'nginx:1.27', environment: {PORT: '${PORT}'}}}\n",
    );
    place.write("top/infra/live.env", "PORT=8080\n");
    for folder in &FOLDERS[1..] {
        assert_eq!(place.code(folder, &["resolve"]), Some(2), "nothing says what is started");
    }
    let live = "environments: {live: {compose: [infra/stack.yml], env_file: infra/live.env}}\n";
    place.write("top/envgate.yaml", live);
    for folder in FOLDERS {
        let (code, said) = place.says(folder, &["resolve", "--reveal"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("PORT  \"8080\""), "{folder}: {said}");
        let (code, said) = place.says(folder, &["why", "PORT"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("infra/live.env:1"), "{folder}: {said}");
    }
    // A nearer one counts, and the other not at all.
    place.write("top/app/envgate.yaml", "environments: {near: {compose: [near.yml]}}\n");
    place.write("top/app/near.yml", "services: {web: {image: 'nginx:1.27', environment: {PORT: '9'}}}\n");
    assert!(place.says("top/app/web", &["resolve", "--reveal"]).1.contains("PORT  \"9\""));
    // One that cannot be used tells nothing.
    place.write("top/app/envgate.yaml", "environments: {near: {compse: [near.yml]}}\n");
    for command in [&["resolve"][..], &["why", "PORT"]] {
        let (code, said) = place.says("top/app/web", command);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("envgate.yaml` cannot be used"), "{said}");
    }
}

#[test]
fn what_is_excluded_starts_nothing() {
    let place = Place::new();
    place.write(
        "top/vendor/compose.yml",
        "services: {web: {image: 'nginx:1.27', environment: {PORT: '1'}}}\n",
    );
    assert_eq!(place.code("top", &["why", "PORT"]), Some(0));
    place.write("top/envgate.yaml", "exclude: [vendor]\n");
    assert_eq!(place.code("top", &["why", "PORT"]), Some(2));
}

#[test]
fn compose_files_are_found_from_below_as_compose_finds_them() {
    let place = Place::new();
    place.write(
        "top/compose.yml",
        "services: {web: {image: 'nginx:1.27', environment: {A: '${A}', B: '${B}'}}}\n",
    );
    place.write("top/.env", "A=top\nB=top\n");
    for (own, a, b) in [(None, "top", "top"), (Some("A=here\n"), "here", "top")] {
        let dotenv = place.path("top/app/web/.env");
        match own {
            Some(text) => fs::write(&dotenv, text).unwrap(),
            None => fs::remove_file(&dotenv).unwrap(),
        }
        let (code, said) = place.says("top/app/web", &["resolve", "--reveal"]);
        assert_eq!(code, Some(0), "{said}");
        for (key, value) in [("A", a), ("B", b)] {
            assert!(said.contains(&format!("{key}  \"{value}\"")), "{said}");
        }
        let theirs = compose(&place.path("top/app/web"));
        assert!(theirs.contains(&format!("A: {a}\n")) && theirs.contains(&format!("B: {b}\n")), "{theirs}");
    }
}

/// What the real compose makes of the project around a folder.
#[expect(clippy::disallowed_methods, clippy::panic, reason = "a test is told where its oracle lies")]
fn compose(folder: &Path) -> String {
    let binary = std::env::var("ENVGATE_COMPOSE").unwrap_or_else(|_| {
        panic!("ENVGATE_COMPOSE is not set: `tests/run` fetches the real compose and sets it")
    });
    let output = Command::new(binary)
        .arg("config")
        .current_dir(folder)
        .env_clear()
        .env("HOME", "/nonexistent")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_piped_in_is_judged_by_the_nearest_too() {
    let place = Place::new();
    place.write("top/envgate.yaml", "rules: {ENV008: off}\n");
    for (folder, path) in [("top", "app/web/x.env"), ("top/app/web", "x.env"), ("top/app/web", "../x.env")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(["check", "--quiet", "--stdin", "--path", path]).current_dir(place.path(folder));
        let status = command.stdin(fs::File::open(place.path("top/app/web/.env")).unwrap()).status().unwrap();
        assert_eq!(status.code(), Some(0), "{folder} {path}");
    }
}

/// It may say of a value that it is secret, whatever its name: where it cannot be read, nothing is shown.
#[test]
fn a_schema_above_a_checked_file_that_cannot_be_read_is_an_error() {
    let place = Place::new();
    place.write("top/.env.schema", "# @sensitive\nCITY=\n");
    let (code, said) = place.says("top", &["check", "app/web/.env"]);
    assert_eq!(code, Some(1), "{said}");
    // Larger than any file that is read.
    fs::File::options().write(true).open(place.path("top/.env.schema")).unwrap().set_len(300 << 20).unwrap();
    let (code, said) = place.says("top", &["check", "app/web/.env"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("cannot read `.env.schema`"), "{said}");
}
