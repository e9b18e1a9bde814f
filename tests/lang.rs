//! Spanish: what has to be in the catalogue is there, a report says it, and what machines read stays as it is.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::Command;

use envgate::commands::catalog;
use envgate::lang::Lang;

/// The words of the report, besides the rules' own. A head of a page is a word too.
const WORDS: &[&str] = &[
    "error",
    "errors",
    "warning",
    "warnings",
    "info",
    "note",
    "notes",
    "file",
    "files",
    "in",
    "suppressed",
    "no findings",
    "help",
    "also",
    "why",
    "the same at",
    "and",
    "more",
    "caused by",
    "code",
    "name",
    "severity",
    "certainty",
    "summary",
    "certain",
    "heuristic",
    "Why it matters",
    "Bad",
    "Good",
    "Silence it",
    "Options",
];

/// Words that Spanish has in the same letters.
const SHARED: &[&str] = &["error"];

#[test]
fn every_word_and_every_rule_is_said_in_spanish() {
    let words = WORDS.iter().filter(|word| Lang::Spanish.word(word) == **word && !SHARED.contains(word));
    let mut missing: Vec<String> = words.map(|word| (*word).to_owned()).collect();
    // The patterns of providers are named by a template where there is one: `a {} token`.
    for meta in catalog().into_iter().filter(|meta| meta.family() != "SEC" || meta.code < "SEC100") {
        if Lang::Spanish.summary(meta.code, meta.summary) == meta.summary {
            missing.push(format!("{}: {}", meta.code, meta.summary));
        }
    }
    assert!(missing.is_empty(), "src/lang/es.yaml has no word for\n  {}", missing.join("\n  "));
}

#[test]
fn most_patterns_have_a_template() {
    let patterns: Vec<_> =
        catalog().into_iter().filter(|meta| meta.family() == "SEC" && meta.code >= "SEC100").collect();
    let said = patterns.iter().filter(|meta| Lang::Spanish.summary(meta.code, meta.summary) != meta.summary);
    assert!(said.count() * 10 >= patterns.len() * 9);
}

fn says(environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join(".env"), "LOG_LEVEL=info\nSECRET_KEY=abc\nLOG_LEVEL=debug\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    command.args(arguments).current_dir(place.path());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(name);
    }
    let output = command.envs(environment.iter().copied()).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn a_report_in_spanish() {
    let text = says(&[], &["check", "--lang", "es"]);
    for part in [
        "━ 2 errores",
        "`LOG_LEVEL` se define otra vez en la línea 3, y esa es la que vale",
        "`SECRET_KEY` tiene 3 caracteres y necesita 32",
        "  ayuda: ",
        "2 errores en 1 archivo",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(says(&[], &["explain", "ENV008", "--lang", "es"]).contains("\nPor qué importa\n"));
    assert!(says(&[], &["rules", "--lang", "es"]).contains("una clave se define"));
    assert!(says(&[], &["check", "nowhere", "--lang", "es"]).starts_with("error: "));
}

#[test]
fn the_locale_decides_unless_a_language_is_asked_for() {
    for (environment, arguments, spanish) in [
        (&[("LANG", "es_MX.UTF-8")][..], &["check", "-q"][..], true),
        (&[("LANG", "es_MX.UTF-8"), ("LC_ALL", "C")], &["check", "-q"], false),
        (&[("LANG", "C"), ("LC_MESSAGES", "es")], &["check", "-q"], true),
        (&[("LANG", "es_MX.UTF-8"), ("LC_ALL", "")], &["check", "-q"], true),
        (&[("LANG", "en_US.UTF-8")], &["check", "-q", "--lang", "es"], true),
        (&[("LANG", "es_MX.UTF-8")], &["check", "-q", "--lang", "en"], false),
        (&[], &["check", "-q"], false),
    ] {
        let text = says(environment, arguments);
        assert_eq!(text.contains("en 1 archivo"), spanish, "{environment:?}: {text}");
    }
}

#[test]
fn what_machines_read_is_in_no_language() {
    for format in ["json", "sarif", "jsonl", "github", "gitlab", "junit", "checkstyle"] {
        let english = says(&[], &["check", "--format", format]);
        assert_eq!(says(&[("LANG", "es_MX.UTF-8")], &["check", "--format", format]), english, "{format}");
    }
}

#[test]
fn the_catalogue_says_nothing_twice() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lang/es.yaml")).unwrap();
    let codes =
        text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": ")).map(|(code, _)| code);
    let mut codes: Vec<&str> =
        codes.filter(|code| code.len() == 6 && code.ends_with(char::is_numeric)).collect();
    let all = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), all);
}
