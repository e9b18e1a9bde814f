//! husky 8 and 9, lefthook, pre-commit: the real ones, installed by `tests/hook-managers`, each running envgate
//! on real commits.
//!
//! They come from their registries into `target/hook-managers`; without them this test fails, and says why.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const PASSWORD: &str = "password = supersecret99\n";

/// Where the managers are, fetched once.
fn managers() -> &'static Path {
    static FETCHED: OnceLock<PathBuf> = OnceLock::new();
    FETCHED.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(root.join("tests/hook-managers")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the hook managers cannot be installed:\n{said}");
        root.join("target/hook-managers")
    })
}

struct Project {
    top: PathBuf,
    path: String,
    _kept: tempfile::TempDir,
}

impl Project {
    /// A repository in which the command of a manager, and envgate, are found.
    fn new(tools: &str) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let top = kept.path().join("work");
        fs::create_dir(&top).unwrap();
        let envgate = Path::new(env!("CARGO_BIN_EXE_envgate")).parent().unwrap();
        let tools = managers().join(tools);
        let path = std::env::join_paths(
            [tools.as_path(), envgate]
                .into_iter()
                .chain(["/usr/local/bin", "/usr/bin", "/bin"].map(Path::new)),
        );
        let project = Self { top, path: path.unwrap().into_string().unwrap(), _kept: kept };
        project.run("git", &["init", "--quiet", "--initial-branch=main"]);
        project
    }

    fn try_run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new("/usr/bin/env")
            .arg(program)
            .args(arguments)
            .current_dir(&self.top)
            .env("PATH", &self.path)
            .env("HOME", self.top.parent().unwrap())
            .env("PRE_COMMIT_HOME", self.top.parent().unwrap().join("cache"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GIT_DIR")
            .envs([("GIT_AUTHOR_NAME", "Ana"), ("GIT_AUTHOR_EMAIL", "ana@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Ana"), ("GIT_COMMITTER_EMAIL", "ana@example.com")])
            .env_remove("CI")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.try_run(program, arguments);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        said
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self) -> (bool, String) {
        self.run("git", &["add", "--all"]);
        let output = self.try_run("git", &["commit", "--quiet", "--message", "x"]);
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// One commit is refused, the next one is made, and so is one that only deletes.
    #[track_caller]
    fn refuses_and_passes(&self) {
        self.write("mi config.txt", PASSWORD);
        let (made, said) = self.commit();
        assert!(!made && said.contains("SEC004") && !said.contains("supersecret99"), "{said}");
        self.write("mi config.txt", "nothing\n");
        let (made, said) = self.commit();
        assert!(made, "{said}");
        fs::remove_file(self.top.join("mi config.txt")).unwrap();
        let (made, said) = self.commit();
        assert!(made, "{said}");
        let status = self.run("envgate", &["hook", "status"]);
        assert!(
            status.contains("on a commit:\n  pre-commit:") && status.contains(": runs the check"),
            "{status}"
        );
    }

    /// A push of a commit with a secret is refused, and one without goes through.
    #[track_caller]
    fn refuses_a_push(&self) {
        self.run("git", &["init", "--quiet", "--bare", "../remote.git"]);
        self.run("git", &["remote", "add", "origin", "../remote.git"]);
        self.run("git", &["push", "--quiet", "origin", "main"]);
        self.write("key.txt", PASSWORD);
        self.run("git", &["add", "--all"]);
        self.run("git", &["commit", "--quiet", "--no-verify", "--message", "x"]);
        let output = self.try_run("git", &["push", "origin", "main"]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!output.status.success() && said.contains("SEC004"), "{said}");
    }
}

fn husky(version: &str) -> Project {
    let project = Project::new(&format!("husky{version}/node_modules/.bin"));
    let manifest =
        format!("{{\n  \"private\": true,\n  \"devDependencies\": {{\"husky\": \"^{version}.0.0\"}}\n}}\n");
    project.write("package.json", &manifest);
    project
}

#[test]
fn husky_9() {
    let project = husky("9");
    project.run("husky", &[]);
    project.write(".husky/pre-commit", "touch ran\n");
    project.run("envgate", &["hook", "install", "pre-commit", "pre-push"]);
    project.refuses_and_passes();
    assert!(project.top.join("ran").exists(), "what the hook did before still runs");
    project.refuses_a_push();
    project.run("envgate", &["hook", "uninstall", "pre-commit", "pre-push"]);
    assert_eq!(fs::read_to_string(project.top.join(".husky/pre-commit")).unwrap(), "touch ran\n");
}

#[test]
fn husky_8() {
    let project = husky("8");
    project.run("husky", &["install"]);
    project.run("husky", &["add", ".husky/pre-commit", "touch ran"]);
    let old = fs::read_to_string(project.top.join(".husky/pre-commit")).unwrap();
    project.run("envgate", &["hook", "install"]);
    project.refuses_and_passes();
    assert!(project.top.join("ran").exists(), "what the hook did before still runs");
    project.run("envgate", &["hook", "uninstall"]);
    assert_eq!(fs::read_to_string(project.top.join(".husky/pre-commit")).unwrap(), old);
}

#[test]
fn lefthook() {
    let project = Project::new("lefthook/node_modules/.bin");
    let old = "pre-commit:\n  commands:\n    note:\n      run: touch ran\n";
    project.write("lefthook.yml", old);
    project.run("envgate", &["hook", "install", "pre-commit", "pre-push"]);
    project.run("lefthook", &["validate"]);
    project.run("lefthook", &["install"]);
    project.refuses_and_passes();
    assert!(project.top.join("ran").exists(), "what it did before still runs");
    project.refuses_a_push();
    project.run("envgate", &["hook", "uninstall", "pre-commit", "pre-push"]);
    assert_eq!(fs::read_to_string(project.top.join("lefthook.yml")).unwrap(), old);
}

#[test]
fn pre_commit() {
    let project = Project::new("pre-commit/bin");
    project.run("envgate", &["hook", "install", "--pre-commit", "pre-commit", "pre-push", "commit-msg"]);
    project.run("pre-commit", &["validate-config"]);
    let kinds = ["pre-commit", "pre-push", "commit-msg"].map(|kind| ["--hook-type", kind]).concat();
    project.run("pre-commit", &[&["install"], kinds.as_slice()].concat());
    project.refuses_and_passes();
    project.write("a.txt", "a\n");
    project.run("git", &["add", "--all"]);
    let output = project.try_run("git", &["commit", "--message", "password = supersecret99"]);
    assert!(!output.status.success(), "{output:?}");
    project.refuses_a_push();
    project.run("envgate", &["hook", "uninstall", "pre-commit", "pre-push", "commit-msg"]);
    assert!(!project.top.join(".pre-commit-config.yaml").exists());
}

/// `.pre-commit-hooks.yaml`, as pre-commit itself runs it from a repository of hooks.
#[test]
fn the_hooks_that_pre_commit_is_offered() {
    let project = Project::new("pre-commit/bin");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let offered = Project::new("pre-commit/bin");
    offered
        .write(".pre-commit-hooks.yaml", &fs::read_to_string(root.join(".pre-commit-hooks.yaml")).unwrap());
    offered.run("pre-commit", &["validate-manifest", ".pre-commit-hooks.yaml"]);
    offered.run("git", &["add", "--all"]);
    offered.run("git", &["commit", "--quiet", "--message", "x"]);
    let revision = offered.run("git", &["rev-parse", "HEAD"]);
    let place = offered.top.display();
    let config = format!(
        "repos:\n  - repo: file://{place}\n    rev: {revision}    hooks:\n      - id: envgate-system\n"
    );
    project.write(".pre-commit-config.yaml", &config);
    project.run("pre-commit", &["install"]);
    project.refuses_and_passes();
}

/// Twice is once, and a missing command stops the commit and says what to do.
#[test]
fn a_missing_envgate_stops_each_of_them() {
    let install: [(&str, &[&str], &[&str]); 3] = [
        ("husky9/node_modules/.bin", &["--husky"], &["husky"]),
        ("lefthook/node_modules/.bin", &["--lefthook"], &["lefthook", "install"]),
        ("pre-commit/bin", &["--pre-commit"], &["pre-commit", "install"]),
    ];
    for (tools, flag, set_up) in install {
        let mut project = Project::new(tools);
        let arguments = [&["hook", "install"], flag].concat();
        project.run("envgate", &arguments);
        assert!(project.run("envgate", &arguments).contains("already"), "{tools}");
        project.run(set_up[0], &set_up[1..]);
        let envgate = Path::new(env!("CARGO_BIN_EXE_envgate")).parent().unwrap().to_str().unwrap().to_owned();
        project.path = project.path.replace(&format!(":{envgate}:"), ":");
        project.write("a.txt", "nothing\n");
        let (made, said) = project.commit();
        assert!(!made && said.contains("envgate"), "{tools}: {said}");
    }
}
