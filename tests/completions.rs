//! What packages install beside the command: completions that shells can read, and manual pages.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::process::{Command, Stdio};

fn envgate(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// Every command that the help lists.
fn commands() -> Vec<String> {
    let (_, help) = envgate(&["--help"]);
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What is indented further goes on with the line before.
    let first = listed.filter_map(|line| Some(line.strip_prefix("  ")?.split(' ').next()?.to_owned()));
    first.filter(|name| !name.is_empty() && name != "help").collect()
}

#[test]
fn completions_know_every_command() {
    let commands = commands();
    assert!(commands.contains(&"check".to_owned()) && commands.len() > 8, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (well, text) = envgate(&["completions", shell]);
        assert!(well, "{shell}");
        for command in &commands {
            assert!(text.contains(command.as_str()), "{shell}: {command}");
        }
    }
    assert!(!envgate(&["completions", "tcsh"]).0);
}

#[test]
fn bash_reads_its_completions() {
    let (_, text) = envgate(&["completions", "bash"]);
    let Ok(child) = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn() else { return };
    let mut child = child;
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("man");
    assert!(envgate(&["manual", folder.to_str().unwrap()]).0);
    for command in commands() {
        let page = fs::read_to_string(folder.join(format!("envgate-{command}.1"))).unwrap();
        assert!(page.contains(".TH envgate") && page.contains(".SH DESCRIPTION"), "{command}");
    }
    assert!(fs::read_to_string(folder.join("envgate.1")).unwrap().contains("envgate\\-check(1)"));
    assert!(!folder.join("envgate-manual.1").exists(), "what is hidden has no page");
}
