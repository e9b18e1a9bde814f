//! No value comes out: a project in which each kind of value is a word of its own, every command and format
//! run on it, and not a piece of any of these words in what they print.
//!
//! Not here: that the findings are right.

#![allow(clippy::unwrap_used, reason = "a test may die")]

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::Command as Envgate;
use envgate::render::Format;

use project::{FILES, Files, WHOLE, declared, named, plant};

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    assert!(git.status().unwrap().success(), "{arguments:?}");
}

/// What works on a project that holds together, each with the exit code that says that it got to its end.
/// Those that change the files come last: the project is then another.
const WORKING: [(&str, i32); 39] = [
    ("check --info", 1),
    ("check --info --verbose --explain --lang es", 1),
    ("check --since HEAD~1 --info", 1),
    ("history", 1),
    ("history --all --unreachable --verbose --format json", 1),
    ("history --format html", 1),
    ("init --dry-run --deploy", 0),
    ("check --all-staged --info --format json", 1),
    ("env-check --mode info", 0),
    ("env-check --mode strict", 1),
    ("resolve", 0),
    ("resolve --format json", 0),
    ("resolve -f docker-compose.yml -f docker-compose.prod.yml", 0),
    ("why SECRET_KEY", 1),
    ("why DB_PASSWORD -f docker-compose.yml", 0),
    ("why JWT_SECRET", 1),
    ("why DATABASE_URL", 0),
    ("env show .env", 0),
    ("env show .env --as all", 0),
    ("env show envs/production.env --format json", 0),
    ("env diff .env .env.example", 1),
    ("env diff .env envs/production.env --format json", 1),
    ("hook status", 0),
    ("hook status --format json", 0),
    ("hook migrate .husky/pre-commit", 0),
    ("hook run pre-commit", 1),
    ("hook run commit-msg message.txt", 1),
    ("hook run pre-push origin", 1),
    ("fix --diff", 1),
    ("fix --diff --unsafe", 1),
    ("hook install", 0),
    ("hook install pre-push commit-msg --git", 0),
    ("hook uninstall pre-commit pre-push commit-msg", 0),
    ("fix", 1),
    ("fix --unsafe", 1),
    ("hook migrate --write .husky/pre-commit", 0),
    ("check --info --format sarif", 1),
    ("baseline create", 0),
    ("check --info --format json", 0),
];

/// Every format, as it is typed.
fn formats() -> impl Iterator<Item = String> {
    Format::ALL.iter().map(|format| format!("{format:?}").to_lowercase())
}

/// Every command, format and option that changes what is printed.
fn commands() -> Vec<Vec<String>> {
    let checks =
        ["check --info", "check --staged --info", "check --all-staged --info", "check --config envgate.yaml"];
    let mut lines: Vec<String> = Vec::new();
    for check in checks {
        for format in formats() {
            lines.push(format!("{check} --format {format}"));
        }
        for format in ["human", "json", "sarif"] {
            lines.push(format!("{check} --format {format} --color always --fail-on warning"));
        }
    }
    for (path, _) in FILES {
        lines.extend(
            ["human", "json", "sarif"].map(|format| format!("check {path} --info --format {format}")),
        );
        // Env files and files that are none.
        lines.extend(["warn", "info", "strict"].map(|mode| format!("env-check {path} --mode {mode}")));
        lines.push(format!("check --config {path}"));
        lines.push(format!("env-check --config {path}"));
    }
    // One rule at a time, so that none is folded into a list and each shows its excerpt, and so wide that none is cut.
    for meta in envgate::commands::catalog() {
        lines.push(format!("check --info --width 500 --only {}", meta.code));
        lines.push(format!("explain {}", meta.code));
    }
    lines.extend(
        ["rules", "rules --format json", "env-check", "check none", "explain none", "deploy plan"]
            .map(str::to_owned),
    );
    lines.iter().map(|line| words(line)).collect()
}

/// Runs `envgate` with the words of `line`; its exit code and all that it printed.
fn said(folder: &Path, arguments: &[String], input: &str) -> (Option<i32>, String) {
    let mut command = Envgate::cargo_bin("envgate").unwrap();
    let output = command.args(arguments).current_dir(folder).write_stdin(input).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0..=2)) && !said.contains("panicked"), "{arguments:?}: {said}");
    (code, said)
}

/// The values of which something is told in `said`.
fn told(said: &str, pieces: &[(String, String)], arguments: &[String]) -> BTreeSet<String> {
    let told = pieces.iter().filter(|(piece, _)| said.contains(piece.as_str()));
    told.map(|(_, place)| format!("the value at {place} by `envgate {}`", arguments.join(" "))).collect()
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn none(told: &BTreeSet<String>) {
    assert!(told.is_empty(), "printed:\n{}", told.iter().cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_piece_of_any_value_is_printed() {
    everything_on(&named(FILES), &|_| true);
}

#[test]
fn no_piece_of_what_is_declared_secret_is_printed() {
    // Another configuration declares nothing, and what is the same whatever a project declares was seen above.
    let same = |line: &str| {
        let format = line.contains("--format json") || line.contains("--format sarif");
        let config = line.contains("--config") && !line.contains("envgate.yaml");
        let only = line.contains("--only")
            && !["CMP0", "CMP2", "ENV1", "HOK1"].iter().any(|some| line.contains(some));
        let more =
            line.starts_with("explain") || line.contains("--color always") || line.contains("--mode strict");
        (format && !line.starts_with("check --")) || config || only || more
    };
    everything_on(&declared(FILES), &|line| !same(line));
}

fn everything_on(files: &Files, asked: &dyn Fn(&str) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    let pieces = plant(folder.path(), files);
    git(folder.path(), &["add", "--force", "."]);
    let mut all = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for arguments in commands().into_iter().filter(|line| asked(&line.join(" "))) {
        let (_, said) = said(folder.path(), &arguments, "");
        all.extend(told(&said, &pieces, &arguments));
        if arguments.iter().any(|word| word == "--only") && said.contains('×') {
            codes.insert(arguments.last().unwrap().clone());
        }
    }
    all.extend(written(folder.path(), &pieces));
    none(&all);
    // A project in which nothing is found would hold this test too.
    assert!(codes.len() >= 20, "too few rules have something to quote here: {codes:?}");
}

/// The values of which something is told in a file that a check writes, in any format.
fn written(folder: &Path, pieces: &[(String, String)]) -> BTreeSet<String> {
    let outside = tempfile::tempdir().unwrap();
    let mut arguments = words("check --info --quiet");
    for format in formats() {
        arguments
            .extend(["--output".to_owned(), format!("{format}={}", outside.path().join(&format).display())]);
    }
    said(folder, &arguments, "");
    let mut all = BTreeSet::new();
    for format in formats() {
        let text = fs::read_to_string(outside.path().join(&format)).unwrap();
        assert!(!text.trim().is_empty(), "nothing is written as {format}");
        all.extend(told(&text, pieces, &words(&format!("check --output {format}=FILE"))));
    }
    all
}

/// A command that stops at the first broken file prints nothing and proves nothing: here each gets to its end.
#[test]
fn no_piece_is_printed_by_a_command_that_does_its_work() {
    everything_done_on(&named(WHOLE), &[]);
}

#[test]
fn no_piece_of_what_is_declared_is_printed_by_a_command_that_does_its_work() {
    // It has other names, and its hook looks for none that says what it looks for.
    everything_done_on(&declared(WHOLE), &["why", "hook migrate"]);
}

fn everything_done_on(files: &Files, differ: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    git(path, &["init", "--quiet", "--initial-branch=main"]);
    let commit = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--quiet"];
    git(path, &[&commit[..], &["--allow-empty", "-m", "one"]].concat());
    let pieces = plant(path, files);
    git(path, &["add", "--force", "."]);
    git(path, &[&commit[..], &["-m", "two"]].concat());
    for (file, _) in files {
        let text = fs::read_to_string(path.join(file)).unwrap();
        fs::write(path.join(file), text + "\n").unwrap();
    }
    git(path, &["add", "--force", "."]);
    let pushed = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(path).output().unwrap();
    let pushed = String::from_utf8(pushed.stdout).unwrap();
    let push = format!("refs/heads/main {} refs/heads/main {}\n", pushed.trim(), "0".repeat(40));
    let mut all = BTreeSet::new();
    let mut wrong = Vec::new();
    for (line, code) in WORKING {
        let (ended, said) = said(path, &words(line), &push);
        if ended != Some(code) && !differ.iter().any(|start| line.starts_with(start)) {
            wrong.push(format!(
                "`envgate {line}` ends with {ended:?} instead of {code}: {}",
                said.chars().take(800).collect::<String>()
            ));
        }
        all.extend(told(&said, &pieces, &words(line)));
    }
    none(&all);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
