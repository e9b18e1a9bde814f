//! From what was resolved to what may be shown of it.
//!
//! Not here: how it is written.

use std::collections::BTreeMap;

use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::project::resolve::{Environment, Layer, Origin, OriginKind, Trouble, TroubleKind, Variable};
use crate::project::shape::Shape;
use crate::render::{
    BlankView, EnvironmentView, LayerView, OriginView, RefusalView, ServiceView, Shown, VariableView,
};

/// One environment; of its services those that run, or the one that is `wanted`.
pub(super) fn environment(
    environment: &Environment,
    project: &Project<'_>,
    wanted: Option<&str>,
    reveal: bool,
) -> EnvironmentView {
    let refusals = refusals(environment, project);
    let shown = environment.services.iter().filter(|service| match wanted {
        Some(name) => service.name == name,
        None => !service.disabled,
    });
    let services = shown.map(|service| {
        let variables =
            service.variables.iter().map(|one| (one.key.clone(), variable(one, project, reveal))).collect();
        (service.name.clone(), ServiceView { environment: variables })
    });
    let blanks = environment.blanks.iter().map(|blank| BlankView {
        name: blank.name.clone(),
        path: blank.path.clone(),
        line: line(project, &blank.path, blank.span.start).unwrap_or(1),
    });
    let off = environment.services.iter().filter(|service| service.disabled && wanted.is_none());
    EnvironmentView {
        command: command_text(&environment.command),
        written: written(&environment.command, project),
        project_directory: or_here(&environment.project_directory),
        files: environment.files.clone(),
        interpolation: environment.interpolation.clone(),
        no_dotenv: environment.reads_no_dotenv() && environment.interpolation.is_empty(),
        // Where compose refuses no service gets anything.
        services: if refusals.is_empty() { services.collect() } else { BTreeMap::default() },
        disabled: off.map(|service| service.name.clone()).collect(),
        blanks: blanks.collect(),
        refusals,
    }
}

fn or_here(directory: &str) -> String {
    if directory.is_empty() { ".".to_owned() } else { directory.to_owned() }
}

fn written(command: &ComposeCommand, project: &Project<'_>) -> Option<String> {
    let stands = !command.path.is_empty();
    stands.then(|| place(project, &command.path, command.span.start))
}

/// A command as one would type it.
pub(in super::super) fn command_text(command: &ComposeCommand) -> String {
    let mut text = "docker compose".to_owned();
    let options = command
        .project_directory
        .iter()
        .map(|directory| ("--project-directory", directory))
        .chain(command.env_files.iter().map(|file| ("--env-file", file)))
        .chain(command.files.iter().map(|file| ("-f", file)))
        .chain(command.profiles.iter().map(|profile| ("--profile", profile)));
    for (option, value) in options {
        text.push_str(&format!(" {option} {value}"));
    }
    if let Some(subcommand) = &command.subcommand {
        text.push_str(&format!(" {subcommand}"));
    }
    text
}

/// The 1-based line of a place in a file that was read.
pub(in super::super) fn line(project: &Project<'_>, path: &str, offset: usize) -> Option<usize> {
    project.file(path).map(|file| file.source.line(offset))
}

/// `path:line`, or the path alone.
pub(in super::super) fn place(project: &Project<'_>, path: &str, offset: usize) -> String {
    line(project, path, offset).map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}

fn variable(variable: &Variable, project: &Project<'_>, reveal: bool) -> VariableView {
    let mut arrives = layer(&variable.arrives, project, reveal);
    if let Some(set) = variable.hangs_on() {
        arrives.origin = origin(set, project);
    }
    VariableView { arrives, shadows: variable.hidden().map(|one| layer(one, project, reveal)).collect() }
}

fn layer(layer: &Layer, project: &Project<'_>, reveal: bool) -> LayerView {
    let value = if layer.is_unknown() { Shown::Unknown } else { shown(layer.value.as_deref(), reveal) };
    LayerView { value, origin: origin(&layer.origin, project) }
}

/// A value as it may be shown.
pub(in super::super) fn shown(value: Option<&str>, reveal: bool) -> Shown {
    Shown::new(value, |value| Shape::of(value).to_string(), reveal)
}

/// A place as it is shown.
pub(in super::super) fn origin(origin: &Origin, project: &Project<'_>) -> OriginView {
    let kind = match origin.kind {
        OriginKind::Shell => "shell",
        OriginKind::CommandEnvFile | OriginKind::Dotenv => "dotenv",
        OriginKind::EnvFile => "env_file",
        OriginKind::Environment => "environment",
        OriginKind::Fallback => "fallback",
        OriginKind::None => "none",
    };
    let path = (!origin.path.is_empty()).then(|| origin.path.clone());
    OriginView { kind, path, line: line(project, &origin.path, origin.span.start) }
}

/// Why compose would refuse, in the order that it was met.
pub(in super::super) fn refusals(environment: &Environment, project: &Project<'_>) -> Vec<RefusalView> {
    let refusal = |trouble: &Trouble| {
        let position = project.file(&trouble.path).map(|file| file.source.position(trouble.span.start));
        RefusalView {
            path: trouble.path.clone(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            message: message(trouble, project)?,
        }
        .into()
    };
    environment.troubles.iter().filter_map(refusal).collect()
}

fn message(trouble: &Trouble, project: &Project<'_>) -> Option<String> {
    let about = &trouble.about;
    let first = |path: &str| {
        let file = project.file(path)?;
        match &file.document {
            crate::document::Document::Compose(compose) => {
                compose.problems.first().map(|problem| problem.message.clone())
            }
            _ => None,
        }
    };
    Some(match trouble.kind {
        TroubleKind::NoFile => format!("`{about}` does not exist"),
        TroubleKind::Unreadable => match first(about) {
            Some(problem) => problem,
            None => "a key stands twice in one mapping".to_owned(),
        },
        TroubleKind::Refused | TroubleKind::MissingPart => about.to_owned(),
        TroubleKind::InvalidTemplate => "a `${…}` here is written wrong".to_owned(),
        TroubleKind::MissingVariable => format!("`{about}` is required and set nowhere"),
        TroubleKind::RefusedEnvFile => "this line cannot be read, so the whole file is refused".to_owned(),
        TroubleKind::MissingEnvFile => format!("the required `env_file` `{about}` does not exist"),
        TroubleKind::NotResolved => return None,
    })
}

/// A refusal as one line: `path:line:column: message`.
pub(super) fn refusal_text(refusal: &RefusalView) -> String {
    match (refusal.line, refusal.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}: {}", refusal.path, refusal.message),
        _ => refusal.message.clone(),
    }
}
