//! Which commands are resolved: those that were found, each once, and for compose files that no
//! found command uses the ones that their names suggest.
//!
//! Not here: finding commands in scripts.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::document::compose::{ComposeFile, Service};
use crate::document::env::{self, Loader};
use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::source::{PathKind, file_name, is_top, join, parent};

/// The names that compose looks for by itself, in its order.
pub(super) const DEFAULT_FILES: &[&str] =
    &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// The names that it then looks for beside them.
pub(super) const OVERRIDE_FILES: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// What tells compose to read no `.env` by itself.
pub(super) const DISABLE: &str = "COMPOSE_DISABLE_ENV_FILE";

/// More files than this in one directory are a collection, not a project's overrides.
const ASSUMED_LIMIT: usize = 40;

/// The commands that were found.
pub(super) fn plan(project: &Project<'_>) -> Vec<ComposeCommand> {
    let mut commands: Vec<ComposeCommand> = Vec::new();
    for command in project.commands.iter().filter(|command| makes_containers(command)) {
        let known = commands.iter().any(|other| same(other, command));
        if !known && files_of(project, command).iter().any(|file| compose_file(project, file).is_some()) {
            commands.push(command.clone());
        }
    }
    commands
}

/// Whether the command's outcome depends on variables: `ps`, `logs` and `exec` take what runs already.
fn makes_containers(command: &ComposeCommand) -> bool {
    let subcommand = command.subcommand.as_deref();
    subcommand
        .is_none_or(|name| matches!(name, "up" | "run" | "create" | "build" | "config" | "convert" | "watch"))
}

fn same(one: &ComposeCommand, other: &ComposeCommand) -> bool {
    let sourced = |command: &ComposeCommand| {
        let key = |from: &crate::project::commands::Sourced| {
            (from.path.clone(), from.by_source, from.exported.clone())
        };
        command.sourced.iter().map(key).collect::<Vec<_>>()
    };
    let exported = |command: &ComposeCommand| {
        let all = command.exported.iter();
        all.map(|one| (one.name.clone(), one.value.clone())).collect::<Vec<_>>()
    };
    one.files == other.files
        && one.env_files == other.env_files
        && one.project_directory == other.project_directory
        && one.profiles == other.profiles
        && one.directory == other.directory
        && sourced(one) == sourced(other)
        && exported(one) == exported(other)
        && one.make == other.make
}

/// The compose files of a command: its own, or those that compose finds from the directory upwards.
pub(super) fn files_of(project: &Project<'_>, command: &ComposeCommand) -> Vec<String> {
    if !command.files.is_empty() {
        return command.files.clone();
    }
    if let Some(files) = configured_files(project, command) {
        return files;
    }
    let mut directory = command.project_directory.as_deref().unwrap_or(&command.directory);
    loop {
        let first = |names: &[&str]| {
            let mut paths = names.iter().map(|name| join(directory, name));
            paths.find(|path| project.file(path).is_some() || project.tree.kind(path).is_some())
        };
        if let Some(base) = first(DEFAULT_FILES) {
            return std::iter::once(base).chain(first(OVERRIDE_FILES)).collect();
        }
        if is_top(directory) {
            return Vec::new();
        }
        directory = parent(directory);
    }
}

/// The files that `COMPOSE_FILE` names: in the last `--env-file` that has it, else in the `.env` where the
/// command runs, or that of `--project-directory`. Its paths start where the command runs all the same.
fn configured_files(project: &Project<'_>, command: &ComposeCommand) -> Option<Vec<String>> {
    let made = |name: &str| {
        let made = command.make.variables.iter().find(|one| one.name == name);
        made.and_then(|one| one.value.clone())
    };
    let exported = command.exported.iter().rev().find(|one| one.name == DISABLE);
    let told = exported.map_or_else(|| made(DISABLE), |one| one.value.clone());
    let default = [own_dotenv(command)];
    let files = match &command.env_files {
        given if !given.is_empty() => given.as_slice(),
        _ if told.as_deref().and_then(truth) == Some(true) => &[],
        _ => default.as_slice(),
    };
    let written = |name: &str| {
        files.iter().rev().find_map(|path| {
            let text = project.file(path)?.source.text();
            // Names are written as they are: a file without the word need not be loaded whole.
            let loaded = text.contains(name).then(|| env::load(text, Loader::Compose, &|_| None))?;
            loaded.variable(name)?.value.clone()
        })
    };
    let named = |name: &str| made(name).or_else(|| written(name));
    let list = named("COMPOSE_FILE").filter(|list| !list.is_empty())?;
    let separator = named("COMPOSE_PATH_SEPARATOR").filter(|separator| !separator.is_empty());
    let paths = list.split(separator.as_deref().unwrap_or(":"));
    Some(paths.map(|path| join(&command.directory, path)).collect())
}

/// What compose takes a variable for that says yes or no; it refuses all others.
pub(super) fn truth(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The `.env` that compose looks into before it knows its files.
fn own_dotenv(command: &ComposeCommand) -> String {
    join(command.project_directory.as_deref().unwrap_or(&command.directory), ".env")
}

/// The commands without any `-f` for which a `.env` names compose files that are all there, with these files.
fn configured(project: &Project<'_>) -> Vec<(ComposeCommand, Vec<String>)> {
    let own = project.files.iter().map(|file| file.source.path()).filter(|path| file_name(path) == ".env");
    let commands = own.map(|path| assume(parent(path), Vec::new()));
    let named = commands.filter_map(|command| {
        let files = configured_files(project, &command)?;
        files.iter().all(|path| compose_file(project, path).is_some()).then_some((command, files))
    });
    named.collect()
}

/// Files that are there, were not read, and that resolution needs.
pub(super) fn wanted(project: &Project<'_>) -> Vec<String> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for environment in &project.environments {
        wanted.extend(environment.unread.iter().cloned());
    }
    for command in project.commands.iter().filter(|command| makes_containers(command)) {
        wanted.extend(files_of(project, command));
        wanted.insert(own_dotenv(command));
    }
    let there =
        |path: &String| project.file(path).is_none() && project.tree.kind(path) == Some(PathKind::File);
    wanted.into_iter().filter(there).collect()
}

/// The compose document at a path.
pub(super) fn compose_file<'project>(
    project: &'project Project<'_>,
    path: &str,
) -> Option<&'project ComposeFile> {
    match &project.file(path)?.document {
        Document::Compose(compose) => Some(compose),
        _ => None,
    }
}

/// The commands that the names of the files suggest which are not in `used`.
pub(super) fn assumed(project: &Project<'_>, used: &BTreeSet<String>) -> Vec<ComposeCommand> {
    let mut directories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in &project.files {
        if let Document::Compose(compose) = &file.document
            && !(compose.services.is_empty() && compose.includes.is_empty())
        {
            directories.entry(parent(file.source.path())).or_default().push(file.source.path());
        }
    }
    let configured = configured(project);
    let named: BTreeSet<&String> = configured.iter().flat_map(|(_, files)| files).collect();
    let new = configured.iter().filter(|(_, files)| files.iter().any(|path| !used.contains(path)));
    let mut commands: Vec<ComposeCommand> = new.map(|(command, _)| command.clone()).collect();
    for (directory, paths) in directories {
        let is_open = |path: &&str| !used.contains(*path) && !named.iter().any(|named| named == path);
        let open: Vec<&str> = paths.iter().copied().filter(is_open).collect();
        if paths.len() > ASSUMED_LIMIT {
            commands.extend(open.iter().map(|path| assume(directory, vec![(*path).to_owned()])));
            continue;
        }
        let named = |names: &[&str]| {
            names.iter().find_map(|name| paths.iter().copied().find(|path| file_name(path) == *name))
        };
        let base = named(DEFAULT_FILES);
        for path in open {
            let overrides = OVERRIDE_FILES.contains(&file_name(path));
            match base {
                Some(base) if path == base => commands.push(assume(directory, vec![base.to_owned()])),
                Some(base) if overrides || !stands_alone(project, path) => {
                    commands.push(assume(directory, vec![base.to_owned(), path.to_owned()]));
                }
                _ => commands.push(assume(directory, vec![path.to_owned()])),
            }
        }
    }
    commands
}

/// The files that others include or extend. What compose would find by itself where the other file lies, or
/// further up from there, is a project of its own all the same.
pub(super) fn parts(project: &Project<'_>) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for file in &project.files {
        let Document::Compose(compose) = &file.document else { continue };
        let own = file.source.path();
        let included = compose.includes.iter().flat_map(|include| &include.paths);
        let extended = compose.services.iter().filter_map(|service| service.extends.as_ref()?.file.as_ref());
        for value in included.chain(extended) {
            let Ok(filled) = value.template.fill(&|_| None::<String>) else { continue };
            let path = join(parent(own), &filled.text);
            let above = parent(&path);
            let over = above.is_empty() || own.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
            if path != own && !(over && DEFAULT_FILES.contains(&file_name(&path))) {
                parts.insert(path);
            }
        }
    }
    parts
}

fn assume(directory: &str, files: Vec<String>) -> ComposeCommand {
    ComposeCommand { directory: directory.to_owned(), files, ..ComposeCommand::default() }
}

/// Whether a file is whole without a base: each service can run, and whatever it uses is in it.
fn stands_alone(project: &Project<'_>, path: &str) -> bool {
    let Some(compose) = compose_file(project, path) else { return false };
    let runs = |service: &Service| {
        let context = service.build.as_ref().is_some_and(|build| build.context.is_some());
        let cancelled = service.build.as_ref().is_some_and(|build| build.null);
        !cancelled && (service.image.is_some() || context || service.extends.is_some())
    };
    let whole = |service: &Service| {
        let uses = service.uses.iter().all(|used| {
            used.name.value == "default" || compose.resource(used.kind, &used.name.value).is_some()
        });
        uses && service.depends_on.iter().all(|other| compose.service(&other.name.value).is_some())
    };
    compose.services.iter().all(|service| runs(service) && whole(service))
}
