//! The projects in which each value is a word of its own, and the same ones with names that give nothing away, which a
//! schema and the configuration declare secret.
//!
//! Not here: what runs on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The shortest piece of a value that counts as told.
pub(crate) const PIECE: usize = 6;

/// The files, with `§` where a value of its own goes. Each rule that quotes a line with a value has one here.
pub(crate) const FILES: &[(&str, &str)] = &[
    (
        ".env",
        concat!(
            "SECRET_KEY=§\nDB_PASSWORD=\"§\"\nexport API_TOKEN='§'\nSECRET_KEY=§\nALLOWED_HOSTS=[§,§]\nLOG_LEVEL=§\n\
         DATABASE_URL=postgres://app:§@db:5432/app\n# OLD_PASSWORD=§\nNEXT_PUBLIC_SECRET_KEY=§\nSHORT_TOKEN=§ # §\n# §\n\
         ORIGINS=\"[\\\"§\\\"]\"\nMULTI=\"§\n§\n§\"\nCUT=-----BEGIN PRIVATE",
            " KEY-----\n§§\n§abc=\n-----END PRIVATE",
            " KEY-----\nDEBUG = §\nBAD=\"§\" §\nCR=§\r\nNBSP=\u{a0}§\nUNCLOSED='§\n§\n"
        ),
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
    (
        "compose.lists.yml",
        "services:\n  web:\n    image: nginx:1.27\n    environment: {LIST_TOKEN: [§, '§'], OTHER: 1}\n    secrets: [web_password]\n",
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
pub(crate) const WHOLE: &[(&str, &str)] = &[
    (
        ".env",
        "SECRET_KEY=§\r\nexport API_TOKEN = §\nDB_PASSWORD=\"§\"\nDB_PASSWORD=§\nALLOWED_HOSTS=[§,§]\nMAIL_PASSWORD=a§ b§\n\
         ORIGINS=\"[\\\"§\\\"]\"\nNBSP_TOKEN=\u{a0}§\nDATABASE_URL=postgres://app:§@db:5432/app\n",
    ),
    (
        ".env.example",
        "# staging: https://deploy:§@registry.internal/v2\nSECRET_KEY=§\n# the default is admin / §\nDB_PASSWORD=§\n\
         # the bot's: §\nAPI_TOKEN=\n",
    ),
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
pub(crate) fn plant(folder: &Path, files: &Files) -> Vec<(String, String)> {
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

/// A project's files, by their paths.
pub(crate) type Files = Vec<(String, String)>;

/// The project as it is.
pub(crate) fn named(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The same project, in which no variable's name tells that it is a secret: `.env.schema` says so of one half of them,
/// `envgate.yaml` of the other.
pub(crate) fn declared(files: &[(&str, &str)]) -> Files {
    let mut names = BTreeMap::new();
    let mut renamed = Files::new();
    for (path, text) in files {
        let kept = matches!(*path, "envgate.yaml" | "tokens.txt");
        let text = if kept { (*text).to_owned() } else { rename(path, text, &mut names) };
        renamed.push(((*path).to_owned(), text));
    }
    let (mut schema, mut configured) = (String::new(), String::new());
    for (at, name) in names.values().enumerate() {
        match at % 2 {
            0 => schema.push_str(&format!("# @sensitive\n{name}=\n")),
            _ => configured.push_str(&format!("  {name}: {{kind: secret}}\n")),
        }
    }
    assert!(names.len() > 5, "{names:?}");
    renamed.push((".env.schema".to_owned(), schema));
    for (_, text) in renamed.iter_mut().filter(|(path, _)| path == "envgate.yaml") {
        text.push_str(&configured);
    }
    renamed
}

fn rename(path: &str, text: &str, names: &mut BTreeMap<String, String>) -> String {
    let code = [".py", ".ts", ".json", ".toml"].iter().any(|ending| path.ends_with(ending));
    let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (word, after) = rest.split_at(length);
        let upper = word.to_ascii_uppercase();
        let secret = ["SECRET", "PASSWORD", "TOKEN", "KEY"].iter().any(|part| upper.contains(part));
        if secret && is_word(first) && (code || upper == word) {
            let number = names.len();
            let name = names.entry(upper.clone()).or_insert_with(|| format!("PLACE_{number:02}"));
            renamed.push_str(&if upper == word { name.clone() } else { name.to_ascii_lowercase() });
        } else {
            renamed.push_str(word);
        }
        rest = after;
    }
    renamed
}
