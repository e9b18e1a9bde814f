//! Files that a check writes beside what it prints.
//!
//! Not here: the HTML page in a browser; `tests/html-report` opens it.

#![allow(clippy::unwrap_used, reason = "a test may die")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FORMATS: [&str; 10] =
    ["human", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown", "html"];

fn envgate(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(directory).output().unwrap()
}

fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("app")).unwrap();
    fs::write(directory.path().join("app/.env"), "A=1\nA=2\n").unwrap();
    directory
}

#[test]
fn each_file_holds_what_its_format_prints() {
    let directory = project();
    let outputs: Vec<String> = FORMATS.iter().map(|format| format!("{format}=../{format}.out")).collect();
    let here = directory.path().join("app");
    let mut arguments = vec!["check", "-q"];
    arguments.extend(outputs.iter().flat_map(|output| ["--output", output.as_str()]));
    let printed = envgate(&here, &arguments);
    assert_eq!(String::from_utf8_lossy(&printed.stdout), "1 error in 1 file\n");
    assert_eq!(printed.status.code(), Some(1));
    for format in FORMATS {
        let file = fs::read(directory.path().join(format!("{format}.out"))).unwrap();
        assert_eq!(file, envgate(&here, &["check", "--format", format]).stdout, "{format}");
        assert!(!file.is_empty(), "{format}");
    }
    // Whoever reads Spanish here reads it there too.
    arguments.extend(["--lang", "es"]);
    assert_eq!(String::from_utf8_lossy(&envgate(&here, &arguments).stdout), "1 error en 1 archivo\n");
    for format in FORMATS {
        let file = fs::read(directory.path().join(format!("{format}.out"))).unwrap();
        assert_eq!(file, envgate(&here, &["check", "--format", format, "--lang", "es"]).stdout, "{format}");
    }
    for (format, said) in
        [("human", "1 error en 1 archivo"), ("markdown", "1 error"), ("html", "<html lang=\"es\">")]
    {
        let file = fs::read_to_string(directory.path().join(format!("{format}.out"))).unwrap();
        assert!(file.contains(said), "{format}: {file}");
    }
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(left.len(), FORMATS.len() + 1, "nothing else is left: {left:?}");
}

#[test]
fn hosts_of_code_are_told_paths_from_the_top() {
    let directory = project();
    let git = Command::new("git").args(["init", "--quiet"]).current_dir(directory.path()).status().unwrap();
    assert!(git.success());
    fs::write(directory.path().join("b.env"), "A=1\nA=2\n").unwrap();
    let here = directory.path().join("app");
    for (format, told) in [
        ("github", ["file=app/.env,", "file=b.env,"]),
        ("gitlab", [r#""path": "app/.env""#, r#""path": "b.env""#]),
        ("sarif", [r#""uri": "app/.env""#, r#""uri": "b.env""#]),
        ("json", [r#""path": ".env""#, r#""path": "../b.env""#]),
    ] {
        let printed = envgate(&here, &["check", "..", "--format", format]).stdout;
        let printed = String::from_utf8(printed).unwrap();
        assert!(told.iter().all(|told| printed.contains(told)), "{format}: {printed}");
    }
}

#[test]
fn a_link_to_an_env_file_elsewhere_is_told() {
    let directory = project();
    fs::create_dir(directory.path().join("other")).unwrap();
    fs::write(directory.path().join("other/.env"), "A=1\n").unwrap();
    std::os::unix::fs::symlink("../app/.env", directory.path().join("other/app.env")).unwrap();
    let here = directory.path().join("other");
    let told = |arguments: &[&str]| {
        let output = envgate(&here, arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = told(&["check"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("`app.env` is a link to `../app/.env`, outside of what is checked"), "{said}");
    let (code, said) = told(&["check", "app.env"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("link to `../app/.env`"), "{said}");
    // What lies inside is looked at anyway.
    assert_eq!(told(&["check", "-q"]), (Some(0), String::new()));
    let output = envgate(directory.path(), &["check"]);
    assert_eq!((output.status.code(), &*output.stderr), (Some(1), &b""[..]));
}

#[test]
fn what_is_piped_in_is_left_out_as_the_file_would_be() {
    let directory = project();
    let piped = || {
        let text = fs::File::open(directory.path().join("app/.env")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(["check", "--stdin", "--path", "app/.env"]).current_dir(directory.path());
        command.stdin(text).output().unwrap().status.code()
    };
    assert_eq!(piped(), Some(1));
    fs::write(directory.path().join("envgate.yaml"), "exclude: [app]\n").unwrap();
    assert_eq!(piped(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_an_error() {
    for lang in ["en", "es"] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        let status = command.args(["--lang", lang, "--help"]).stdout(full).status().unwrap();
        assert_eq!(status.code(), Some(2), "{lang}");
    }
}

#[test]
fn a_clean_check_writes_its_files_too() {
    let directory = project();
    fs::write(directory.path().join("app/.env"), "A=1\n").unwrap();
    for arguments in [
        &["check", "app", "--output", "junit=one.xml"][..],
        &["check", "app/.env", "--output", "junit=two.xml", "--format", "markdown"],
    ] {
        let printed = envgate(directory.path(), arguments);
        assert_eq!(printed.status.code(), Some(0));
    }
    let one = fs::read_to_string(directory.path().join("one.xml")).unwrap();
    assert!(one.contains("no findings"));
    assert_eq!(one, fs::read_to_string(directory.path().join("two.xml")).unwrap());
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let directory = project();
    for (output, said) in [
        ("html=missing/r.html", "cannot write `missing/r.html`"),
        ("pdf=r.pdf", "`pdf` is no format; there are human, json"),
        ("r.html", "html=report.html"),
        ("html=", "no file behind"),
    ] {
        let printed = envgate(directory.path(), &["check", "app", "--output", output]);
        let error = String::from_utf8_lossy(&printed.stderr);
        assert!(printed.status.code() == Some(2) && error.contains(said), "{output}: {error}");
    }
}

/// What is masked of a fallback is the fallback: a reader has to see that it is one.
#[test]
fn the_operator_of_a_fallback_stays_readable() {
    let directory = tempfile::tempdir().unwrap();
    let text = "services:\n  a:\n    image: b:1.2\n    environment:\n      A: ${REDIS_PASSWORD:-redis_password_change_me}\n      \
                B: ${SECRET_KEY:-dev-secret-change-in-production}\n";
    fs::write(directory.path().join("compose.yml"), text).unwrap();
    fs::write(directory.path().join("up.sh"), "#!/bin/sh\nexport PGPASSWORD=${DB_PASSWORD:-kelp-Barn98x}\n")
        .unwrap();
    let said = String::from_utf8(envgate(directory.path(), &["check", "--verbose"]).stdout).unwrap();
    for shown in ["${REDIS_PASSWORD:-***", "${SECRET_KEY:-***"] {
        assert!(said.contains(shown), "{shown}: {said}");
    }
    assert!(
        !said.contains("${REDIS_PASSWORD:*") && !said.contains("kelp") && !said.contains("change_me"),
        "{said}"
    );
}
