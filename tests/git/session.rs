//! A real git session in a folder of its own, with a hook that runs the real command.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A line that a rule refuses wherever it stands.
pub(crate) const SECRET: &str = concat!(
    "-----BEGIN PRIVATE",
    " KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n",
    "-----END PRIVATE KEY-----\n"
);

/// A repository.
pub(crate) struct Session {
    /// Its work tree.
    pub(crate) top: PathBuf,
    _kept: Option<tempfile::TempDir>,
}

/// How a commit ended.
pub(crate) struct Commit {
    /// Whether it was made.
    pub(crate) made: bool,
    /// What git and the hook printed.
    pub(crate) said: String,
}

impl Session {
    /// An empty repository whose pre-commit hook is `envgate check --staged`.
    pub(crate) fn new() -> Self {
        Self::of("sha1")
    }

    /// The same, with objects that are named by `format`.
    pub(crate) fn of(format: &str) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let session = Self { top: kept.path().join("work"), _kept: Some(kept) };
        fs::create_dir(&session.top).unwrap();
        let format = format!("--object-format={format}");
        session.git(["init", "--quiet", "--initial-branch=main", &format]);
        session.install("pre-commit", "check --staged");
        session
    }

    /// The same repository seen from another work tree.
    pub(crate) fn beside(&self, name: &str) -> Self {
        Self { top: self.top.with_file_name(name), _kept: None }
    }

    /// A work tree that is there already.
    pub(crate) fn at(top: PathBuf) -> Self {
        Self { top, _kept: None }
    }

    /// Makes `envgate COMMAND` the hook of this name.
    pub(crate) fn install(&self, hook: &str, command: &str) {
        let directory = self.top.join(".git/hooks");
        fs::create_dir_all(&directory).unwrap();
        let hook = directory.join(hook);
        fs::write(&hook, format!("#!/bin/sh\nexec {} {command}\n", env!("CARGO_BIN_EXE_envgate"))).unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn try_git<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Output {
        Command::new("git")
            .args([
                "-c",
                "user.name=Ana",
                "-c",
                "user.email=ana@example.com",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .current_dir(&self.top)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap()
    }

    pub(crate) fn git<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> String {
        let output = self.try_git(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn write(&self, name: impl AsRef<OsStr>, text: &str) {
        let path = self.top.join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, name: impl AsRef<OsStr>, text: &str) {
        self.write(name.as_ref(), text);
        self.git([OsStr::new("add"), OsStr::new("--"), name.as_ref()]);
    }

    /// Commits with the hook in force.
    pub(crate) fn commit<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Commit {
        let mut all = vec!["commit", "--quiet", "--message", "a change"];
        all.extend(arguments);
        let output = self.try_git(all);
        let said = [output.stdout, output.stderr].concat();
        Commit { made: output.status.success(), said: String::from_utf8_lossy(&said).into_owned() }
    }

    /// Commits past the hook, to set a scene.
    pub(crate) fn commit_unchecked(&self) {
        self.git(["commit", "--quiet", "--no-verify", "--message", "the scene"]);
    }
}
