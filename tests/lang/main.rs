//! Spanish: what has to be in the catalogue is there, a report says it, and what machines read stays as it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

mod documents;
mod fixtures;
mod literals;
#[allow(dead_code, reason = "the tests of the rules use the rest")]
#[path = "../rules/support.rs"]
mod support;
mod typed;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
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
const SHARED: &[&str] = &["error", "hook", "no"];

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
fn every_pattern_has_a_template() {
    let patterns = catalog().into_iter().filter(|meta| meta.family() == "SEC" && meta.code >= "SEC100");
    let said = patterns.map(|meta| (meta, Lang::Spanish.summary(meta.code, meta.summary)));
    let is_english = |text: &str| !fixtures::english(text).is_empty();
    let missing: Vec<String> = said
        .filter(|(meta, spanish)| *spanish == meta.summary || is_english(spanish))
        .map(|(meta, spanish)| format!("{}: {}: {spanish}", meta.code, meta.summary))
        .collect();
    assert!(missing.is_empty(), "src/lang/es/patterns.yaml has no template for\n  {}", missing.join("\n  "));
}

/// A family may say it for all of its rules, as that of the declared patterns does.
#[test]
fn every_rule_says_why_in_spanish() {
    let all = catalog();
    let silent: Vec<&str> =
        all.iter().map(|meta| meta.code).filter(|code| Lang::Spanish.reason(code).is_none()).collect();
    assert!(silent.is_empty(), "src/lang/es/reasons.yaml has no sentence for {silent:?}");
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

/// Files whose texts no terminal shows: formats that machines read, documents that are kept, scripts and files that
/// are written for others, and what is compared with a secret.
const UNSEEN: &[&str] = &[
    "commands/hook/put/",
    "commands/init/ci.rs",
    "commands/init/deploy.rs",
    "commands/init/written.rs",
    "deploy/facts.rs",
    "deploy/preview.rs",
    "deploy/release.rs",
    "deploy/script.rs",
    "deploy/server/core.sh",
    "deploy/server/database.sh",
    "deploy/server/digests.sh",
    "deploy/server/facts.sh",
    "deploy/server/follow.sh",
    "deploy/server/preview.sh",
    "deploy/server/put.sh",
    "lang/",
    "render/checkstyle.rs",
    "render/github.rs",
    "render/html/",
    "render/junit.rs",
    "render/sarif.rs",
    "render/why.rs",
    "secrets/",
    "source/",
    "suppress/marks.rs",
];

/// A text with each place written the same.
fn template(text: &str) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let may = |c: char| c.is_alphanumeric() || "_.:<>^#?*$|-".contains(c);
        if let Some((_, after)) = after.split_once('}').filter(|(place, _)| place.chars().all(may)) {
            made.push_str("{}");
            rest = after;
        } else {
            made.push('{');
            rest = after;
        }
    }
    made + rest
}

/// Whether a line is a text: it has a blank, and a word that is no name in backticks or braces.
fn is_text(line: &str) -> bool {
    let outside: String = line.split('`').step_by(2).collect();
    let outside: String = template(&outside).replace("{}", "");
    let mut words = outside.split(|c: char| !c.is_ascii_lowercase()).filter(|word| word.len() > 1);
    line.trim().contains(' ') && words.next().is_some()
}

/// Whether it is a word or heading with a word of its own in Spanish.
fn spoken(text: &str) -> bool {
    Lang::Spanish.word(text) != text
        || SHARED.contains(&text)
        || !text.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether there is more to it than places.
fn says_something(text: &str) -> bool {
    template(text).contains(|c: char| c.is_ascii_lowercase())
}

/// What stands before a text that is joined to another is no part of it.
fn bare(text: &str) -> &str {
    text.trim().trim_start_matches([',', ';']).trim_start()
}

#[test]
fn every_text_of_the_sources_is_in_the_catalogue_and_no_other() {
    let known: BTreeMap<String, &str> =
        envgate::lang::messages().iter().map(|(english, _)| (template(english), *english)).collect();
    assert_eq!(known.len(), envgate::lang::messages().len(), "a text is in the catalogue twice");
    let mut unsaid: BTreeSet<&str> =
        include_str!("unsaid.txt").lines().filter(|line| !line.is_empty()).collect();
    let summaries: BTreeSet<&str> = catalog().into_iter().map(|meta| meta.summary).collect();
    let unseen = |file: &str| UNSEEN.iter().any(|start| file.starts_with(start));
    let all = literals::all();
    let mut missing = BTreeMap::new();
    let (mut used, mut passed) = (BTreeSet::new(), BTreeSet::new());
    for said in &all {
        let text = bare(&said.text);
        if known.contains_key(&template(text)) {
            used.insert(template(text));
        } else if unsaid.contains(text) {
            passed.insert(text);
        } else if !unseen(&said.file)
            && !spoken(text)
            && (is_text(text) || (said.asked && says_something(text)))
            && !summaries.contains(text)
        {
            missing.entry(text).or_insert(&said.file);
        }
    }
    let missing: Vec<String> = missing.iter().map(|(text, file)| format!("{file}: {text:?}: \"\"")).collect();
    assert!(
        missing.is_empty(),
        "src/lang/es has no text for\n  {}\nwhat nobody reads is named in tests/lang/unsaid.txt",
        missing.join("\n  ")
    );
    let stale: Vec<&&str> =
        known.iter().filter(|(key, _)| !used.contains(*key)).map(|(_, key)| key).collect();
    assert!(stale.is_empty(), "src/lang/es has texts that nobody says:\n{stale:#?}");
    unsaid.retain(|text| !passed.contains(text));
    assert!(unsaid.is_empty(), "tests/lang/unsaid.txt names what is not there:\n{unsaid:#?}");
}

/// The names of the places of a text.
fn places(text: &str) -> Vec<String> {
    let may = |c: char| c.is_alphanumeric() || "_.:<>^#?*$|-".contains(c);
    let inside = text.split('{').skip(1).filter_map(|after| after.split_once('}'));
    let names = inside.map(|(place, _)| place).filter(|place| place.chars().all(may));
    names.map(|place| place.split([':', '?']).next().unwrap_or_default().to_owned()).collect()
}

/// Each text asks for every place of the English one, so that nothing is lost.
#[test]
fn every_place_is_filled() {
    let mut wrong = Vec::new();
    for (english, spanish) in envgate::lang::messages() {
        let names = places(english);
        // A name that stands twice takes the same, and so does a number and the place that it counts to.
        let mark = |nth: usize, name: &String| match name.parse() {
            Ok(counted) => counted,
            Err(_) => names.iter().position(|known| known == name && !name.is_empty()).unwrap_or(nth),
        };
        let marks: Vec<String> =
            names.iter().enumerate().map(|(nth, name)| format!("<{}>", mark(nth, name))).collect();
        let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
        let made = Lang::Spanish.with(english, &marks);
        let lost: Vec<&&str> = marks.iter().filter(|mark| !made.contains(**mark)).collect();
        if !lost.is_empty() && !spanish.contains('?') {
            wrong.push(format!("{english}: {made}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
