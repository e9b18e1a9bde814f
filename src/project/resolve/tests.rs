//! Small projects resolved: origins, shadows, tags, what is assumed, what is not known.

use std::collections::BTreeMap;

use super::{Environment, OriginKind, Service, TroubleKind, Variable, resolve, wanted};
use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::env::EnvFile;
use crate::project::commands::{ComposeCommand, Sourced};
use crate::project::expectations::Expectations;
use crate::project::{File, Project, Role};
use crate::source::{PathKind, Source, Span, Tree};

#[derive(Default)]
struct Files(BTreeMap<String, String>);

impl Tree for Files {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.contains_key(path).then_some(PathKind::File)
    }
}

fn files(pairs: &[(&str, &str)]) -> Files {
    Files(pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}

fn project<'a>(tree: &'a Files, read: &[&str], commands: Vec<ComposeCommand>) -> Project<'a> {
    let file = |path: &&str| {
        let text = &tree.0[*path];
        let document = if path.ends_with("ml") {
            Document::Compose(ComposeFile::parse(text))
        } else {
            Document::Env(EnvFile::parse(text))
        };
        let source = Source::new(*path, text.as_str());
        File {
            source,
            document,
            role: Role::Plain,
            env_uses: Vec::new(),
            tracked: None,
            mode: None,
            checked: true,
        }
    };
    let mut project = Project::new(read.iter().map(file).collect(), Expectations::default(), tree);
    project.commands = commands;
    project.environments = resolve(&project);
    project
}

fn all(tree: &Files, commands: Vec<ComposeCommand>) -> Vec<Environment> {
    let paths: Vec<&str> = tree.0.keys().map(String::as_str).collect();
    project(tree, &paths, commands).environments
}

fn command(files: &[&str]) -> ComposeCommand {
    let files = files.iter().map(|file| (*file).to_owned()).collect();
    ComposeCommand { path: "run.sh".to_owned(), files, ..ComposeCommand::default() }
}

fn variable<'a>(environment: &'a Environment, service: &str, key: &str) -> &'a Variable {
    let service: &Service = environment.service(service).unwrap();
    service.variable(key).unwrap_or_else(|| panic!("no {key}"))
}

const INCIDENT: &[(&str, &str)] = &[
    ("envs/.env", "SECRET_KEY=the-good-one\n"),
    (
        "infra/docker-compose.yml",
        "services:\n  backend:\n    image: i\n    env_file: ../envs/.env\n    environment:\n      - SECRET_KEY=${SECRET_KEY:-dev}\n",
    ),
];

#[test]
fn the_fallback_beats_the_env_file() {
    let tree = files(INCIDENT);
    let environments = all(&tree, vec![command(&["infra/docker-compose.yml"])]);
    assert_eq!(environments.len(), 1);
    let key = variable(&environments[0], "backend", "SECRET_KEY");
    assert_eq!(key.arrives.value.as_deref(), Some("dev"));
    assert_eq!(key.arrives.origin.kind, OriginKind::Fallback);
    let text = &tree.0["infra/docker-compose.yml"];
    let cut = |span: Span| &text[span.start..span.end];
    assert_eq!(cut(key.arrives.origin.span), "dev");
    assert_eq!(cut(key.set_at.span), "${SECRET_KEY:-dev}");
    assert_eq!(key.shadows.len(), 1);
    assert_eq!(key.shadows[0].origin.kind, OriginKind::EnvFile);
    let hidden = key.shadows[0].origin.span;
    assert_eq!(&tree.0["envs/.env"][hidden.start..hidden.end], "the-good-one");
}

#[test]
fn the_command_decides_what_fills_templates() {
    let tree = files(INCIDENT);
    let mut given = command(&["infra/docker-compose.yml"]);
    given.env_files.push("envs/.env".to_owned());
    let mut sourced = command(&["infra/docker-compose.yml"]);
    sourced.sourced.push(Sourced {
        path: "envs/.env".to_owned(),
        span: Span::default(),
        by_source: true,
        whole_lines: false,
        exported: Some(vec!["SECRET_KEY".to_owned()]),
    });
    let mut unexported = sourced.clone();
    unexported.sourced[0].exported = Some(Vec::new());
    let environments = all(&tree, vec![given, sourced, unexported]);
    let kinds: Vec<OriginKind> = environments
        .iter()
        .map(|environment| variable(environment, "backend", "SECRET_KEY").arrives.origin.kind)
        .collect();
    assert_eq!(kinds, [OriginKind::CommandEnvFile, OriginKind::Shell, OriginKind::Fallback]);
}

#[test]
fn equal_commands_are_resolved_once_and_others_are_assumed() {
    let base = "services:\n  a:\n    image: i\n    networks: [n]\nnetworks: {n: }\n";
    let tree = files(&[
        ("docker-compose.yml", base),
        ("docker-compose.dev.yml", "services:\n  a:\n    command: x\n"),
        ("docker-compose.tools.yml", "services:\n  b:\n    image: i\n"),
        ("docker-compose.override.yml", "services:\n  a:\n    user: x\n"),
    ]);
    let mut ps = command(&["docker-compose.tools.yml"]);
    ps.subcommand = Some("ps".to_owned());
    let environments =
        all(&tree, vec![command(&["docker-compose.yml"]), command(&["docker-compose.yml"]), ps]);
    let shown: Vec<(bool, Vec<String>)> =
        environments.iter().map(|environment| (environment.assumed(), environment.files.clone())).collect();
    let own = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        shown,
        [
            (false, own(&["docker-compose.yml"])),
            (true, own(&["docker-compose.yml", "docker-compose.dev.yml"])),
            (true, own(&["docker-compose.yml", "docker-compose.override.yml"])),
            (true, own(&["docker-compose.tools.yml"])),
        ]
    );
}

#[test]
fn what_an_env_file_names_is_assumed_as_one_command() {
    for (env, names) in [
        ("COMPOSE_FILE=a.yml:parts/b.yml\n", &["a.yml", "parts/b.yml"][..]),
        ("COMPOSE_FILE=a.yml,parts/b.yml\nCOMPOSE_PATH_SEPARATOR=,\n", &["a.yml", "parts/b.yml"]),
    ] {
        let tree = files(&[
            (".env", env),
            ("a.yml", "services:\n  a:\n    image: i\n"),
            ("parts/b.yml", "services:\n  a:\n    user: x\n"),
            ("c.yml", "services:\n  c:\n    image: i\n"),
        ]);
        let shown: Vec<Vec<String>> = all(&tree, vec![]).into_iter().map(|one| one.files).collect();
        assert_eq!(shown, [names, &["c.yml"]]);
    }
    let tree = files(&[(".env", "COMPOSE_FILE=gone.yml\n"), ("a.yml", "services:\n  a:\n    image: i\n")]);
    assert_eq!(all(&tree, vec![])[0].files, ["a.yml"]);
}

#[test]
fn without_files_compose_looks_upwards() {
    let tree = files(&[("app/compose.yaml", "services: {a: {image: i}}\n"), ("app/src/x.env", "")]);
    let upwards = ComposeCommand { directory: "app/src".to_owned(), ..command(&[]) };
    assert_eq!(all(&tree, vec![upwards])[0].files, ["app/compose.yaml"]);
}

#[test]
fn what_is_missing_or_refused_is_said() {
    let tree = files(&[(
        "docker-compose.yml",
        "services:\n  a:\n    image: i\n    env_file: gone.env\n    environment:\n      A: ${A:?no}\n      B: ${B}\n  off:\n    image: i\n    profiles: [x]\n    env_file: also-gone.env\n",
    )]);
    let environments = all(&tree, vec![command(&["docker-compose.yml", "nothing.yml"])]);
    let environment = &environments[0];
    let kinds: Vec<TroubleKind> = environment.troubles.iter().map(|trouble| trouble.kind).collect();
    assert_eq!(kinds, [TroubleKind::MissingVariable, TroubleKind::NoFile, TroubleKind::MissingEnvFile]);
    assert_eq!(environment.blanks.len(), 1);
    assert_eq!(environment.service("a").unwrap().refused, ["A"]);
    assert!(environment.service("off").unwrap().disabled);
}

#[test]
fn files_that_were_not_read_are_wanted() {
    let tree = files(INCIDENT);
    let project = project(&tree, &["infra/docker-compose.yml"], vec![command(&["infra/docker-compose.yml"])]);
    assert_eq!(wanted(&project), ["envs/.env"]);
    assert_eq!(project.environments[0].unread, ["envs/.env"]);
    let key = variable(&project.environments[0], "backend", "SECRET_KEY");
    assert!(key.shadows.is_empty());
}

#[test]
fn extends_and_include_take_their_directories_along() {
    let tree = files(&[
        (
            "docker-compose.yml",
            "include: [sub/compose.yml]\nservices:\n  a:\n    extends: {service: base, file: sub/base.yml}\n    environment: {A: own}\n",
        ),
        (
            "sub/base.yml",
            "services:\n  base:\n    image: i\n    env_file: x.env\n    environment: {A: base, B: base}\n",
        ),
        ("sub/compose.yml", "services:\n  c:\n    image: i\n    environment: {V: '${V:-fallback}'}\n"),
        ("sub/.env", "V=included\n"),
        ("sub/x.env", "C=file\n"),
    ]);
    let environments = all(&tree, vec![command(&["docker-compose.yml"])]);
    let environment = &environments[0];
    assert!(environment.troubles.is_empty(), "{:?}", environment.troubles);
    for (key, value) in [("A", "own"), ("B", "base"), ("C", "file")] {
        assert_eq!(variable(environment, "a", key).arrives.value.as_deref(), Some(value), "{key}");
    }
    assert_eq!(variable(environment, "c", "V").arrives.value.as_deref(), Some("included"));
}

#[test]
fn loops_of_files_end_in_trouble() {
    let tree = files(&[(
        "docker-compose.yml",
        "include: [docker-compose.yml, docker-compose.yml, docker-compose.yml]\nservices:\n  a: {extends: b}\n  b: {extends: a}\n",
    )]);
    let environments = all(&tree, vec![command(&["docker-compose.yml"])]);
    assert!(environments[0].troubles.iter().any(|trouble| trouble.kind == TroubleKind::NotResolved));
}

#[test]
fn nothing_secret_is_in_debug_output() {
    let tree = files(INCIDENT);
    let shown = format!("{:?}", all(&tree, vec![command(&["infra/docker-compose.yml"])]));
    assert!(!shown.contains("the-good-one"));
}
