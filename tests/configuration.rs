//! The documents about `envgate.yaml` say what the program does: the schema and the example.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::{Path, PathBuf};

use envgate::config;
use envgate::diagnostic::{Meta, Severity};
use envgate::source::{PathKind, Source, Tree};

/// A tree in which every path is what its name looks like.
struct Everything;

impl Tree for Everything {
    fn kind(&self, path: &str) -> Option<PathKind> {
        Some(if path.contains('.') { PathKind::File } else { PathKind::Directory })
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn known() -> Vec<&'static Meta> {
    envgate::commands::catalog()
}

/// The one example of the reference.
fn example() -> String {
    let page = fs::read_to_string(root("docs/configuration.md")).unwrap();
    let (_, rest) = page.split_once("```yaml path=envgate.yaml\n").unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

#[test]
fn the_example_has_no_mistake_and_means_what_it_says() {
    let text = example();
    let (config, found) = config::load(&Source::new("envgate.yaml", text), &known(), &Everything);
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(config.commands.len(), 2);
    assert_eq!(config.commands[1].production, Some(true));
    assert!(config.expectations.variables.len() >= 6);
    assert_eq!(config.expectations.min_length("SECRET_KEY"), Some(48));
    assert!(!config.rules.is_empty() && !config.ignores.is_empty());
    assert!(!config.include.is_empty() && !config.exclude.is_empty());
    assert_eq!(config.fail_on, Severity::Warning);
}

#[test]
fn the_reference_names_every_key() {
    let page = fs::read_to_string(root("docs/configuration.md")).unwrap();
    let mut keys = Vec::new();
    collect_keys(&config::schema(), &mut keys);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        assert!(page.contains(&format!("`{key}`")), "docs/configuration.md does not explain `{key}`");
    }
}

fn collect_keys(schema: &serde_json::Value, keys: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                if name == "properties" {
                    keys.extend(value.as_object().unwrap().keys().cloned());
                }
                collect_keys(value, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_keys(item, keys)),
        _ => {}
    }
}

/// `ENVGATE_BLESS=1` writes the schema.
#[test]
#[expect(clippy::disallowed_methods, reason = "blessing is asked for by the environment")]
fn the_schema_is_that_of_the_types() {
    let path = root("docs/envgate.schema.json");
    let made = format!("{:#}\n", config::schema());
    if std::env::var_os("ENVGATE_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert!(written == made, "docs/envgate.schema.json is stale: ENVGATE_BLESS=1 cargo test writes it");
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let schema = config::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let cases = [
        (example().as_str(), true),
        ("{}", true),
        ("version: 1\nrules: {ENV102: off, CFG001: {severity: error, option: [1]}}", true),
        ("variables: {A: {kind: [a, b]}, B: {kind: url, expect: csv}}", true),
        ("nope: 1", false),
        ("version: 2", false),
        ("variables: {A: {kind: secrte}}", false),
        ("variables: {A: {min_length: many}}", false),
        ("environments: {a: {kind: staging}}", false),
        ("rules: {CFG001: loud}", false),
        ("ignore: [{reason: x}]", false),
        ("include: x", false),
    ]
    .map(|(text, valid)| (text.to_owned(), valid));
    for (text, valid) in cases {
        let value: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(validator.is_valid(&value), valid, "the schema on {text}");
        let (_, found) = config::load(&Source::new("envgate.yaml", text.as_str()), &known(), &Everything);
        let unreadable = found.iter().any(|diagnostic| diagnostic.meta.code == "CFG001");
        assert_eq!(!unreadable, valid, "the program on {text}: {found:#?}");
    }
}
