//! ENV101: a variable that is required stands in no env file, or stands there empty.
//!
//! Not here: guesses at what an application might need, and what an example alone says of a missing variable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::Document;
use crate::document::env::{Entry, EnvFile};
use crate::project::programs::names_set;
use crate::project::resolve::OriginKind;
use crate::project::schema::{Demand, Schema, Voice, blank_in_example};
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
        let set = set_elsewhere(project, &files);
        let mut belongings = Belongings::new(&files, project.schema());
        for demand in project.schema().demands() {
            if !is_satisfied(demand, &set) {
                report(demand, &mut belongings, found);
            }
        }
        for (file, env) in files.iter().filter(|(file, _)| file.checked) {
            left_blank(project, file, env, &set, found);
        }
    }
}

fn real_env_file(file: &File) -> Option<(&File, &EnvFile)> {
    match &file.document {
        Document::Env(env) if file.role != Role::Example => Some((file, env)),
        _ => None,
    }
}

/// The variables that an env file or a compose file gives a value, as they are written and in upper case.
#[derive(Default)]
struct Set<'a> {
    exact: BTreeSet<&'a str>,
    upper: BTreeSet<String>,
    /// What images and programs set themselves.
    written: BTreeSet<&'a str>,
}

fn set_elsewhere<'a>(project: &'a Project<'_>, files: &[(&'a File, &'a EnvFile)]) -> Set<'a> {
    let mut set = Set::default();
    for (file, env) in files {
        let text = file.source.text();
        let filled =
            env.entries.iter().filter(|entry| entry.raw_span.is_none() || !entry.plain(text).is_empty());
        set.exact.extend(filled.map(|entry| entry.key.as_str()));
    }
    // What a compose file hands over is judged there, blank or not.
    let services = project.environments.iter().flat_map(|environment| &environment.services);
    let variables = services.flat_map(|service| &service.variables);
    let handed_over = variables.filter(|variable| variable.set_at.kind == OriginKind::Environment);
    set.exact.extend(handed_over.map(|variable| variable.key.as_str()));
    let files = project.files.iter();
    set.written = files.flat_map(|file| names_set(file.source.path(), file.source.text())).collect();
    // A copy of every name of every env file: only where somebody asks.
    if project.schema().demands().iter().any(|demand| !demand.exact) {
        set.upper = set.exact.iter().map(|name| name.to_ascii_uppercase()).collect();
    }
    set
}

fn is_satisfied(demand: &Demand, set: &Set<'_>) -> bool {
    let mut names = std::iter::once(&demand.variable).chain(&demand.alternatives);
    let named = names.any(|name| {
        let in_any_case = || set.upper.contains(&name.to_ascii_uppercase());
        let written = || set.written.contains(name.as_str());
        set.exact.contains(name.as_str()) || written() || (!demand.exact && in_any_case())
    });
    named || demand.parted.as_ref().is_some_and(|start| set.has_part(start, demand.exact))
}

impl Set<'_> {
    /// Whether a variable that begins so is set.
    fn has_part(&self, start: &str, exact: bool) -> bool {
        let first = self.exact.range(start..).next();
        let begins = first.is_some_and(|name| name.starts_with(start));
        let upper = || self.upper.range(start.to_ascii_uppercase()..).next().cloned();
        begins || (!exact && upper().is_some_and(|name| name.starts_with(&start.to_ascii_uppercase())))
    }
}

/// Which env file a demand is about.
struct Belongings<'a> {
    files: &'a [(&'a File, &'a EnvFile)],
    /// Where each variable that somebody demands stands, by its name in upper case: the last place of the first file.
    places: BTreeMap<String, (&'a File, &'a Entry)>,
    /// For the siblings that were asked about last, how many of them each file has. Demands of one class come
    /// one after the other.
    related: Option<(Arc<BTreeSet<String>>, Vec<usize>)>,
}

impl<'a> Belongings<'a> {
    fn new(files: &'a [(&'a File, &'a EnvFile)], schema: &Schema) -> Self {
        let mut places = BTreeMap::new();
        for (file, env) in files.iter().rev() {
            let demanded = env.entries.iter().filter(|entry| schema.is_demanded(&entry.key));
            places.extend(demanded.map(|entry| (entry.key.to_ascii_uppercase(), (*file, entry))));
        }
        Self { files, places, related: None }
    }

    /// Where a variable stands, filled or not.
    fn place(&self, demand: &Demand) -> Option<(&'a File, &'a Entry)> {
        if demand.exact {
            return self.files.iter().find_map(|(file, env)| Some((*file, env.entry(&demand.variable)?)));
        }
        self.places.get(&demand.variable.to_ascii_uppercase()).copied()
    }

    /// The file beside a schema, else the one that sets most of what the one who demands speaks of. A file that
    /// sets nothing of it belongs to something else.
    fn file(&mut self, demand: &Demand) -> Option<(&'a File, &'a EnvFile)> {
        if self.related.as_ref().is_none_or(|(siblings, _)| !Arc::ptr_eq(siblings, &demand.siblings)) {
            let counts = self.files.iter().map(|(_, env)| {
                let names = env.entries.iter().filter(|entry| demand.siblings.contains(&entry.key));
                names.map(|entry| entry.key.as_str()).collect::<BTreeSet<_>>().len()
            });
            self.related = Some((Arc::clone(&demand.siblings), counts.collect()));
        }
        let counts = self.related.as_ref().map(|(_, counts)| counts.as_slice()).unwrap_or_default();
        let beside = |file: &File| {
            demand.by.voice == Voice::Schema && parent(file.source.path()) == parent(&demand.by.path)
        };
        let checked = self.files.iter().zip(counts).filter(|((file, _), _)| file.checked);
        let ((file, env), related) =
            checked.rev().max_by_key(|((file, _), related)| (beside(file), **related))?;
        (demand.siblings.is_empty() || beside(file) || *related > 0).then_some((*file, *env))
    }
}

fn report(demand: &Demand, belongings: &mut Belongings<'_>, found: &mut Findings<'_>) {
    let name = &demand.variable;
    if let Some((file, entry)) = belongings.place(demand) {
        if !file.checked {
            return;
        }
        let message = format!("`{name}` is required and empty");
        let diagnostic = found.push_in(file.source.shared_path(), entry.line_span, message);
        explain(diagnostic, demand, &format!("give `{name}` a value"));
        return;
    }
    let Some((file, env)) = belongings.file(demand) else { return };
    let Some(first) = env.entries.first() else { return };
    let message = format!("`{name}` is required and set in no env file");
    let diagnostic = found.push_in(file.source.shared_path(), first.key_span, message);
    explain(diagnostic, demand, &format!("add `{name}=…` to this file"));
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
fn left_blank(project: &Project<'_>, file: &File, env: &EnvFile, set: &Set<'_>, found: &mut Findings<'_>) {
    let schema = project.schema();
    for demand in blank_in_example(project, file.source.path()) {
        let name = demand.variable.as_str();
        let Some(entry) = env.entry(name).filter(|_| !set.exact.contains(name) && !schema.is_demanded(name))
        else {
            continue;
        };
        let message = format!("`{name}` is empty, and its example leaves it to be filled in");
        let diagnostic = found.push_in(file.source.shared_path(), entry.line_span, message);
        explain(diagnostic, &demand, &format!("give `{name}` a value"));
        diagnostic.severity(Severity::Warning);
    }
}
