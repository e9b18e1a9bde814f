//! A project without a check: its files read and its commands resolved, for commands that only look.
//!
//! Not here: rules, findings.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::env::EnvFile;
use crate::document::env_uses;
use crate::project::commands::ComposeCommand;
use crate::project::resolve::{self, Caller, Environment};
use crate::project::{File, Project, Role};
use crate::source::{PathKind, Source, Tree, file_name};

use super::{Input, Settings, Unreadable, load, named, resolve_commands};

/// How many times files may name files that name files: as deep as compose files may include each other.
const ROUNDS: usize = 20;

/// Reads `inputs` and what they refer to, and resolves the commands that are configured and found.
///
/// # Errors
///
/// Where one of `inputs` cannot be read.
pub fn gather<'a>(
    inputs: &[Input],
    settings: &mut Settings,
    tree: &'a dyn Tree,
) -> Result<Project<'a>, Unreadable> {
    let asked = load::Asked { rules: &[], own: None, wanted: &|_| true, texts: false, env: false };
    let mut loaded = load::load(inputs, &asked, tree)?;
    let files = std::mem::take(&mut loaded.files);
    let mut project = Project::new(files, settings.expectations.clone(), tree);
    project.repository = settings.repository.take();
    resolve_commands(&mut project, &settings.environments, tree);
    if named::take_up(inputs, &asked, tree, &mut project, &mut loaded)? {
        resolve_commands(&mut project, &settings.environments, tree);
    }
    Ok(project)
}

/// Resolves one command, reading every file that it needs into `project`. What stays in
/// [`Environment::unread`] is there and cannot be read.
#[must_use]
pub fn resolve_command(project: &mut Project<'_>, command: &ComposeCommand, caller: &Caller) -> Environment {
    let mut tried: BTreeSet<String> = BTreeSet::new();
    let mut environment = resolve::resolve_command(project, command, caller);
    for _ in 0..ROUNDS {
        let open = environment.unread.iter().filter(|path| !tried.contains(*path));
        let open: BTreeSet<String> = open.cloned().collect();
        if open.is_empty() {
            break;
        }
        let more: Vec<File> = open.iter().filter_map(|path| read(path, &environment, project.tree)).collect();
        tried.extend(open);
        project.add(more);
        environment = resolve::resolve_command(project, command, caller);
    }
    environment
}

/// Reads a file as what the command takes it for, whatever it is called.
fn read(path: &str, environment: &Environment, tree: &dyn Tree) -> Option<File> {
    if tree.kind(path) != Some(PathKind::File) {
        return None;
    }
    let source = Source::from_bytes(path, tree.read(path).ok()?);
    let given = environment.files.iter().any(|file| file == path);
    let is_env = environment.interpolation.iter().any(|file| file == path)
        || environment.services.iter().flat_map(|service| &service.env_files).any(|file| file.path == path);
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let document = if given || (yaml && !is_env) {
        Document::Compose(ComposeFile::parse(source.text()))
    } else {
        Document::Env(EnvFile::parse(source.text()))
    };
    let (role, env_uses) = (Role::Plain, env_uses::find(file_name(path), source.text()));
    Some(File { source, document, role, env_uses, tracked: None, mode: None, checked: false })
}
