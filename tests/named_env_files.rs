//! Env files that are called otherwise, and that a compose file or a command names: every command takes them for what
//! they are.
//!
//! Not here: what is wrong in env files.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const TWICE: &str = "POSTGRES_PASSWORD=correct horse battery staple\nPOSTGRES_PASSWORD=changeme\n";

struct Place(tempfile::TempDir);

impl Place {
    /// A work tree with a service that takes `config/.postgres`.
    fn new(postgres: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write(
            "compose.yml",
            "services:\n  db:\n    image: postgres:16.4\n    env_file: [./config/.postgres]\n    restart: always\n",
        );
        place.write("config/.postgres", postgres);
        place.git(&["init", "--quiet"]);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ana", "-c", "user.email=ana@localhost", "-c", "core.hooksPath=/dev/null"]);
        assert!(git.args(arguments).current_dir(self.0.path()).status().unwrap().success(), "{arguments:?}");
    }

    fn says(&self, arguments: &[&str], piped: &str) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(arguments).current_dir(self.0.path()).env("LC_ALL", "C");
        let all = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = all.spawn().unwrap();
        // Most commands read nothing, and may be gone already.
        let _ = child.stdin.take().unwrap().write_all(piped.as_bytes());
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    }
}

#[test]
fn what_env_file_names_is_judged_as_an_env_file() {
    let place = Place::new("POSTGRES_PASSWORD=\"abc\nPOSTGRES_USER=x\n");
    for arguments in [
        &["check", "."][..],
        &["check", "config"],
        &["check", "config/.postgres"],
        &["check", "--only", "ENV"],
    ] {
        let (code, said) = place.says(arguments, "");
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains("config/.postgres:1"), "{arguments:?}: {said}");
    }
    let piped = ["check", "--stdin", "--path", "config/.postgres"];
    assert_eq!(place.says(&piped, "A=1\n").0, Some(0));
    assert_eq!(place.says(&piped, "A=\"1\nB=2\n").0, Some(1));
    place.git(&["add", "."]);
    place.git(&["commit", "--quiet", "-m", "first"]);
    assert_eq!(place.says(&["check", "--staged"], "").0, Some(0));
    place.write("config/.postgres", "POSTGRES_USER=x\nPOSTGRES_PASSWORD=\"abc\n");
    place.git(&["add", "."]);
    let (code, said) = place.says(&["check", "--staged"], "");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("config/.postgres:2"), "{said}");
}

#[test]
fn its_fixes_are_proved_and_show_no_value() {
    let place = Place::new(TWICE);
    let (_, said) = place.says(&["fix", "--diff", "--unsafe", "--only", "ENV008", "."], "");
    assert!(said.contains("+++ b/config/.postgres") && said.contains("POSTGRES_PASSWORD="), "{said}");
    assert!(!said.contains("changeme") && !said.contains("horse"), "{said}");
    place.says(&["fix", "--unsafe", "--only", "ENV008", "."], "");
    let fixed = fs::read_to_string(place.path("config/.postgres")).unwrap();
    assert_eq!(fixed, "POSTGRES_PASSWORD=changeme\n");
}

#[test]
fn what_a_commands_env_file_option_names_is_one_too() {
    let place = Place::new("A=1\n");
    place.write("vars/live", "B=1\nB=2\n");
    place.write("up.sh", "#!/bin/sh\ndocker compose --env-file vars/live up -d\n");
    let (_, said) = place.says(&["check", "--only", "ENV008", "."], "");
    assert!(said.contains("vars/live:1"), "{said}");
}

#[test]
fn what_nobody_names_and_what_is_something_else_is_left_alone() {
    let place = Place::new("A=1\n");
    place.write("config/.other", "B=1\nB=2\n");
    place.write("run", "#!/bin/sh\nB=1\nB=2\n");
    place.write("compose.override.yml", "services:\n  db:\n    env_file: [run]\n");
    let (code, said) = place.says(&["check", "--only", "ENV,CFG", "."], "");
    assert_eq!(code, Some(0), "{said}");
}
