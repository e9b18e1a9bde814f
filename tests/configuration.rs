//! The documents about `envgate.yaml` say what the program does: the schema and the example.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::collections::BTreeMap;
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
        ("version: 1\nrules: {ENV102: off, CMP301: {severity: error, digest: true}}", true),
        ("rules: {CMP301: {digests: true}}", false),
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

/// The files under a head of a page, by path.
struct Blocks(BTreeMap<String, String>);

impl Blocks {
    fn under(page: &str, head: &str) -> Self {
        let (_, section) = page.split_once(&format!("\n## {head}\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let blocks = section.split("\n```").filter_map(|block| block.split_once('\n'));
        let named =
            blocks.filter_map(|(info, text)| Some((info.split_once("path=")?.1.to_owned(), text.to_owned())));
        Self(named.collect())
    }

    fn codes(&self) -> Vec<&'static str> {
        let source = Source::new("envgate.yaml", self.0["envgate.yaml"].as_str());
        let (_, found) = config::load(&source, &known(), self);
        found.iter().map(|diagnostic| diagnostic.meta.code).collect()
    }
}

impl Tree for Blocks {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.0
            .get(path)
            .map(|text| text.clone().into_bytes())
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
}

#[test]
fn the_pages_about_the_configuration_show_what_fires_and_what_does_not() {
    for meta in config::rules() {
        let bad = Blocks::under(meta.page, "Bad").codes();
        assert!(!bad.is_empty() && bad.iter().all(|code| *code == meta.code), "{}: {bad:?}", meta.code);
        let good = Blocks::under(meta.page, "Good").codes();
        assert!(good.is_empty(), "{}: {good:?}", meta.code);
    }
}
