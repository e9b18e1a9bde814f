//! gitleaks' lists: what each sort of entry covers, and what it does not.

use super::{Gitleaks, UNREADABLE as META_OF_TESTS};
use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
use crate::source::{Source, Span};

const SECRET: &str = "Zq8ExamplevKmP2x";

fn at(path: &str) -> (Source, Diagnostic) {
    let source = Source::new(path, format!("# one\ntoken = \"{SECRET}\" # for tests\n"));
    let start = source.text().find(SECRET).expect("it is there");
    let mut found = Vec::new();
    Findings::new(&META_OF_TESTS, path, &mut found).push(Span::new(start, start + SECRET.len()), "m");
    (source, found.remove(0))
}

fn covers(toml: &str, ignored: &str, path: &str) -> bool {
    let (list, mistakes) = Gitleaks::read(
        Some(&Source::new("app/.gitleaks.toml", toml)),
        Some(&Source::new("app/.gitleaksignore", ignored)),
    );
    assert!(mistakes.is_empty(), "{toml}: {mistakes:?}");
    let (source, finding) = at(path);
    list.covers(&finding, &source)
}

#[test]
fn global_allowlists() {
    let path = "app/src/a.py";
    for (toml, expected) in [
        ("title = \"x\"\n[extend]\nuseDefault = true\n", false),
        ("[allowlist]\npaths = ['''^src/.*\\.py$''']\n", true),
        ("[allowlist]\npaths = ['''^app/src/''']\n", false),
        ("[allowlist]\nregexes = ['''(?i)zq8example''']\n", true),
        ("[allowlist]\nregexes = ['''for tests''']\n", false),
        ("[allowlist]\nregexTarget = 'line'\nregexes = ['''for tests''']\n", true),
        ("[allowlist]\nstopwords = ['EXAMPLE']\n", true),
        ("[allowlist]\nstopwords = ['sample']\npaths = ['\\.py$']\n", true),
        ("[[allowlists]]\npaths = ['nope']\n[[allowlists]]\nstopwords = ['example']\n", true),
        ("[[allowlists]]\ncondition = 'AND'\npaths = ['nope']\nstopwords = ['example']\n", false),
        ("[[allowlists]]\ncondition = 'AND'\npaths = ['src']\nstopwords = ['example']\n", true),
        ("[[allowlists]]\ncondition = 'AND'\npaths = ['src']\ncommits = ['abc']\n", false),
        ("[[allowlists]]\ntargetRules = ['jwt']\npaths = ['src']\n", false),
        ("[[rules]]\nid = 'x'\n[[rules.allowlists]]\npaths = ['src']\n", false),
        ("[allowlist]\ncommits = ['abc']\n", false),
    ] {
        assert_eq!(covers(toml, "", path), expected, "{toml}");
    }
    assert!(!covers("[allowlist]\npaths = ['a']\n", "", "other/src/a.py"), "beyond its folder");
}

/// A list that wants all of its conditions holds nothing where one of them cannot be read.
#[test]
fn a_condition_that_cannot_be_read_never_holds() {
    for (toml, expected) in [
        ("[[allowlists]]\ncondition = 'AND'\nregexes = ['(?=x)']\nstopwords = ['example']\n", false),
        ("[[allowlists]]\ncondition = 'AND'\npaths = ['(?=x)']\nstopwords = ['example']\n", false),
        ("[[allowlists]]\ncondition = 'OR'\npaths = ['(?=x)']\nstopwords = ['example']\n", true),
    ] {
        let (list, mistakes) = Gitleaks::read(Some(&Source::new("app/.gitleaks.toml", toml)), None);
        assert_eq!(mistakes.len(), 1, "{toml}: {mistakes:?}");
        let (source, finding) = at("app/src/a.py");
        assert_eq!(list.covers(&finding, &source), expected, "{toml}");
    }
}

#[test]
fn a_line_that_begins_with_a_commit_speaks_of_history() {
    let (hex, word) =
        ("0123456789abcdef0123456789abcdef01234567", "a-folder-whose-name-has-forty-letters-it");
    assert_eq!((hex.len(), word.len()), (40, 40));
    for (written, expected) in [
        (format!("{hex}:a.py:jwt:2"), None),
        (format!("{word}:a.py:jwt:2"), Some((format!("{word}:a.py"), 2))),
        (format!("{}:a.py:jwt:2", &hex[1..]), Some((format!("{}:a.py", &hex[1..]), 2))),
        ("a.py:jwt:2".to_owned(), Some(("a.py".to_owned(), 2))),
        ("# a.py:jwt:2".to_owned(), None),
    ] {
        assert_eq!(super::line(&written), expected, "{written}");
    }
}

/// What is too long to be read silences nothing, and what is exactly as long as that does.
#[test]
fn a_list_of_the_greatest_length_is_read() {
    let list = "[allowlist]\nstopwords = ['example']\n";
    for (length, mistakes) in [(super::LARGEST, 0), (super::LARGEST + 1, 1)] {
        let text = format!("{list}{}", "#".repeat(length - list.len()));
        let (read, told) = Gitleaks::read(Some(&Source::new("app/.gitleaks.toml", text)), None);
        let (source, finding) = at("app/src/a.py");
        assert_eq!((told.len(), read.covers(&finding, &source)), (mistakes, mistakes == 0));
    }
}

/// What speaks of one rule of gitleaks speaks of ours for the same thing.
#[test]
fn lists_of_a_rule() {
    let meta = |code, name| Meta {
        code,
        name,
        severity: Severity::Error,
        certainty: Certainty::Certain,
        summary: "",
        page: "",
    };
    for (id, meta, expected) in [
        ("github-pat", meta("SEC115", "github-token"), true),
        ("github-fine-grained-pat", meta("SEC115", "github-token"), true),
        ("gitlab-pat", meta("SEC115", "github-token"), false),
        ("aws-access-token", meta("SEC110", "aws-access-key-id"), true),
        ("private-key", meta("SEC001", "private-key"), true),
        ("jwt", meta("SEC002", "json-web-token"), true),
        ("generic-api-key", meta("SEC004", "hardcoded-secret"), true),
        ("generic-api-key", meta("SEC115", "github-token"), false),
        ("duplicate-x", meta("ENV008", "duplicate-key"), false),
    ] {
        assert_eq!(super::is_like(id, &meta), expected, "{id} {}", meta.name);
    }
}

#[test]
fn lines_that_are_named() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (ignored, expected) in [
        ("src/a.py:generic-api-key:2\n".to_owned(), true),
        ("# src/a.py:generic-api-key:2\n".to_owned(), false),
        ("src/a.py:generic-api-key:1\n".to_owned(), false),
        (format!("{commit}:src/a.py:generic-api-key:2\n"), false),
        ("nonsense\n:::\n".to_owned(), false),
    ] {
        assert_eq!(covers("", &ignored, "app/src/a.py"), expected, "{ignored}");
    }
}

#[test]
fn what_cannot_be_read_silences_nothing_and_is_said_in_its_place() {
    let deep = format!("a = {}", "[".repeat(100_000));
    for (toml, place) in [
        ("[allowlist\npaths = []\n", 10),
        ("[allowlist]\npaths = ['(?=x)', 'src']\n", 21),
        ("[allowlist]\nregexes = ['''[''']\n", 23),
        (&deep, 84),
    ] {
        let source = Source::new(".gitleaks.toml", toml);
        let (_, mistakes) = Gitleaks::read(Some(&source), None);
        let [mistake] = mistakes.as_slice() else { panic!("{toml:.40}: {mistakes:?}") };
        assert_eq!(mistake.meta.code, "CFG105");
        assert_eq!(mistake.span.start, place, "{toml:.40}");
    }
}
