//! What texts say about the env files that are loaded.

use super::find;
use crate::document::env::Loader;
use crate::document::env::Loader::{
    Decouple, DjangoEnviron, Docker, DotenvExpand, Dotenvx, Dotenvy, Godotenv, Make, Node24, NodeDotenv,
    PythonDotenv, Systemd,
};

fn found(name: &str, text: &str) -> Vec<(Loader, String)> {
    let uses = find(name, text);
    for one in &uses {
        assert!(one.span.end <= text.len() && one.span.start <= one.span.end, "{name}: {one:?}");
    }
    uses.into_iter().map(|one| (one.loader, one.path)).collect()
}

type Uses = &'static [(Loader, &'static str)];

#[rustfmt::skip]
const CASES: &[(&str, &str, Uses)] = &[
        ("a.py", "from dotenv import load_dotenv\nload_dotenv()\n", &[(PythonDotenv, ".env")]),
        (
            "a.py",
            "load_dotenv(BASE / \"envs\" / '.env.prod', override=True)\n# load_dotenv()\n",
            &[(PythonDotenv, ".env.prod")],
        ),
        ("a.py", "load_dotenv(path)  # from dotenv\n", &[]),
        ("a.py", "load_dotenv(override=True)\n", &[(PythonDotenv, ".env")]),
        ("a.py", "from dotenv import find_dotenv\nload_dotenv(find_dotenv())\n", &[]),
        (
            "a.py",
            "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file=(\".env\", \".env.prod\"), extra=\"x.env\")\n",
            &[(PythonDotenv, ".env"), (PythonDotenv, ".env.prod")],
        ),
        (
            "a.py",
            "class S(BaseSettings):\n    class Config:\n        env_file = \"../.env\"\n        env_file_encoding = \"utf-8\"\n",
            &[(PythonDotenv, "../.env")],
        ),
        (
            "a.py",
            "class S(BaseSettings):\n    model_config = {\"env_file\": \".env\"}\n",
            &[(PythonDotenv, ".env")],
        ),
        (
            "a.py",
            "import environ\nenviron.Env.read_env(os.path.join(BASE_DIR, '.env'))\n",
            &[(DjangoEnviron, ".env")],
        ),
        ("a.py", "from environs import Env\nenv.read_env()\n", &[(PythonDotenv, ".env")]),
        ("a.py", "from decouple import config\nX = config('X')\n", &[(Decouple, ".env")]),
        ("a.py", "def load_dotenv(path): pass\n", &[]),
        ("a.ts", "import 'dotenv/config';\n", &[(NodeDotenv, ".env")]),
        (
            "a.js",
            "require('dotenv').config({ path: path.resolve(__dirname, '../.env.local') })\n",
            &[(NodeDotenv, "../.env.local")],
        ),
        ("a.js", "// require('dotenv').config()\nconst x = 'dotenv';\n", &[]),
        ("a.ts", "import { config } from 'dotenv';\nconfig();\n", &[(NodeDotenv, ".env")]),
        (
            "a.ts",
            "import * as dotenv from 'dotenv';\nimport { expand } from 'dotenv-expand';\nexpand(dotenv.config({ path: ['.env', '.env.local'] }));\n",
            &[(DotenvExpand, ".env"), (DotenvExpand, ".env.local")],
        ),
        ("a.js", "dotenv.config({ path: process.env.FILE })\n", &[]),
        (
            "package.json",
            "{\"scripts\": {\"a\": \"NODE_ENV=production node --env-file=.env dist/x.js\", \"b\": \"dotenvx run -f .env.ci -- vite\", \"c\": \"dotenv -e .env.test -- jest\", \"d\": \"node -r dotenv/config x.js\", \"e\": \"env FOO=1 jest\"}}",
            &[(Node24, ".env"), (Dotenvx, ".env.ci"), (DotenvExpand, ".env.test"), (NodeDotenv, ".env")],
        ),
        (
            "package.json",
            "{\"scripts\": {\"a\": \"docker run --rm --env-file ./.env image && docker compose --env-file .env.x up\"}}",
            &[(Docker, "./.env")],
        ),
        ("package.json", "{\"scripts\": [\"env\"]}", &[]),
        (
            "app.service",
            "[Service]\nEnvironmentFile=-/opt/app/envs/.env\n#EnvironmentFile=/x\n",
            &[(Systemd, "/opt/app/envs/.env")],
        ),
        ("Makefile", "-include .env # local\ninclude common.mk\nx:\n\tinclude .env\n", &[(Make, ".env")]),
        ("main.rs", "fn main() { dotenvy::dotenv().ok(); }\n// dotenvy::dotenv()\n", &[(Dotenvy, ".env")]),
        (
            "main.go",
            "import \"github.com/joho/godotenv\"\nfunc main() { godotenv.Load(\".env.a\", \".env.b\") }\n",
            &[(Godotenv, ".env.a"), (Godotenv, ".env.b")],
        ),
        ("a.txt", "load_dotenv()", &[]),
];

#[test]
fn each_language_has_its_ways() {
    for (name, text, expected) in CASES {
        let expected: Vec<(Loader, String)> =
            expected.iter().map(|(loader, path)| (*loader, (*path).to_owned())).collect();
        assert_eq!(found(name, text), expected, "{name}: {text}");
    }
}

#[test]
fn hostile_texts_are_bounded() {
    for name in ["a.py", "a.js", "package.json", "a.service", "Makefile", "a.rs", "a.go"] {
        for text in [
            "dotenv.config(".repeat(2000),
            "load_dotenv(\"".repeat(2000),
            "BaseSettings env_file=(".repeat(2000),
            "{\"scripts\":".repeat(2000),
            "dotenvy::dotenv(joho/godotenv godotenv.Load('".repeat(2000),
            "include .env\nEnvironmentFile=x\n".repeat(2000),
            "é\u{0}dotenv'env_file".repeat(1000),
        ] {
            assert!(found(name, &text).len() <= super::MOST);
        }
    }
}
