//! CMP204: a secret on a command line or in a health check, where `docker inspect` and `ps` show it.
//!
//! Not here: values that are written there (CMP201), and variables that the container's shell fills in.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::document::compose::template::Variable;
use crate::project::container::{Run, runs, whose};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// Programs that take the secret otherwise, by a word of the command, and how.
const WAYS: &[(&str, &str)] = &[
    ("redis-cli", "set `REDISCLI_AUTH` in `environment`: `redis-cli` takes the password from there"),
    (
        "redis-server",
        "give redis a configuration file with `requirepass` as a secret: `redis-server /run/secrets/redis.conf`",
    ),
    ("mysqladmin", "set `MYSQL_PWD` in `environment`, or give a defaults file as a secret"),
    ("mariadb-admin", "set `MYSQL_PWD` in `environment`, or give a defaults file as a secret"),
    ("psql", "set `PGPASSWORD` in `environment`: `psql` takes the password from there"),
];

/// The rule.
#[derive(Debug)]
pub(super) struct SecretArgument;

impl Rule for SecretArgument {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP204",
            "secret-argument",
            Warning,
            Certain,
            "a secret stands on a command line, where others can read it"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        let mut seen: HashSet<Span> = HashSet::new();
        for service in &compose.services {
            for run in runs(service, file) {
                for variable in run.parts.iter().flat_map(|part| part.template.value_variables()) {
                    let meant =
                        project.is_secret(&variable.name) && whose(project, file, &run, variable).is_none();
                    if meant && seen.insert(variable.span) {
                        report(variable, &run, found);
                    }
                }
            }
        }
    }
}

fn report(variable: &Variable, run: &Run<'_>, found: &mut Findings<'_>) {
    let (name, service) = (&variable.name, &run.service.name.value);
    let message = format!("`{name}` is filled in on a command line, where `docker inspect` and `ps` show it");
    let known = WAYS.iter().find(|(word, _)| run.parts.iter().any(|part| part.text.contains(word)));
    let help = match known {
        Some((_, way)) => (*way).to_owned(),
        None if run.by_shell => format!(
            "set `{name}` in `environment` and write `$${name}`: the container's shell fills it in, and `docker inspect` shows the name only"
        ),
        None => {
            format!("let the program take `{name}` from its environment, or from a file under `/run/secrets`")
        }
    };
    found.push(variable.span, message).key(name.clone()).service(service.clone()).help(help);
}
