//! The compose commands of scripts and Makefiles as people write them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test may die, and says why"
)]

use envgate::document::Document;
use envgate::document::makefile::Makefile;
use envgate::document::shell::Script;
use envgate::project::commands::{ComposeCommand, find};
use envgate::project::expectations::Expectations;
use envgate::project::{File, Project, Role};
use envgate::source::{PathKind, Source, Tree};

struct Paths(&'static [&'static str]);

impl Tree for Paths {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if self.0.contains(&path) {
            return Some(PathKind::File);
        }
        let inside = |name: &&str| name.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        (path.is_empty() || self.0.iter().any(inside)).then_some(PathKind::Directory)
    }

    fn read(&self, _path: &str) -> std::io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

static TREE: Paths = Paths(&["infra/docker-compose.yml", "infra/docker-compose.production.yml", "envs/.env"]);

fn commands(path: &str, text: &str) -> Vec<ComposeCommand> {
    let source = Source::new(path, text);
    let document = if path.ends_with("Makefile") {
        Document::Makefile(Makefile::parse(text))
    } else {
        Document::Shell(Script::parse(text))
    };
    let file = File {
        source,
        document,
        role: Role::Plain,
        env_uses: Vec::new(),
        tracked: None,
        mode: None,
        checked: true,
    };
    find(&Project::new(vec![file], Expectations::default(), &TREE))
}

#[test]
fn flags_before_the_subcommand_are_read() {
    let found = commands(
        "scripts/deploy.sh",
        "docker compose -f infra/docker-compose.yml --file=infra/docker-compose.production.yml \\\n  --env-file envs/.env -p shop --profile db up -d\n",
    );
    let [command] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(command.files, ["infra/docker-compose.yml", "infra/docker-compose.production.yml"]);
    assert_eq!(command.env_files, ["envs/.env"]);
    assert_eq!(command.profiles, ["db"]);
    assert_eq!(command.subcommand.as_deref(), Some("up"));
    assert_eq!((command.directory.as_str(), command.production, command.remote), ("", Some(true), false));
}

#[test]
fn commands_on_a_server_are_found_with_what_they_source() {
    let text = "SERVER=me@host\nssh $SERVER \"cd $DIR && \\\n    source envs/.env && \\\n    export SECRET_KEY JWT_SECRET_KEY && \\\n    docker compose -f infra/docker-compose.yml up -d\"\n";
    let found = commands("scripts/deploy.sh", text);
    let [command] = found.as_slice() else { panic!("{found:?}") };
    assert!(command.remote);
    assert_eq!(
        &text[command.span.start..command.span.end],
        "docker compose -f infra/docker-compose.yml up -d"
    );
    let [sourced] = command.sourced.as_slice() else { panic!("{command:?}") };
    assert_eq!(sourced.path, "envs/.env");
    assert_eq!(&text[sourced.span.start..sourced.span.end], "source envs/.env");
    assert_eq!(
        sourced.exported.as_deref(),
        Some(["SECRET_KEY".to_owned(), "JWT_SECRET_KEY".to_owned()].as_slice())
    );
}

#[test]
fn variables_and_directories_are_followed() {
    let one = |text| {
        let found = commands("run.sh", text);
        let [command] = found.as_slice() else { panic!("{text}: {found:?}") };
        (command.files.clone(), command.directory.clone())
    };
    let files = vec!["infra/docker-compose.yml".to_owned()];
    assert_eq!(
        one("F=\"-f infra/docker-compose.yml\"\ndocker compose $F up"),
        (files.clone(), String::new())
    );
    assert_eq!(
        one("F=(-f infra/docker-compose.yml)\ndocker compose \"${F[@]}\" up"),
        (files.clone(), String::new())
    );
    assert_eq!(
        one("(cd infra && docker-compose -f docker-compose.yml up)"),
        (files.clone(), "infra".to_owned())
    );
    assert_eq!(
        one("COMPOSE_FILE=infra/docker-compose.yml docker compose up"),
        (files.clone(), String::new())
    );
    assert_eq!(one("DC='docker compose -f infra/docker-compose.yml'\n$DC pull"), (files, String::new()));
    assert_eq!(one("cd infra\ndocker compose up -d"), (Vec::new(), "infra".to_owned()));
    assert!(
        commands("run.sh", "docker compose -f \"$UNKNOWN\" up\ndocker run x\necho docker compose up")
            .is_empty()
    );
}

#[test]
fn makefiles_carry_their_targets() {
    let text = "COMPOSE := docker compose -f infra/docker-compose.yml\ndeploy-prod:\n\t@echo go\n\t@$(COMPOSE) up -d $$EXTRA\ndev:\n\tset -a; . envs/.env; set +a; $(COMPOSE) up\n";
    let found = commands("Makefile", text);
    let [deploy, dev] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((deploy.name.as_deref(), deploy.production), (Some("deploy-prod"), Some(true)));
    assert_eq!(&text[deploy.span.start..deploy.span.end], "$(COMPOSE) up -d $$EXTRA");
    assert_eq!(deploy.files, ["infra/docker-compose.yml"]);
    assert_eq!((dev.name.as_deref(), dev.production), (Some("dev"), Some(false)));
    assert_eq!(dev.sourced.len(), 1);
    assert_eq!(dev.sourced[0].exported, None);
}

#[test]
fn exported_substitutions_load_files() {
    let found = commands("run.sh", "export $(grep -v '^#' envs/.env | xargs)\ncd infra\ndocker compose up\n");
    let [command] = found.as_slice() else { panic!("{found:?}") };
    assert!(!command.sourced[0].by_source && command.sourced[0].exported.is_none());
}

#[test]
fn names_that_are_exported_by_a_list_are_all_of_the_file() {
    let all = ["cut -d= -f1 .env", "grep -v '^#' ./.env | cut -d= -f1", "sed 's/=.*//' .env"];
    for list in all {
        let found = commands("run.sh", &format!("source .env\nexport $({list})\ndocker compose up -d\n"));
        let [command] = found.as_slice() else { panic!("{found:?}") };
        let [sourced] = command.sourced.as_slice() else { panic!("{list}: {command:?}") };
        assert!(sourced.by_source && sourced.exported.is_none(), "{list}");
    }
    for list in ["cut -d= -f1 other.env", "grep DB_ .env | cut -d= -f1"] {
        let found = commands("run.sh", &format!("source .env\nexport $({list})\ndocker compose up -d\n"));
        assert_eq!(found[0].sourced[0].exported, Some(Vec::new()), "{list}");
    }
}

#[test]
fn functions_see_what_stands_at_their_call() {
    let found = commands(
        "run.sh",
        "up() { docker compose \"$@\"; }\nset -a\n. envs/.env\nset +a\ndown() { docker compose down; }\nup up -d\n",
    );
    let [up, down] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((up.subcommand.as_deref(), down.subcommand.as_deref()), (Some("up"), Some("down")));
    assert_eq!((up.sourced.len(), down.sourced.len()), (1, 1));
    assert!(commands("run.sh", "f() { f; docker compose up; }\nf\n").len() == 1);
    // A function that calls itself twice is not followed for ever.
    assert!(commands("run.sh", "f() { x $(f a) $(f b) \"$@\"; }\nf c\n").is_empty());
}
