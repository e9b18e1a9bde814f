//! CMP003: a secret-named variable without `:?` becomes a blank, and compose goes on.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::compose::template::{Operator, Variable};
use crate::project::container::{runs, whose};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct SecretMayBeBlank;

impl Rule for SecretMayBeBlank {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP003",
            "secret-may-be-blank",
            Error,
            Certain,
            "a missing secret becomes a blank instead of an error"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        let (mut in_container, mut containers_own) = (HashSet::new(), HashSet::new());
        for run in compose.services.iter().flat_map(|service| runs(service, file)) {
            for part in &run.parts {
                in_container.insert(part.span);
                let variables = part.template.value_variables().into_iter();
                let own = variables.filter(|variable| whose(project, file, &run, variable).is_some());
                containers_own.extend(own.map(|variable| variable.span));
            }
        }
        let required = required_beside(file, project);
        for value in &compose.templates {
            let command = in_container.contains(&value.span);
            for variable in value.template.value_variables() {
                // Those that are the container's are CMP007's.
                let own = containers_own.contains(&variable.span);
                if project.is_secret(&variable.name) && !own && !required.contains(variable.name.as_str()) {
                    report(variable, command, file, project, found);
                }
            }
        }
    }
}

fn report(variable: &Variable, command: bool, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    let name = &variable.name;
    let explicit = match variable.operator {
        None => false,
        Some(Operator::Default { .. }) if variable.word.pieces.is_empty() => true,
        _ => return,
    };
    let set = set_everywhere(name, file, project);
    let message = match (explicit, set) {
        (true, _) => format!("`{name}` is a blank where nobody sets it, and the service starts without it"),
        // What is known here differs from machine to machine, and the message must not: it is what a baseline
        // knows the finding by.
        (false, true) => format!("`{name}` becomes a blank where nobody sets it"),
        (false, false) => format!("`{name}` becomes a blank where nobody sets it, and compose goes on"),
    };
    // A name that is set to nothing on purpose is no mistake; one that is left out is.
    let stops = if set && is_blank_somewhere(name, file, project) { "?" } else { ":?" };
    let mut help =
        format!("write `${{{name}{stops}set {name}}}`: compose then stops and says what is missing");
    if command {
        help += &format!("; write `$${name}` where the container's own variable is meant");
    }
    let edit = if variable.braced {
        let end = variable.word_span.end.max(variable.operator_span.end);
        (Span::new(variable.operator_span.start, end), format!("{stops}set {name}"))
    } else {
        (variable.span, format!("${{{name}{stops}set {name}}}"))
    };
    let severity = if explicit || set { Severity::Warning } else { Severity::Error };
    found.push(variable.span, message).key(name.clone()).severity(severity).help(help).fix(Fix::replace(
        format!("require `{name}`"),
        Safety::Unsafe,
        edit.0,
        edit.1,
    ));
}

/// Whether every command that uses the file, and there is one, gives the name a value, or may: the file that
/// `--env-file` names is often on another machine only, and compose stops where it is missing.
fn set_everywhere(name: &str, file: &File, project: &Project<'_>) -> bool {
    let path = file.source.path();
    let mut environments =
        project.environments.iter().filter(|environment| environment.uses(path)).peekable();
    environments.peek().is_some()
        && environments.all(|environment| {
            environment.names.get(name).is_some()
                || environment.command.env_files.iter().any(|file| project.tree.kind(file).is_none())
        })
}

/// Whether some command that uses the file sets the name to nothing.
fn is_blank_somewhere(name: &str, file: &File, project: &Project<'_>) -> bool {
    let path = file.source.path();
    let mut environments = project.environments.iter().filter(|environment| environment.uses(path));
    environments.any(|environment| environment.names.value(name).is_some_and(|value| value.is_empty()))
}

/// The names that a `${NAME:?…}` makes compose stop for before anything starts: in this file, or in one that every command
/// which uses this file takes too.
fn required_beside<'p>(file: &'p File, project: &'p Project<'_>) -> HashSet<&'p str> {
    let path = file.source.path();
    let environments: Vec<_> = project.environments.iter().filter(|one| one.uses(path)).collect();
    let beside = |other: &&File| {
        let other = other.source.path();
        other == path || !environments.is_empty() && environments.iter().all(|one| one.uses(other))
    };
    let composes = project.files.iter().filter_map(|other| match &other.document {
        Document::Compose(compose) => Some((other, compose)),
        _ => None,
    });
    let templates = composes.filter(|(other, _)| beside(other)).flat_map(|(_, compose)| &compose.templates);
    templates
        .flat_map(|value| value.template.value_variables())
        .filter(|one| matches!(one.operator, Some(Operator::Required { .. })))
        .map(|one| one.name.as_str())
        .collect()
}
