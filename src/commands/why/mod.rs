//! `envgate why`: the story of one variable.
//!
//! Not here: how values are resolved, and how a story is written.

mod advice;
mod telling;

use std::io::Write;

use crate::cli::{When, Why};
use crate::project::Project;
use crate::project::resolve::{Environment, Service};
use crate::render::{self, Part, Story};

use super::resolve::{Targets, command_text, disk, place, readable, refusals, targets};
use super::{Error, Status, terminal};

pub(super) fn run(arguments: &Why, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let disk = disk()?;
    let Targets { project, environments } = targets(&arguments.command, true, &disk)?;
    let mut stories: Vec<Story> = Vec::new();
    for environment in &environments {
        readable(environment, &project)?;
        let telling = telling::Telling {
            key: &arguments.key,
            project: &project,
            environment,
            environments: &environments,
            reveal: arguments.command.reveal,
        };
        for service in wanted(environment, arguments) {
            let Some(variable) = service.variable(&arguments.key) else { continue };
            let story = telling.variable(service, variable);
            add(&mut stories, story);
        }
        if let Some(story) = refused(environment, &project) {
            add(&mut stories, story);
        }
    }
    if stories.is_empty() {
        stories.push(nowhere(&arguments.key, &environments, arguments.command.service.as_deref()));
    }
    let options = terminal::options(color);
    for (nth, story) in stories.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        render::story(story, &options, out)?;
    }
    let wrong = stories.iter().any(|story| story.advice.is_some());
    Ok(if wrong { Status::Findings } else { Status::Clean })
}

fn wanted<'a>(environment: &'a Environment, arguments: &'a Why) -> impl Iterator<Item = &'a Service> {
    let named = arguments.command.service.as_deref();
    environment.services.iter().filter(move |service| match named {
        Some(name) => service.name == name,
        None => !service.disabled,
    })
}

/// Adds a story; one that went the same way elsewhere only lends its title.
fn add(stories: &mut Vec<Story>, story: Story) {
    let same = |known: &&mut Story| known.parts == story.parts && known.advice == story.advice;
    match stories.iter_mut().find(same) {
        Some(known) if known.title.split('\n').any(|title| title == story.title) => {}
        Some(known) => known.title.push_str(&format!("\n{}", story.title)),
        None => stories.push(story),
    }
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
    })
}

fn nowhere(key: &str, environments: &[Environment], service: Option<&str>) -> Story {
    let whom = service.map_or_else(|| "no service".to_owned(), |name| format!("not `{name}`"));
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
    Story {
        title: format!("`{key}` arrives nowhere: {whom} gets it"),
        parts: vec![Part { about: "who gets it", lines }],
        advice: Some(format!(
            "name `{key}` under the service's `environment`, or put it into a file of its `env_file`"
        )),
    }
}
