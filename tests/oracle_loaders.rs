//! Holds every cell of the measured matrix: 151 env files, each loaded by 19 real loaders.
//!
//! Not here: rules. The measurements stand in `tests/oracles/loader_matrix.jsonl`.

#![allow(clippy::expect_used, reason = "a test may die")]

use envgate::document::env::{Loaded, Loader, load};
use envgate::document::makefile::{Around, exports};
use envgate::source::Source;
use serde_json::Value;

/// How the measurements call a loader.
fn column(loader: Loader) -> &'static str {
    match loader {
        Loader::Bash => "bash-source",
        Loader::Dash => "dash-source",
        Loader::Xargs => "xargs-export",
        Loader::Node20 => "node20 --env-file",
        Loader::Node24 => "node24 --env-file",
        Loader::Compose => "compose --env-file",
        Loader::ComposeEnvFile => "compose env_file",
        Loader::ComposeRaw => "compose env_file raw",
        Loader::Docker => "docker --env-file",
        Loader::Make => "make include",
        other => other.name(),
    }
}

/// Cells whose measured value came from running something, or from the loading process itself. We
/// run nothing: the outcome there is the typed `executes`.
const EXECUTES: &[(&str, &[Loader])] = &[
    ("u-backtick-cmd", &[Loader::Bash, Loader::Dash]),
    ("u-cmdsub", &[Loader::Bash, Loader::Dash, Loader::DotenvExpand, Loader::Dotenvx]),
    ("x-cmdsub", &[Loader::Bash, Loader::Dash, Loader::DotenvExpand, Loader::Dotenvx]),
    ("x-backtick", &[Loader::Bash, Loader::Dash]),
    ("b-plain", &[Loader::Bash, Loader::Dash]),
    ("b-quotes", &[Loader::Bash, Loader::Dash]),
    // `$$`, `$1` and `$2` are the loading shell's own.
    ("e-dollar-dollar", &[Loader::Bash, Loader::Dash]),
    ("e-var-dd", &[Loader::Bash, Loader::Dash]),
    ("x-dollar-dollar", &[Loader::Bash, Loader::Dash]),
    ("e-dollar-digit", &[Loader::Bash, Loader::Dash]),
    ("x-dollar-digit", &[Loader::Bash, Loader::Dash]),
    ("e-bcrypt", &[Loader::Bash, Loader::Dash]),
    ("x-bcrypt", &[Loader::Bash, Loader::Dash]),
];

fn is_run(id: &str, loader: Loader) -> bool {
    EXECUTES.iter().any(|(row, loaders)| *row == id && loaders.contains(&loader))
}

/// Whether the loader puts variables into a process of which the measurement then asked for the key,
/// so that the surrounding environment shows through.
fn asks_the_process(loader: Loader) -> bool {
    matches!(loader, Loader::Bash | Loader::Dash | Loader::Xargs | Loader::Node20 | Loader::Node24)
}

fn value(
    outcome: &Loaded,
    loader: Loader,
    key: &str,
    environ: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    let around = || environ(key);
    if loader.environment_wins() && around().is_some() && outcome.variable(key).is_some() {
        return around();
    }
    match outcome.variable(key) {
        // python-dotenv was asked for what the file says, not for the process's environment.
        Some(variable) if loader == Loader::PythonDotenv => variable.value.clone(),
        Some(variable) => variable.value.clone().or_else(around),
        None if asks_the_process(loader) => around(),
        None => None,
    }
}

fn agrees(expected: &Value, outcome: &Loaded, loader: Loader, found: Option<&str>) -> bool {
    if expected.get("error").is_some() {
        // systemd warns about the one key and goes on.
        return outcome.aborted.is_some() || (loader == Loader::Systemd && !outcome.problems.is_empty());
    }
    if expected.get("unset").is_some() {
        return found.is_none();
    }
    let Some(value) = expected.get("value").and_then(Value::as_str) else { return false };
    if value.starts_with("!ImproperlyConfigured") {
        return found.is_none() && !outcome.problems.is_empty();
    }
    // systemd was measured through os-release, which shows a key that is not set as a blank one.
    found == Some(value) || (loader == Loader::Systemd && value.is_empty() && found.is_none())
}

#[test]
fn every_measured_cell_is_held() {
    let rows = include_str!("oracles/loader_matrix.jsonl");
    let mut cells = 0;
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("a row");
        let input = &row["input"];
        let id = input["id"].as_str().expect("an id");
        let key = input["key"].as_str().expect("a key");
        let bytes = decode(input["file_b64"].as_str().expect("a file"));
        let source = Source::from_bytes("x.env", bytes);
        let environ = |name: &str| match name {
            "HOME" => Some("/root".to_owned()),
            _ => input["environ"].get(name).and_then(Value::as_str).map(str::to_owned),
        };
        for &loader in Loader::ALL {
            let expected = &row["expect"][column(loader)];
            cells += 1;
            if expected.get("na").is_some() {
                continue;
            }
            let outcome = load(source.text(), loader, &environ);
            let found = value(&outcome, loader, key, &environ);
            let held = if is_run(id, loader) {
                !outcome.executes.is_empty()
            } else {
                agrees(expected, &outcome, loader, found.as_deref())
            };
            if !held {
                wrong.push(format!(
                    "{} {id}: expected {expected}, found {found:?}, {:?}",
                    loader.name(),
                    outcome.aborted
                ));
            }
        }
    }
    assert_eq!(cells, 151 * 19, "the matrix is whole");
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_spans_are_those_of_the_file() {
    let text = "\u{feff}A=1\r\nexport B = \"x y\" # c\r\nC='z'\r\n";
    let outcome = load(text, Loader::Compose, &|_| None);
    let shown: Vec<_> = outcome
        .variables
        .iter()
        .map(|variable| {
            (
                &text[variable.key_span.start..variable.key_span.end],
                &text[variable.value_span.start..variable.value_span.end],
            )
        })
        .collect();
    assert_eq!(shown, [("A", "1"), ("B", "\"x y\""), ("C", "'z'")]);
}

/// Base64 with padding.
struct Beside<'a>(&'a str);

impl Around for Beside<'_> {
    fn text(&self, path: &str) -> Option<&str> {
        (path == "x.env").then_some(self.0)
    }

    fn is_there(&self, path: &str) -> bool {
        path == "x.env"
    }
}

/// A Makefile that includes a file and exports all reads it as the loader of that name does, where it knows.
#[test]
fn makefiles_read_what_they_include_as_make_does() {
    let rows = std::fs::read_to_string("tests/oracles/loader_matrix.jsonl").expect("the measurements");
    let mut compared = 0;
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("a row");
        let source = Source::from_bytes("x.env", decode(row["input"]["file_b64"].as_str().expect("a file")));
        let loaded = load(source.text(), Loader::Make, &|_| None);
        if loaded.aborted.is_some() || !loaded.executes.is_empty() {
            continue;
        }
        for one in exports("include x.env\nexport\n", &Beside(source.text())).variables {
            let last = loaded.variable(&one.name).and_then(|last| last.value.clone());
            if let Some(value) = one.value {
                assert_eq!(Some(value), last, "{:?}: {}", source.text(), one.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

fn decode(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let digit = ALPHABET.iter().position(|known| *known == byte).expect("base64");
        bits = (bits << 6) | u32::try_from(digit).expect("six bits");
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).expect("a byte"));
        }
    }
    out
}
