//! `envgate why`: the story of one variable.
//!
//! Not here: how values are resolved, and how a story is written.

mod advice;
mod telling;

use std::io::Write;

use crate::cli::{When, Why};
use crate::document::Document;
use crate::files::DiskTree;
use crate::project::resolve::{Environment, Service, TroubleKind};
use crate::project::{Project, Role};
use crate::render::{self, Part, Story};

use super::resolve::{
    Targets, command_text, disk, no_such_service, not_known, place, readable, refusals, targets, whole,
};
use super::{Error, Status, terminal};

pub(super) fn run(arguments: &Why, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let disk = disk()?;
    let Targets { project, environments } = match targets(&arguments.command, true, &disk) {
        Err(Error::NoComposeFile) => without_compose(&arguments.key, &disk)?,
        targets => targets?,
    };
    let mut told: Vec<Told> = Vec::new();
    for environment in &environments {
        readable(environment, &project)?;
        let telling = telling::Telling {
            key: &arguments.key,
            project: &project,
            environment,
            environments: &environments,
            reveal: arguments.command.reveal,
        };
        // What a file would have said that is not there is not known.
        let lacks = environment.troubles.iter().any(|trouble| trouble.kind == TroubleKind::NoFile);
        for service in wanted(environment, arguments).filter(|_| !lacks) {
            let Some(variable) = service.variable(&arguments.key) else { continue };
            add(&mut told, telling.variable(variable), telling.command(), Some(&service.name));
        }
        if let Some(story) = refused(environment, &project) {
            let command = story.title.clone();
            add(&mut told, story, command, None);
        }
    }
    let mut stories: Vec<Story> = told.into_iter().map(|told| told.titled(&arguments.key)).collect();
    stories.sort_by_key(|story| story.advice.is_none());
    let named =
        arguments.command.service.as_deref().filter(|_| stories.is_empty() && !environments.is_empty());
    if let Some(name) = named.filter(|name| environments.iter().all(|one| one.service(name).is_none())) {
        return Err(no_such_service(name, &environments));
    }
    if stories.is_empty() {
        stories.push(nowhere(arguments, &project, &environments));
    }
    let options = terminal::options(color);
    for (nth, story) in stories.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        render::story(story, &options, out)?;
    }
    if stories.iter().any(|story| story.advice.is_some()) {
        return Ok(Status::Findings);
    }
    out.flush()?;
    let services = environments.iter().flat_map(|environment| wanted(environment, arguments));
    let variables = services.filter_map(|service| service.variable(&arguments.key));
    not_known(variables, &project).map_or(Ok(Status::Clean), Err)
}

fn wanted<'a>(environment: &'a Environment, arguments: &'a Why) -> impl Iterator<Item = &'a Service> {
    let named = arguments.command.service.as_deref();
    environment.services.iter().filter(move |service| match named {
        Some(name) => service.name == name,
        None => !service.disabled,
    })
}

/// A story, and for whom it goes this way: commands, each with its services.
struct Told {
    story: Story,
    whose: Vec<(String, Vec<String>)>,
}

impl Told {
    /// The story under one heading a command, however many services share it.
    fn titled(self, key: &str) -> Story {
        let heading = |(command, services): (String, Vec<String>)| {
            if services.is_empty() {
                command
            } else {
                format!("`{key}` in {}: {command}", services.join(", "))
            }
        };
        let title = self.whose.into_iter().map(heading).collect::<Vec<_>>().join("\n");
        Story { title, ..self.story }
    }
}

/// Adds a story; one that went the same way elsewhere only lends its command and service.
fn add(told: &mut Vec<Told>, story: Story, command: String, service: Option<&str>) {
    let same = |known: &Told| known.story.parts == story.parts && known.story.advice == story.advice;
    let at = told.iter().position(same).unwrap_or_else(|| {
        told.push(Told { story, whose: Vec::new() });
        told.len() - 1
    });
    let Some(known) = told.get_mut(at) else { return };
    let at = known.whose.iter().position(|(known, _)| *known == command).unwrap_or_else(|| {
        known.whose.push((command, Vec::new()));
        known.whose.len() - 1
    });
    let Some((_, services)) = known.whose.get_mut(at) else { return };
    services.extend(service.map(|name| format!("`{name}`")).filter(|name| !services.contains(name)));
}

fn refused(environment: &Environment, project: &Project<'_>) -> Option<Story> {
    let refusals = refusals(environment, project);
    let first = refusals.first()?;
    let lines = refusals
        .iter()
        .map(|refusal| match refusal.line {
            Some(line) => format!("{}:{line}: {}", refusal.path, refusal.message),
            None => refusal.message.clone(),
        })
        .collect();
    Some(Story {
        title: format!("{} starts nothing", command_text(&environment.command)),
        parts: vec![Part { about: "refused", lines }],
        advice: Some(format!("compose stops at the first of these: {}", first.message)),
        open: None,
    })
}

/// The project where no service is started, but an env file sets the variable.
fn without_compose<'a>(key: &str, disk: &'a DiskTree) -> Result<Targets<'a>, Error> {
    let project = whole(disk)?;
    let set = setting(&project, key).next().is_some();
    if set { Ok(Targets { project, environments: Vec::new() }) } else { Err(Error::NoComposeFile) }
}

/// The env files that set the variable, examples left out, each with its place.
fn setting<'a>(project: &'a Project<'_>, key: &'a str) -> impl Iterator<Item = (&'a str, usize)> {
    project.files.iter().filter(|file| file.role != Role::Example).filter_map(move |file| {
        match &file.document {
            Document::Env(env) => Some((file.source.path(), env.entry(key)?.key_span.start)),
            _ => None,
        }
    })
}

fn nowhere(arguments: &Why, project: &Project<'_>, environments: &[Environment]) -> Story {
    let key = &arguments.key;
    let service = arguments.command.service.as_deref();
    let mut lines: Vec<String> = environments
        .iter()
        .map(|environment| {
            let services = environment.services.iter().filter(|service| service.variable(key).is_some());
            let names: Vec<&str> = services.map(|service| service.name.as_str()).collect();
            let getting = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
            format!("{}: {getting}", command_text(&environment.command))
        })
        .collect();
    lines.dedup();
    let mut parts = Vec::new();
    if !lines.is_empty() {
        parts.push(Part { about: "who gets it", lines });
    }
    let (mut read, mut disagreeing) = (false, None);
    for (path, at) in setting(project, key) {
        parts.push(Part { about: "written", lines: vec![place(project, path, at)] });
        let told = telling::read_by(project, environments, path, key, arguments.command.reveal);
        let Some((lines, agree)) = told else { continue };
        parts.push(Part { about: "read by", lines });
        read = true;
        if !agree {
            disagreeing.get_or_insert(path);
        }
    }
    let title = if read && service.is_none() {
        format!("`{key}` is for programs that read the file themselves: no service gets it")
    } else if let Some(name) = service {
        format!("`{key}` does not arrive in `{name}`")
    } else {
        format!("`{key}` arrives nowhere: no service gets it")
    };
    let advice = match disagreeing {
        Some(path) => {
            Some(format!("write `{key}` in `{path}` so that all read the same: in single quotes, as a rule"))
        }
        None if read && service.is_none() => None,
        None => Some(format!(
            "name `{key}` under the service's `environment`, or put it into a file of its `env_file`"
        )),
    };
    Story { title, parts, advice, open: None }
}
