//! `envgate resolve`: what each service really gets.
//!
//! Not here: working it out; `project::resolve` does that.

mod target;
mod views;

use std::collections::BTreeSet;
use std::io::Write;

use crate::cli::{Resolve, TableFormat, When};
use crate::project::Project;
use crate::project::resolve::{Environment, TroubleKind, Variable};
use crate::render;

use super::{Error, Status, terminal};

pub(super) use target::{Targets, disk, targets, whole};
pub(super) use views::{command_text, place, refusals};

pub(super) fn run(arguments: &Resolve, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let disk = disk()?;
    let Targets { project, environments } = targets(&arguments.command, false, &disk)?;
    for environment in &environments {
        readable(environment, &project)?;
    }
    let wanted = arguments.command.service.as_deref();
    let views: Vec<_> = environments
        .iter()
        .map(|environment| views::environment(environment, &project, wanted, arguments.command.reveal))
        .collect();
    if let Some(name) = wanted {
        let there = |environment: &Environment| environment.service(name).is_some();
        if !environments.iter().any(there) && views.iter().all(|view| view.refusals.is_empty()) {
            return Err(no_such_service(name, &environments));
        }
    }
    match arguments.format {
        TableFormat::Human => render::environments(&views, &terminal::options(color), out)?,
        TableFormat::Json => render::environments_json(&views, out)?,
    }
    out.flush()?;
    let refused: Vec<String> =
        views.iter().flat_map(|view| &view.refusals).map(views::refusal_text).collect();
    if !refused.is_empty() {
        return Err(Error::Refused { reasons: refused });
    }
    let shown = environments.iter().flat_map(|environment| &environment.services);
    let shown = shown.filter(|service| wanted.map_or(!service.disabled, |name| service.name == name));
    match not_known(shown.flat_map(|service| &service.variables), &project) {
        Some(error) => Err(error),
        None => Ok(Status::Clean),
    }
}

/// The error for values that are only known when a script runs. What each machine sets for itself is no such value.
pub(super) fn not_known<'a>(
    variables: impl Iterator<Item = &'a Variable>,
    project: &Project<'_>,
) -> Option<Error> {
    let open = variables.filter_map(|variable| {
        let origin = variable.hangs_on().filter(|origin| !origin.path.is_empty())?;
        Some(format!("`{}` ({})", variable.key, place(project, &origin.path, origin.span.start)))
    });
    let open: BTreeSet<String> = open.collect();
    (!open.is_empty()).then(|| Error::NotKnown(open.into_iter().collect::<Vec<_>>().join(", ")))
}

/// A name that no service has, with those that there are.
pub(super) fn no_such_service(name: &str, environments: &[Environment]) -> Error {
    let known = environments.iter().flat_map(|environment| &environment.services);
    let known: BTreeSet<&String> = known.map(|service| &service.name).collect();
    Error::NoSuchService { name: name.to_owned(), known: known.into_iter().cloned().collect() }
}

/// What is there and cannot be read, or goes beyond what is worked out here, is no answer.
pub(super) fn readable(environment: &Environment, project: &Project<'_>) -> Result<(), Error> {
    let unread: Vec<&str> =
        environment.unread.iter().filter(|path| project.file(path).is_none()).map(String::as_str).collect();
    if !unread.is_empty() {
        return Err(Error::NotRead { paths: unread.join("`, `") });
    }
    let open = environment.troubles.iter().find(|trouble| trouble.kind == TroubleKind::NotResolved);
    match open {
        Some(trouble) => Err(Error::NotResolved(place(project, &trouble.path, trouble.span.start))),
        None => Ok(()),
    }
}
