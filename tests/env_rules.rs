//! What ENV rules say of things that a folder of files cannot show: git's index, sourced files, and values
//! that arrive in services.
//!
//! Not here: what one file shows; the fixtures hold that.

#![allow(clippy::expect_used, reason = "a test may die")]

use envgate::diagnostic::{Diagnostic, Findings, Severity};
use envgate::document::Document;
use envgate::document::compose::ComposeFile;
use envgate::document::env::EnvFile;
use envgate::document::python_settings::ListShape;
use envgate::project::commands::{ComposeCommand, Sourced};
use envgate::project::expectations::{Expectations, Expected};
use envgate::project::{File, Project, Role, resolve};
use envgate::rules::ALL;
use envgate::source::{PathKind, Source, Span, Tree};

struct Nothing;

impl Tree for Nothing {
    fn kind(&self, _path: &str) -> Option<PathKind> {
        None
    }
}

fn file(path: &str, text: &str) -> File {
    let source = Source::new(path, text);
    let document = if path == "docker-compose.yml" {
        Document::Compose(ComposeFile::parse(text))
    } else {
        Document::Env(EnvFile::parse(text))
    };
    File {
        source,
        document,
        role: Role::Plain,
        env_uses: Vec::new(),
        tracked: None,
        mode: None,
        checked: true,
    }
}

fn found(code: &str, project: &Project<'_>) -> Vec<Diagnostic> {
    let rule = ALL.iter().find(|rule| rule.meta().code == code).expect("a rule");
    let mut found = Vec::new();
    for file in &project.files {
        let mut findings = Findings::new(rule.meta(), file.source.shared_path(), &mut found);
        if let Document::Env(env) = &file.document {
            rule.check_env(env, file, project, &mut findings);
        }
    }
    rule.check_project(project, &mut Findings::new(rule.meta(), "", &mut found));
    found
}

fn command(sourced: Vec<Sourced>) -> ComposeCommand {
    ComposeCommand { path: "deploy.sh".to_owned(), sourced, ..ComposeCommand::default() }
}

fn sourced(path: &str, by_source: bool) -> ComposeCommand {
    command(vec![Sourced {
        path: path.to_owned(),
        span: Span::new(0, 1),
        by_source,
        whole_lines: false,
        exported: None,
    }])
}

/// A project with what its compose files come to.
fn resolved(files: Vec<File>) -> Project<'static> {
    let mut project = Project::new(files, Expectations::default(), &Nothing);
    project.environments = resolve::resolve(&project);
    assert!(!project.environments.is_empty(), "the compose file is resolved");
    project
}

const RANDOM: &str = "n3Vx8Qz1Lk6Tb9Wd4Rm7Yp2HsJf5Gc0A";

#[test]
fn a_secret_is_reported_in_files_that_git_tracks_only() {
    for (tracked, count) in [(Some(true), 1), (Some(false), 0), (None, 0)] {
        let mut env = file(".env", &format!("API_KEY={RANDOM}\nDB_PASSWORD=CHANGE_ME\nDB_USER=app\n"));
        env.tracked = tracked;
        let project = Project::new(vec![env], Expectations::default(), &Nothing);
        let found = found("ENV109", &project);
        assert_eq!(found.len(), count, "{tracked:?}");
        assert!(found.iter().all(|one| !one.message.contains(RANDOM) && one.fix.is_none()));
    }
}

#[test]
fn json_in_a_sourced_file_loses_its_quotes() {
    let text = "HOSTS=[\"a\",\"b\"]\nFINE='[\"a\",\"b\"]'\nNUMBERS=[1,2]\nSPACED=[\"a\", \"b\"]\n";
    let cases = [(sourced(".env", true), 2), (sourced(".env", false), 2), (sourced("other.env", true), 0)];
    for (command, count) in cases {
        let mut project = Project::new(vec![file(".env", text)], Expectations::default(), &Nothing);
        project.commands = vec![command];
        let found = found("ENV105", &project);
        let keys: Vec<_> = found.iter().filter_map(|one| one.key.as_deref()).collect();
        assert_eq!(keys.len(), count, "{keys:?}");
        assert!(found.iter().all(|one| one.severity == Severity::Error && one.labels.len() == 1));
    }
}

#[test]
fn the_fix_for_sourced_json_survives_the_shell() {
    let text = "HOSTS=[\"a\",\"b\"]\n";
    let mut project = Project::new(vec![file(".env", text)], Expectations::default(), &Nothing);
    project.commands = vec![sourced(".env", true)];
    let found = found("ENV105", &project);
    let edit = found[0].fix.as_ref().expect("a fix").edits[0].clone();
    assert_eq!((edit.span, edit.replacement.as_str()), (Span::new(6, 15), "'[\"a\",\"b\"]'"));
}

#[test]
fn crlf_is_an_error_where_the_file_is_sourced() {
    let project = || Project::new(vec![file(".env", "A=1\r\nB=2\r\n")], Expectations::default(), &Nothing);
    assert_eq!(found("ENV009", &project())[0].severity, Severity::Warning);
    let mut project = project();
    project.commands = vec![sourced(".env", true)];
    assert_eq!(found("ENV009", &project)[0].severity, Severity::Error);
}

#[test]
fn shell_quoting_is_a_warning_where_the_file_is_sourced() {
    let mut project = Project::new(vec![file(".env", "A='it'\\''s'\n")], Expectations::default(), &Nothing);
    assert_eq!(found("ENV012", &project)[0].severity, Severity::Error);
    project.commands = vec![sourced(".env", true)];
    assert_eq!(found("ENV012", &project)[0].severity, Severity::Warning);
}

#[test]
fn what_arrives_short_is_reported_once_for_each_place() {
    let compose = "x-app: &app\n  image: app:1\n  environment:\n    SECRET_KEY: ${SECRET_KEY:-dev-secret-change-in-production}\n\
                   services:\n  api:\n    <<: *app\n  web:\n    <<: *app\n  off:\n    <<: *app\n    profiles: [never]\n";
    let project = resolved(vec![file("docker-compose.yml", compose)]);
    let short = found("ENV102", &project);
    assert_eq!(short.len(), 1);
    assert_eq!(
        short[0].message,
        "`SECRET_KEY` has 31 characters, 32 needed: the fallback is what arrives in `api` and 1 other service"
    );
    assert_eq!((short[0].service.as_deref(), &*short[0].path), (Some("api"), "docker-compose.yml"));
}

#[test]
fn what_arrives_from_an_env_file_is_reported_there_alone() {
    let compose = "services:\n  api:\n    image: app:1\n    env_file: .env\n";
    let project =
        resolved(vec![file(".env", "SECRET_KEY=n3Vx8Qz1Lk6Tb9Wd\n"), file("docker-compose.yml", compose)]);
    let short = found("ENV102", &project);
    assert_eq!(short.len(), 1);
    assert_eq!(short[0].message, "`SECRET_KEY` has 16 characters, 32 needed");
}

#[test]
fn public_names_in_services_are_reported_where_they_are_set() {
    for (key, count) in [("NEXT_PUBLIC_CLIENT_SECRET", 1), ("NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY", 0)] {
        let compose =
            format!("services:\n  web:\n    image: web:1\n    environment:\n      {key}: {RANDOM}\n");
        let project = resolved(vec![file("docker-compose.yml", &compose)]);
        let public = found("ENV108", &project);
        assert_eq!(public.len(), count, "{key}");
        assert!(public.iter().all(|one| one.service.as_deref() == Some("web")));
    }
}

fn expecting(name: &str, expected: Expected) -> Expectations {
    let mut expectations = Expectations::default();
    expectations.variables.insert(name.to_owned(), expected);
    expectations
}

#[test]
fn configuration_decides_before_names_do() {
    let expectations =
        expecting("CORS_ORIGINS", Expected { list: Some(ListShape::Json), ..Expected::default() });
    let text = "CORS_ORIGINS=https://a.example.com\n";
    let project = Project::new(vec![file(".env", text)], expectations, &Nothing);
    let shapes = found("ENV104", &project);
    assert_eq!((shapes.len(), shapes[0].severity), (1, Severity::Error));
    assert!(shapes[0].help.as_ref().is_some_and(|help| help.contains("`envgate.yaml`")));
}

#[test]
fn configuration_requires_and_sets_lengths() {
    let expectations = expecting("REGION", Expected { required: Some(true), ..Expected::default() });
    let project =
        Project::new(vec![file(".env", "A=1\n"), file(".env.b", "REGION=\n")], expectations, &Nothing);
    let missing = found("ENV101", &project);
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].message.as_str(), &*missing[0].path),
        ("`REGION` is required and empty", ".env.b")
    );

    let expectations = expecting("SECRET_KEY", Expected { min_length: Some(8), ..Expected::default() });
    let project = Project::new(vec![file(".env", "SECRET_KEY=n3Vx8Qz1L\n")], expectations, &Nothing);
    assert!(found("ENV102", &project).is_empty());
}
