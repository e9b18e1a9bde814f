//! What scripts and Makefiles give to compose, where `why`, `resolve` and `check` tell of it.
//!
//! Not here: scripts that are plain from top to bottom; `tests/compose_commands.rs` has those.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::process::Command;

struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = place.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        place
    }

    /// The exit code and what is said, with line ends and runs of blanks as one blank.
    fn says(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(arguments).current_dir(self.0.path()).env("LC_ALL", "C");
        let output = command.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// A compose file whose one service has this environment.
fn compose(environment: &str) -> String {
    format!("services:\n  a:\n    image: x:1\n    restart: always\n    environment:\n{environment}")
}

const FETCHED: &str = "#!/bin/sh\nexport SECRET_KEY=\"$(aws ssm get-parameter --name key)\"\ndocker compose -f stack.yml up -d\n";

#[test]
fn a_value_from_a_command_is_set_and_not_known() {
    for written in ["${SECRET_KEY}", "${SECRET_KEY:?}", "${SECRET_KEY:-dev}", "key-${SECRET_KEY}"] {
        let file = compose(&format!("      SECRET_KEY: {written}\n"));
        let place = Place::new(&[("stack.yml", &file), ("deploy.sh", FETCHED)]);
        let (code, said) = place.says(&["why", "SECRET_KEY"]);
        assert_eq!(code, Some(2), "{written}: {said}");
        assert!(said.contains("the shell, set in deploy.sh:2: only known when it runs"), "{written}: {said}");
        assert!(said.contains("it is set in deploy.sh:2, and its value is only known"), "{written}: {said}");
        for wrong in ["nobody sets it", "empty", "starts nothing", "nothing is wrong", "fallback"] {
            assert!(!said.contains(wrong), "{written}: {wrong}: {said}");
        }
        let (code, said) = place.says(&["resolve"]);
        assert_eq!(code, Some(2), "{written}: {said}");
        let (code, said) = place.says(&["check", "--fail-on", "error", "--ignore", "CMP002", "."]);
        assert_eq!(code, Some(0), "{written}: {said}");
        assert_eq!(
            place.says(&["resolve", "-f", "stack.yml", "--set", "SECRET_KEY=x"]).0,
            Some(0),
            "{written}"
        );
    }
}

#[test]
fn what_hangs_on_such_a_value_is_not_known_either_and_nothing_else() {
    let file = compose(
        "      TAG: ${TAG:-latest}\n      PLAIN: ${PLAIN:-x}\n      HAS: ${TAG+yes}\n      FROM: ${FROM}\n",
    );
    let script = "#!/bin/sh\nPLAIN=1\nread -r TAG\nexport TAG PLAIN\ndocker compose up -d\n";
    let place = Place::new(&[("compose.yml", &file), ("up.sh", script), (".env", "FROM=a-${TAG}\nB=1\n")]);
    let (code, said) = place.says(&["why", "TAG"]);
    assert!(code == Some(2) && said.contains("set in up.sh:4"), "{said}");
    assert_eq!(place.says(&["why", "PLAIN"]).0, Some(0));
    assert_eq!(place.says(&["why", "HAS"]).0, Some(0));
    let (code, said) = place.says(&["why", "FROM"]);
    assert!(code == Some(2) && said.contains(".env:1"), "{said}");
}

#[test]
fn what_a_script_hands_on_and_does_not_set_is_the_files() {
    let file = compose("      SECRET_KEY: ${SECRET_KEY:?}\n");
    let script = "#!/bin/sh\n. ./.env.live\nexport SECRET_KEY\ndocker compose up -d\n";
    let key = format!("SECRET_KEY={}\n", "q8Zr5tYw".repeat(5));
    let place = Place::new(&[("compose.yml", &file), ("up.sh", script), (".env.live", &key)]);
    let (code, said) = place.says(&["why", "SECRET_KEY"]);
    assert!(code == Some(0) && said.contains(".env.live:1"), "{said}");
}

#[test]
fn so_is_what_make_takes_from_a_command() {
    let file = compose("      TAG: ${TAG:-latest}\n      SECRET_KEY: ${SECRET_KEY:?}\n");
    let makefile = "export TAG := $(shell git rev-parse HEAD)\nexport SECRET_KEY = $(shell pass key)\nup:\n\tdocker compose up -d\n";
    let place = Place::new(&[("compose.yml", &file), ("Makefile", makefile)]);
    let (code, said) = place.says(&["why", "TAG"]);
    assert!(code == Some(2) && said.contains("it is set in Makefile:1"), "{said}");
    let (code, said) = place.says(&["check", "--fail-on", "error", "."]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_project_directory_has_the_only_dotenv() {
    let file = compose("      TAG: ${TAG:-none}\n      OWN: ${OWN:-none}\n");
    let files = [
        ("demo/compose.yml", file.as_str()),
        ("demo/.env", "TAG=of-demo\n"),
        (".env", "TAG=of-top\nOWN=1\n"),
    ];
    let place = Place::new(&files);
    for arguments in [
        &["resolve", "--project-directory", "demo", "--reveal"][..],
        &["resolve", "--project-directory", "demo", "-f", "demo/compose.yml", "--reveal"],
    ] {
        let (_, said) = place.says(arguments);
        assert!(said.contains("\"of-demo\", from demo/.env:1"), "{said}");
        assert!(said.contains("filled from demo/.env") && !said.contains("of-top"), "{said}");
        assert!(said.contains("OWN \"none\""), "{said}");
    }
}

#[test]
fn no_dotenv_is_read_where_compose_is_told_so() {
    let file = compose("      MODE: ${MODE:-fallback}\n");
    let up = |line: &str| format!("#!/bin/sh\n{line}\n");
    for (script, arrives) in [
        ("export COMPOSE_DISABLE_ENV_FILE=1\ndocker compose up -d", "the fallback in compose.yml:6"),
        ("COMPOSE_DISABLE_ENV_FILE=True docker compose up -d", "the fallback in compose.yml:6"),
        ("COMPOSE_DISABLE_ENV_FILE=0 docker compose up -d", "won .env:1"),
        ("COMPOSE_DISABLE_ENV_FILE=1 docker compose --env-file .env up -d", "won .env:1"),
        ("COMPOSE_DISABLE_ENV_FILE=yes docker compose up -d", "neither `true` nor `false`"),
    ] {
        let text = up(script);
        let place = Place::new(&[("compose.yml", &file), ("up.sh", &text), (".env", "MODE=dotenv\n")]);
        let (_, said) = place.says(&["why", "MODE"]);
        assert!(said.contains(arrives), "{script}: {said}");
        let (_, said) = place.says(&["check", "--only", "CMP005", "."]);
        assert!(said.contains("no findings"), "{script}: {said}");
    }
    let place = Place::new(&[("compose.yml", &file), (".env", "MODE=dotenv\nCOMPOSE_DISABLE_ENV_FILE=1\n")]);
    assert!(place.says(&["resolve"]).1.contains("the fallback"));
    let place = Place::new(&[("compose.yml", &file), (".env", "MODE=dotenv\nCOMPOSE_FILE=nothing.yml\n")]);
    let (_, said) = place.says(&["resolve", "--set", "COMPOSE_DISABLE_ENV_FILE=true"]);
    assert!(said.contains("the fallback"), "{said}");
}

#[test]
fn nothing_is_hidden_by_itself() {
    let file = compose("      MODE: ${MODE}\n").replace("restart: always", "env_file: .env");
    let place = Place::new(&[("compose.yml", &file), (".env", "MODE=dotenv\n")]);
    let (_, said) = place.says(&["why", "MODE"]);
    assert!(said.contains("won .env:1") && !said.contains("hidden"), "{said}");
    let (_, said) = place.says(&["resolve", "--format", "json"]);
    assert!(said.contains("\"shadows\": []"), "{said}");
    let place = Place::new(&[
        ("compose.yml", &file),
        (".env", "MODE=dotenv\n"),
        ("up.sh", "#!/bin/sh\nMODE=1 docker compose up\n"),
    ]);
    let (_, said) = place.says(&["why", "MODE"]);
    assert!(said.contains("hidden .env:1"), "{said}");
}

#[test]
fn what_every_machine_sets_is_no_blank() {
    let file = compose("      AWS_DIR: ${HOME}/.aws\n      ID: ${UID}\n      DIR: ${PWD}/x\n")
        .replace("restart: always", "env_file: ${PWD}/a.env");
    let place = Place::new(&[("compose.yml", &file), ("a.env", "A=1\n"), (".env", "PWD=/elsewhere\n")]);
    let (code, said) = place.says(&["resolve", "--reveal"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("A \"1\", from a.env:1"), "{said}");
    assert!(said.contains("AWS_DIR not known here, set on every machine"), "{said}");
    let here = place.0.path().canonicalize().unwrap();
    assert!(said.contains(&format!("\"{}/x\"", here.display())), "{said}");
    assert!(said.contains("`UID` is set nowhere") && !said.contains("`HOME` is set nowhere"), "{said}");
    let (code, said) = place.says(&["why", "AWS_DIR"]);
    assert!(code == Some(0) && said.contains("every machine sets it"), "{said}");
    assert_eq!(place.says(&["resolve", "--set", "HOME=/root"]).0, Some(0));
}

#[test]
fn each_branch_of_a_script_is_a_command() {
    let file = compose("      SECRET_KEY: ${SECRET_KEY:?}\n");
    let long = format!("SECRET_KEY={}\n", "q8Zr5tYw".repeat(5));
    for choice in [
        "if [ \"$1\" = prod ]; then\n  ENVF=.env.prod\nelse\n  ENVF=.env.dev\nfi",
        "ENVF=.env.dev\nif [ \"$1\" = prod ]; then ENVF=.env.prod; fi",
        "ENVF=.env.dev\n[ \"$1\" = prod ] && ENVF=.env.prod",
        "[ \"$1\" = prod ] && ENVF=.env.prod || ENVF=.env.dev",
        "case $1 in\n  prod) ENVF=.env.prod ;;\n  dev) ENVF=.env.dev ;;\n  *) ENVF=; exit 1 ;;\nesac",
        "usage() { echo usage; exit 1; }\n[ $# = 1 ] || usage\ncase $1 in\n  prod) ENVF=.env.prod ;;\n  dev) ENVF=.env.dev ;;\n  *) ENVF=x; usage ;;\nesac",
    ] {
        let script = format!("#!/bin/sh\n{choice}\ndocker compose --env-file \"$ENVF\" up -d\n");
        let files = [
            ("compose.yml", file.as_str()),
            ("up.sh", &script),
            (".env.prod", "SECRET_KEY=tooshort\n"),
            (".env.dev", &long),
        ];
        let place = Place::new(&files);
        let (_, said) = place.says(&["why", "SECRET_KEY"]);
        let commands = said.matches("docker compose --env-file").count();
        assert!(
            said.contains("won .env.prod:1") && said.contains("won .env.dev:1") && commands == 2,
            "{choice}: {said}"
        );
    }
}

#[test]
fn a_condition_that_asks_whether_something_is_there_is_no_choice() {
    let file = compose("      SECRET_KEY: ${SECRET_KEY:?}\n");
    let long = format!("SECRET_KEY={}\n", "q8Zr5tYw".repeat(5));
    let script = "#!/bin/bash\nif [ -f .env.live ]; then\n  set -a\n  . ./.env.live\n  set +a\nelse\n  echo none\nfi\nif [ -z \"$X\" ]; then export X=1; fi\ndocker compose up -d\n";
    let place = Place::new(&[("compose.yml", &file), ("up.sh", script), (".env.live", &long)]);
    let (code, said) = place.says(&["why", "SECRET_KEY"]);
    assert!(code == Some(0) && said.matches("docker compose").count() == 1, "{said}");
}

#[test]
fn make_says_where_it_is() {
    let file = compose("      TAG: ${TAG:-none}\n");
    for named in ["$(CURDIR)/env/live.env", "${PWD}/env/live.env", "$(ENV_FILE)"] {
        let makefile = format!(
            "ENV_FILE := $(CURDIR)/env/live.env\nup:\n\tdocker compose --env-file {named} -f $(CURDIR)/infra/stack.yml up -d\n"
        );
        let files = [
            ("ops/infra/stack.yml", file.as_str()),
            ("ops/Makefile", &makefile),
            ("ops/env/live.env", "TAG=v1\n"),
        ];
        let place = Place::new(&files);
        let (_, said) = place.says(&["why", "TAG"]);
        assert!(said.contains("won ops/env/live.env:1"), "{named}: {said}");
    }
}

#[test]
fn a_function_that_hands_its_arguments_on_is_the_command() {
    let file = compose("      TAG: ${TAG:-none}\n");
    let script = "#!/bin/bash\ncompose() {\n  docker compose -f stack.yml \"$@\"\n}\ncompose pull\ncompose --env-file live.env up -d\n";
    let place = Place::new(&[("stack.yml", &file), ("up.sh", script), ("live.env", "TAG=v1\n")]);
    let (_, said) = place.says(&["why", "TAG"]);
    assert!(said.contains("(up.sh:6)") && said.contains("won live.env:1"), "{said}");
    assert!(!said.contains("none"), "{said}");
}

#[test]
fn nothing_arrives_where_compose_starts_nothing() {
    let file = compose("      TAG: ${TAG:-latest}\n");
    let script = "#!/bin/sh\ndocker compose --env-file .env.dev up -d\n";
    let place = Place::new(&[("compose.yml", &file), ("deploy.sh", script)]);
    let (code, said) = place.says(&["why", "TAG"]);
    assert!(code == Some(1) && said.contains("`.env.dev` does not exist"), "{said}");
    assert!(!said.contains("arrives") && !said.contains("nothing is wrong"), "{said}");
    let place = Place::new(&[("compose.yml", &compose("      TAG: ${TAG:-latest}\n      KEY: ${KEY:?}\n"))]);
    let (code, said) = place.says(&["why", "TAG"]);
    assert!(
        code == Some(1) && said.contains("compose starts nothing") && !said.contains("nothing is wrong"),
        "{said}"
    );
}

#[test]
fn a_service_that_does_not_get_it_is_named() {
    let place = Place::new(&[("compose.yml", &compose("      TAG: x\n"))]);
    let (_, said) = place.says(&["why", "NOPE", "--service", "a"]);
    assert!(said.contains("`NOPE` does not arrive in `a`"), "{said}");
    let (_, said) = place.says(&["why", "NOPE"]);
    assert!(said.contains("`NOPE` arrives nowhere: no service gets it"), "{said}");
}
