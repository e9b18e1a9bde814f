//! `envgate check --since`: what a branch adds, as a pull request shows it.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

struct Repository(TempDir);

impl Repository {
    /// A repository whose branch `main` has one finding, with `topic` checked out.
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository.write("old.env", "A=1\nA=2\n");
        repository.write(".gitignore", "ignored.env\n");
        repository.commit("first");
        repository.git(&["checkout", "--quiet", "-b", "topic"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let author = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let status =
            Command::new("git").args(author).args(arguments).current_dir(self.path()).status().unwrap();
        assert!(status.success(), "git {arguments:?}");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-verify", "-m", message]);
    }

    /// The exit code and the places of the findings.
    fn check(&self, directory: &str, arguments: &[&str]) -> (i32, Vec<String>) {
        let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(["check", "--format", "jsonl"])
            .args(arguments)
            .current_dir(self.path().join(directory))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let place = |line: &str| match serde_json::from_str::<serde_json::Value>(line) {
            Ok(finding) => format!("{}:{}", finding["path"].as_str().unwrap(), finding["line"]),
            Err(_) => line.to_owned(),
        };
        (output.status.code().unwrap(), text.lines().map(place).collect())
    }
}

#[test]
fn only_what_the_branch_adds_is_reported() {
    let repository = Repository::new();
    assert_eq!(repository.check("", &[]), (1, vec!["old.env:1".to_owned()]));
    assert_eq!(repository.check("", &["--since", "main"]), (0, Vec::new()));
    // What lies in the branch, in the index, in the work tree, and not yet in git.
    repository.write("old.env", "A=1\nA=2\nB=1\nB=2\n");
    repository.commit("second");
    repository.write("staged.env", "C=1\nC=2\n");
    repository.git(&["add", "staged.env"]);
    repository.write("new/untracked.env", "D=1\nD=2\n");
    repository.write("ignored.env", "E=1\nE=2\n");
    let added = ["new/untracked.env:1", "old.env:3", "staged.env:1"].map(str::to_owned).to_vec();
    assert_eq!(repository.check("", &["--since", "main"]), (1, added));
    let (code, found) = repository.check("new", &["..", "--since", "main"]);
    assert_eq!((code, found.len()), (1, 3), "{found:?}");
}

/// A new line can make an old one wrong.
#[test]
fn an_old_line_that_a_new_one_makes_wrong_is_reported() {
    let repository = Repository::new();
    repository.write("old.env", "A=1\nA=2\nB=1\n");
    repository.commit("second");
    repository.git(&["branch", "--force", "base"]);
    repository.write("old.env", "A=1\nA=2\nB=1\nB=2\n");
    assert_eq!(repository.check("", &["--since", "base"]), (1, vec!["old.env:3".to_owned()]));
    repository.git(&["add", "old.env"]);
    assert_eq!(repository.check("", &["--staged"]), (1, vec!["old.env:3".to_owned()]));
}

/// What others put into `main` after the branch parted is not the branch's.
#[test]
fn the_commit_where_both_part_is_what_counts() {
    let repository = Repository::new();
    repository.write("mine.env", "B=1\nB=2\n");
    repository.commit("mine");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write("old.env", "A=2\n");
    repository.commit("put right");
    repository.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(repository.check("", &["--since", "main"]), (1, vec!["mine.env:1".to_owned()]));
}

#[test]
fn a_renamed_file_adds_nothing() {
    let repository = Repository::new();
    repository.write("long.env", "A=1\nA=2\nB=1\nC=1\nD=1\nE=1\n");
    repository.commit("more");
    repository.git(&["branch", "--force", "base"]);
    repository.git(&["mv", "long.env", "moved.env"]);
    repository.commit("moved");
    assert_eq!(repository.check("", &["--since", "base"]), (0, Vec::new()));
}

#[test]
fn a_word_that_names_no_commit_is_refused() {
    let repository = Repository::new();
    let (code, said) = repository.check("", &["--since", "nowhere"]);
    assert_eq!(code, 2);
    assert_eq!(said[0], "error: there is nothing to compare with at `nowhere`");
    assert!(said.last().unwrap().contains("fetch-depth: 0"), "{said:?}");
    let (code, said) = repository.check("", &["--since", "main", "--staged"]);
    assert_eq!(code, 2, "{said:?}");
}
