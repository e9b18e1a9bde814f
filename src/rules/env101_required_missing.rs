//! ENV101: a variable that is required stands in no env file, or stands there empty.
//!
//! Not here: guesses at what an application might need.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::resolve::OriginKind;
use crate::project::{File, Project, Role};
use crate::source::Span;

pub(super) struct RequiredMissing;

impl Rule for RequiredMissing {
    fn meta(&self) -> &'static Meta {
        meta!("ENV101", "required-missing", Error, Heuristic, "a required variable is missing or empty")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let files: Vec<(&File, &EnvFile)> = project.files.iter().filter_map(real_env_file).collect();
        if !files.iter().any(|(file, _)| file.checked) {
            return;
        }
        let elsewhere = set_elsewhere(project, &files);
        for required in required(project) {
            if !elsewhere.contains(required.variable.as_str()) {
                report(&required, &files, found);
            }
        }
    }
}

fn real_env_file(file: &File) -> Option<(&File, &EnvFile)> {
    match &file.document {
        Document::Env(env) if file.role != Role::Example => Some((file, env)),
        _ => None,
    }
}

/// What is required, and what else the one who requires it reads.
struct Required {
    variable: String,
    declared: Option<(Arc<str>, Span)>,
    /// The variables that tell which env file belongs to the declaration.
    siblings: BTreeSet<String>,
}

fn required(project: &Project<'_>) -> Vec<Required> {
    let expected = &project.expectations.variables;
    let mut all: Vec<Required> = expected
        .iter()
        .filter(|(_, expected)| expected.required)
        .map(|(name, _)| Required { variable: name.clone(), declared: None, siblings: BTreeSet::new() })
        .collect();
    for file in project.files.iter().filter(|file| file.checked) {
        let Document::PythonSettings(settings) = &file.document else { continue };
        let siblings: BTreeSet<String> = settings.fields.iter().map(|field| field.variable.clone()).collect();
        for field in settings.fields.iter().filter(|field| field.required) {
            if !all.iter().any(|known| known.variable == field.variable) {
                let declared = Some((file.source.shared_path(), field.span));
                all.push(Required { variable: field.variable.clone(), declared, siblings: siblings.clone() });
            }
        }
    }
    all
}

/// The variables that an env file or a compose file gives a value.
fn set_elsewhere<'a>(project: &'a Project<'_>, files: &[(&'a File, &'a EnvFile)]) -> BTreeSet<&'a str> {
    let mut set = BTreeSet::new();
    for (file, env) in files {
        let text = file.source.text();
        let filled =
            env.entries.iter().filter(|entry| entry.raw_span.is_none() || !entry.plain(text).is_empty());
        set.extend(filled.map(|entry| entry.key.as_str()));
    }
    // What a compose file hands over is judged there, blank or not.
    let services = project.environments.iter().flat_map(|environment| &environment.services);
    let variables = services.flat_map(|service| &service.variables);
    let handed_over = variables.filter(|variable| variable.set_at.kind == OriginKind::Environment);
    set.extend(handed_over.map(|variable| variable.key.as_str()));
    set
}

fn report(required: &Required, files: &[(&File, &EnvFile)], found: &mut Findings<'_>) {
    let name = &required.variable;
    let empty = files.iter().find_map(|(file, env)| Some((*file, env.entry(name)?)));
    if let Some((file, entry)) = empty {
        if !file.checked {
            return;
        }
        let diagnostic = found.push_in(
            file.source.shared_path(),
            entry.line_span,
            format!("`{name}` is required and empty"),
        );
        diagnostic.key(name).help(format!("give `{name}` a value, or make it optional where it is declared"));
        if let Some((path, span)) = &required.declared {
            diagnostic.label(Arc::clone(path), *span, "declared without a default");
        }
        return;
    }
    let related = |env: &EnvFile| {
        let names = env.entries.iter().filter(|entry| required.siblings.contains(&entry.key));
        names.map(|entry| entry.key.as_str()).collect::<BTreeSet<_>>().len()
    };
    let checked = files.iter().filter(|(file, _)| file.checked);
    let best = checked.rev().max_by_key(|(_, env)| related(env));
    let Some((file, env)) = best else { return };
    // An env file that sets nothing which the declaration reads belongs to something else.
    let Some(first) = env.entries.first().filter(|_| required.declared.is_none() || related(env) > 0) else {
        return;
    };
    let message = format!("`{name}` is required and set in no env file");
    let diagnostic = found.push_in(file.source.shared_path(), first.key_span, message);
    diagnostic
        .key(name)
        .help(format!("add `{name}=…` to this file, or make it optional where it is declared"));
    if let Some((path, span)) = &required.declared {
        diagnostic.label(Arc::clone(path), *span, "declared without a default");
    }
}
