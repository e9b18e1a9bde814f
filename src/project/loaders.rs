//! Which loaders read an env file in this project, and where that is written.
//!
//! Not here: what they make of it; `document::env` says that, and [`super::loading`] compares.

use std::collections::BTreeSet;

use super::commands::{self, ScriptRead};
use super::resolve::Environment;
use super::{EXAMPLE_WORDS, File, Project, Role};
use crate::document::Document;
use crate::document::env::Loader;
use crate::source::{Span, file_name, is_env_name, join, parent};

/// Someone who reads an env file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// As what.
    pub loader: Loader,
    /// The file that says so; empty where nobody wrote it down and compose's own custom says it.
    pub path: String,
    /// The place in it.
    pub span: Span,
}

/// One reader with the file that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The env file, relative to the working directory; it need not be there.
    pub env_file: String,
    /// Who.
    pub reader: Reader,
}

/// What scripts, Makefiles, programs and units read, compose left out.
#[must_use]
pub fn find(project: &Project<'_>) -> Vec<Read> {
    let known = known(project);
    let mut found = Vec::new();
    for file in &project.files {
        let path = file.source.path();
        let written = file.env_uses.iter().map(|of| ScriptRead { of: of.clone(), directory: None });
        for read in written.chain(commands::reads(file)) {
            let env_file = locate(&known, path, read.directory.as_deref(), &read.of.path);
            let reader = Reader { loader: read.of.loader, path: path.to_owned(), span: read.of.span };
            found.push(Read { env_file, reader });
        }
    }
    found
}

/// The env files that are there, and those that examples stand for.
fn known(project: &Project<'_>) -> BTreeSet<String> {
    let env = project.files.iter().filter(|file| matches!(file.document, Document::Env(_)));
    env.flat_map(|file| stands_for(file).into_iter().chain([file.source.path().to_owned()])).collect()
}

/// The env file that a path in the file at `from` means: nobody knows where a program will be started, so it
/// is the nearest one that is there, or that an example stands for, from that file's directory upwards.
fn locate(known: &BTreeSet<String>, from: &str, changed: Option<&str>, path: &str) -> String {
    if path.starts_with('/') {
        // A server's directories are not in the tree; what ends alike is the same file.
        let mut rest = path;
        while let Some((_, shorter)) = rest.split_once('/') {
            rest = shorter;
            if known.contains(rest) {
                return rest.to_owned();
            }
        }
        return path.to_owned();
    }
    let mut directory = parent(from);
    loop {
        let moved = changed.map(|changed| join(&join(directory, changed), path));
        for candidate in moved.into_iter().chain(std::iter::once(join(directory, path))) {
            if known.contains(&candidate) {
                return candidate;
            }
        }
        if directory.is_empty() || directory == "/" {
            return join(parent(from), path);
        }
        directory = parent(directory);
    }
}

/// The env file that an example is copied to: `envs/.env.prod` for `envs/.env.prod.example`.
#[must_use]
pub fn stands_for(file: &File) -> Option<String> {
    if file.role != Role::Example || !matches!(file.document, Document::Env(_)) {
        return None;
    }
    let path = file.source.path();
    let name = file_name(path).to_ascii_lowercase();
    let endings = |part: &str| {
        let cut = EXAMPLE_WORDS.iter().find_map(|word| part.strip_suffix(word)?.strip_suffix(['-', '_']));
        cut.unwrap_or(part).to_owned()
    };
    let parts: Vec<String> =
        name.split('.').filter(|part| !EXAMPLE_WORDS.contains(part)).map(endings).collect();
    let mut name = parts.join(".");
    if !is_env_name(&name) {
        name.insert(0, '.');
    }
    Some(join(parent(path), &name))
}

/// Those who read the env file at `path`, each loader once, ordered by loader. An example is read by those
/// who read what it is copied to.
#[must_use]
pub fn readers(project: &Project<'_>, environments: &[Environment], path: &str) -> Vec<Reader> {
    let copied = project.file(path).and_then(stands_for);
    let path = copied.as_deref().unwrap_or(path);
    let mut readers: Vec<Reader> = Vec::new();
    let mut add = |loader, at: &str, span| {
        if !readers.iter().any(|reader| reader.loader == loader) {
            readers.push(Reader { loader, path: at.to_owned(), span });
        }
    };
    for environment in environments {
        let command = &environment.command;
        let files = environment.services.iter().flat_map(|service| &service.env_files);
        for file in files.filter(|file| file.path == path) {
            let loader = if file.raw { Loader::ComposeRaw } else { Loader::ComposeEnvFile };
            add(loader, &file.named_in, file.span);
        }
        let sourced = command.sourced.iter().any(|sourced| sourced.path == path);
        let by_custom = join(&environment.project_directory, ".env") == path && command.env_files.is_empty();
        let mut given = command.env_files.iter().chain(&environment.interpolation);
        if (given.any(|file| file == path) || by_custom) && !sourced {
            add(Loader::Compose, &command.path, command.span);
        }
    }
    let commands = environments.iter().map(|environment| &environment.command).chain(&project.commands);
    for command in commands {
        for sourced in command.sourced.iter().filter(|sourced| sourced.path == path) {
            let loader = if sourced.by_source { shell(project, &command.path) } else { Loader::Xargs };
            add(loader, &command.path, sourced.span);
        }
    }
    for read in project.reads.iter().filter(|read| read.env_file == path) {
        add(read.reader.loader, &read.reader.path, read.reader.span);
    }
    readers.sort_by_key(|reader| reader.loader);
    readers
}

/// The shell that runs the script at `path`.
fn shell(project: &Project<'_>, path: &str) -> Loader {
    let known = project
        .reads
        .iter()
        .find(|read| read.reader.path == path && matches!(read.reader.loader, Loader::Bash | Loader::Dash));
    known.map_or(Loader::Bash, |read| read.reader.loader)
}
