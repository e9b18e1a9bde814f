//! `envgate env-check` as its users run it: exit codes, all that is wrong in one run, and never a value.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// A value of 64 characters that nobody guesses.
const STRONG: &str = "9fK2xQ7mZ4vB8nR1sT6wY3cH5jL0pD9gA2eU7iO4kXqM8zV1bN6rS3tW5yC0hJfG";

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("envgate")
        .unwrap()
        .current_dir(folder)
        .arg("env-check")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn exit_codes_follow_tier_and_mode() {
    let strong = format!("SECRET_KEY={STRONG}\n");
    for (text, warn, strict) in [
        (strong.clone(), 0, 0),
        // The check that was to be replaced passed this in its strict mode.
        ("SECRET_KEY=short\n".to_owned(), 1, 1),
        (format!("{strong}MONGO_PASSWORD=short\n"), 0, 1),
        (format!("{strong}ALLOWED_HOSTS=[a.mx,b.mx]\n"), 0, 1),
        (format!("{strong}not an assignment\n"), 0, 1),
        (String::new(), 0, 0),
    ] {
        let folder = project(&[(".env", &text)]);
        for (mode, code) in [("warn", warn), ("strict", strict), ("info", 0)] {
            let (found, out, _) = run(folder.path(), &["--mode", mode]);
            assert_eq!(found, code, "{mode}: {text}\n{out}");
        }
        assert_eq!(run(folder.path(), &[]).0, warn, "warn is the default");
    }
}

#[test]
fn everything_wrong_is_told_at_once_and_no_value_ever() {
    let example = "# signs sessions\nSECRET_KEY=CHANGE_ME\nJWT_SECRET_KEY=\nREGION=\nSMTP_PASSWORD=\n";
    let text = "SECRET_KEY=canary-canary\nSMTP_PASSWORD=\nEXTRA=canary-canary\nCANARY=\"canary-canary\" x\n";
    let folder = project(&[("envs/.env", text), ("envs/.env.example", example)]);
    for mode in ["warn", "strict", "info"] {
        let (_, out, error) = run(folder.path(), &["--mode", mode]);
        for told in [
            "signs sessions",
            "13 characters, needs 32",
            "is missing",
            "is empty",
            "JWT_SECRET_KEY",
            "REGION",
        ] {
            assert!(out.contains(told), "{mode} does not say `{told}`:\n{out}");
        }
        assert!(!out.contains("canary-canary") && !error.contains("canary-canary"), "{mode}:\n{out}{error}");
        assert!(out.trim_end().lines().next_back().unwrap().starts_with("variables: "), "{mode}:\n{out}");
    }
    let (_, out, _) = run(folder.path(), &["--mode", "info"]);
    assert!(out.contains("EXTRA") && out.contains("********"), "{out}");
}

#[test]
fn the_configuration_names_file_and_expectations() {
    let config = "environments:\n  local: {env_file: local.env}\n  live: {kind: production, env_file: live.env}\n\
                  variables:\n  API: {required: true, description: the api}\n";
    let folder = project(&[("envgate.yaml", config), ("local.env", "API=1\n"), (".env", "API=1\n")]);
    // The file that was configured for production is not here: the other configured one is.
    assert_eq!(run(folder.path(), &[]).0, 0);
    fs::write(folder.path().join("live.env"), "OTHER=1\n").unwrap();
    let (code, out, _) = run(folder.path(), &[]);
    assert!(code == 1 && out.starts_with("live.env\n") && out.contains("the api"), "{out}");
    assert_eq!(run(folder.path(), &["local.env"]).0, 0);
    fs::remove_file(folder.path().join("live.env")).unwrap();
    fs::remove_file(folder.path().join("local.env")).unwrap();
    let (code, _, error) = run(folder.path(), &[]);
    assert!(
        code == 2 && error.contains("live.env"),
        "a configured file is never replaced by another: {error}"
    );
}

#[test]
fn secrets_in_comments_of_an_example_are_not_told() {
    let (word, token) =
        (["k9mTq2", "VxLw7p"].concat(), ["gh", "p_xK9fQ2mZ7rT4wV", "bN8cLp3HsYd6Jg1AqE5uRi"].concat());
    let example = format!(
        "# signs sessions\nSECRET_KEY=\n# staging: https://deploy:swordfish@registry.internal\nREGISTRY=\n\
         # the bot's: {token}\nBOT=\n# Default admin: admin / {word}\nADMIN=\n"
    );
    let folder = project(&[(".env", "A=1\n"), (".env.example", &example)]);
    for mode in ["warn", "strict", "info"] {
        let (_, out, error) = run(folder.path(), &["--mode", mode]);
        assert!(out.contains("signs sessions") && out.contains("REGISTRY") && out.contains("BOT"), "{out}");
        for secret in [word.as_str(), token.as_str(), "swordfish"] {
            assert!(!out.contains(secret) && !error.contains(secret), "{mode}:\n{out}{error}");
        }
    }
}

#[test]
fn what_cannot_be_checked_is_exit_2() {
    let folder = project(&[("readme", "")]);
    let (code, _, error) = run(folder.path(), &[]);
    assert!(code == 2 && error.contains("no env file") && error.contains("help:"), "{error}");
    let (code, _, error) = run(folder.path(), &["gone.env"]);
    assert!(code == 2 && error.contains("gone.env"), "{error}");
    fs::create_dir(folder.path().join("folder.env")).unwrap();
    assert_eq!(run(folder.path(), &["folder.env"]).0, 2);
    let folder = project(&[("envgate.yaml", "variabels: {}\n"), (".env", "A=1\n")]);
    let (code, out, error) = run(folder.path(), &[]);
    assert!(code == 2 && out.contains("CFG001") && out.contains("did you mean `variables`?"), "{out}{error}");
}

#[test]
fn names_and_descriptions_cannot_drive_a_terminal() {
    let config = "variables:\n  \"A\\e[31m\": {required: true, description: \"x\\e]0;y\\a\"}\n";
    let folder = project(&[("envgate.yaml", config), (".env", "B\u{1b}[2J=1\nC=1\n")]);
    for mode in ["warn", "info"] {
        let (_, out, error) = run(folder.path(), &["--mode", mode]);
        assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}'), "{out:?}");
    }
}

#[test]
fn a_schema_that_git_would_ignore_is_heard() {
    let files =
        [(".gitignore", ".env.*\n"), (".env.schema", "# @required\nREGION=\n"), (".env", "PORT=80\n")];
    let folder = project(&files);
    assert!(
        std::process::Command::new("git")
            .args(["init", "-q"])
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    let (code, out, _) = run(folder.path(), &[]);
    assert!(code == 1 && out.contains("REGION") && out.contains("is missing"), "{out}");
}

#[test]
fn what_pydantic_reads_passes() {
    let class = "from pydantic import AliasChoices, BaseModel, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n\
        class Db(BaseModel):\n    host: str\n\n\n\
        class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"APP_\", env_nested_delimiter=\"__\")\n    \
        db: Db\n    limits: dict[str, int]\n    name: str = Field(validation_alias=AliasChoices(\"NAME\", \"OLD_NAME\"))\n    region: str\n";
    let text = "APP_DB__HOST=db\nAPP_LIMITS='{\"a\": 1}'\nOLD_NAME=shop\napp_region=mx\n";
    let folder = project(&[("config.py", class), (".env", text)]);
    let (code, out, _) = run(folder.path(), &["--mode", "strict"]);
    assert_eq!(code, 0, "{out}");
    let folder = project(&[("config.py", class), (".env", "APP_LIMITS='[]'\nNAME=shop\nAPP_REGION=mx\n")]);
    let (code, out, _) = run(folder.path(), &[]);
    assert!(code == 1 && out.contains("is not a JSON object") && out.contains("APP_DB"), "{out}");
}
