//! CMP305: a production service without a restart policy, a health check or a memory limit.
//!
//! Not here: jobs that end by themselves, and health checks that an image brings along.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{Findings, Meta};
use crate::project::Project;
use crate::project::layers::{Layered, services};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct UnattendedService;

impl Rule for UnattendedService {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP305",
            "unattended-service",
            Info,
            Certain,
            "a production service has no restart policy, health check or memory limit"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in project.environments.iter().filter(|one| one.is_production()) {
            let services = services(project, environment);
            let jobs = jobs(&services);
            let all = services.iter().filter(|service| {
                !service.disabled && service.whole && !jobs.contains(service.name) && !is_job(service)
            });
            for service in all {
                let Some(part) = service.own().filter(|part| part.file.checked) else { continue };
                let span = part.service.name.span;
                let missing = missing(service);
                if missing.is_empty() || !seen.insert((part.file.source.path(), span)) {
                    continue;
                }
                let (names, keys): (Vec<&str>, Vec<&str>) = missing.into_iter().unzip();
                let message = format!("`{}` has {}", service.name, list(&names));
                found
                    .push_in(part.file.source.path(), span, message)
                    .service(service.name)
                    .help(format!("add {}", list(&keys)));
            }
        }
    }
}

/// The words with `and` before the last.
fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What the service lacks, and the key that would say it.
fn missing(service: &Layered<'_>) -> Vec<(&'static str, &'static str)> {
    let has = |key: &str, rest: &[&str]| service.at(key, rest).is_some();
    let mut missing = Vec::new();
    if !has("restart", &[]) && !has("deploy", &["restart_policy"]) {
        missing.push(("no restart policy", "`restart: unless-stopped`"));
    }
    if !has("healthcheck", &[]) {
        missing.push(("no health check", "`healthcheck`"));
    }
    if !has("mem_limit", &[]) && !has("deploy", &["resources", "limits", "memory"]) {
        missing.push(("no memory limit", "`mem_limit`"));
    }
    missing
}

/// Services that others wait for to end.
fn jobs(services: &[Layered<'_>]) -> BTreeSet<String> {
    let parts = services.iter().flat_map(|service| &service.parts);
    let waits = parts.flat_map(|part| &part.service.depends_on);
    let ended = waits.filter(|other| {
        other.condition.as_ref().is_some_and(|condition| condition.value == "service_completed_successfully")
    });
    ended.map(|other| other.name.value.clone()).collect()
}

/// A service that says itself that it is not started again, or that is only run on demand.
fn is_job(service: &Layered<'_>) -> bool {
    let restart = service.value("restart").map(|(_, value)| value.text);
    matches!(restart.as_deref(), Some("no" | "on-failure")) || !service.entries("profiles").is_empty()
}
