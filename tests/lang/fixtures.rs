//! Everything that the rules say of their own fixtures, and what the commands say of the incident, has no English in
//! it when it is said in Spanish.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use envgate::diagnostic::Diagnostic;
use envgate::lang::Lang;

use crate::support::Case;

/// Words that are English and nothing else.
const ENGLISH: &[&str] = &[
    "the",
    "is",
    "are",
    "of",
    "and",
    "its",
    "it",
    "this",
    "that",
    "with",
    "by",
    "from",
    "for",
    "was",
    "where",
    "which",
    "what",
    "has",
    "have",
    "not",
    "be",
    "to",
    "or",
    "an",
    "on",
    "at",
    "so",
    "but",
    "would",
    "nobody",
    "nothing",
    "there",
    "here",
    "than",
    "then",
    "who",
    "whose",
    "into",
    "wrote",
    "help",
    "note",
    "warning",
    "line",
    "lines",
    "file",
    "files",
    "missing",
    "empty",
    "characters",
    "character",
    "changed",
    "gone",
    "set",
    "hides",
    "passed",
    "failed",
    "left",
    "examples",
    "read",
];

/// The English words of a line, but for what stands in backticks, in quotes or after a `:` without a blank.
pub(crate) fn english(line: &str) -> Vec<&str> {
    let outside = line.split('`').step_by(2).flat_map(|part| part.split('"').step_by(2));
    let words = outside.flat_map(|part| part.split([' ', ',', ';', '(', ')']));
    words.map(|word| word.trim_end_matches(['.', ':', '\n'])).filter(|word| ENGLISH.contains(word)).collect()
}

fn texts(finding: &Diagnostic) -> Vec<&str> {
    let labels = finding.labels.iter().map(|label| label.message.as_str());
    let fix = finding.fix.iter().map(|fix| fix.title.as_str());
    std::iter::once(finding.message.as_str())
        .chain(finding.help.as_deref())
        .chain(labels)
        .chain(fix)
        .collect()
}

#[test]
fn what_the_rules_say_of_their_fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut wrong = BTreeSet::new();
    let mut said = 0;
    for case in cases(&root) {
        for finding in &Case::read(&case).check().findings {
            for text in texts(finding) {
                said += 1;
                match Lang::Spanish.translated(text) {
                    Some(spanish) if english(&spanish).is_empty() => {}
                    // A command to type is the same in all languages.
                    None if english(text).is_empty() => {}
                    other => {
                        wrong.insert(format!("{}: {text}\n      {other:?}", finding.meta.code));
                    }
                }
            }
        }
    }
    assert!(said > 1000, "{said}");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} of {said}:\n  {}", wrong.len(), wrong.join("\n  "));
}

/// The bad cases of every rule, and the story with its parts.
fn cases(root: &Path) -> Vec<PathBuf> {
    let list = |path: &Path| -> Vec<PathBuf> {
        fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    };
    let mut cases: Vec<PathBuf> = list(root).iter().flat_map(|rule| list(&rule.join("bad"))).collect();
    cases.push(root.join("incident"));
    cases.sort();
    cases
}

/// The commands that tell a person something, run in the incident. `!` says that files may be written.
const TOLD: &[&[&str]] = &[
    &["check", "--quiet"],
    &["resolve"],
    &["resolve", "--reveal"],
    &["why", "SECRET_KEY"],
    &["why", "SECRET_KEY", "--reveal"],
    &["why", "CORS_ORIGINS"],
    &["why", "NOBODY_HAS_THIS"],
    &["env", "show", "envs/.env"],
    &["env", "show", "envs/.env", "--as", "all"],
    &["env", "diff", "envs/.env", "envs/.env.example"],
    &["env-check", "envs/.env", "--mode", "info"],
    &["env-check", "envs/.env", "--mode", "strict"],
    &["hook", "status"],
    &["hook", "migrate", "scripts/git-secrets-check.sh", "--write"],
    &["hook", "install"],
    &["hook", "install"],
    &["hook", "uninstall"],
    &["init", "--yes"],
    &["init", "--yes"],
    &["baseline", "status"],
    &["baseline", "update"],
    &["baseline", "create"],
    &["fix"],
    &["fix", "--generate=envs/.env"],
    &["rules"],
    &["explain", "CMP999"],
    &["check", "nowhere"],
    &["check", "--config", "none.yaml"],
    &["deploy", "plan"],
    &["deploy", "run", "no.json"],
    &["history"],
];

#[test]
fn what_the_commands_say_of_the_incident() {
    let place = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incident"), place.path());
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "x"]] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ana", "-c", "user.email=a@localhost", "-c", "core.hooksPath=/dev/null"]);
        assert!(git.args(arguments).current_dir(place.path()).status().unwrap().success());
    }
    let mut wrong = Vec::new();
    for arguments in TOLD {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(*arguments).args(["--lang", "es"]).current_dir(place.path());
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        if std::env::var_os("ENVGATE_SHOW").is_some() {
            println!("$ envgate {}\n{text}", arguments.join(" "));
        }
        assert!(!text.is_empty() || arguments.contains(&"uninstall"), "{arguments:?}");
        for line in text.lines().filter(|line| !is_written(line)) {
            let found = english(line);
            if !found.is_empty() {
                wrong.push(format!("{}: {line}   {found:?}", arguments.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a line is one of a file, of a usage, or of another program.
fn is_written(line: &str) -> bool {
    // A table of variables ends in what the example says of each.
    ["#", "+", "-", "@@", "Usage:", "For more"].iter().any(|start| line.trim_start().starts_with(start))
        || line.contains("********")
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
