//! `envgate why`: the story of one variable, service by service.
//!
//! Not here: working out what arrives; `project::resolve` does that.

use std::io::Write;

use crate::cli::{When, Why};
use crate::document::env::{Loader, load};
use crate::project::Project;
use crate::project::names::is_secret;
use crate::project::resolve::{Environment, Layer, OriginKind, Presence, Service, Variable};
use crate::project::shape::{Kind, Shape};
use crate::project::strength::Strength;
use crate::project::uses::sourced_at;
use crate::render::{self, Part, Story};

use super::resolve::{Targets, command_text, disk, place, targets};
use super::{Error, Status, terminal};

pub(super) fn run(arguments: &Why, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let disk = disk()?;
    let Targets { project, environments } = targets(&arguments.command, true, &disk)?;
    let teller = Teller { project: &project, key: &arguments.key, reveal: arguments.command.reveal };
    let wanted = arguments.command.service.as_deref();
    let stories: Vec<Story> =
        environments.iter().flat_map(|environment| teller.stories(environment, wanted)).collect();
    if stories.is_empty() {
        return Err(Error::NobodyGets { key: arguments.key.clone() });
    }
    let wrong = stories.iter().any(|story| story.advice.is_some());
    let options = terminal::options(color);
    for (nth, story) in stories.iter().enumerate() {
        if nth > 0 {
            writeln!(out)?;
        }
        render::story(story, &options, out)?;
    }
    out.flush()?;
    Ok(if wrong { Status::Findings } else { Status::Clean })
}

struct Teller<'a> {
    project: &'a Project<'a>,
    key: &'a str,
    reveal: bool,
}

impl Teller<'_> {
    /// The stories of one command; services with the same story share it.
    fn stories(&self, environment: &Environment, wanted: Option<&str>) -> Vec<Story> {
        let mut told: Vec<(Vec<&str>, Story)> = Vec::new();
        for service in &environment.services {
            let asked = wanted.map_or(!service.disabled, |name| service.name == name);
            let Some(variable) = service.variable(self.key).filter(|_| asked) else { continue };
            let story = self.tell(environment, service, variable);
            match told.iter_mut().find(|(_, other)| *other == story) {
                Some((services, _)) => services.push(&service.name),
                None => told.push((vec![&service.name], story)),
            }
        }
        let titled = |(services, story): (Vec<&str>, Story)| {
            let title = format!("{} in `{}`, {}", self.key, services.join("`, `"), story.title);
            Story { title, ..story }
        };
        told.into_iter().map(titled).collect()
    }

    /// The story of one service, under a title that does not name it yet.
    fn tell(&self, environment: &Environment, service: &Service, variable: &Variable) -> Story {
        let command = &environment.command;
        let title = if command.path.is_empty() {
            format!("started by `{}`", command_text(command))
        } else {
            format!("started by the command at {}", place(self.project, &command.path, command.span.start))
        };
        let parts = [
            ("looked for", Self::looked_for(environment, service)),
            ("found", self.found(variable)),
            ("won", vec![self.won(variable)]),
            ("hidden", variable.shadows.iter().map(|layer| self.layer(layer)).collect()),
            ("arrives", vec![self.value(&variable.arrives)]),
            ("read by", self.other_readers(variable)),
        ];
        let parts = parts.into_iter().filter(|(_, lines)| !lines.is_empty());
        Story {
            title,
            parts: parts.map(|(about, lines)| Part { about, lines }).collect(),
            advice: self.advice(environment, variable),
        }
    }

    /// The places in the order in which compose asks them.
    fn looked_for(environment: &Environment, service: &Service) -> Vec<String> {
        let mut lines = vec!["the service's `environment`, which beats every `env_file`".to_owned()];
        let sourced = &environment.command.sourced;
        let shell = sourced.iter().map(|sourced| format!("the shell, which loaded {}", sourced.path));
        let files = environment.interpolation.iter();
        let files = files.filter(|path| sourced.iter().all(|sourced| sourced.path != **path)).cloned();
        let filled: Vec<String> = shell.chain(files).collect();
        lines.push(if filled.is_empty() {
            let directory = &environment.project_directory;
            let dotenv = if directory.is_empty() { ".env".to_owned() } else { format!("{directory}/.env") };
            format!("for `${{…}}` no file: {dotenv} is not there, and no `--env-file` is given")
        } else {
            format!("for `${{…}}`: {}", filled.join(", then "))
        });
        for file in &service.env_files {
            let missing = if file.presence == Presence::Missing { ", which is not there" } else { "" };
            lines.push(format!("`env_file` {}{missing}", file.path));
        }
        lines
    }

    fn found(&self, variable: &Variable) -> Vec<String> {
        let layers = std::iter::once(&variable.arrives).chain(&variable.shadows);
        layers.filter(|layer| layer.origin.kind != OriginKind::None).map(|layer| self.layer(layer)).collect()
    }

    fn won(&self, variable: &Variable) -> String {
        let at = place(self.project, &variable.set_at.path, variable.set_at.span.start);
        match variable.arrives.origin.kind {
            OriginKind::Fallback => format!("the fallback at {at}: nothing that fills `${{…}}` sets it"),
            OriginKind::Environment => format!("the value written at {at}: `environment` comes first"),
            OriginKind::EnvFile => format!("{at}: no `environment` speaks of it"),
            OriginKind::Shell => format!("the shell, through {at}: it comes before every file"),
            OriginKind::CommandEnvFile | OriginKind::Dotenv => {
                format!("the file that fills `${{…}}`, through {at}")
            }
            OriginKind::None => format!("nothing: {at} passes on what nobody sets"),
        }
    }

    fn layer(&self, layer: &Layer) -> String {
        let origin = &layer.origin;
        let kind = match origin.kind {
            OriginKind::Shell => "the shell, from",
            OriginKind::CommandEnvFile => "`--env-file`",
            OriginKind::Dotenv | OriginKind::EnvFile => "",
            OriginKind::Environment => "`environment`,",
            OriginKind::Fallback => "the fallback,",
            OriginKind::None => return "a blank".to_owned(),
        };
        let at = place(self.project, &origin.path, origin.span.start);
        format!("{kind} {at}: {}", self.value(layer)).trim_start().to_owned()
    }

    fn value(&self, layer: &Layer) -> String {
        let Some(value) = layer.value.as_deref() else { return "nothing, not even a blank".to_owned() };
        if self.reveal && !value.is_empty() {
            return format!("`{value}`");
        }
        let shape = Shape::of(value);
        match shape.kind {
            Kind::Text if is_secret(self.key) => {
                Strength::of(&self.project.expectations, self.key, value).describe()
            }
            Kind::Empty => "a blank".to_owned(),
            _ => shape.to_string(),
        }
    }

    /// How the shell that sources the same file reads it, where it does not agree with compose.
    fn other_readers(&self, variable: &Variable) -> Vec<String> {
        let layers = std::iter::once(&variable.arrives).chain(&variable.shadows);
        let files = layers.filter(|layer| layer.origin.kind == OriginKind::EnvFile);
        let mut lines = Vec::new();
        for path in files.map(|layer| layer.origin.path.as_str()) {
            let (Some(file), Some(at)) = (self.project.file(path), sourced_at(self.project, path)) else {
                continue;
            };
            let text = file.source.text();
            let read = |loader: Loader| {
                let found =
                    load(text, loader, &|_| None).variables.into_iter().rev().find(|one| one.key == self.key);
                found.and_then(|one| one.value)
            };
            let loader = if at.sourced.by_source { Loader::Bash } else { Loader::Xargs };
            let (shell, compose) = (read(loader), read(Loader::ComposeEnvFile));
            let script = place(self.project, at.script, at.sourced.span.start);
            let says =
                if shell == compose { "the same".to_owned() } else { self.differently(shell.as_deref()) };
            lines.push(format!("{} as {script} loads {path}: {says}", loader.name()));
        }
        lines
    }

    fn differently(&self, value: Option<&str>) -> String {
        match value {
            Some(value) if self.reveal => format!("another value, `{value}`"),
            Some(value) => format!("another value, {}", Shape::of(value)),
            None => "not at all".to_owned(),
        }
    }

    fn advice(&self, environment: &Environment, variable: &Variable) -> Option<String> {
        let key = self.key;
        let hidden = variable.shadows.iter().find(|layer| layer.origin.kind == OriginKind::EnvFile);
        let at = place(self.project, &variable.set_at.path, variable.set_at.span.start);
        let value = variable.arrives.value.as_deref().unwrap_or_default();
        match (variable.arrives.origin.kind, hidden) {
            (OriginKind::Fallback | OriginKind::None, Some(layer)) => Some(format!(
                "delete the line at {at}, so that {} arrives, or give that file to the command: `--env-file {}`",
                layer.origin.path, layer.origin.path
            )),
            (OriginKind::Environment, Some(layer)) if is_secret(key) => {
                Some(format!("delete the line at {at}, so that the value in {} arrives", layer.origin.path))
            }
            (OriginKind::None, None) => {
                Some(format!("set `{key}`, or write `${{{key}:?set {key}}}` at {at}: compose then stops"))
            }
            (OriginKind::Shell, _) if Shape::of(value).kind == Kind::BareList => {
                let file =
                    environment.command.sourced.first().map_or("the file", |sourced| sourced.path.as_str());
                Some(format!(
                    "do not source {file}, the shell ate the quotes of its lists: give it to the command, `--env-file {file}`"
                ))
            }
            (OriginKind::Fallback, None) if is_secret(key) => {
                Some(format!("write `${{{key}:?set {key}}}` at {at}, and set it in an env file"))
            }
            _ => self.weak(value),
        }
    }

    fn weak(&self, value: &str) -> Option<String> {
        let strength = Strength::of(&self.project.expectations, self.key, value);
        let judged = is_secret(self.key) && (!strength.long_enough() || strength.weakness.is_some());
        judged.then(|| "replace it by a random value: `openssl rand -base64 32`".to_owned())
    }
}
