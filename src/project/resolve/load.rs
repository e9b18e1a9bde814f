//! One command's files read, in order, with what they extend and include.
//!
//! Not here: the merge of one service, and env files' contents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::compose::ComposeFile;
use crate::document::compose::template::{Operator, Refusal};
use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::project::{layers, nothing, refusals};
use crate::source::{Span, join, parent};

use super::draft::{Draft, Place, fill_text};
use super::names::names;
use super::plan::{compose_file, files_of};
use super::walk::{Watch, walk};
use super::{Blank, Caller, Environment, Names, Trouble, TroubleKind, service};

/// How many bytes of env files may be read for one command's services, each service anew, where a
/// variable counts for a hundred; more is no project.
const BUDGET: usize = 50_000_000;

/// What the command makes of the files.
pub(super) fn load(project: &Project<'_>, command: ComposeCommand, caller: &Caller) -> Environment {
    let files = shell_files(&command, caller).unwrap_or_else(|| files_of(project, &command));
    let directory = match (&command.project_directory, files.first()) {
        (Some(directory), _) => directory.clone(),
        (None, Some(first)) => parent(first).to_owned(),
        (None, None) => command.directory.clone(),
    };
    let mut environment =
        Environment { project_directory: directory.clone(), files: files.clone(), ..Environment::default() };
    let mut names = names(project, &command, caller, &mut environment);
    environment.command = command;
    let name = project_name(project, &files, &join(&caller.directory, &directory), &names);
    names.otherwise("COMPOSE_PROJECT_NAME", &name);
    let profiles = profiles(&environment.command, &names);
    environment.names = Arc::new(names);
    let names = Arc::clone(&environment.names);
    let extended_files = files.iter().cloned().collect();
    let mut reader = Reader { environment: &mut environment, extended_files };
    let drafts: BTreeMap<&str, Draft> = walk(project, &files, &directory, &names, &mut reader);
    let mut budget = BUDGET;
    for (name, draft) in drafts {
        let (path, span) = (draft.path.clone(), draft.span);
        let Some(service) = service::finish(project, &mut environment, name, draft, &profiles, &mut budget)
        else {
            environment.troubles.push(Trouble {
                kind: TroubleKind::NotResolved,
                path,
                span,
                about: name.to_owned(),
            });
            break;
        };
        environment.services.push(service);
    }
    refusals(project, &mut environment);
    project_name_refusal(project, &mut environment);
    environment
}

/// A project's name that compose refuses: the variable's, else the last `name:`.
fn project_name_refusal(project: &Project<'_>, environment: &mut Environment) {
    let layer = environment.names.get("COMPOSE_PROJECT_NAME");
    let Some(name) = layer.and_then(|layer| layer.value.as_deref()) else { return };
    let declared = environment
        .files
        .iter()
        .rev()
        .find_map(|file| Some((file.clone(), compose_file(project, file)?.name.as_ref()?.span)));
    if name.is_empty() && declared.is_none() {
        return;
    }
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'_'));
    if fits {
        return;
    }
    let set = layer.filter(|layer| !layer.origin.path.is_empty());
    let set = set.map(|layer| (layer.origin.path.clone(), layer.origin.span));
    let (path, span) = set.or(declared).unwrap_or_default();
    let about = "the project's name is refused: compose wants lower case, digits, `-` and `_`".to_owned();
    environment.troubles.push(Trouble { kind: TroubleKind::Refused, path, span, about });
}

/// What compose refuses once all files are laid over each other.
fn refusals(project: &Project<'_>, environment: &mut Environment) {
    let services = layers::services(project, environment);
    let mut all = nothing::nothing(project, environment);
    all.extend(refusals::refused(&services, &environment.names));
    let refused = all.into_iter().map(|one| Trouble {
        kind: TroubleKind::Refused,
        path: one.file.source.path().to_owned(),
        span: one.span,
        about: one.why.message(one.service),
    });
    let troubles: Vec<Trouble> = refused.collect();
    environment.troubles.extend(troubles);
}

/// The files that the shell's `COMPOSE_FILE` names.
fn shell_files(command: &ComposeCommand, caller: &Caller) -> Option<Vec<String>> {
    let list =
        caller.shell.get("COMPOSE_FILE").filter(|list| command.files.is_empty() && !list.is_empty())?;
    let separator = caller.shell.get("COMPOSE_PATH_SEPARATOR").filter(|one| !one.is_empty());
    let paths = list.split(separator.map_or(":", String::as_str));
    Some(paths.map(|path| join(&command.directory, path)).collect())
}

fn profiles(command: &ComposeCommand, names: &Names) -> Vec<String> {
    let more = names.value("COMPOSE_PROFILES").filter(|_| command.profiles.is_empty()).unwrap_or_default();
    let more = more.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    command.profiles.iter().cloned().chain(more).collect()
}

/// The project's name: the last `name:`, else the directory's name.
fn project_name(project: &Project<'_>, files: &[String], directory: &str, names: &Names) -> String {
    let declared = files.iter().rev().find_map(|file| {
        // One that is written as nothing is none; one that is filled in to nothing is an empty name.
        let name = compose_file(project, file)?.name.as_ref()?;
        let name = Some(name).filter(|name| name.template.as_literal() != Some(""))?;
        fill_text(name, Place { path: file, directory, names })
    });
    let name = declared.unwrap_or_else(|| crate::source::file_name(directory).to_owned());
    let kept = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let kept: String = name.to_lowercase().chars().filter(kept).collect();
    kept.trim_start_matches(['-', '_']).to_owned()
}

/// Puts what the walk meets into the environment.
struct Reader<'e> {
    environment: &'e mut Environment,
    /// The files that were read because a service extends one of theirs, and those of the command.
    extended_files: BTreeSet<String>,
}

impl<'a> Watch<'a> for Reader<'_> {
    fn file(&mut self, compose: &'a ComposeFile, place: Place<'_>, extended: bool) {
        // Compose reads the whole file for the one service.
        if !extended || self.extended_files.insert(place.path.to_owned()) {
            let path = place.path.to_owned();
            if extended {
                self.environment.extended_files.push(path);
            } else if !self.environment.uses(&path) {
                self.environment.included_files.push(path);
            }
            self.look_at(compose, place);
        }
    }

    fn unread(&mut self, path: &str) {
        self.environment.unread.push(path.to_owned());
    }

    fn trouble(&mut self, kind: TroubleKind, path: &str, span: Span, about: &str) {
        let command = &self.environment.command;
        let (path, span) =
            if kind == TroubleKind::NoFile { (command.path.as_str(), command.span) } else { (path, span) };
        let trouble = Trouble { kind, path: path.to_owned(), span, about: about.to_owned() };
        if !self.environment.troubles.contains(&trouble) {
            self.environment.troubles.push(trouble);
        }
    }

    fn included(&mut self, project: &Project<'_>, names: &Arc<Names>, files: &[String]) -> Arc<Names> {
        let names = names.with_files(project, files, self.environment);
        self.environment.included.push(Arc::clone(&names));
        names
    }
}

impl Reader<'_> {
    /// What compose refuses of a file as soon as it has read it.
    fn look_at(&mut self, compose: &ComposeFile, place: Place<'_>) {
        let path = place.path;
        if compose.broken || !compose.problems.is_empty() || !compose.duplicates.is_empty() {
            let problem = compose.problems.first().map(|problem| problem.span);
            let duplicate = compose.duplicates.first().map(|duplicate| duplicate.second);
            self.trouble(TroubleKind::Unreadable, path, problem.or(duplicate).unwrap_or_default(), path);
        }
        if let Some(misfit) = compose.misfits.first() {
            self.trouble(TroubleKind::Refused, path, misfit.span, &misfit.message);
        }
        self.templates(compose, place);
    }

    /// Fills in every text of the file, as compose does before it looks at any.
    fn templates(&mut self, compose: &ComposeFile, place: Place<'_>) {
        for value in &compose.templates {
            match value.template.fill_known(&|name| place.names.held(name)) {
                Ok(filled) => {
                    for variable in filled.looked_at {
                        let covered = matches!(
                            variable.operator,
                            Some(Operator::Default { .. } | Operator::Alternative { .. })
                        );
                        if !covered && place.names.get(&variable.name).is_none() {
                            self.environment.blanks.push(Blank {
                                name: variable.name.clone(),
                                path: place.path.to_owned(),
                                span: variable.span,
                            });
                        }
                    }
                }
                Err(Refusal::Missing { name, span }) => {
                    self.trouble(TroubleKind::MissingVariable, place.path, span, &name);
                }
                Err(Refusal::Invalid(error)) => {
                    self.trouble(TroubleKind::InvalidTemplate, place.path, error.span, "");
                }
                Err(Refusal::TooLong | Refusal::Unknown) => {
                    self.trouble(TroubleKind::NotResolved, place.path, value.span, "");
                }
            }
        }
    }
}
