//! Which loaders read an env file in this project, and where that is written.
//!
//! Not here: what they make of it; `document::env` says that.

use super::Project;
use super::resolve::Environment;
use crate::document::Document;
use crate::document::env::Loader;
use crate::source::{Span, file_name};

/// Someone who reads an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// As what.
    pub loader: Loader,
    /// The file that says so.
    pub path: String,
    /// The place in it.
    pub span: Span,
}

/// Those who read the env file at `path`, each loader once, ordered by loader.
#[must_use]
pub fn readers(project: &Project<'_>, environments: &[Environment], path: &str) -> Vec<Reader> {
    let mut readers: Vec<Reader> = Vec::new();
    let mut add = |loader, at: &str, span| {
        if !readers.iter().any(|reader| reader.loader == loader) {
            readers.push(Reader { loader, path: at.to_owned(), span });
        }
    };
    for environment in environments {
        let command = &environment.command;
        let sourced = |file: &String| command.sourced.iter().any(|sourced| sourced.path == *file);
        if environment.interpolation.iter().any(|file| file == path && !sourced(file)) {
            add(Loader::Compose, &command.path, command.span);
        }
        let files = environment.services.iter().flat_map(|service| &service.env_files);
        for file in files.filter(|file| file.path == path) {
            let loader = if file.raw { Loader::ComposeRaw } else { Loader::ComposeEnvFile };
            add(loader, &file.named_in, file.span);
        }
    }
    let commands = environments.iter().map(|environment| &environment.command).chain(&project.commands);
    for command in commands {
        for sourced in command.sourced.iter().filter(|sourced| sourced.path == path) {
            let loader = if sourced.by_source { Loader::Bash } else { Loader::Xargs };
            add(loader, &command.path, sourced.span);
        }
    }
    for file in &project.files {
        let text = file.source.text();
        let Document::PythonSettings(_) = &file.document else { continue };
        let named = text.lines().find(|line| line.contains("env_file") && line.contains(file_name(path)));
        if let Some(start) = named.and_then(|line| text.find(line)) {
            add(Loader::PythonDotenv, file.source.path(), Span::new(start, start));
        }
    }
    readers.sort_by_key(|reader| reader.loader);
    readers
}
