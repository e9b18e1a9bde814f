//! An env file as each of its readers has it, line by line.
//!
//! Not here: verdicts.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::env::{Entry, EnvFile, Loaded, LoadedVariable, Loader, load};
use crate::project::commands::make;
use crate::project::loaders::Reader;
use crate::project::{File, Project};

/// One reader, and what it makes of the whole file.
pub(super) struct Reading<'p> {
    pub(super) reader: Reader,
    loaded: Loaded,
    /// Where it runs something, in order.
    runs: Vec<usize>,
    /// Where it has something to complain of, in order.
    complaints: Vec<usize>,
    /// The keys whose values matter to this reader; `None` for all.
    used: Option<Cow<'p, BTreeSet<String>>>,
}

impl<'p> Reading<'p> {
    /// All readings of a file.
    pub(super) fn all(project: &'p Project<'_>, file: &File, env: &EnvFile) -> Vec<Self> {
        let text = file.source.text();
        let readers = project.readers(file.source.path()).to_vec();
        let one = |reader: Reader| {
            let loaded = load(text, reader.loader, &|_| None);
            let used = match reader.loader {
                Loader::Compose => Some(Cow::Borrowed(project.filled_in())),
                Loader::Make => Some(Cow::Owned(exported(project, &reader, env))),
                _ => None,
            };
            let runs = sorted(loaded.executes.iter().map(|span| span.start));
            let complaints = sorted(loaded.problems.iter().map(|problem| problem.span.start));
            Self { reader, loaded, runs, complaints, used }
        };
        readers.into_iter().map(one).collect()
    }

    /// Whether anybody sees what this reader makes of the key.
    pub(super) fn matters(&self, key: &str) -> bool {
        self.used.as_ref().is_none_or(|used| used.contains(key))
    }

    /// The value that it has for the line of `entry`; `None` where it skips or refuses the line, or has
    /// stopped before it.
    pub(super) fn value(&self, entry: &Entry) -> Option<&str> {
        let value = self.variable(entry)?.value.as_deref().unwrap_or_default();
        // The carriage return at the end of a line is another rule's.
        Some(value.strip_suffix('\r').unwrap_or(value))
    }

    fn variable(&self, entry: &Entry) -> Option<&LoadedVariable> {
        let line = entry.line_span;
        // The variables stand in the order of the file.
        let from = self.loaded.variables.partition_point(|variable| variable.key_span.start < line.start);
        let rest = self.loaded.variables.get(from..).unwrap_or_default();
        let mut inside = rest.iter().take_while(|variable| variable.key_span.start <= line.end);
        inside.find(|variable| variable.key == entry.key)
    }

    /// Whether it stops in the line of these bytes.
    pub(super) fn stops_in(&self, start: usize, end: usize) -> bool {
        self.loaded.aborted.is_some_and(|span| start <= span.start && span.start <= end)
    }

    /// Whether the line is lost to a stop somewhere else, so that it is not to blame.
    pub(super) fn stops_elsewhere(&self, start: usize, end: usize) -> bool {
        let before = self.loaded.aborted.is_some_and(|span| span.start < start);
        (before || self.loses_whole()) && !self.stops_in(start, end)
    }

    /// Whether a stop takes along what stands before it.
    pub(super) fn loses_whole(&self) -> bool {
        self.loaded.aborted.is_some() && self.loaded.variables.is_empty()
    }

    /// Whether it runs something in the line.
    pub(super) fn runs_in(&self, entry: &Entry) -> bool {
        any_within(&self.runs, entry.line_span.start, entry.line_span.end)
    }

    /// Whether it complains of something in the line of these bytes.
    pub(super) fn complains_in(&self, start: usize, end: usize) -> bool {
        any_within(&self.complaints, start, end)
    }

    pub(super) fn is_shell(&self) -> bool {
        matches!(self.reader.loader, Loader::Bash | Loader::Dash)
    }
}

fn sorted(places: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut places: Vec<usize> = places.collect();
    places.sort_unstable();
    places
}

/// Whether one of the sorted places lies from `start` to `end`.
fn any_within(places: &[usize], start: usize, end: usize) -> bool {
    let from = places.partition_point(|place| *place < start);
    places.get(from).is_some_and(|place| *place <= end)
}

/// The names that compose fills in anywhere, and those that it passes on.
pub(in crate::project) fn filled_in(project: &Project<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in &project.files {
        let Document::Compose(compose) = &file.document else { continue };
        let templates = compose.templates.iter().flat_map(|value| value.template.variables());
        names.extend(templates.map(|variable| variable.name.clone()));
        let settings = compose.services.iter().flat_map(|service| {
            let arguments = service.build.iter().flat_map(|build| &build.args);
            service.environment.iter().chain(arguments)
        });
        names.extend(settings.filter(|setting| setting.value.is_none()).map(|setting| setting.key.clone()));
    }
    names
}

/// The keys that a Makefile hands on to what it runs.
fn exported(project: &Project<'_>, reader: &Reader, env: &EnvFile) -> BTreeSet<String> {
    let Some(file) = project.file(&reader.path) else { return BTreeSet::new() };
    let everything = || env.entries.iter().map(|entry| entry.key.clone());
    let mut names = BTreeSet::new();
    // Within conditions people indent by blanks; a tab makes a recipe's line.
    for line in file.source.text().lines().map(|line| line.trim_start_matches(' ')) {
        let Some(rest) = line.strip_prefix("export") else {
            if line.starts_with(".EXPORT_ALL_VARIABLES:") {
                names.extend(everything());
            }
            continue;
        };
        let rest = rest.split('#').next().unwrap_or_default();
        if rest.trim().is_empty() {
            names.extend(everything());
        } else if rest.starts_with([' ', '\t']) && !rest.contains('=') {
            names.extend(rest.split_whitespace().map(str::to_owned));
        }
    }
    // And what a command writes out: `export $(shell sed 's/=.*//' .env)`.
    names.extend(make::exported(file, project).variables.iter().map(|one| one.name.clone()));
    names
}
