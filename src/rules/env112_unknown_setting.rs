//! ENV112: an env file holds what its settings class refuses, since it is none of the class's fields.
//!
//! Not here: what comes in through the environment, of which such a class takes what it knows.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::document::env::{Entry, EnvFile, Loader};
use crate::document::python_settings::Strict;
use crate::project::loaders::written_reads;
use crate::project::{File, Project};
use crate::source::{PathKind, is_top, join, parent};

pub(super) struct UnknownSetting;

/// What stands at the top of a Python project, from where it is run.
const TOPS: &[&str] = &[
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "poetry.lock",
    "uv.lock",
    "environment.yml",
    "manage.py",
];

impl Rule for UnknownSetting {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV112",
            "unknown-setting",
            Warning,
            Heuristic,
            "an env file holds what its settings class refuses"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let path = file.source.path();
        for read in written_reads(project, path).filter(|read| read.reader.loader == Loader::PythonDotenv) {
            let Some(Document::PythonSettings(settings)) =
                project.file(&read.reader.path).map(|file| &file.document)
            else {
                continue;
            };
            let own = |strict: &&Strict| read.reader.span.contains(strict.env_file);
            let Some(strict) = settings.strict.iter().find(own) else { continue };
            if is_run_beside(project, &read.reader.path, parent(&read.env_file)) {
                check(env, file, (strict, &read.reader.path), found);
            }
        }
    }
}

/// Whether a program with the settings file at `path` is plainly run in `directory`: it is the top of its Python project, or
/// its own folder where there is no such top. Elsewhere it may well be run where there is no such env file.
fn is_run_beside(project: &Project<'_>, path: &str, directory: &str) -> bool {
    let own = parent(path);
    let mut folder = own;
    loop {
        if TOPS.iter().any(|name| project.tree.kind(&join(folder, name)) == Some(PathKind::File)) {
            return folder == directory;
        }
        if is_top(folder) {
            return own == directory;
        }
        folder = parent(folder);
    }
}

fn check(env: &EnvFile, file: &File, (strict, path): (&Strict, &str), found: &mut Findings<'_>) {
    let text = file.source.text();
    // What is filled in may come to nothing.
    let filled = |entry: &&Entry| {
        entry.raw_span.is_some() && !entry.plain(text).is_empty() && !entry.plain(text).contains('$')
    };
    let mut refused: Vec<&Entry> = Vec::new();
    for entry in env.entries.iter().filter(filled).filter(|entry| strict.refuses(&entry.key)) {
        if !refused.iter().any(|known| known.key == entry.key) {
            refused.push(entry);
        }
    }
    let Some(first) = refused.first() else { return };
    let shown = refused.iter().take(3).map(|entry| format!("`{}`", entry.key)).collect::<Vec<_>>().join(", ");
    let more = if refused.len() > 3 { format!(" and {} more", refused.len() - 3) } else { String::new() };
    let class = &strict.class;
    let message = if refused.len() == 1 {
        format!("{shown} is no field of `{class}`, which refuses the file for it")
    } else {
        format!("{shown}{more} are no fields of `{class}`, which refuses the file for them")
    };
    let finding = found.push(first.key_span, message);
    finding.key(&first.key).help(format!(
        "declare what `{class}` needs of it, and let the rest be with `extra=\"ignore\"` in its `model_config`"
    ));
    finding.label(path, strict.env_file, "read here");
}
