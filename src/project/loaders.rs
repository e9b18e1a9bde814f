//! Which loaders read an env file in this project, and where that is written.
//!
//! Not here: what they make of it; `document::env` says that, and [`super::loading`] compares.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::commands::{self, ScriptRead};
use super::resolve::Environment;
use super::{EXAMPLE_WORDS, File, Project, Role};
use crate::document::Document;
use crate::document::env::Loader;
use crate::source::{Span, ascent, file_name, is_env_name, is_top, join, parent};

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
            let candidate = join(ascent(from), rest);
            if known.contains(&candidate) {
                return candidate;
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
        if is_top(directory) {
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
    let path = read_as(project, path);
    by_path(project, environments).remove(&*path).unwrap_or_default()
}

/// Who the project's files say reads the env file at `path`, compose left out; of an example, what it is copied to.
pub fn written_reads<'p>(project: &'p Project<'_>, path: &'p str) -> impl Iterator<Item = &'p Read> {
    let path = read_as(project, path);
    project.reads.iter().filter(move |read| read.env_file == *path)
}

/// The path of the env file that the one at `path` is read as: of an example, what it is copied to.
pub(super) fn read_as<'p>(project: &Project<'_>, path: &'p str) -> Cow<'p, str> {
    project.file(path).and_then(stands_for).map_or(Cow::Borrowed(path), Cow::Owned)
}

/// The readers of every env file by its path, each loader once, ordered by loader: found in one look at all
/// commands, since each of many env files asks for its own.
pub(super) fn by_path(project: &Project<'_>, environments: &[Environment]) -> BTreeMap<String, Vec<Reader>> {
    let mut found: BTreeMap<String, Vec<Reader>> = BTreeMap::new();
    let mut add = |path: &str, loader, at: &str, span| {
        let readers = found.entry(path.to_owned()).or_default();
        if !readers.iter().any(|reader| reader.loader == loader) {
            readers.push(Reader { loader, path: at.to_owned(), span });
        }
    };
    for environment in environments {
        let command = &environment.command;
        for file in environment.services.iter().flat_map(|service| &service.env_files) {
            let loader = if file.raw { Loader::ComposeRaw } else { Loader::ComposeEnvFile };
            add(&file.path, loader, &file.named_in, file.span);
        }
        let by_custom = join(&environment.project_directory, ".env");
        let by_custom = command.env_files.is_empty().then_some(&by_custom);
        for file in command.env_files.iter().chain(&environment.interpolation).chain(by_custom) {
            if !environment.made_alone(file) && !command.sourced.iter().any(|sourced| sourced.path == *file) {
                add(file, Loader::Compose, &command.path, command.span);
            }
        }
    }
    let commands = environments.iter().map(|environment| &environment.command).chain(&project.commands);
    for command in commands {
        // Of what `xargs -d` makes of a file nothing is known that would be told.
        for sourced in command.sourced.iter().filter(|sourced| !sourced.whole_lines) {
            let loader = if sourced.by_source { shell(project, &command.path) } else { Loader::Xargs };
            add(&sourced.path, loader, &command.path, sourced.span);
        }
    }
    for read in &project.reads {
        add(&read.env_file, read.reader.loader, &read.reader.path, read.reader.span);
    }
    for readers in found.values_mut() {
        readers.sort_by_key(|reader| reader.loader);
    }
    found
}

/// The shell that runs the script at `path`.
fn shell(project: &Project<'_>, path: &str) -> Loader {
    let known = project
        .reads
        .iter()
        .find(|read| read.reader.path == path && matches!(read.reader.loader, Loader::Bash | Loader::Dash));
    known.map_or(Loader::Bash, |read| read.reader.loader)
}
