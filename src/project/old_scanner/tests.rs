//! Tables of what such scripts look for and leave out.

use super::{Detector, Fate, fate, of_pathspec, read, takes_headers_away};
use crate::document::shell::Script;
use crate::source::Source;

const OLD: &str = include_str!("../../../tests/data/old-scanner.sh");

#[test]
fn all_eight_detectors_are_seen() {
    let source = Source::new("scripts/git-secrets-check.sh", OLD);
    let found = read(&source, &Script::parse(OLD));
    let detectors: Vec<Detector> = found.detectors.iter().map(|(detector, _)| *detector).collect();
    assert_eq!(detectors, Detector::ALL);
    let patterns: Vec<&str> = found.exclusions.iter().map(|one| one.pattern.as_str()).collect();
    assert_eq!(
        patterns,
        ["scripts/git-secrets-check.sh", "\\.md$", "^docs/", "127\\.0\\.0\\.1", "192\\.168", "example"]
    );
    assert!(matches!(found.exclusions[0].fate, Fate::Needless(_)));
    assert!(matches!(found.exclusions[5].fate, Fate::TooWide(_)));
}

#[test]
fn a_script_that_does_something_else_looks_for_nothing() {
    let text = "#!/bin/sh\n# tokens\necho \"no secret here\"\nnpm test\n";
    assert_eq!(read(&Source::new("x.sh", text), &Script::parse(text)).detectors, []);
}

#[test]
fn patterns_over_names_become_globs() {
    let table = [
        ("^docs/", "docs/**"),
        ("\\.md$", "**/*.md"),
        ("package-lock\\.json", "**/package-lock.json"),
        ("tests/fixtures/", "**/tests/fixtures/**"),
    ];
    for (pattern, glob) in table {
        assert_eq!(fate(pattern, "x.sh", true), Fate::Glob(glob.to_owned()), "{pattern}");
    }
    assert_eq!(fate("\\.env\\.[a-z]+$", "x.sh", true), Fate::NoGlob);
    for (path, glob) in [
        ("docs/", "docs/**"),
        ("docs", "docs/**"),
        ("/docs/old", "docs/old/**"),
        ("*.md", "**/*.md"),
        ("src/*.md", "src/**/*.md"),
        ("package-lock.json", "package-lock.json"),
    ] {
        assert_eq!(of_pathspec(path), glob, "{path}");
    }
    assert!(matches!(fate("example", "x.sh", true), Fate::TooWide(_)));
    assert!(matches!(fate("example", "x.sh", false), Fate::TooWide(_)));
    assert!(matches!(fate("^\\s*#", "x.sh", false), Fate::TooWide(_)));
}

#[test]
fn header_lines_of_a_diff_hold_no_secret() {
    for header in [
        "^+++",
        "^+++ ",
        r"^\+\+\+",
        "^[+][+][+]",
        r"^\+{3}",
        "^---",
        r"^--- a/",
        r"^\+\+\+ b/",
        "^@@",
        "^diff --git",
        "^index ",
    ] {
        assert!(takes_headers_away(header), "{header}");
    }
    for other in ["+++", "^+", "^-----BEGIN", "^+++x", "^different", "^indexed", "example"] {
        assert!(!takes_headers_away(other), "{other}");
    }
}

#[test]
fn lines_come_out_of_a_search() {
    let text = "#!/bin/sh\ngit diff --cached --name-only | grep -v '^docs/' | xargs grep -E 'password' | \
                grep -v example\n";
    let found = read(&Source::new("x.sh", text), &Script::parse(text));
    let names: Vec<bool> = found.exclusions.iter().map(|one| one.names).collect();
    assert_eq!((names, found.detectors.len()), (vec![true, false], 1));
}
