//! Reading and parsing: every input once, in parallel, keeping only what later stages need.
//!
//! The rules that look at any text run here, while a file's bytes are at hand: a large tree is not kept.

use std::collections::BTreeMap;
use std::io;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::diagnostic::{Diagnostic, Findings, Gathered};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::{File, Project, Role};
use crate::rules::Rule;
use crate::source::{PathKind, Source, Tree, file_name, is_text_name, join, parent};
use crate::suppress::{self, Allow};

use super::{Input, Unreadable, classify};

/// How many files are looked at before what was found in them is gathered: it bounds what is kept whole.
pub(super) const AT_ONCE: usize = 512;

/// What reading gave.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// The files that rules over documents and projects need, and those with findings or silencings.
    pub(super) files: Vec<File>,
    /// What the rules over any text found.
    pub(super) found: Gathered,
    /// The silencing comments by path.
    pub(super) allows: BTreeMap<String, Vec<Allow>>,
    /// How many files were text.
    pub(super) count: usize,
}

/// What reading one file gave. A large tree is mostly plain text without a finding: nothing of it is kept,
/// so that memory holds what the project is made of and not what lies around it.
enum Read {
    Binary,
    Plain,
    Kept { file: Box<File>, found: Vec<Diagnostic>, allows: Vec<Allow> },
}

pub(super) fn load(
    inputs: &[Input],
    rules: &[&'static dyn Rule],
    tree: &dyn Tree,
) -> Result<Loaded, Unreadable> {
    let mut loaded = Loaded::default();
    let mut failed = Vec::new();
    for some in inputs.chunks(AT_ONCE) {
        let read: Vec<Result<Read, (String, io::Error)>> =
            some.par_iter().map(|input| read_one(input, rules, tree)).collect();
        for one in read {
            match one {
                Ok(Read::Binary) => {}
                Ok(Read::Plain) => loaded.count += 1,
                Ok(Read::Kept { file, found, allows }) => keep(&mut loaded, *file, found, allows),
                Err(error) => failed.push(error),
            }
        }
    }
    if failed.is_empty() { Ok(loaded) } else { Err(Unreadable(failed)) }
}

fn keep(loaded: &mut Loaded, file: File, found: Vec<Diagnostic>, allows: Vec<Allow>) {
    loaded.count += usize::from(file.checked);
    if !allows.is_empty() {
        loaded.allows.insert(file.source.path().to_owned(), allows);
    }
    loaded.found.extend(found);
    loaded.files.push(file);
}

fn read_one(
    input: &Input,
    rules: &[&'static dyn Rule],
    tree: &dyn Tree,
) -> Result<Read, (String, io::Error)> {
    let bytes = tree.read(&input.path).map_err(|error| (input.path.clone(), error))?;
    let text = classify::is_env_path(&input.path) || is_text_name(file_name(&input.path));
    if classify::is_binary(&bytes) && !text {
        return Ok(Read::Binary);
    }
    let source = Source::from_bytes(input.path.as_str(), bytes);
    let (document, role) = if input.hook { classify::hook(&source) } else { classify::document(&source) };
    let allows = suppress::allows(&source);
    let (tracked, mode) = (input.tracked, input.mode);
    let file = File { source, document, role, tracked, mode, checked: input.checked };
    let mut found = Vec::new();
    for rule in rules.iter().filter(|_| input.checked) {
        rule.check_text(&file, &mut Findings::new(rule.meta(), file.source.shared_path(), &mut found));
    }
    let text = matches!(file.document, Document::Text) && file.role == Role::Plain;
    let plain = text && found.is_empty() && allows.is_empty();
    if plain && file.checked {
        return Ok(Read::Plain);
    }
    Ok(Read::Kept { file: Box::new(file), found, allows })
}

/// A file that others refer to and that was not listed; read for what it means to them, not checked.
pub(super) fn referenced(path: &str, project: &Project<'_>, tree: &dyn Tree) -> Option<File> {
    if project.file(path).is_some() || tree.kind(path) != Some(PathKind::File) {
        return None;
    }
    let source = Source::from_bytes(path, tree.read(path).ok()?);
    let (document, role) = match classify::document(&source) {
        (Document::Text, role) => (Document::Env(EnvFile::parse(source.text())), role),
        known => known,
    };
    Some(File { source, document, role, tracked: None, mode: None, checked: false })
}

/// Marks the scripts that hooks call, and the scripts that those call.
pub(super) fn assign_hook_roles(project: &mut Project<'_>) {
    let mut waiting: Vec<String> =
        project.files.iter().filter(|file| file.role == Role::Hook).map(path_of).collect();
    while let Some(path) = waiting.pop() {
        let called = called_scripts(project, &path);
        for file in &mut project.files {
            if called.contains(&path_of(file)) && !matches!(file.role, Role::Hook | Role::CalledByHook) {
                file.role = Role::CalledByHook;
                waiting.push(path_of(file));
            }
        }
    }
}

pub(super) fn path_of(file: &File) -> String {
    file.source.path().to_owned()
}

/// The scripts that the script at `path` calls: looked for from the script's directory upwards, since a
/// hook runs at the top of its work tree, which need not be the working directory.
fn called_scripts(project: &Project<'_>, path: &str) -> Vec<String> {
    let Some(Document::Shell(script)) = project.file(path).map(|file| &file.document) else {
        return Vec::new();
    };
    let mut called = Vec::new();
    for name in script.called_scripts() {
        let mut directory = parent(path);
        loop {
            let candidate = join(directory, &name.value);
            if project.file(&candidate).is_some() {
                called.push(candidate);
                break;
            }
            if directory.is_empty() || directory == "/" {
                break;
            }
            directory = parent(directory);
        }
    }
    called
}
