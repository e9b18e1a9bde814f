//! One command's files read, in order, with what they extend and include.
//!
//! Not here: the merge of one service, and env files' contents.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::compose::template::{Operator, Refusal};
use crate::document::compose::{ComposeFile, Include, Service};
use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::project::{layers, refusals};
use crate::source::{Span, join, parent};

use super::draft::{Draft, Place, fill_text};
use super::names::{names, presence};
use super::plan::{compose_file, files_of};
use super::{Blank, Caller, Environment, Names, Presence, Trouble, TroubleKind, service};

/// How deep files may include and services extend.
const DEPTH_LIMIT: usize = 16;

/// How many files one command may load, each inclusion anew.
const FILE_LIMIT: usize = 300;

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
    names(project, &command, caller, &mut environment);
    environment.command = command;
    let mut names = std::mem::take(&mut environment.names);
    let name = project_name(project, &files, &join(&caller.directory, &directory), &names);
    names.otherwise("COMPOSE_PROJECT_NAME", &name);
    let extended_files = files.iter().cloned().collect();
    let mut loader = Loader { project, environment, drafts: BTreeMap::new(), loaded: 0, extended_files };
    for file in &files {
        loader.file(file, &directory, &names, 0);
    }
    let Loader { mut environment, drafts, .. } = loader;
    let profiles = profiles(&environment.command, &names);
    environment.names = names;
    let mut budget = BUDGET;
    for (name, draft) in drafts {
        let (path, span) = (draft.path.clone(), draft.span);
        let Some(service) = service::finish(project, &mut environment, &name, draft, &profiles, &mut budget)
        else {
            environment.troubles.push(Trouble { kind: TroubleKind::NotResolved, path, span, about: name });
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
    let Some(name) = layer.and_then(|layer| layer.value.as_deref()).filter(|name| !name.is_empty()) else {
        return;
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || matches!(byte, b'-' | b'_'));
    if fits {
        return;
    }
    let declared = environment
        .files
        .iter()
        .rev()
        .find_map(|file| Some((file.clone(), compose_file(project, file)?.name.as_ref()?.span)));
    let set = layer.filter(|layer| !layer.origin.path.is_empty());
    let set = set.map(|layer| (layer.origin.path.clone(), layer.origin.span));
    let (path, span) = set.or(declared).unwrap_or_default();
    let about = "the project's name is refused: compose wants lower case, digits, `-` and `_`".to_owned();
    environment.troubles.push(Trouble { kind: TroubleKind::Refused, path, span, about });
}

/// What compose refuses once all files are laid over each other.
fn refusals(project: &Project<'_>, environment: &mut Environment) {
    let services = layers::services(project, environment);
    let mut all = refusals::nothing(project, environment, &services);
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
        let name = compose_file(project, file)?.name.as_ref()?;
        fill_text(name, Place { path: file, directory, names })
    });
    declared.unwrap_or_else(|| {
        let base = crate::source::file_name(directory);
        let kept = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        base.to_lowercase().chars().filter(kept).collect()
    })
}

struct Loader<'a, 'project> {
    project: &'a Project<'project>,
    environment: Environment,
    drafts: BTreeMap<String, Draft>,
    loaded: usize,
    /// The files that were read because a service extends one of theirs, and those of the command.
    extended_files: BTreeSet<String>,
}

impl<'a> Loader<'a, '_> {
    fn trouble(&mut self, kind: TroubleKind, path: &str, span: Span, about: &str) {
        let trouble = Trouble { kind, path: path.to_owned(), span, about: about.to_owned() };
        if !self.environment.troubles.contains(&trouble) {
            self.environment.troubles.push(trouble);
        }
    }

    fn note_unread(&mut self, path: &str) {
        if presence(self.project, path) == Presence::Unread {
            self.environment.unread.push(path.to_owned());
        }
    }

    fn file(&mut self, path: &str, directory: &str, names: &Names, depth: usize) {
        let Some(compose) = compose_file(self.project, path) else {
            let (place, span) = (self.environment.command.path.clone(), self.environment.command.span);
            self.note_unread(path);
            self.trouble(TroubleKind::NoFile, &place, span, path);
            return;
        };
        let place = Place { path, directory, names };
        self.look_at(compose, place);
        for include in &compose.includes {
            self.include(include, place, depth);
        }
        for service in &compose.services {
            if service.tag.as_deref() == Some("!reset") {
                self.drafts.remove(&service.name.value);
                continue;
            }
            let mut draft = self.drafts.remove(&service.name.value).unwrap_or_default();
            self.extended(&mut draft, service, compose, place, depth);
            self.drafts.insert(service.name.value.clone(), draft);
        }
    }

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
            match value.template.fill(&|name| place.names.value(name)) {
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
                Err(Refusal::TooLong) => {
                    self.trouble(TroubleKind::NotResolved, place.path, value.span, "");
                }
            }
        }
    }

    /// Lays a service over the draft, after the one it extends.
    fn extended(
        &mut self,
        draft: &mut Draft,
        service: &Service,
        compose: &'a ComposeFile,
        place: Place<'_>,
        depth: usize,
    ) {
        if service.tag.as_deref() == Some("!override") {
            *draft = Draft::default();
        }
        if let Some(extends) = &service.extends {
            if depth >= DEPTH_LIMIT {
                self.trouble(TroubleKind::NotResolved, place.path, extends.span, "extends");
                return;
            }
            let name = &extends.service.value;
            let other = match &extends.file {
                None => Some((compose, place.path.to_owned(), place.directory.to_owned())),
                Some(file) => fill_text(file, place).and_then(|file| {
                    let path = join(place.directory, &file);
                    let directory = parent(&path).to_owned();
                    self.note_unread(&path);
                    compose_file(self.project, &path).map(|compose| (compose, path, directory))
                }),
            };
            let base = other.as_ref().and_then(|(compose, ..)| compose.service(name));
            let (Some(base), Some((compose, path, directory))) = (base, &other) else {
                let file = extends.file.as_ref().and_then(|file| fill_text(file, place));
                self.missing_part(file, place, extends.span, name);
                draft.lay(service, place);
                return;
            };
            let place = Place { path, directory, names: place.names };
            // Compose reads the whole file for the one service.
            if self.extended_files.insert(path.clone()) {
                self.look_at(compose, place);
            }
            self.extended(draft, base, compose, place, depth + 1);
        }
        draft.lay(service, place);
    }

    /// Says that what `extends` names is not there: the file, or the service in it.
    fn missing_part(&mut self, file: Option<String>, place: Place<'_>, span: Span, service: &str) {
        let path = file.map(|file| join(place.directory, &file));
        let read = path.as_ref().is_none_or(|path| compose_file(self.project, path).is_some());
        match path {
            Some(path) if !read && self.is_missing(&path) => {
                let about = format!("`extends` names `{path}`, which is not there");
                self.trouble(TroubleKind::MissingPart, place.path, span, &about);
            }
            _ if read => {
                let about = format!("`extends` names the service `{service}`, which is not there");
                self.trouble(TroubleKind::MissingPart, place.path, span, &about);
            }
            _ => self.trouble(TroubleKind::NotResolved, place.path, span, "extends"),
        }
    }

    /// Whether a path of this project leads to nothing; what lies outside of it is not known.
    fn is_missing(&self, path: &str) -> bool {
        !path.starts_with("..") && presence(self.project, path) == Presence::Missing
    }

    fn include(&mut self, include: &Include, place: Place<'_>, depth: usize) {
        let paths: Option<Vec<String>> = include.paths.iter().map(|path| fill_text(path, place)).collect();
        let paths: Vec<String> =
            paths.unwrap_or_default().iter().map(|path| join(place.directory, path)).collect();
        for path in &paths {
            self.note_unread(path);
        }
        if let Some(path) = paths.iter().find(|path| self.is_missing(path)) {
            let about = format!("`include` names `{path}`, which is not there");
            self.trouble(TroubleKind::MissingPart, place.path, include.span, &about);
            return;
        }
        let readable = |path: &String| compose_file(self.project, path).is_some();
        self.loaded += paths.len();
        if depth >= DEPTH_LIMIT || self.loaded > FILE_LIMIT || paths.is_empty() || !paths.iter().all(readable)
        {
            self.trouble(TroubleKind::NotResolved, place.path, include.span, "include");
            return;
        }
        let given = include.project_directory.as_ref().and_then(|value| fill_text(value, place));
        let first = paths.first().map_or("", |path| parent(path));
        let directory = given.map_or_else(|| first.to_owned(), |given| join(place.directory, &given));
        let mut files: Vec<String> = include
            .env_files
            .iter()
            .filter_map(|file| fill_text(file, place))
            .map(|file| join(place.directory, &file))
            .collect();
        if files.is_empty() {
            files.push(join(&directory, ".env"));
            files.retain(|file| presence(self.project, file) != Presence::Missing);
        }
        let names = place.names.with_files(self.project, &files, &mut self.environment);
        for path in &paths {
            self.file(path, &directory, &names, depth + 1);
        }
    }
}
