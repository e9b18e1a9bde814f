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

/// A project without a broken file, so that every command gets to its end.
const WHOLE: &[(&str, &str)] = &[
    (
        ".env",
        "SECRET_KEY=§\r\nexport API_TOKEN = §\nDB_PASSWORD=\"§\"\nDB_PASSWORD=§\nALLOWED_HOSTS=[§,§]\nMAIL_PASSWORD=a§ b§\n\
         ORIGINS=\"[\\\"§\\\"]\"\nNBSP_TOKEN=\u{a0}§\nDATABASE_URL=postgres://app:§@db:5432/app\n",
    ),
    (".env.example", "SECRET_KEY=§\nDB_PASSWORD=§\n"),
    ("envs/production.env", "SECRET_KEY=§\nJWT_SECRET='§'\nDB_PASSWORD=§\n"),
    (
        "docker-compose.yml",
        "x-shared: &shared\n  SECRET_KEY: §\nservices:\n  web:\n    image: nginx:1.27\n    env_file: [envs/production.env]\n    \
         environment:\n      <<: *shared\n      DB_PASSWORD: ${DB_PASSWORD:-§}\n      API_TOKEN: \"${API_TOKEN-§}\"\n      \
         NESTED_SECRET: ${A_SECRET:-${B_SECRET:-§}}\n      DATABASE_URL: postgres://app:§@db/app\n  db:\n    \
         image: postgres:16\n    command: [\"--password\", \"§\"]\n    environment:\n      - POSTGRES_PASSWORD=§\n      \
         - PGPASSWORD=${PG:-§}\n      - JWT_SECRET\n",
    ),
    ("docker-compose.prod.yml", "services:\n  web:\n    environment:\n      SECRET_KEY: §\n"),
    (
        ".husky/pre-commit",
        "#!/bin/sh\nif git diff --cached | grep -qE 'TOKEN=§'; then exit 1; fi\n\
         git diff --cached --name-only | grep -v docs | xargs grep -E 'AKIA[0-9A-Z]{16}' && exit 1\nexit 0\n",
    ),
    ("message.txt", "Rotate the key\n\nThe password = \"§\"\npostgres://app:§@203.0.113.9/app\n"),
    (
        "envgate.yaml",
        "environments:\n  live: {kind: production, env_file: envs/production.env, compose: [docker-compose.yml]}\nvariables:\n  \
         MISSING_SECRET: {required: true}\n  JWT_SECRET: {min_length: 64}\n",
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
fn plant(folder: &Path, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let (mut pieces, mut number) = (Vec::new(), 0);
    for (path, text) in files {
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

/// What works on a project that holds together, each with the exit code that says that it got to its end.
/// Those that change the files come last: the project is then another.
const WORKING: [(&str, i32); 31] = [
    ("check --info", 1),
    ("check --all-staged --info --format json", 1),
    ("env-check --mode info", 0),
    ("env-check --mode strict", 1),
    ("resolve", 0),
    ("resolve --format json", 0),
    ("resolve -f docker-compose.yml -f docker-compose.prod.yml", 0),
    ("why SECRET_KEY", 1),
    ("why DB_PASSWORD -f docker-compose.yml", 0),
    ("why JWT_SECRET", 1),
    ("why DATABASE_URL", 0),
    ("env show .env", 0),
    ("env show .env --as all", 0),
    ("env show envs/production.env --format json", 0),
    ("env diff .env .env.example", 1),
    ("env diff .env envs/production.env --format json", 1),
    ("hook status", 0),
    ("hook status --format json", 0),
    ("hook migrate .husky/pre-commit", 0),
    ("hook run pre-commit", 1),
    ("hook run commit-msg message.txt", 1),
    ("hook run pre-push origin", 1),
    ("fix --diff", 1),
    ("fix --diff --unsafe", 1),
    ("hook install", 0),
    ("hook install pre-push commit-msg --git", 0),
    ("hook uninstall pre-commit pre-push commit-msg", 0),
    ("fix", 1),
    ("fix --unsafe", 1),
    ("hook migrate --write .husky/pre-commit", 0),
    ("check --info --format sarif", 1),
];

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
    lines.iter().map(|line| words(line)).collect()
}

/// Runs `envgate` with the words of `line`; its exit code and all that it printed.
fn said(folder: &Path, arguments: &[String], input: &str) -> (Option<i32>, String) {
    let mut command = Envgate::cargo_bin("envgate").unwrap();
    let output = command.args(arguments).current_dir(folder).write_stdin(input).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let code = output.status.code();
    assert!(matches!(code, Some(0..=2)) && !said.contains("panicked"), "{arguments:?}: {said}");
    (code, said)
}

/// The values of which something is told in `said`.
fn told(said: &str, pieces: &[(String, String)], arguments: &[String]) -> BTreeSet<String> {
    let told = pieces.iter().filter(|(piece, _)| said.contains(piece.as_str()));
    told.map(|(_, place)| format!("the value at {place} by `envgate {}`", arguments.join(" "))).collect()
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn none(told: &BTreeSet<String>) {
    assert!(told.is_empty(), "printed:\n{}", told.iter().cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_piece_of_any_value_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    let pieces = plant(folder.path(), FILES);
    git(folder.path(), &["add", "--force", "."]);
    let mut all = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for arguments in commands() {
        let (_, said) = said(folder.path(), &arguments, "");
        all.extend(told(&said, &pieces, &arguments));
        if arguments.iter().any(|word| word == "--only") && said.contains('×') {
            codes.insert(arguments.last().unwrap().clone());
        }
    }
    none(&all);
    // A project in which nothing is found would hold this test too.
    assert!(codes.len() >= 20, "too few rules have something to quote here: {codes:?}");
}

/// A command that stops at the first broken file prints nothing and proves nothing: here each gets to its end.
#[test]
fn no_piece_is_printed_by_a_command_that_does_its_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    git(path, &["init", "--quiet", "--initial-branch=main"]);
    let commit = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--quiet"];
    git(path, &[&commit[..], &["--allow-empty", "-m", "one"]].concat());
    let pieces = plant(path, WHOLE);
    git(path, &["add", "--force", "."]);
    git(path, &[&commit[..], &["-m", "two"]].concat());
    for (file, _) in WHOLE {
        let text = fs::read_to_string(path.join(file)).unwrap();
        fs::write(path.join(file), text + "\n").unwrap();
    }
    git(path, &["add", "--force", "."]);
    let pushed = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(path).output().unwrap();
    let pushed = String::from_utf8(pushed.stdout).unwrap();
    let push = format!("refs/heads/main {} refs/heads/main {}\n", pushed.trim(), "0".repeat(40));
    let mut all = BTreeSet::new();
    let mut wrong = Vec::new();
    for (line, code) in WORKING {
        let (ended, said) = said(path, &words(line), &push);
        if ended != Some(code) {
            wrong.push(format!(
                "`envgate {line}` ends with {ended:?} instead of {code}: {}",
                said.chars().take(800).collect::<String>()
            ));
        }
        all.extend(told(&said, &pieces, &words(line)));
    }
    none(&all);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
