//! ENV101: a variable that is required stands in no env file, or stands there empty.
//!
//! Not here: guesses at what an application might need, and what an example alone says of a missing variable.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::resolve::OriginKind;
use crate::project::schema::{Demand, Voice, blank_in_example};
use crate::project::{File, Project, Role};
use crate::source::parent;

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
        for demand in project.schema().demands() {
            let set = elsewhere.contains(demand.variable.as_str())
                || elsewhere.iter().any(|name| demand.satisfied_by(name));
            if !set {
                report(demand, &files, found);
            }
        }
        for (file, env) in files.iter().filter(|(file, _)| file.checked) {
            left_blank(project, file, env, &elsewhere, found);
        }
    }
}

fn real_env_file(file: &File) -> Option<(&File, &EnvFile)> {
    match &file.document {
        Document::Env(env) if file.role != Role::Example => Some((file, env)),
        _ => None,
    }
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

fn report(demand: &Demand, files: &[(&File, &EnvFile)], found: &mut Findings<'_>) {
    let name = &demand.variable;
    let stands = |env: &EnvFile| env.entries.iter().rev().position(|entry| demand.answered_by(&entry.key));
    let empty = files.iter().find_map(|(file, env)| {
        let entry = env.entries.iter().rev().nth(stands(env)?)?;
        Some((*file, entry))
    });
    if let Some((file, entry)) = empty {
        if !file.checked {
            return;
        }
        let message = format!("`{name}` is required and empty");
        let diagnostic = found.push_in(file.source.shared_path(), entry.line_span, message);
        explain(diagnostic, demand, &format!("give `{name}` a value"));
        return;
    }
    let Some((file, env)) = belonging(demand, files) else { return };
    let Some(first) = env.entries.first() else { return };
    let message = format!("`{name}` is required and set in no env file");
    let diagnostic = found.push_in(file.source.shared_path(), first.key_span, message);
    explain(diagnostic, demand, &format!("add `{name}=…` to this file"));
}

/// The env file that a demand is about: the one beside a schema, else the one that sets most of what the one
/// who demands speaks of. A file that sets nothing of it belongs to something else.
fn belonging<'a>(demand: &Demand, files: &[(&'a File, &'a EnvFile)]) -> Option<(&'a File, &'a EnvFile)> {
    let related = |env: &EnvFile| {
        let names = env.entries.iter().filter(|entry| demand.siblings.contains(&entry.key));
        names.map(|entry| entry.key.as_str()).collect::<BTreeSet<_>>().len()
    };
    let beside = |file: &File| {
        demand.by.voice == Voice::Schema && parent(file.source.path()) == parent(&demand.by.path)
    };
    let checked = files.iter().filter(|(file, _)| file.checked);
    let (file, env) = checked.rev().max_by_key(|(file, env)| (beside(file), related(env)))?;
    (demand.siblings.is_empty() || beside(file) || related(env) > 0).then_some((*file, *env))
}

fn explain(diagnostic: &mut Diagnostic, demand: &Demand, remedy: &str) {
    let (words, otherwise) = match demand.by.voice {
        Voice::Configuration => ("required here", "write `required: false` there"),
        Voice::Schema => ("required here", "mark it `@optional` there"),
        Voice::Settings => ("declared without a default", "make it optional where it is declared"),
        Voice::Example => ("left blank here, to be filled in", "write `optional` into its comment there"),
    };
    diagnostic.key(&demand.variable).help(format!("{remedy}, or {otherwise}"));
    if !demand.by.path.is_empty() {
        diagnostic.label(Arc::clone(&demand.by.path), demand.by.span, words);
    }
}

/// What the example leaves to be filled in, and the file that is copied from it leaves empty as well.
fn left_blank(
    project: &Project<'_>,
    file: &File,
    env: &EnvFile,
    elsewhere: &BTreeSet<&str>,
    found: &mut Findings<'_>,
) {
    let demanded = |name: &str| project.schema().demands().iter().any(|demand| demand.answered_by(name));
    for demand in blank_in_example(project, file.source.path()) {
        let name = demand.variable.as_str();
        let Some(entry) = env.entry(name).filter(|_| !elsewhere.contains(name) && !demanded(name)) else {
            continue;
        };
        let message = format!("`{name}` is empty, and its example leaves it to be filled in");
        let diagnostic = found.push_in(file.source.shared_path(), entry.line_span, message);
        explain(diagnostic, &demand, &format!("give `{name}` a value"));
        diagnostic.severity(Severity::Warning);
    }
}
