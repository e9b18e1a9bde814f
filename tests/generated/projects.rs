//! Projects as people have them, put together at random: env files, compose files over each other, scripts, hooks,
//! settings, a schema, each line of which is one that some rule has an opinion about or that is as it should be.
//!
//! Not here: what must hold of them.

use std::collections::BTreeMap;

use proptest::collection::vec as many;
use proptest::option::of;
use proptest::sample::select;
use proptest::strategy::Strategy;

/// A project's files: texts by path.
pub(crate) type Files = BTreeMap<String, String>;

const NAMES: &[&str] = &[
    "SECRET_KEY",
    "DB_PASSWORD",
    "API_TOKEN",
    "JWT_SECRET",
    "DATABASE_URL",
    "DEBUG",
    "ALLOWED_HOSTS",
    "LOG_LEVEL",
    "PORT",
    "CITY",
    "NEXT_PUBLIC_API_KEY",
    "lower_case",
    "NODE_ENV",
    "REDIS_URL",
];

/// As they stand behind the `=` of an env file.
const VALUES: &[&str] = &[
    "",
    "changeme",
    "true",
    "8080",
    "production",
    "\"quoted value\"",
    "'single'",
    "\"\"",
    "a b",
    "a # b",
    "a#b",
    "$HOME",
    "${CITY}",
    "pa$$word",
    "'${CITY}'",
    "[\"a\",\"b\"]",
    "[a,b]",
    "a,b",
    "postgres://app:Zk83hQxV91@db:5432/app",
    "Tm4Xw8Qz2Lk9Vb7Rn5Yc3Hd6Jf1Gs0Pa",
    "s3cr3t",
    " leading",
    "\"a\\\"b\"",
    "http://localhost:8000",
    "`date`",
    "$(date)",
    "\u{a0}x",
    "ñandú",
    "x ",
    "'it''s'",
    "12345678",
    "\"a\" b",
];

const NOTES: &[&str] = &[
    "",
    "# a comment",
    "export EDITOR=vi",
    "not a line",
    "# envgate: allow ENV008: both are read",
    "  INDENTED=1",
    "BARE",
];

fn entry() -> impl Strategy<Value = String> {
    let form = select(
        &["{n}={v}", "{n}={v}", "{n}={v}", "export {n}={v}", "{n} = {v}", "{n}: {v}", "{n}={v} # why"][..],
    );
    (form, select(NAMES), select(VALUES))
        .prop_map(|(form, name, value)| form.replace("{n}", name).replace("{v}", value))
}

fn env_file() -> impl Strategy<Value = String> {
    let line = proptest::prop_oneof![8 => entry(), 1 => select(NOTES).prop_map(str::to_owned)];
    (many(line, 0..12), proptest::bool::weighted(0.9)).prop_map(|(lines, ends)| {
        let text = lines.join("\n");
        if ends && !text.is_empty() { text + "\n" } else { text }
    })
}

fn setting() -> impl Strategy<Value = String> {
    let form = select(
        &[
            "{n}: ${{n}}",
            "{n}: ${{n}:-{w}}",
            "{n}: \"${{n}:?set it}\"",
            "{n}: \"{w}\"",
            "{n}: ${{m}-}",
            "{n}:",
            "{n}: ${{m}:-${{n}}}",
            "{n}: $${{n}}",
            "{n}: \"postgres://app:${DB_PASSWORD}@db/app\"",
        ][..],
    );
    let word = select(&["changeme", "true", "info", "5432", "Zk83hQxV91", "a,b"][..]);
    (form, select(NAMES), select(NAMES), word).prop_map(|(form, name, other, word)| {
        form.replace("{n}", name).replace("{m}", other).replace("{w}", word)
    })
}

fn service() -> impl Strategy<Value = String> {
    let image =
        select(&["nginx:1.27", "postgres:16", "redis", "example/web:latest", "example/web@sha256:0"][..]);
    let more = select(
        &[
            "",
            "    ports: [\"5432:5432\"]\n",
            "    env_file: [.env]\n",
            "    env_file: [envs/web.env, none.env]\n",
            "    depends_on: [web]\n",
            "    privileged: true\n",
            "    command: [\"serve\", \"--port\", \"9000\"]\n",
            "    volumes: [\"./data:/data\", \"/var/run/docker.sock:/var/run/docker.sock\"]\n",
            "    restart: always\n",
            "    healthcheck: {test: [\"CMD\", \"true\"]}\n",
            "    build: {context: ., args: {API_TOKEN: abc123def456}}\n",
        ][..],
    );
    (image, many(more, 0..3), many(setting(), 0..5)).prop_map(|(image, more, settings)| {
        let mut text = format!("    image: {image}\n");
        let mut seen = Vec::new();
        for part in more {
            let key = part.split(':').next().unwrap_or_default().to_owned();
            if !seen.contains(&key) {
                text.push_str(part);
                seen.push(key);
            }
        }
        let mut lines: BTreeMap<String, String> = BTreeMap::new();
        for line in settings {
            lines.insert(line.split(':').next().unwrap_or_default().to_owned(), line);
        }
        if !lines.is_empty() {
            text.push_str("    environment:\n");
            for line in lines.values() {
                text.push_str(&format!("      {line}\n"));
            }
        }
        text
    })
}

fn compose() -> impl Strategy<Value = String> {
    (service(), of(service()), of(service())).prop_map(|(web, db, worker)| {
        let named = [("web", Some(web)), ("db", db), ("worker", worker)];
        let services =
            named.into_iter().filter_map(|(name, service)| Some(format!("  {name}:\n{}", service?)));
        format!("services:\n{}", services.collect::<String>())
    })
}

fn script() -> impl Strategy<Value = String> {
    let line = select(
        &[
            "set -e",
            "set -euo pipefail",
            "source .env",
            "set -a; . ./.env; set +a",
            "export $(grep -v '^#' .env | xargs)",
            "docker compose up -d",
            "docker compose --env-file envs/web.env up -d",
            "docker compose -f docker-compose.yml -f compose.prod.yml up -d --build",
            "docker compose pull && docker compose restart",
            "pg_dump app | gzip >app.sql.gz",
            "git push --no-verify",
            "DB_PASSWORD=Zk83hQxV91 ./run",
            "sed -i 's/tag:.*/tag: 2/' docker-compose.yml",
            "git diff --cached | grep -q SECRET && exit 1",
            "npm test || true",
            "echo \"$CITY\"",
            "for f in $(git diff --cached --name-only); do grep -q KEY $f && exit 1; done",
            "read answer",
            "exit 0",
        ][..],
    );
    (select(&["#!/bin/sh\n", "#!/usr/bin/env bash\n", ""][..]), many(line, 0..7))
        .prop_map(|(first, lines)| format!("{first}{}\n", lines.join("\n")))
}

fn settings() -> impl Strategy<Value = String> {
    let line = select(
        &[
            "    secret_key: str",
            "    db_password: str = \"changeme\"",
            "    debug: bool = False",
            "    allowed_hosts: list[str]",
            "    port: int = 8000",
            "    api_token: str | None = None",
            "    city: str = \"lugo\"",
            "    jwt_secret: str = Field(min_length=32)",
        ][..],
    );
    many(line, 1..6).prop_map(|lines| {
        let head = "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n";
        format!("{head}{}\n", lines.join("\n"))
    })
}

fn schema() -> impl Strategy<Value = String> {
    let item = select(
        &[
            "# @required @sensitive\nSECRET_KEY=\n",
            "# @sensitive\nCITY=\n",
            "# @type=port\nPORT=8080\n",
            "# @required\nDATABASE_URL=\n",
            "# @sensitive=false\nAPI_TOKEN=\n",
            "# @type=enum(debug, info)\nLOG_LEVEL=info\n",
        ][..],
    );
    many(item, 1..4).prop_map(|items| items.concat())
}

/// A project. Most have one compose file and one env file; each other file is there or not.
pub(crate) fn project() -> impl Strategy<Value = Files> {
    let envs = (of(env_file()), of(env_file()), of(env_file()));
    let containers = (of(compose()), of(compose()));
    let code = (of(script()), of(script()), of(settings()), of(schema()));
    (envs, containers, code).prop_map(
        |((env, web, example), (compose, production), (deploy, hook, settings, schema))| {
            let files = [
                (".env", env),
                ("envs/web.env", web),
                (".env.example", example),
                ("docker-compose.yml", compose),
                ("compose.prod.yml", production),
                ("deploy.sh", deploy),
                (".husky/pre-commit", hook),
                ("app/settings.py", settings),
                (".env.schema", schema),
                ("README.md", Some("# Start\n\n    docker compose up\n".to_owned())),
            ];
            files.into_iter().filter_map(|(path, text)| Some((path.to_owned(), text?))).collect()
        },
    )
}
