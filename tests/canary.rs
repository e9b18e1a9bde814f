//! No value comes out: a project in which each kind of value is a word of its own, every command and format
//! run on it, and not a piece of any of these words in what they print.
//!
//! Not here: that the findings are right.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::Command as Envgate;

/// The shortest piece of a value that counts as told.
const PIECE: usize = 6;

/// The files, with `§` where a value of its own goes. Each rule that quotes a line with a value has one here.
const FILES: &[(&str, &str)] = &[
    (
        ".env",
        "SECRET_KEY=§\nDB_PASSWORD=\"§\"\nexport API_TOKEN='§'\nSECRET_KEY=§\nALLOWED_HOSTS=[§,§]\nLOG_LEVEL=§\n\
         DATABASE_URL=postgres://app:§@db:5432/app\n# OLD_PASSWORD=§\nNEXT_PUBLIC_SECRET_KEY=§\nSHORT_TOKEN=§ # §\n\
         ORIGINS=\"[\\\"§\\\"]\"\nMULTI=\"§\n§\n§\"\nDEBUG = §\nBAD=\"§\" §\nCR=§\r\nNBSP=\u{a0}§\nUNCLOSED='§\n§\n",
    ),
    (".env.example", "SECRET_KEY=§\nDB_PASSWORD=§\nUNSET_PASSWORD=\n"),
    ("envs/production.env", "SECRET_KEY=§\nJWT_SECRET='§'\n"),
    (
        "docker-compose.yml",
        "x-shared: &shared\n  SECRET_KEY: §\nservices:\n  web:\n    image: nginx:1.27\n    env_file: [.env, none.env]\n    \
         environment:\n      <<: *shared\n      DB_PASSWORD: ${DB_PASSWORD:-§}\n      API_TOKEN: \"${API_TOKEN-§}\"\n      \
         NESTED_SECRET: ${A_SECRET:-${B_SECRET:-§}}\n      DATABASE_URL: postgres://app:§@db/app\n      LITERAL_PASSWORD: §\n    \
         labels:\n      auth: \"password=§\"\n    build:\n      context: .\n      args: {NPM_TOKEN: §}\n  db:\n    image: postgres:16\n    \
         command: [\"--password\", \"§\"]\n    environment:\n      - POSTGRES_PASSWORD=§\n      - PGPASSWORD=${PG:-§}\n      \
         - 'QUOTED_SECRET=§'\n    healthcheck:\n      test: redis-cli -a § ping\n  broken:\n    image: redis:7\n    \
         environment:\n      REDIS_PASSWORD: ${REDIS:-§\n",
    ),
    (
        "docker-compose.prod.yml",
        "services:\n  web:\n    environment:\n      SECRET_KEY: §\n      DB_PASSWORD: ${DB_PASSWORD:-§}\n  other:\n    \
         extends: nothing\n    environment: {MONGO_PASSWORD: §, LIST_SECRET: [§}\n",
    ),
    ("compose.broken.yml", "services:\n  web:\n    environment:\n      SECRET_KEY: \"§\n  x: {PASSWORD: §\n"),
    (
        "deploy.sh",
        "#!/usr/bin/env bash\nset -e\nPASSWORD=§\nexport API_TOKEN=\"§\"\nlocal_secret='§'\ncurl -u admin:§ https://example.com\n\
         curl -H \"Authorization: Bearer §\" https://example.com\nmysql -p§ app\nsshpass -p § ssh root@203.0.113.7\n\
         docker run -e DB_PASSWORD=§ app\necho \"SECRET_KEY=§\" >>.env\nsource .env\ncat <<END >.env\nJWT_SECRET=§\nEND\n\
         sed -i 's/TOKEN=.*/TOKEN=§/' .env\npg_dump \"postgres://app:§@db/app\" | gzip >dump.gz\nredis-cli -a § ping\n\
         DB_PASSWORD=§ docker compose up -d && docker compose restart web\nif [ \"$PASSWORD\" == \"§\" ]; then git push --no-verify; fi\n",
    ),
    (
        ".husky/pre-commit",
        "#!/bin/sh\nTOKEN=§\nPASSWORD=$(grep -c '^TOKEN=§' file)\n[[ $TOKEN == § ]] && exit 1\nread answer\n\
         for f in $(git diff --cached --name-only); do grep -qE 'TOKEN=§' $f && exit 1; done\nnpx none --token § --no-verify\nsh scripts/none.sh --password §\n",
    ),
    (
        "Makefile",
        "SECRET_KEY = §\nexport API_TOKEN := §\nup:\n\tDB_PASSWORD=§ docker compose up\n\tcurl -u a:§ https://example.com\n",
    ),
    (
        "app/settings.py",
        "import os\nimport environ\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\nenv = environ.Env()\n\
         SECRET_KEY = os.environ.get(\"SECRET_KEY\", \"§\")\nDB_PASSWORD = env(\"DB_PASSWORD\", default=\"§\")\n\n\
         class Settings(BaseSettings):\n    api_token: str = \"§\"\n    jwt_secret: str = Field(default=\"§\", min_length=32)\n    \
         db_url: str = \"postgres://app:§@db/app\"\n",
    ),
    (
        "app/config.ts",
        "export const apiKey = \"§\";\nconst headers = { Authorization: \"Bearer §\" };\nconst password = '§';\n",
    ),
    ("app/config.json", "{\"password\": \"§\", \"apiKey\": \"§\", \"url\": \"amqp://u:§@q/\"}\n"),
    ("app/config.toml", "[db]\npassword = \"§\"\ntoken = '§'\n"),
    (
        "notes.md",
        "The password: §\n\n    export SECRET_KEY=§\n\nssh root@203.0.113.7\npostgres://app:§@203.0.113.9/app\n",
    ),
    (
        "tokens.txt",
        concat!(
            "xoxb",
            "-123456789012-123456789012-§\nsk",
            "_live_§§\nglpat",
            "-§\n-----BEGIN PRIVATE",
            " KEY-----\n§§§\n§§§\n",
            "-----END PRIVATE",
            " KEY-----\n-----BEGIN RSA PRIVATE",
            " KEY-----\n§§\n"
        ),
    ),
    (
        "envgate.yaml",
        "environments:\n  live: {kind: production, env_file: envs/production.env, compose: [docker-compose.yml]}\nvariables:\n  \
         MISSING_SECRET: {required: true}\n  LOG_LEVEL: {one_of: [info, debug]}\n",
    ),
];

/// The `number`th value: letters and digits that nobody guesses and that no other text holds.
fn canary(number: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
    let mut value = String::new();
    for _ in 0..20 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        value.push(char::from(letters[usize::try_from(state % letters.len() as u64).unwrap()]));
    }
    value
}

/// Writes the project; gives the pieces of its values, each with the value's file and number.
fn plant(folder: &Path) -> Vec<(String, String)> {
    let (mut pieces, mut number) = (Vec::new(), 0);
    for (path, text) in FILES {
        let mut parts = text.split('§');
        let mut planted = parts.next().unwrap().to_owned();
        for part in parts {
            let value = canary(number);
            number += 1;
            for at in 0..=value.len() - PIECE {
                pieces
                    .push((value[at..at + PIECE].to_owned(), format!("{path}:{}", planted.lines().count())));
            }
            planted.push_str(&value);
            planted.push_str(part);
        }
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, planted).unwrap();
    }
    pieces
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null");
    assert!(git.status().unwrap().success(), "{arguments:?}");
}

/// Every command, format and option that changes what is printed.
fn commands() -> Vec<Vec<String>> {
    let checks =
        ["check --info", "check --staged --info", "check --all-staged --info", "check --config envgate.yaml"];
    let mut lines: Vec<String> = Vec::new();
    for check in checks {
        for format in ["human", "json", "sarif"] {
            lines.push(format!("{check} --format {format}"));
            lines.push(format!("{check} --format {format} --color always --fail-on warning"));
        }
    }
    for (path, _) in FILES {
        lines.extend(
            ["human", "json", "sarif"].map(|format| format!("check {path} --info --format {format}")),
        );
        // Env files and files that are none.
        lines.extend(["warn", "info", "strict"].map(|mode| format!("env-check {path} --mode {mode}")));
        lines.push(format!("check --config {path}"));
        lines.push(format!("env-check --config {path}"));
    }
    // One rule at a time, so that none is folded into a list and each shows its excerpt.
    for meta in envgate::commands::catalog() {
        lines.push(format!("check --info --only {}", meta.code));
        lines.push(format!("explain {}", meta.code));
    }
    lines.extend(
        ["rules", "rules --format json", "env-check", "check none", "explain none"].map(str::to_owned),
    );
    lines.iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

#[test]
fn no_piece_of_any_value_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    let pieces = plant(folder.path());
    git(folder.path(), &["add", "--force", "."]);
    let mut told = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for arguments in commands() {
        let output = Envgate::cargo_bin("envgate")
            .unwrap()
            .args(&arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            matches!(output.status.code(), Some(0..=2)) && !said.contains("panicked"),
            "{arguments:?}: {said}"
        );
        for (piece, place) in &pieces {
            if said.contains(piece.as_str()) {
                told.insert(format!("the value at {place} by `envgate {}`", arguments.join(" ")));
            }
        }
        if arguments.iter().any(|word| word == "--only") && said.contains('×') {
            codes.insert(arguments.last().unwrap().clone());
        }
    }
    assert!(told.is_empty(), "printed:\n{}", told.into_iter().collect::<Vec<_>>().join("\n"));
    // A project in which nothing is found would hold this test too.
    assert!(codes.len() >= 20, "too few rules have something to quote here: {codes:?}");
}
