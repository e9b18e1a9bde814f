//! The story that envgate exists for, told by `fixtures/incident`: each cause of that deploy's failures is
//! an error with a remedy, and the same project put right, `fixtures/incident-fixed`, is silent.
//!
//! Both are checked as they stand in this repository and as repositories of their own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The file, the text of the lines that must be reported (all that contain it), how many there are, the
/// code, and what the help must say to write.
type Promise = (&'static str, &'static str, usize, &'static str, &'static str);

const ERRORS: &[Promise] = &[
    // The backend did not start: its SECRET_KEY was too short. The good one in envs/.env never arrived.
    (BASE, "      SECRET_KEY: ${SECRET_KEY:-", 1, "CMP002", "${SECRET_KEY:?"),
    (BASE, "      SECRET_KEY: ${SECRET_KEY:-", 1, "CMP004", "SECRET_KEY"),
    (BASE, "      SECRET_KEY: ${SECRET_KEY:-", 1, "ENV102", "32"),
    (BASE, "JWT_SECRET_KEY: ${JWT_SECRET_KEY:-", 1, "CMP002", "${JWT_SECRET_KEY:?"),
    (BASE, "MONGO_INITDB_ROOT_PASSWORD: ${MONGODB_PASSWORD:-", 1, "CMP002", "${MONGODB_PASSWORD:?"),
    (BASE, "--requirepass ${REDIS_PASSWORD:-", 1, "CMP002", "${REDIS_PASSWORD:?"),
    (BASE, "MINIO_ROOT_PASSWORD=${MINIO_ROOT_PASSWORD:-", 1, "CMP002", "${MINIO_ROOT_PASSWORD:?"),
    (BASE, "MINIO_SECRET_KEY: ${MINIO_ROOT_PASSWORD:-", 1, "CMP002", "${MINIO_ROOT_PASSWORD:?"),
    (BASE, "mongodb://${MONGODB_USER:-chat}:${MONGODB_PASSWORD:-", 1, "CMP002", "${MONGODB_PASSWORD:?"),
    // The cure that was found for it, which caused the next failure.
    ("scripts/deploy-to-production.sh", "source envs/.env", 1, "DEP001", "--env-file envs/.env"),
    ("scripts/start-on-server.sh", "source envs/.env", 1, "DEP001", "--env-file envs/.env"),
    // ALLOWED_HOSTS and CORS_ORIGINS could not be parsed: sourcing the file ate the quotes of their lists.
    ("envs/.env", "ALLOWED_HOSTS=[", 1, "ENV105", "single quotes"),
    ("envs/.env", "CORS_ORIGINS=[", 1, "ENV105", "single quotes"),
    // Commits that only delete files were refused without a word.
    ("scripts/git-secrets-check.sh", "FILES=$(git diff --cached", 1, "HOK101", "|| true"),
    // A key written into the file.
    (PRODUCTION, "      SECRET_KEY: k", 1, "CMP201", "${SECRET_KEY:?"),
    // An override that was thought to switch the build off.
    ("infra/docker-compose.registry.yml", "build: null", 3, "CMP101", "!reset null"),
];

const WARNINGS: &[Promise] = &[
    // The deploy script exports this one, so only a command that nobody knows would send a blank.
    (PRODUCTION, "JWT_SECRET_KEY=${JWT_SECRET_KEY}", 1, "CMP003", "${JWT_SECRET_KEY:?"),
    ("docs/DEPLOY.md", "git commit --no-verify", 1, "HOK212", ""),
    ("scripts/deploy-to-production.sh", "sed -i", 1, "DEP004", ""),
];

const BASE: &str = "infra/docker-compose.yml";
const PRODUCTION: &str = "infra/docker-compose.production.yml";

/// A project to check: where the command runs, what it is given, and what leads its paths in the report.
struct Place {
    directory: PathBuf,
    argument: String,
    prefix: String,
    _kept: Option<tempfile::TempDir>,
}

impl Place {
    /// The project as it stands in this repository.
    fn here(name: &str) -> Self {
        Self {
            directory: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
            argument: format!("fixtures/{name}"),
            prefix: format!("fixtures/{name}/"),
            _kept: None,
        }
    }

    /// A copy of it that is a repository of its own, with everything committed.
    fn alone(name: &str) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let directory = kept.path().to_owned();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name), &directory);
        for arguments in [&["init", "--quiet"][..], &["add", "--force", "."]] {
            let status = Command::new("git").args(arguments).current_dir(&directory).status().unwrap();
            assert!(status.success(), "git {arguments:?}");
        }
        Self { directory, argument: ".".to_owned(), prefix: String::new(), _kept: Some(kept) }
    }

    fn check(&self, format: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(["check", &self.argument, "--format", format])
            .current_dir(&self.directory)
            .output()
            .unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn both(name: &str) -> [Place; 2] {
    [Place::here(name), Place::alone(name)]
}

fn findings(output: &Output) -> Vec<Value> {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    report["findings"].as_array().unwrap().clone()
}

/// The 1-based lines of a fixture's file that contain `text`.
fn lines(path: &str, text: &str) -> Vec<u64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incident").join(path);
    let content = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (1..).zip(content.lines()).filter(|(_, line)| line.contains(text)).map(|(number, _)| number).collect()
}

/// What is promised and not reported.
fn missing(findings: &[Value], prefix: &str, promises: &[Promise], severity: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for &(path, text, count, code, help) in promises {
        let lines = lines(path, text);
        assert_eq!(lines.len(), count, "the fixture's `{path}` has changed: {text}");
        for line in lines {
            let kept = findings.iter().any(|finding| {
                finding["path"] == format!("{prefix}{path}")
                    && finding["line"] == line
                    && finding["code"] == code
                    && finding["severity"] == severity
                    && (help.is_empty() || finding["help"].as_str().is_some_and(|said| said.contains(help)))
            });
            if !kept {
                let there: Vec<String> = findings
                    .iter()
                    .filter(|finding| {
                        finding["path"] == format!("{prefix}{path}")
                            && (finding["line"] == line || finding["code"] == code)
                    })
                    .map(|finding| {
                        format!(
                            "{}:{} {} {}",
                            finding["line"], finding["code"], finding["severity"], finding["help"]
                        )
                    })
                    .collect();
                missing.push(format!("{path}:{line} {severity} {code} with {help:?}; there is {there:#?}"));
            }
        }
    }
    missing
}

#[test]
fn every_cause_is_reported_with_its_remedy() {
    for place in both("incident") {
        let output = place.check("json");
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let findings = findings(&output);
        let mut missed = missing(&findings, &place.prefix, ERRORS, "error");
        missed.extend(missing(&findings, &place.prefix, WARNINGS, "warning"));
        assert!(missed.is_empty(), "in {}:\n{}", place.argument, missed.join("\n"));
    }
}

/// What the incident's own checks looked for: the server's address.
#[test]
fn the_address_of_the_server_is_reported() {
    for place in both("incident") {
        let findings = findings(&place.check("json"));
        let [line] = lines("scripts/deploy-to-production.sh", "SERVER=\"deploy@")[..] else {
            panic!("the fixture has changed")
        };
        let path = format!("{}scripts/deploy-to-production.sh", place.prefix);
        let found = findings.iter().any(|finding| {
            finding["path"] == path
                && finding["line"] == line
                && finding["code"].as_str().is_some_and(|code| code.starts_with("SEC"))
        });
        assert!(found, "in {}: {findings:#?}", place.argument);
    }
}

#[test]
fn put_right_the_project_is_silent() {
    for place in both("incident-fixed") {
        let output = place.check("human");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "in {}:\n{text}", place.argument);
        let [summary] = text.lines().collect::<Vec<_>>()[..] else {
            panic!("in {}: more than a summary:\n{text}", place.argument)
        };
        assert!(summary.starts_with("no findings in "), "{summary}");
    }
}

/// The values of the incident's files, all made up, are in no output.
/// What is found from `folder`, each with its file's path from the top.
fn found_from(place: &Place, folder: &str, arguments: &[&str]) -> Vec<String> {
    let directory = place.directory.join(folder);
    let run = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .arg("check")
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(&directory)
        .output()
        .unwrap();
    let told = |finding: &Value| {
        let path = directory.join(finding["path"].as_str().unwrap()).canonicalize().unwrap();
        let path = path.strip_prefix(place.directory.canonicalize().unwrap()).unwrap().display().to_string();
        format!("{path}:{} {} {}", finding["line"], finding["code"], finding["severity"])
    };
    let mut found: Vec<String> = findings(&run).iter().map(told).collect();
    found.sort();
    found
}

#[test]
fn the_same_is_found_wherever_one_stands() {
    let place = Place::alone("incident");
    let expected = found_from(&place, ".", &["."]);
    assert!(expected.len() > 30, "{expected:#?}");
    let staged = found_from(&place, ".", &["--staged"]);
    for folder in ["infra", "envs", "scripts"] {
        assert_eq!(found_from(&place, folder, &[".."]), expected, "from {folder}");
        assert_eq!(found_from(&place, folder, &["--staged"]), staged, "from {folder}");
        assert_eq!(found_from(&place, folder, &["."]), found_from(&place, ".", &[folder]), "of {folder}");
    }
}

#[test]
fn no_value_is_printed() {
    let env = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/incident/envs/.env"))
        .unwrap();
    let mut secrets: Vec<&str> = env
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| ["KEY", "PASSWORD"].iter().any(|ending| key.ends_with(ending)))
        .map(|(_, value)| value)
        .collect();
    secrets.push("kRGoaCHLVbIlRHV6cIGd1U4-pP61XHGM-OEaBMUVIuE");
    assert_eq!(secrets.len(), 8);
    for place in both("incident") {
        for format in ["human", "json", "sarif"] {
            let output = place.check(format);
            assert_eq!(output.status.code(), Some(1), "{format}");
            let all = [output.stdout, output.stderr].concat();
            let all = String::from_utf8_lossy(&all);
            for secret in &secrets {
                assert!(!all.contains(secret), "{format} prints a value that begins with {}", &secret[..3]);
            }
        }
    }
}
