//! DEP002: `compose up` is not given the env file that the project keeps elsewhere.
//!
//! That file is not in the repository, so nothing but the project's other commands, or the example beside it,
//! says that it is there. Where the file can be read, CMP005 says what it would have brought.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::commands::ComposeCommand;
use crate::project::resolve::Environment;
use crate::project::{Project, Role};
use crate::source::{PathKind, Span, join};

use super::{Rule, meta};

/// What stands behind the name of an env file in its example's.
const EXAMPLES: &[&str] = &[".example", ".sample", ".template", ".dist"];

/// The rule.
#[derive(Debug)]
pub(super) struct UpWithoutEnvFile;

impl Rule for UpWithoutEnvFile {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP002",
            "up-without-env-file",
            Error,
            Certain,
            "the containers start without the env file that the project keeps"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = BTreeSet::new();
        for environment in &project.environments {
            let command = &environment.command;
            let starts = matches!(command.subcommand.as_deref(), Some("up" | "create" | "run"));
            let made = command.make.included.iter().any(|included| !included.kept_back);
            let given = !command.env_files.is_empty() || !command.sourced.is_empty() || made;
            let checked = project.file(&command.path).is_some_and(|file| file.checked);
            if !starts || given || !checked || environment.assumed() {
                continue;
            }
            let Some((name, place)) = unfilled(project, environment) else { continue };
            let Some(kept) = kept(project, environment, &name) else { continue };
            if seen.insert((command.path.clone(), command.span)) {
                let message =
                    format!("this command does not read `{}`, so `${{{name}}}` is not filled", kept.path);
                let finding = found.push_in(command.path.as_str(), command.span, message);
                let subcommand = command.subcommand.as_deref().unwrap_or("up");
                finding.help(format!("add it: `docker compose --env-file {} … {subcommand}`", kept.path));
                finding.label(place.0, place.1, "needed here");
                if let Some((path, span)) = kept.said {
                    finding.label(path, span, "this command reads it");
                }
            }
        }
    }
}

/// The first name that `${…}` uses and nothing fills; a fallback that arrives instead is no better.
fn unfilled(project: &Project<'_>, environment: &Environment) -> Option<(String, (String, Span))> {
    for path in &environment.files {
        let Some(Document::Compose(compose)) = project.file(path).map(|file| &file.document) else {
            continue;
        };
        for value in &compose.templates {
            for variable in value.template.value_variables() {
                if environment.names.get(&variable.name).is_none() {
                    return Some((variable.name.clone(), (path.clone(), variable.span)));
                }
            }
        }
    }
    None
}

/// An env file that the project keeps, and the command that says so.
struct Kept {
    path: String,
    said: Option<(String, Span)>,
}

/// The env file that another command for the same compose files reads, or that a service of theirs names and
/// whose example has the name. It is one that nobody can look into from here.
fn kept(project: &Project<'_>, environment: &Environment, name: &str) -> Option<Kept> {
    let own = join(&environment.project_directory, ".env");
    let hidden = |path: &String| *path != own && project.tree.kind(path).is_none();
    // The file that compose would take by itself may be on the server as well.
    if project.tree.kind(&own) == Some(PathKind::File) {
        return None;
    }
    let own_command = &environment.command;
    let same = |other: &&ComposeCommand| {
        other.files == own_command.files
            && (!other.files.is_empty() || other.directory == own_command.directory)
    };
    for other in project.commands.iter().filter(same) {
        if let Some(path) = other.env_files.iter().find(|path| hidden(path)) {
            return Some(Kept { path: path.clone(), said: Some((other.path.clone(), other.span)) });
        }
    }
    let named = environment.services.iter().flat_map(|service| &service.env_files);
    named.map(|file| &file.path).filter(|path| hidden(path)).find_map(|path| {
        let shown = EXAMPLES.iter().any(|ending| example_has(project, &format!("{path}{ending}"), name));
        shown.then(|| Kept { path: path.clone(), said: None })
    })
}

fn example_has(project: &Project<'_>, path: &str, name: &str) -> bool {
    project.file(path).filter(|file| file.role == Role::Example).is_some_and(|file| match &file.document {
        Document::Env(env) => env.entries.iter().any(|entry| entry.key == name),
        _ => false,
    })
}
