//! CMP004: what an `env_file` says never arrives, because `environment` sets the same name.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::Document;
use crate::project::Project;
use crate::project::removal::whole_line;
use crate::project::resolve::{Environment, Input, Layer, OriginKind, Service, Variable};
use crate::project::strength::Strength;
use crate::source::{Span, relative};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct ShadowedEnvFile;

impl Rule for ShadowedEnvFile {
    fn meta(&self) -> &'static Meta {
        meta!("CMP004", "shadowed-env-file", Error, Certain, "`environment` hides what the `env_file` says")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            for service in &environment.services {
                for variable in &service.variables {
                    let Some(hidden) = hidden(variable) else { continue };
                    let place = (variable.set_at.path.clone(), variable.set_at.span, service.name.clone());
                    let checked = project.file(&variable.set_at.path).is_some_and(|file| file.checked);
                    if checked && meant_otherwise(project, variable, hidden) && seen.insert(place) {
                        report(project, environment, service, variable, hidden, found);
                    }
                }
            }
        }
    }
}

/// The env file's value, where another one arrives.
fn hidden(variable: &Variable) -> Option<&Layer> {
    let other = variable.arrives.origin.kind != OriginKind::EnvFile && !variable.arrives.is_unknown();
    if variable.set_at.kind != OriginKind::Environment || !other {
        return None;
    }
    let hidden = variable.shadows.first().filter(|layer| layer.origin.kind == OriginKind::EnvFile)?;
    let empty = hidden.value.as_deref().is_none_or(str::is_empty);
    (!empty && hidden.value != variable.arrives.value).then_some(hidden)
}

/// Whether the writer wanted the variable's own value: it is filled from the same name, passed on by
/// name, or is nothing but something that is missing. A value that arrives inside a longer one does arrive, and one
/// that is put together of others is wanted as it is. A literal beside an `env_file` is a decision,
/// except for secrets, whose place is the env file.
fn meant_otherwise(project: &Project<'_>, variable: &Variable, hidden: &Layer) -> bool {
    let passed_on = variable.inputs.is_empty() && variable.arrives.origin.kind != OriginKind::Environment;
    let mut own = variable.inputs.iter().filter(|input| input.name == variable.key).peekable();
    let same_name = own.peek().is_some();
    let arrives_inside = |input: &Input| {
        let layer = input.layer.as_ref();
        layer.is_some_and(|layer| layer.origin.path == hidden.origin.path || layer.value == hidden.value)
    };
    if own.any(arrives_inside) {
        return false;
    }
    // Of one `${…}` alone the value is the fallback's or nobody's; of a longer text it is the text's own.
    let alone = matches!(variable.arrives.origin.kind, OriginKind::Fallback | OriginKind::None);
    let missing =
        alone && !variable.inputs.is_empty() && variable.inputs.iter().all(|input| input.layer.is_none());
    passed_on || same_name || missing || (variable.inputs.is_empty() && project.is_secret(&variable.key))
}

fn report(
    project: &Project<'_>,
    environment: &Environment,
    service: &Service,
    variable: &Variable,
    hidden: &Layer,
    found: &mut Findings<'_>,
) {
    let (key, name, file) = (&variable.key, &service.name, &hidden.origin.path);
    let message = format!("`{key}` of `{file}` never arrives in `{name}`: {}", instead(project, variable));
    let of_others = !variable.inputs.is_empty() && variable.inputs.iter().all(|input| input.name != *key);
    let interpolated = !variable.inputs.is_empty()
        || variable.set_at.span.is_empty()
        || variable.arrives.origin.kind == OriginKind::None;
    // The whole file given to the command fills the name itself, never another one.
    let help = if interpolated && !of_others {
        format!(
            "`${{…}}` is not filled from `env_file`: delete `{key}` here so that the file's value arrives, or give the file to the command as well (`docker compose --env-file {} …`)",
            relative(environment.base(file), file)
        )
    } else {
        format!("`environment` beats `env_file`: delete `{key}` here so that the file's value arrives")
    };
    let finding = found.push_in(variable.set_at.path.as_str(), variable.set_at.span, message);
    finding.key(key.clone()).service(name.clone()).help(help);
    finding.label(hidden.origin.path.as_str(), hidden.origin.span, "this value is hidden");
    if let Some(line) = removable(project, service, variable) {
        finding.fix(Fix::replace("delete what hides the env file's value", Safety::Unsafe, line, ""));
    }
    let origin = &variable.arrives.origin;
    if matches!(origin.kind, OriginKind::Dotenv | OriginKind::CommandEnvFile | OriginKind::Shell)
        && !origin.path.is_empty()
    {
        finding.label(origin.path.as_str(), origin.span, "this one arrives");
    }
    if environment.assumed() {
        finding.severity(Severity::Warning);
    } else {
        finding.label(environment.command.path.as_str(), environment.command.span, "with this command");
    }
}

/// The line to delete so that the env file's value arrives: where no other service is set by it, and an env file
/// stands ready behind it with every command.
fn removable(project: &Project<'_>, service: &Service, variable: &Variable) -> Option<Span> {
    let place = &variable.set_at;
    for environment in &project.environments {
        for other in &environment.services {
            let mut set_here = other.variables.iter().filter(|one| {
                one.key == variable.key && one.set_at.span == place.span && one.set_at.path == place.path
            });
            let waiting = |one: &Variable| {
                let next = one.shadows.first().filter(|layer| layer.origin.kind == OriginKind::EnvFile);
                next.is_some_and(|layer| layer.value.as_deref().is_some_and(|value| !value.is_empty()))
            };
            if !set_here.all(|one| other.name == service.name && waiting(one)) {
                return None;
            }
        }
    }
    let file = project.file(&place.path)?;
    let Document::Compose(compose) = &file.document else { return None };
    let mut settings = compose.services.iter().flat_map(|service| &service.environment);
    whole_line(&file.source, settings.find(|one| one.span.contains(place.span))?)
}

/// What arrives instead, without its value.
fn instead(project: &Project<'_>, variable: &Variable) -> String {
    let value = variable.arrives.value.as_deref();
    let sized = |what: &str| match value.filter(|_| project.is_secret(&variable.key)) {
        Some(value) => {
            let strength = Strength::of(&project.expectations, &variable.key, value);
            format!("{what} ({}) arrives instead", strength.describe())
        }
        None => format!("{what} arrives instead"),
    };
    let from = &variable.arrives.origin.path;
    match (variable.arrives.origin.kind, value) {
        (_, None) => "the bare name here passes on a value that nobody sets".to_owned(),
        (OriginKind::None, _) | (_, Some("")) => "a blank arrives instead".to_owned(),
        (OriginKind::Fallback, _) => sized("the fallback"),
        // Of the shell, or compose's own: the project's name.
        (OriginKind::Shell | OriginKind::CommandEnvFile | OriginKind::Dotenv, _) if from.is_empty() => {
            sized("a value from outside")
        }
        (OriginKind::Shell | OriginKind::CommandEnvFile | OriginKind::Dotenv, _) => {
            sized(&format!("the value of `{from}`"))
        }
        _ => sized("the value written here"),
    }
}
