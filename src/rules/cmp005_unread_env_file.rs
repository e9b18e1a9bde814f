//! CMP005: the env file that has the names of `${…}` is not read by this command.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::compose::template::Operator;
use crate::project::resolve::Environment;
use crate::project::{Project, Role};
use crate::source::{Span, join, relative};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct UnreadEnvFile;

impl Rule for UnreadEnvFile {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP005",
            "unread-env-file",
            Error,
            Certain,
            "the env file for `${…}` is not read by this command"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        // Who tells compose to read none does not want what is in one.
        for environment in project.environments.iter().filter(|environment| !environment.reads_no_dotenv()) {
            let missing = missing(project, environment);
            let Some((file, names)) = best(project, environment, &missing) else { continue };
            report(project, environment, file, &names, &missing, found);
        }
    }
}

/// A name that nothing fills.
struct Unfilled {
    /// The file and the place where it is used first.
    place: (String, Span),
    /// Whether every use has a fallback of its own: the writer expects that nothing fills it.
    falls_back: bool,
}

/// The names that `${…}` uses and nothing fills.
fn missing(project: &Project<'_>, environment: &Environment) -> BTreeMap<String, Unfilled> {
    let mut missing: BTreeMap<String, Unfilled> = BTreeMap::new();
    for path in &environment.files {
        let Some(Document::Compose(compose)) = project.file(path).map(|file| &file.document) else {
            continue;
        };
        for value in &compose.templates {
            for variable in value.template.value_variables() {
                if environment.sets(&variable.name) {
                    continue;
                }
                let place = || Unfilled { place: (path.clone(), variable.span), falls_back: true };
                let known = missing.entry(variable.name.clone()).or_insert_with(place);
                known.falls_back &= matches!(variable.operator, Some(Operator::Default { .. }));
            }
        }
    }
    missing
}

/// The file that the command should read: one that its services read, or the `.env` where it runs, with the most
/// of the missing names. Where the command reads no file at all, one that another command reads counts for the
/// names that have no fallback: it may be another stage's, whose values this command does well without.
fn best<'project>(
    project: &'project Project<'_>,
    environment: &Environment,
    missing: &BTreeMap<String, Unfilled>,
) -> Option<(&'project str, Vec<String>)> {
    let mut candidates: BTreeSet<String> = BTreeSet::new();
    candidates.insert(join(&environment.command.directory, ".env"));
    for service in &environment.services {
        candidates.extend(service.env_files.iter().map(|file| file.path.clone()));
    }
    candidates.extend(environment.command.sourced.iter().map(|sourced| sourced.path.clone()));
    candidates.extend(environment.command.make.included.iter().map(|included| included.path.clone()));
    let own = candidates.clone();
    candidates.extend(of_others(project, environment));
    let mut best: Option<(&str, Vec<String>)> = None;
    let unread =
        |path: &&String| !environment.interpolation.contains(path) || partly_exported(environment, path);
    for path in candidates.iter().filter(unread) {
        let Some(file) = project.file(path).filter(|file| file.role != Role::Example) else { continue };
        let Document::Env(env) = &file.document else { continue };
        let names: BTreeSet<&str> = env.entries.iter().map(|entry| entry.key.as_str()).collect();
        let counts =
            |name: &str, one: &Unfilled| names.contains(name) && (own.contains(path) || !one.falls_back);
        let found = missing.iter().filter(|(name, one)| counts(name, one));
        let names: Vec<String> = found.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() && best.as_ref().is_none_or(|(_, most)| most.len() < names.len()) {
            best = Some((file.source.path(), names));
        }
    }
    best
}

/// The env files that other commands read for the same compose files, and that are not plainly for another stage.
fn of_others(project: &Project<'_>, environment: &Environment) -> Vec<String> {
    if !environment.interpolation.is_empty() {
        return Vec::new();
    }
    let stage = environment.command.production;
    let alike = |other: &&Environment| {
        other.files.iter().any(|file| environment.files.contains(file))
            && (stage.is_none() || other.command.production.is_none_or(|other| Some(other) == stage))
    };
    let others = project.environments.iter().filter(alike);
    others.flat_map(|other| other.command.env_files.iter().cloned()).collect()
}

/// Whether the script loads the file into the shell, or make includes it, and only some of its names are exported.
fn partly_exported(environment: &Environment, path: &str) -> bool {
    let sourced = &environment.command.sourced;
    sourced.iter().any(|sourced| sourced.path == path && sourced.exported.is_some())
        || partly_made(environment, path)
}

fn partly_made(environment: &Environment, path: &str) -> bool {
    let included = &environment.command.make.included;
    included.iter().any(|included| included.path == path && included.kept_back)
}

fn report(
    project: &Project<'_>,
    environment: &Environment,
    file: &str,
    names: &[String],
    missing: &BTreeMap<String, Unfilled>,
    found: &mut Findings<'_>,
) {
    let Some(first) = names
        .iter()
        .filter_map(|name| missing.get(name).map(|one| &one.place))
        .min_by_key(|(path, span)| (environment.files.iter().position(|known| known == path), *span))
    else {
        return;
    };
    let assumed = environment.assumed();
    let command = (environment.command.path.clone(), environment.command.span);
    let place = if assumed { first.clone() } else { command };
    if project.file(&place.0).is_some_and(|file| !file.checked) {
        return;
    }
    let count = names.len();
    let shown = names.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = if count > 3 { format!(" and {} more", count - 3) } else { String::new() };
    let message = if partly_exported(environment, file) {
        format!(
            "`{file}` is loaded, but not exported to this command: `${{…}}` does not get its {shown}{more}"
        )
    } else {
        let whose = if assumed { "compose" } else { "this command" };
        format!("{whose} does not read `{file}`, so `${{…}}` does not get its {shown}{more}")
    };
    let reads = if partly_made(environment, file) {
        "what make includes stays in make without an `export`".to_owned()
    } else if partly_exported(environment, file) {
        "a sourced name that is not exported stays in the shell".to_owned()
    } else {
        reads(environment, file)
    };
    let finding = found.push_in(place.0.as_str(), place.1, message);
    finding.help(format!(
        "add `--env-file {}`; {reads}, and a service's `env_file` does not fill `${{…}}`",
        relative(environment.base(file), file)
    ));
    if assumed {
        finding.severity(Severity::Warning);
    } else {
        finding.label(first.0.as_str(), first.1, "for example here");
    }
}

/// What the command reads instead of `file`.
fn reads(environment: &Environment, file: &str) -> String {
    let base = environment.base(file);
    match environment.interpolation.as_slice() {
        [] => format!(
            "it looks for `{}` only, which is not there",
            relative(base, &join(&environment.project_directory, ".env"))
        ),
        files => {
            let written: Vec<String> = files.iter().map(|file| relative(base, file)).collect();
            format!("it reads {} only", list(&written))
        }
    }
}

fn list(files: &[String]) -> String {
    files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ")
}
