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

/// The lines of a page that somebody reads: whole sentences, neither names nor requests to the formatter.
fn sentences(page: &str) -> Vec<&str> {
    let lines = page.lines().filter(|line| !line.starts_with(['.', '\\']));
    lines.filter(|line| line.split(' ').count() > 3).collect()
}

#[test]
fn each_page_is_there_in_spanish_too_and_nothing_in_it_is_left_in_english() {
    let folder = tempfile::tempdir().unwrap();
    assert!(envgate(&["manual", folder.path().to_str().unwrap()]).0);
    let names = |folder: &std::path::Path| -> Vec<String> {
        let entries =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|name| name.ends_with(".1")).collect();
        names.sort();
        names
    };
    let spanish = folder.path().join("es");
    assert_eq!(names(folder.path()), names(&spanish));
    assert!(names(&spanish).len() > commands().len());
    for name in names(&spanish) {
        let read = |folder: &std::path::Path| fs::read_to_string(folder.join(&name)).unwrap();
        let (english, spanish) = (read(folder.path()), read(&spanish));
        for head in ["NOMBRE", "SINOPSIS", "DESCRIPCIÓN", "OPCIONES"] {
            assert!(spanish.contains(&format!(".SH {head}\n")), "{name}: {head}");
        }
        for head in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SUBCOMMANDS", "VERSION", "ARGUMENTS"] {
            assert!(!spanish.contains(&format!(".SH {head}\n")), "{name}: {head}");
        }
        assert!(!spanish.contains("Possible values") && !spanish.contains("subcommands"), "{name}");
        assert_eq!(english.matches("\n.TP\n").count(), spanish.matches("\n.TP\n").count(), "{name}");
        for sentence in sentences(&english) {
            let same = spanish.lines().any(|line| line == sentence);
            assert!(!same, "{name}: {sentence}");
        }
    }
}
