//! Whether what a settings class says holds for an env file or a service, which may be another program's.
//!
//! Not here: what it says, and which env file a missing variable would stand in.

use super::Project;
use super::uses::{Arrival, settings_fields};
use crate::document::Document;
use crate::document::compose::Service;
use crate::document::env::Loader;
use crate::document::python_settings::is_test;
use crate::source::{PathKind, join, parent};

/// Files that a program of its own has at its top.
const TOPS: &[&str] = &[
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "manage.py",
    "setup.py",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "mix.exs",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "deno.json",
    "pubspec.yaml",
];

/// Whether a settings class that reads the variable `name` speaks for the env file at `path`, as far as can be told.
#[must_use]
pub fn speaks_for_file(project: &Project<'_>, name: &str, path: &str) -> bool {
    settings_fields(project, name).any(|(file, _)| reads_file(project, file.source.path(), path))
}

/// Whether a settings class that reads what arrives speaks for one of the services that get it.
#[must_use]
pub fn speaks_for_services(project: &Project<'_>, arrival: &Arrival<'_>) -> bool {
    settings_fields(project, arrival.key).any(|(file, _)| {
        let class = file.source.path();
        arrival.services.iter().any(|service| runs_in(project, class, &arrival.path, service))
    })
}

fn reads_file(project: &Project<'_>, class: &str, env: &str) -> bool {
    let directory = parent(env);
    let said = project.reads.iter().any(|read| read.reader.path == class && read.env_file == env);
    if said || is_below(class, directory) {
        return true;
    }
    let beside = project.files.iter().any(|file| {
        let path = file.source.path();
        matches!(&file.document, Document::PythonSettings(settings) if !settings.fields.is_empty())
            && !is_test(path)
            && is_below(path, directory)
    });
    let mut readers = project.reads.iter().filter(|read| read.env_file == env).peekable();
    let by_node = |loader: Loader| matches!(loader, Loader::NodeDotenv | Loader::Node20);
    let others = readers.peek().is_some() && readers.all(|read| by_node(read.reader.loader));
    !beside && !others && !has_top(project, directory, class)
}

/// Whether a program of its own lies in `directory` or above it, below the directories that `class` lies in too.
fn has_top(project: &Project<'_>, mut directory: &str, class: &str) -> bool {
    while !is_below(class, directory) {
        let is_there = |name: &&str| project.tree.kind(&join(directory, name)) == Some(PathKind::File);
        if TOPS.iter().any(is_there) {
            return true;
        }
        directory = parent(directory);
    }
    false
}

fn is_below(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory);
    directory.is_empty() || directory == "/" || rest.is_some_and(|rest| rest.starts_with('/'))
}

/// How a service comes to its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// From a directory that the class lies in, or from one that is not known.
    WithClass,
    /// From another directory.
    Without,
    /// Taken ready.
    Taken,
}

/// Whether the program of the class may run in a service of the compose file at `path`. A ready image may hold it, unless
/// another service is built from it.
fn runs_in(project: &Project<'_>, class: &str, path: &str, service: &str) -> bool {
    let mut of_service = Made::Taken;
    let mut built = false;
    for file in &project.files {
        let Document::Compose(compose) = &file.document else { continue };
        let own = file.source.path();
        // Files beside each other are laid over one another.
        if parent(own) != parent(path) {
            continue;
        }
        for one in &compose.services {
            let made = made(one, parent(own), class);
            built |= made == Made::WithClass && one.build.is_some();
            if one.name.value == service && made != Made::Taken && of_service != Made::WithClass {
                of_service = made;
            }
        }
    }
    of_service == Made::WithClass || (of_service == Made::Taken && !built)
}

fn made(service: &Service, directory: &str, class: &str) -> Made {
    let Some(build) = &service.build else {
        return if service.extends.is_some() { Made::WithClass } else { Made::Taken };
    };
    let Some(context) = &build.context else { return Made::WithClass };
    let known = !context.text.contains(['$', ':']);
    if known && !is_below(class, &join(directory, &context.text)) { Made::Without } else { Made::WithClass }
}
