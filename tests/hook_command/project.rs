//! A repository of its own for each scene, with envgate on its path.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Project {
    pub(crate) top: PathBuf,
    pub(crate) path: String,
    _kept: tempfile::TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let top = kept.path().join("work");
        fs::create_dir(&top).unwrap();
        let command = Path::new(env!("CARGO_BIN_EXE_envgate")).parent().unwrap().display();
        let project = Self { top, path: format!("{command}:/usr/local/bin:/usr/bin:/bin"), _kept: kept };
        project.run("git", &["init", "--quiet", "--initial-branch=main"]);
        project
    }

    pub(crate) fn try_run(&self, program: &str, arguments: &[&str]) -> Output {
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

    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.try_run(program, arguments);
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.top.join(name)).unwrap()
    }

    /// Stages everything and commits; what was said, and whether the commit was made.
    pub(crate) fn commit(&self) -> (bool, String) {
        self.run("git", &["add", "--all"]);
        let output = self.try_run("git", &["commit", "--quiet", "--message", "x"]);
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }
}

/// A line that the old scanner lets through and envgate does not.
pub(crate) const PASSWORD: &str = "password = supersecret99\n";
