//! `resolve`, `why` and `env` as commands: against docker compose itself, the incident's states told, and
//! no value shown that was not asked for.
//!
//! The comparison needs the real binary: see `tests/oracle_compose.rs`.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn envgate(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8(output.stderr.clone()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

type Services = BTreeMap<String, BTreeMap<String, Option<String>>>;

/// What compose gives each service; `None` where it refuses.
fn by_compose(binary: &str, directory: &Path, arguments: &[&str]) -> Option<Services> {
    let (options, profiles): (Vec<&str>, Vec<&str>) = (arguments.to_vec(), Vec::new());
    let output = Command::new(binary)
        .args(&options)
        .args(&profiles)
        .args(["config", "--format", "json"])
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .output()
        .unwrap();
    if !output.status.success() {
        return None;
    }
    let config: Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = config["services"].as_object().unwrap();
    let environment = |service: &Value| {
        let variables = service["environment"].as_object().cloned().unwrap_or_default();
        // `config` doubles each `$`, so that its output can be read again.
        let value = |value: &Value| value.as_str().map(|text| text.replace("$$", "$"));
        variables.iter().map(|(key, one)| (key.clone(), value(one))).collect()
    };
    Some(services.iter().map(|(name, service)| (name.clone(), environment(service))).collect())
}

fn by_envgate(directory: &Path, arguments: &[&str]) -> Option<Services> {
    let output = envgate(directory, &[&["resolve", "--format", "json", "--reveal"], arguments].concat());
    if output.status.code() == Some(1) {
        return None;
    }
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = json["services"].as_object().unwrap();
    let environment = |service: &Value| {
        let variables = service["environment"].as_object().unwrap();
        let value = |one: &Value| one["value"].as_str().map(str::to_owned);
        variables.iter().map(|(key, one)| (key.clone(), value(one))).collect()
    };
    Some(services.iter().map(|(name, service)| (name.clone(), environment(service))).collect())
}

#[test]
fn services_get_what_compose_gives_them() {
    let Ok(binary) = std::env::var("ENVGATE_COMPOSE") else {
        eprintln!("ENVGATE_COMPOSE is not set: not compared with docker compose");
        return;
    };
    let base = "infra/docker-compose.yml";
    let production = "infra/docker-compose.production.yml";
    let cases: &[(&str, &[&str])] = &[
        ("fixtures/incident", &["-f", base]),
        ("fixtures/incident", &["--env-file", "envs/.env", "-f", base]),
        ("fixtures/incident", &["-f", base, "-f", production]),
        ("fixtures/incident", &["--env-file", "envs/.env", "-f", base, "-f", production]),
        ("fixtures/incident-fixed", &["-f", base]),
        ("fixtures/incident-fixed", &["--env-file", "envs/.env", "-f", base]),
        ("tests/projects/layers", &["-f", "compose.yaml", "-f", "compose.override.yaml"]),
        ("tests/projects/layers", &["-f", "compose.yaml"]),
        ("tests/projects/layers", &["--env-file", "config/web.env", "-f", "compose.yaml"]),
        ("tests/projects/profiles", &["-f", "docker-compose.yml"]),
        ("tests/projects/profiles", &["-f", "docker-compose.yml", "--profile", "debug"]),
        ("tests/projects/profiles", &["-f", "docker-compose.yml", "--profile", "*"]),
        ("tests/projects/included", &["-f", "docker-compose.yml"]),
    ];
    for (project, arguments) in cases {
        let copied = TempDir::new().unwrap();
        let directory = copied.path().join("case");
        copy(&repository(project), &directory);
        let (ours, theirs) = (by_envgate(&directory, arguments), by_compose(&binary, &directory, arguments));
        assert_eq!(ours, theirs, "{project} {arguments:?}");
    }
}

/// The three states of the incident, each in the words that matter.
#[test]
fn the_incident_is_told() {
    let incident = TempDir::new().unwrap();
    copy(&repository("fixtures/incident"), incident.path());
    let base = ["-f", "infra/docker-compose.yml"];
    let production = ["-f", "infra/docker-compose.production.yml"];
    let cases: &[(&[&str], &[&str])] = &[
        // A: the fallback hides the good key of the env file.
        (
            &["why", "SECRET_KEY", "--service", "backend", base[0], base[1]],
            &[
                "infra/.env: there is no such file",
                "won        the fallback in infra/docker-compose.yml:62",
                "hidden     envs/.env:6: 43 characters",
                "arrives    31 characters, where 32 characters are needed",
                "do: the fallback hides `envs/.env`",
            ],
        ),
        // B: `${…}` without a fallback sends a blank.
        (
            &[
                "why",
                "JWT_SECRET_KEY",
                "--service",
                "backend",
                base[0],
                base[1],
                production[0],
                production[1],
            ],
            &[
                "won        nothing: nobody sets it",
                "hidden     envs/.env:7: 43 characters",
                "arrives    empty, where 32 characters are needed",
                "do: the blank hides `envs/.env`",
            ],
        ),
        // C: the file was sourced, and the list lost its quotes.
        (
            &["why", "ALLOWED_HOSTS", "--service", "backend"],
            &[
                "(scripts/start-on-server.sh:7)",
                "arrives    list without its quotes, 39 characters",
                "bash: list without its quotes, 39 characters",
                "compose-env-file: JSON list, 43 characters",
                "do: a shell loaded `envs/.env` and ate the quotes",
            ],
        ),
    ];
    for (arguments, facts) in cases {
        let output = envgate(incident.path(), arguments);
        let told = text(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        for fact in *facts {
            assert!(told.contains(fact), "{arguments:?} does not say {fact:?}:\n{told}");
        }
        assert!(told.lines().all(|line| line.chars().count() <= 82), "{told}");
    }
    let cured = ["why", "SECRET_KEY", "--service", "backend", base[0], base[1], "--env-file", "envs/.env"];
    let output = envgate(incident.path(), &cured);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("nothing is wrong with it"));
}

const CANARY: &str = "c4n4ryC4n4ry";

/// A project whose every value holds the canary, in ways that loaders split, refuse and mangle.
fn canaries() -> TempDir {
    let project = TempDir::new().unwrap();
    let compose = "services:\n  web:\n    image: i\n    env_file: more.env\n    environment:\n      \
        SECRET_KEY: ${SECRET_KEY:-CANARY}\n      URL: http://u:CANARY@h/${A}\n      PLAIN: CANARY\n      \
        A: ${A}\n      NEEDED: ${NEEDED:?CANARY is missing}\n";
    let env = "A=CANARY\nB=\"two CANARY words\"\nC=x CANARY\nD=$(echo CANARY)\nE='CANARY\nF=CANARY CANARY=1\n\
        G=[\"CANARY\"]\nCANARY\nexport H=CANARY # CANARY\n";
    for (name, content) in [
        ("compose.yaml", compose),
        (".env", "A=CANARY\n"),
        ("more.env", env),
        ("start.sh", "set -a\nsource .env\ndocker compose up\n"),
    ] {
        fs::write(project.path().join(name), content.replace("CANARY", CANARY)).unwrap();
    }
    project
}

#[test]
fn no_value_is_shown_that_was_not_asked_for() {
    let project = canaries();
    let set = format!("NEEDED={CANARY}");
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["resolve"],
        vec!["resolve", "--set", &set],
        vec!["resolve", "--set", &set, "--set", "SECRET_KEY=x"],
        vec!["resolve", "--set", CANARY],
        vec!["env", "show", "more.env", "--as", "all"],
        vec!["env", "diff", "more.env", ".env"],
    ];
    for key in ["SECRET_KEY", "URL", "PLAIN", "A", "B", "G", "NEEDED"] {
        commands.push(vec!["why", key]);
        commands.push(vec!["why", key, "--set", &set]);
    }
    for mut arguments in commands {
        for format in [None, Some("json")] {
            if let Some(format) = format.filter(|_| arguments.first() != Some(&"why")) {
                arguments.extend(["--format", format]);
            }
            let output = text(&envgate(project.path(), &arguments));
            assert!(!output.is_empty(), "{arguments:?}");
            // What stands alone on a line, or before a `=`, is a name to the loaders that read it so.
            assert!(!output.contains(CANARY), "{arguments:?}:\n{output}");
        }
    }
    let shown = text(&envgate(project.path(), &["resolve", "--reveal", "--set", &set]));
    assert!(shown.contains(CANARY), "the canary is there to be seen: {shown}");
}

#[test]
fn refusals_and_failures_end_differently() {
    let project = canaries();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["resolve"], 1, "`NEEDED` is required and set nowhere"),
        (&["resolve", "-f", "nothing.yml"], 2, "`nothing.yml` does not exist"),
        (&["resolve", "--service", "nobody", "--set", "NEEDED=1"], 1, "refuses"),
        (&["env", "show", "more.env", "--as", "cobol"], 2, "no loader is called `cobol`"),
        (&["env", "diff", ".env", ".env"], 0, "1 key agrees"),
    ];
    for (arguments, code, said) in cases {
        let output = envgate(project.path(), arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", text(&output));
        assert!(text(&output).contains(said), "{arguments:?}: {}", text(&output));
    }
}

#[test]
fn all_loaders_are_named_in_the_help() {
    let project = canaries();
    let said = text(&envgate(project.path(), &["env", "show", ".env", "--as", "cobol"]));
    for loader in envgate::document::env::Loader::ALL {
        assert!(said.contains(loader.name()), "{}: {said}", loader.name());
    }
}
