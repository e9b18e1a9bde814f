//! `resolve` and `why` on real projects: the environments against what `docker compose config` gives, and the
//! incident's states as stories.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const BASE: &str = "infra/docker-compose.yml";
const PRODUCTION: &str = "infra/docker-compose.production.yml";
const REGISTRY: &str = "infra/docker-compose.registry.yml";

fn envgate(project: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(project).output().unwrap()
}

type Environments = BTreeMap<String, BTreeMap<String, Option<String>>>;

/// What the real compose gives each service; dollars are doubled in its output.
fn theirs(project: &Path, options: &[&str]) -> Environments {
    let binary = std::env::var("ENVGATE_COMPOSE").unwrap_or_else(|_| {
        panic!("ENVGATE_COMPOSE is not set: `tests/run` fetches the real compose binary and sets it")
    });
    let output = Command::new(binary)
        .args(options)
        .args(["config", "--format", "json"])
        .current_dir(project)
        .env_clear()
        .env("HOME", "/nonexistent")
        .output()
        .unwrap();
    environments(&output)
}

/// The environments in what compose prints.
fn environments(output: &Output) -> Environments {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let config: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().map(|text| text.replace("$$", "$"));
    let services = config["services"].as_object().unwrap().iter();
    let environment = |service: &Value| {
        let variables = service["environment"].as_object().into_iter().flatten();
        variables.map(|(key, value)| (key.clone(), text(value))).collect()
    };
    services.map(|(name, service)| (name.clone(), environment(service))).collect()
}

fn ours(project: &Path, options: &[&str]) -> Environments {
    let output = envgate(project, &[&["resolve", "--reveal", "--format", "json"], options].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let resolved: Value = serde_json::from_slice(&output.stdout).unwrap();
    let services = resolved["services"].as_object().unwrap().iter();
    let environment = |service: &Value| {
        let variables = service["environment"].as_object().unwrap().iter();
        variables.map(|(key, one)| (key.clone(), one["value"].as_str().map(ToOwned::to_owned))).collect()
    };
    services.map(|(name, service)| (name.clone(), environment(service))).collect()
}

#[test]
fn every_service_gets_what_docker_compose_gives_it() {
    let project = Path::new("fixtures/incident");
    for options in [
        &["-f", BASE][..],
        &["-f", BASE, "-f", PRODUCTION],
        &["-f", BASE, "-f", PRODUCTION, "-f", REGISTRY],
        &["--env-file", "envs/.env", "-f", BASE, "-f", PRODUCTION, "-f", REGISTRY],
    ] {
        assert_eq!(ours(project, options), theirs(project, options), "{options:?}");
    }
}

/// Small projects as they are often written: overrides, `extends`, `include`, profiles, raw env files.
#[test]
fn small_projects_get_what_docker_compose_gives_them() {
    let override_file = "compose.override.yaml";
    let cases: &[(&str, &[&str])] = &[
        ("layers", &["-f", "compose.yaml"]),
        ("layers", &["-f", "compose.yaml", "-f", override_file]),
        ("layers", &["--env-file", ".env", "--env-file", "config/web.env", "-f", "compose.yaml"]),
        ("profiles", &["-f", "docker-compose.yml"]),
        ("profiles", &["-f", "docker-compose.yml", "--profile", "debug"]),
        ("profiles", &["-f", "docker-compose.yml", "--profile", "*"]),
        ("included", &["-f", "docker-compose.yml"]),
    ];
    for (name, options) in cases {
        let project = Path::new("tests/projects").join(name);
        assert_eq!(ours(&project, options), theirs(&project, options), "{name} {options:?}");
    }
}

/// What `docs/resolve.md` tells of its project is what compose does.
#[test]
fn the_project_of_the_page_gets_what_docker_compose_gives_it() {
    let project = Path::new("docs/resolve.in");
    let (base, override_file) = ("infra/docker-compose.yml", "infra/docker-compose.production.yml");
    for options in [
        &["-f", base][..],
        &["-f", base, "-f", override_file],
        &["--env-file", "envs/.env", "-f", base],
        &["--env-file", "envs/.env", "-f", "infra/docker-compose.fixed.yml"],
    ] {
        assert_eq!(ours(project, options), theirs(project, options), "{options:?}");
    }
}
/// Recipes hand what make exports to compose: each Makefile is run by make, with the real compose behind `docker`.
#[test]
fn recipes_get_what_make_and_docker_compose_give_them() {
    let compose = "services:\n  web:\n    image: x\n    environment:\n      A: ${A:-none}\n      B: ${B-none}\n      \
                   TAG: ${TAG}\n      C:\n    env_file: .env.web\n";
    for makefile in [
        "include .env.prod\nexport\nTAG := v1\n",
        "include .env.prod\n",
        "-include .env.prod\nexport A\nexport TAG = $(B)-1\n",
        "include .env.prod\nexport $(shell sed 's/=.*//' .env.prod)\n",
        "ifneq (,$(wildcard .env.prod))\ninclude .env.prod\nexport\nendif\nA = $(B)\n",
        "include .env\nexport\n",
        "export COMPOSE_FILE := other.yaml\n",
    ] {
        let place = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| fs::write(place.path().join(path), text).unwrap();
        let files = if makefile.contains("COMPOSE_FILE") { "" } else { " -f compose.yaml" };
        let recipe = format!("docker compose{files} config --format json");
        write("Makefile", &format!("{makefile}\nshow:\n\t@{recipe}\n"));
        write(if files.is_empty() { "other.yaml" } else { "compose.yaml" }, compose);
        write(".env", "A=of-dotenv\nC=\"of-dotenv\"\n");
        write(".env.prod", "A=\"quoted\"\nB = of-prod # comment\nC=pa$word\n");
        write(".env.web", "B=of-web\nD=of-web\n");
        let binary = std::env::var("ENVGATE_COMPOSE").expect("ENVGATE_COMPOSE is not set");
        write("docker", &format!("#!/bin/sh\nshift\nexec {binary} \"$@\"\n"));
        fs::set_permissions(place.path().join("docker"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", place.path().display());
        let mut make = Command::new("make");
        make.args(["--silent", "show"]).current_dir(place.path()).env_clear();
        let made = make.env("PATH", path).env("HOME", "/nonexistent").output().unwrap();
        let found = envgate::resolve(&envgate::Project::at(place.path())).unwrap();
        let of = |service: &envgate::Service| {
            let one = |variable: &envgate::Variable| {
                (variable.name.clone(), variable.value.as_ref().map(|value| value.reveal().to_owned()))
            };
            (service.name.clone(), service.variables.iter().map(one).collect())
        };
        let ours: Environments = found.iter().map(of).collect();
        assert_eq!((found.len(), ours), (1, environments(&made)), "{makefile}");
    }
}

fn why(project: &Path, arguments: &[&str]) -> String {
    let output = envgate(project, &[&["why"], arguments].concat());
    let told = String::from_utf8(output.stdout).unwrap();
    // The story's lines are wrapped; its words are not.
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_fallback_that_hides_the_good_key_is_told() {
    let told = why(Path::new("fixtures/incident"), &["SECRET_KEY", "--service", "backend", "-f", BASE]);
    for words in [
        "infra/.env: there is no such file",
        "won the fallback in infra/docker-compose.yml:62",
        "hidden envs/.env:6: 43 characters",
        "arrives 31 characters, where 32 characters are needed",
        "bash: 43 characters (scripts/deploy-to-production.sh:28)",
        "do: the fallback hides `envs/.env`",
    ] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
}

#[test]
fn the_blank_that_an_override_sends_is_told() {
    let arguments = ["JWT_SECRET_KEY", "--service", "backend", "-f", BASE, "-f", PRODUCTION];
    let told = why(Path::new("fixtures/incident"), &arguments);
    for words in ["arrives empty", "hidden envs/.env:7: 43 characters", "docker-compose.production.yml:7"] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
}

#[test]
fn the_list_whose_quotes_the_shell_ate_is_told() {
    let told = why(Path::new("fixtures/incident"), &["ALLOWED_HOSTS", "--service", "backend"]);
    for words in [
        "(scripts/start-on-server.sh:7)",
        "arrives list without its quotes, 39 characters",
        "they do not agree",
        "do: a shell loaded `envs/.env` and ate the quotes",
    ] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
}

#[test]
fn nothing_is_wrong_once_it_is_put_right() {
    let output = envgate(Path::new("fixtures/incident-fixed"), &["why", "SECRET_KEY"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let nobody = envgate(Path::new("fixtures/incident-fixed"), &["why", "NO_SUCH_KEY"]);
    assert_eq!(nobody.status.code(), Some(1), "a variable that nobody gets is not as it should be");
}

#[test]
fn no_value_is_shown_unless_it_is_asked_for() {
    let project = Path::new("fixtures/incident");
    let text = fs::read_to_string(project.join("envs/.env")).unwrap();
    let values: Vec<&str> = text
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.1))
        .filter(|value| value.len() > 12)
        .collect();
    assert!(values.len() > 5);
    let commands: &[&[&str]] = &[
        &["resolve"],
        &["resolve", "--format", "json"],
        &["why", "SECRET_KEY"],
        &["why", "ALLOWED_HOSTS"],
        &["env", "show", "envs/.env", "--as", "all"],
        &["env", "show", "envs/.env", "--as", "all", "--format", "json"],
        &["env", "diff", "envs/.env.example", "envs/.env"],
    ];
    for arguments in commands {
        let output = envgate(project, arguments);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        for value in &values {
            assert!(!said.contains(value), "{arguments:?} shows a value");
        }
    }
}

/// What loaders split, cut and refuse is a part of a value still: a word behind a blank, a pasted line.
#[test]
fn no_part_of_a_value_is_shown_as_a_name() {
    const CANARY: &str = "c4n4ryC4n4ry";
    let project = tempfile::tempdir().unwrap();
    let torn = "A=x CANARY\nB=\"two CANARY words\"\nC=y CANARY=1\nD=$(echo CANARY)\nG=[\"CANARY\"]\nCANARY\n\
        export H=CANARY # CANARY\nE='CANARY\nF=CANARY\n";
    let compose = "services:\n  web:\n    image: i\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-CANARY}\n      \
        URL: http://u:CANARY@h/${A}\n      PLAIN: CANARY\n      NEEDED: ${NEEDED:?CANARY is missing}\n";
    for (name, text) in [("torn.env", torn), (".env", "A=CANARY\n"), ("compose.yaml", compose)] {
        fs::write(project.path().join(name), text.replace("CANARY", CANARY)).unwrap();
    }
    let set = format!("NEEDED={CANARY}");
    let mut commands: Vec<Vec<&str>> = ["human", "json"]
        .into_iter()
        .flat_map(|format| {
            [
                vec!["resolve", "--format", format],
                vec!["resolve", "--set", &set, "--format", format],
                vec!["env", "show", "torn.env", "--format", format, "--as", "all"],
                vec!["env", "diff", "torn.env", ".env", "--format", format],
            ]
        })
        .collect();
    commands.push(vec!["resolve", "--set", CANARY]);
    for key in ["SECRET_KEY", "URL", "PLAIN", "NEEDED"] {
        commands.push(vec!["why", key]);
        commands.push(vec!["why", key, "--set", &set]);
    }
    for arguments in commands {
        let output = envgate(project.path(), &arguments);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(!said.is_empty() && !said.contains(CANARY), "{arguments:?}:\n{said}");
    }
    let shown = envgate(project.path(), &["resolve", "--reveal", "--set", &set]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains(CANARY), "the canary is there to be seen");
}

#[test]
fn a_service_that_is_not_there_is_no_story() {
    let kept = tempfile::tempdir().unwrap();
    let compose = "services:\n  api: {image: a, environment: {KEY: b}}\n  web: {image: a}\n";
    fs::write(kept.path().join("compose.yaml"), compose).unwrap();
    for arguments in [&["why", "KEY", "--service", "typo"][..], &["resolve", "--service", "typo"]] {
        let output = envgate(kept.path(), arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("no service is called `typo`") && said.contains("api, web"), "{said}");
    }
    assert_eq!(envgate(kept.path(), &["why", "KEY", "--service", "web"]).status.code(), Some(1));
}

#[test]
fn who_reads_a_file_is_told_where_there_is_no_compose_file() {
    let kept = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(kept.path().join(name), text).unwrap();
    write("app.py", "from dotenv import load_dotenv\nload_dotenv()\n");
    write("run.sh", "#!/usr/bin/env bash\nset -a\n. ./.env\n");
    write(".env", "PORT=8080\nHOSTS=[\"a\",\"b\"]\n");
    let told = why(kept.path(), &["HOSTS"]);
    for words in [
        "written .env:2",
        "they do not agree",
        "python-dotenv: JSON list, 9 characters (app.py:2)",
        "bash: list without its quotes, 5 characters (run.sh:3)",
    ] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
    assert!(!why(kept.path(), &["PORT"]).contains(" do: "), "all is well with it");
}
