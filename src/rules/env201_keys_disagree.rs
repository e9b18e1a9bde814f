//! ENV201: a key of the example that the env file lacks, a key that compose uses and nobody defines, a key that
//! nobody uses.
//!
//! Not here: what is required outright, and secrets that become a blank.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::compose::template::Operator;
use crate::document::env::EnvFile;
use crate::document::env_schema::Item;
use crate::project::resolve::Environment;
use crate::project::schema::{example_for, is_left_open};
use crate::project::uses::sourced_at;
use crate::project::{File, Project, Role};
use crate::source::{Span, parent};

pub(super) struct KeysDisagree;

impl Rule for KeysDisagree {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV201",
            "keys-disagree",
            Error,
            Heuristic,
            "the keys of env file, example and compose file do not go together"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let files: Vec<(&File, &EnvFile)> = project.files.iter().filter_map(real_env_file).collect();
        let uses = Uses::of(project);
        let mut told = BTreeSet::new();
        for (file, env) in files.iter().filter(|(file, _)| file.checked) {
            let directory = parent(file.source.path());
            let beside = files.iter().filter(|(other, _)| parent(other.source.path()) == directory);
            let beside = beside.map(|(_, env)| *env).collect();
            lacking(&Compared { project, file, env, beside, uses: &uses }, &mut told, found);
            unused(project, file, env, &uses, found);
        }
        let defined: BTreeSet<&str> =
            files.iter().flat_map(|(_, env)| &env.entries).map(|entry| entry.key.as_str()).collect();
        for (path, name, span, required) in undefined(project) {
            if !defined.contains(name.as_str()) && !told.contains(&name) {
                report_undefined(path, &name, span, required, found);
            }
        }
    }
}

fn real_env_file(file: &File) -> Option<(&File, &EnvFile)> {
    match &file.document {
        Document::Env(env) if file.role != Role::Example => Some((file, env)),
        _ => None,
    }
}

/// How compose files use variables.
struct Uses {
    /// Every name in a `${…}`, and those that are passed on by their bare name.
    used: BTreeSet<String>,
    /// Those that some `${…}` takes without a fallback.
    without_fallback: BTreeSet<String>,
    /// Those that arrive in a service with a value that no env file gives.
    given: BTreeSet<String>,
}

impl Uses {
    fn of(project: &Project<'_>) -> Self {
        let (mut used, mut without_fallback) = (BTreeSet::new(), BTreeSet::new());
        for file in &project.files {
            let Document::Compose(compose) = &file.document else { continue };
            for variable in compose.templates.iter().flat_map(|value| value.template.value_variables()) {
                used.insert(variable.name.clone());
                if !has_fallback(variable.operator.as_ref()) {
                    without_fallback.insert(variable.name.clone());
                }
            }
            let settings = compose.services.iter().flat_map(|service| &service.environment);
            let bare = settings.filter(|setting| setting.value.is_none());
            used.extend(bare.map(|setting| setting.key.clone()));
        }
        let services = project.environments.iter().flat_map(|environment| &environment.services);
        let variables = services.flat_map(|service| &service.variables);
        let given = variables.filter(|variable| match variable.arrives.value.as_deref() {
            Some(value) => !value.is_empty(),
            None => variable.arrives.is_unknown(),
        });
        Self { given: given.map(|variable| variable.key.clone()).collect(), used, without_fallback }
    }
}

fn has_fallback(operator: Option<&Operator>) -> bool {
    !matches!(operator, None | Some(Operator::Required { .. }))
}

/// An env file that is held against its example.
struct Compared<'a> {
    project: &'a Project<'a>,
    file: &'a File,
    env: &'a EnvFile,
    /// The env files of its directory, itself included.
    beside: Vec<&'a EnvFile>,
    uses: &'a Uses,
}

/// What the example has and the file has not.
fn lacking(compared: &Compared<'_>, told: &mut BTreeSet<String>, found: &mut Findings<'_>) {
    let Some((example, items)) = example_for(compared.project, compared.file.source.path()) else { return };
    let place = compared.env.entries.first().map_or_else(Span::default, |entry| entry.key_span);
    for item in &items.items {
        let Some(severity) = compared.severity(item) else { continue };
        let (name, from) = (&item.key, example.source.path());
        told.insert(name.clone());
        let message = format!("`{name}` stands in `{from}` and not here");
        let remedy = if severity == Severity::Error {
            "with a value of its own"
        } else {
            "with its value there or another one"
        };
        found
            .push_in(compared.file.source.shared_path(), place, message)
            .severity(severity)
            .key(name)
            .help(format!(
                "add `{name}=…` {remedy}, or take it out of the example where nothing reads it any more"
            ))
            .label(example.source.shared_path(), item.key_span, "in the example");
    }
}

impl Compared<'_> {
    /// How bad it is that the file has no such key; `None` where it is not.
    fn severity(&self, item: &Item) -> Option<Severity> {
        let name = item.key.as_str();
        let set = self.beside.iter().any(|env| env.entry(name).is_some());
        if set || self.uses.given.contains(name) {
            return None;
        }
        let expectation = self.project.schema().get(name);
        // Whoever demands it outright says so elsewhere, and so does whoever can do without.
        let settled = expectation
            .is_some_and(|one| one.has_default || one.required.as_ref().is_some_and(|said| !said.what));
        let demanded = self.project.schema().is_demanded(name);
        let only_with_fallback = self.uses.used.contains(name) && !self.uses.without_fallback.contains(name);
        if settled || demanded || only_with_fallback {
            return None;
        }
        if self.uses.without_fallback.contains(name) || is_left_open(item) {
            return Some(Severity::Error);
        }
        // What the example says may be left out, or gives a value that a default may be as well.
        Some(if item.said_optional { Severity::Info } else { Severity::Warning })
    }
}

/// The names that `${…}` takes without a fallback and no command that reads an env file can fill: the file,
/// the name, the place, and whether compose stops.
fn undefined<'a>(project: &'a Project<'_>) -> Vec<(&'a File, String, Span, bool)> {
    let mut all = BTreeMap::new();
    let set_in_scripts = set_in_scripts(project);
    for file in project.files.iter().filter(|file| file.checked) {
        let Document::Compose(compose) = &file.document else { continue };
        let path = file.source.path();
        let users: Vec<&Environment> = project
            .environments
            .iter()
            .filter(|environment| environment.files.iter().any(|used| used == path))
            .collect();
        // Where no env file was read, as in a fresh clone, nothing can be said of what is set.
        let known = |environment: &Environment| {
            !environment.interpolation.is_empty()
                && environment.interpolation.iter().all(|file| project.file(file).is_some())
                && environment.unread.is_empty()
        };
        if users.is_empty() || !users.iter().all(|environment| known(environment)) {
            continue;
        }
        for variable in compose.templates.iter().flat_map(|value| value.template.value_variables()) {
            let name = variable.name.as_str();
            let stops = matches!(variable.operator, Some(Operator::Required { .. }));
            let judged = has_fallback(variable.operator.as_ref())
                || (project.is_secret(name) && !stops)
                || is_given_by_shell(name)
                || users.iter().any(|environment| environment.names.get(name).is_some())
                || set_in_scripts.contains(name);
            if !judged {
                all.entry((path, name.to_owned())).or_insert((file, variable.span, stops));
            }
        }
    }
    all.into_iter().map(|((_, name), (file, span, stops))| (file, name, span, stops)).collect()
}

/// Variables that shells, CI and compose itself set.
fn is_given_by_shell(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "HOME",
        "USER",
        "PWD",
        "UID",
        "GID",
        "HOSTNAME",
        "SHELL",
        "PATH",
        "LANG",
        "TZ",
        "CI",
        "SSH_AUTH_SOCK",
    ];
    const BEGINNINGS: [&str; 7] = ["COMPOSE_", "DOCKER_", "CI_", "GITHUB_", "BUILDKITE_", "XDG_", "RUNNER_"];
    NAMES.contains(&name) || BEGINNINGS.iter().any(|start| name.starts_with(start))
}

/// The names that a script or Makefile which was read writes a `=` behind: it may be what sets them.
fn set_in_scripts<'a>(project: &'a Project<'_>) -> BTreeSet<&'a str> {
    let scripts = project
        .files
        .iter()
        .filter(|file| matches!(file.document, Document::Shell(_) | Document::Makefile(_) | Document::Text));
    let mut names = BTreeSet::new();
    for text in scripts.map(|file| file.source.text()) {
        // The parts between the signs: what ends one is the name before the next.
        for part in text.split('=') {
            let name = part.trim_end_matches([' ', ':', '?', '+']);
            let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
            names.extend(name.rsplit(|c: char| !letters(c)).next().filter(|name| !name.is_empty()));
        }
    }
    names
}

fn report_undefined(file: &File, name: &str, span: Span, stops: bool, found: &mut Findings<'_>) {
    let (message, help) = if stops {
        (
            format!("`{name}` is required here and defined nowhere, so compose stops"),
            format!("add `{name}=…` to the env file that the command reads"),
        )
    } else {
        (
            format!("`{name}` is used here and defined nowhere, so it becomes a blank"),
            format!(
                "add `{name}=…` to the env file that the command reads, or give it a fallback: `${{{name}:-…}}`"
            ),
        )
    };
    found.push_in(file.source.shared_path(), span, message).key(name).help(help);
}

/// What the file has and nothing in the project mentions, where that was looked for.
fn unused(project: &Project<'_>, file: &File, env: &EnvFile, uses: &Uses, found: &mut Findings<'_>) {
    let Some(mentions) = &project.mentions else { return };
    let path = file.source.path();
    let services = project.environments.iter().flat_map(|environment| &environment.services);
    // What a whole file is handed to, an image knows and not this project; so do the programs of a shell
    // that sources it.
    let handed_over = services.flat_map(|service| &service.env_files).any(|used| used.path == path);
    if handed_over || sourced_at(project, path).is_some() {
        return;
    }
    let is_used = |name: &str| {
        mentions.contains(&name.to_ascii_uppercase())
            || uses.used.contains(name)
            || is_given_by_shell(name)
            || ["NODE_", "NPM_", "PYTHON"].iter().any(|start| name.starts_with(start))
            || project.schema().get(name).is_some()
    };
    let keys: BTreeMap<&str, Span> =
        env.entries.iter().map(|entry| (entry.key.as_str(), entry.key_span)).collect();
    let unused: Vec<_> = keys.iter().filter(|(name, _)| !is_used(name)).collect();
    // A file of which much is not mentioned belongs to code that is not here.
    if unused.len() * 3 > keys.len() {
        return;
    }
    for (name, span) in unused {
        found
            .push_in(
                file.source.shared_path(),
                *span,
                format!("`{name}` is set here and nothing mentions it"),
            )
            .severity(Severity::Info)
            .key(*name)
            .help("delete the line where nothing reads it any more");
    }
}
