//! Which compose commands `resolve` and `why` are about.
//!
//! Not here: what the commands make of the files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::Where;
use crate::config::Config;
use crate::engine::{self, Settings};
use crate::files::{self, DiskTree, Walk, relative};
use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::project::resolve::{self, Caller, Environment};
use crate::source::{PathKind, Tree};

use super::super::{Error, configuration, inputs, working_directory};

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
    let typed = typed(asked, &caller, &here)?;
    let described = described(asked);
    let mut project = Project::new(Vec::new(), crate::project::expectations::Expectations::default(), disk);
    if whole || !described {
        let loaded = configuration::load(None, "", None, &here, disk)?;
        let configured = loaded.config.commands.clone();
        let chosen = described || (configured.is_empty() && !resolve::files_of(&project, &typed).is_empty());
        if whole || (configured.is_empty() && !chosen) {
            project = gathered(&loaded.config, &here, disk)?;
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

/// The whole project, for what is not about one command.
pub(in super::super) fn whole(disk: &DiskTree) -> Result<Project<'_>, Error> {
    let here = working_directory()?;
    let loaded = configuration::load(None, "", None, &here, disk)?;
    gathered(&loaded.config, &here, disk)
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

/// The project below the working directory.
fn gathered<'a>(config: &Config, here: &Path, disk: &'a dyn Tree) -> Result<Project<'a>, Error> {
    let listed = inputs::list(&[PathBuf::from(".")], &Walk::default(), here)?;
    let mut settings = Settings {
        expectations: config.expectations.clone(),
        environments: config.commands.clone(),
        repository: listed.repository,
        ..Settings::default()
    };
    let readable = listed.files.into_iter().filter(|input| disk.kind(&input.path) == Some(PathKind::File));
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
    Ok(ComposeCommand {
        files: paths(&asked.files),
        env_files,
        project_directory: asked.project_directory.as_ref().map(|path| relative(path, here)),
        profiles: asked.profiles.clone(),
        ..ComposeCommand::default()
    })
}
