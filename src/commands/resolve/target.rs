//! Which compose commands `resolve` and `why` are about.
//!
//! Not here: what the commands make of the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::Where;
use crate::engine::{self, Settings};
use crate::files::{self, DiskTree, Walk, relative};
use crate::project::Project;
use crate::project::commands::{ComposeCommand, Exported};
use crate::project::resolve::{self, Caller, Environment};
use crate::source::{PathKind, Span, Tree, join, parent};

use super::super::configuration::{self, Loaded};
use super::super::{Error, check, inputs, working_directory};

/// The project and what its commands make of it.
pub(in super::super) struct Targets<'a> {
    pub(in super::super) project: Project<'a>,
    pub(in super::super) environments: Vec<Environment>,
}

/// The whole disk: a compose file may name any file of it, and who asks what compose would do has to be
/// told what compose would read. Nothing but regular files is opened.
pub(in super::super) fn disk() -> Result<DiskTree, Error> {
    Ok(DiskTree::new(["/"])?)
}

/// Finds the commands and resolves them. `whole` asks for the project around them in any case.
pub(in super::super) fn targets<'a>(
    asked: &Where,
    whole: bool,
    disk: &'a DiskTree,
) -> Result<Targets<'a>, Error> {
    let here = working_directory()?;
    let caller = caller(asked, &here)?;
    let mut typed = typed(asked, &caller, &here)?;
    let described = described(asked);
    let mut project = Project::new(Vec::new(), crate::project::expectations::Expectations::default(), disk);
    if whole || !described {
        let loaded = configured(&here, disk)?;
        let configured = loaded.config.commands.clone();
        if typed.files.is_empty() && resolve::files_of(&project, &typed).is_empty() {
            further_up(&project, &mut typed, &here);
        }
        let chosen = described || (configured.is_empty() && !resolve::files_of(&project, &typed).is_empty());
        if whole || (configured.is_empty() && !chosen) {
            project = gathered(&loaded, &here, disk)?;
        }
        if !chosen || (whole && !described) {
            let found = std::mem::take(&mut project.environments);
            let commands = if found.is_empty() {
                configured
            } else {
                found.into_iter().map(|environment| environment.command).collect()
            };
            let environments = all(&mut project, &commands, &caller);
            if environments.is_empty() {
                return Err(Error::NoComposeFile);
            }
            return Ok(Targets { project, environments });
        }
    }
    let environment = engine::resolve_command(&mut project, &typed, &caller);
    if environment.files.is_empty() {
        return Err(Error::NoComposeFile);
    }
    Ok(Targets { project, environments: vec![environment] })
}

/// What compose finds by itself further up than the working directory, as one would have to type it: the compose
/// files, and where there is a `.env` here that one too, which counts before the one beside them.
fn further_up(project: &Project<'_>, typed: &mut ComposeCommand, here: &Path) {
    let folders = (1..here.components().count()).map(|count| vec![".."; count].join("/"));
    let files = |folder| {
        resolve::files_of(project, &ComposeCommand { project_directory: Some(folder), ..typed.clone() })
    };
    typed.files = folders.map(files).find(|files| !files.is_empty()).unwrap_or_default();
    let (Some(first), true) = (typed.files.first(), typed.env_files.is_empty()) else { return };
    let there = |path: &String| project.tree.kind(path) == Some(PathKind::File);
    let (beside, own) = (join(parent(first), ".env"), ".env".to_owned());
    if there(&own) {
        typed.env_files = [beside, own].into_iter().filter(there).collect();
    }
}

/// The whole project, for what is not about one command.
pub(in super::super) fn whole(disk: &DiskTree) -> Result<Project<'_>, Error> {
    let here = working_directory()?;
    gathered(&configured(&here, disk)?, &here, disk)
}

/// The nearest configuration. One with mistakes would have us tell of other commands than those that are meant.
fn configured(here: &Path, disk: &DiskTree) -> Result<Loaded, Error> {
    let loaded = configuration::load(None, "", Some(&configuration::top(here)?), here, disk)?;
    match &loaded.source {
        Some(source) if loaded.is_mistaken() => Err(Error::Config { path: source.path().to_owned() }),
        _ => Ok(loaded),
    }
}

fn all(project: &mut Project<'_>, commands: &[ComposeCommand], caller: &Caller) -> Vec<Environment> {
    commands.iter().map(|command| engine::resolve_command(project, command, caller)).collect()
}

/// Whether the options describe a command.
fn described(asked: &Where) -> bool {
    !asked.files.is_empty()
        || !asked.env_files.is_empty()
        || asked.project_directory.is_some()
        || !asked.profiles.is_empty()
        || !asked.set.is_empty()
        || asked.shell
}

/// The project: what lies below its configuration, or where there is none below the working directory, and is not
/// excluded.
fn gathered<'a>(loaded: &Loaded, here: &Path, disk: &'a dyn Tree) -> Result<Project<'a>, Error> {
    let config = &loaded.config;
    let folder = if loaded.folder.is_empty() { "." } else { &loaded.folder };
    let listed = inputs::list(&[PathBuf::from(folder)], &Walk::default(), here)?;
    let mut settings = Settings {
        expectations: config.expectations.clone(),
        environments: config.commands.clone(),
        repository: listed.repository,
        ..Settings::default()
    };
    let files = check::wanted(listed.files, config);
    let readable = files.into_iter().filter(|input| disk.kind(&input.path) == Some(PathKind::File));
    Ok(engine::gather(&readable.collect::<Vec<_>>(), &mut settings, disk)?)
}

fn caller(asked: &Where, here: &Path) -> Result<Caller, Error> {
    let mut shell: BTreeMap<String, String> = BTreeMap::new();
    if asked.shell {
        let variables = std::env::vars_os();
        shell.extend(
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        );
    }
    for set in &asked.set {
        let Some((name, value)) = set.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Error::NotAnAssignment);
        };
        shell.insert(name.to_owned(), value.to_owned());
    }
    Ok(Caller { shell, directory: here.to_string_lossy().into_owned() })
}

/// The command that the options describe.
fn typed(asked: &Where, caller: &Caller, here: &Path) -> Result<ComposeCommand, Error> {
    let paths =
        |paths: &[PathBuf]| -> Vec<String> { paths.iter().map(|path| relative(path, here)).collect() };
    for path in asked.files.iter().chain(&asked.env_files) {
        files::stat(path)?;
    }
    let mut env_files = paths(&asked.env_files);
    if env_files.is_empty() {
        let list = caller.shell.get("COMPOSE_ENV_FILES").map(String::as_str).unwrap_or_default();
        let named = list.split(',').filter(|path| !path.is_empty());
        env_files = named.map(|path| relative(Path::new(path), here)).collect();
    }
    // Which files compose looks for hangs on it.
    let switch = "COMPOSE_DISABLE_ENV_FILE";
    let exported = caller.shell.get(switch).map(|value| Exported {
        name: switch.to_owned(),
        value: Some(value.clone()),
        set: true,
        span: Span::default(),
        prefix: true,
    });
    Ok(ComposeCommand {
        exported: exported.into_iter().collect(),
        files: paths(&asked.files),
        env_files,
        project_directory: asked.project_directory.as_ref().map(|path| relative(path, here)),
        profiles: asked.profiles.clone(),
        ..ComposeCommand::default()
    })
}
