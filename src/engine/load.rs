//! Reading and parsing: every input once, in parallel, keeping only what later stages need.
//!
//! The rules that look at any text run here, while a file's bytes are at hand: a large tree is not kept.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::diagnostic::{Diagnostic, Findings, Gathered};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::document::env_uses;
use crate::project::hooks::{self, Callers};
use crate::project::programs::names_set;
use crate::project::{File, Project, Role};
use crate::rules::Rule;
use crate::secrets::{self, Own};
use crate::source::{
    PathKind, Source, Span, Tree, file_name, from_utf16, is_text_name, is_top, join, parent,
};
use crate::suppress::{self, Allow};

use super::threads::Threads;
use super::{Input, Unreadable, classify, pairs};

/// How many files are looked at before what was found in them is gathered: it bounds what is kept whole.
pub(super) const AT_ONCE: usize = 512;

/// From this size on a text with findings is kept as the lines that the findings point at.
const KEPT_WHOLE: usize = 64 * 1024;

/// What reading gave.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// The files that rules over documents and projects need, and those with findings or silencings.
    pub(super) files: Vec<File>,
    /// What the rules over any text found.
    pub(super) found: Gathered,
    /// The silencing comments by path.
    pub(super) allows: BTreeMap<String, Vec<Allow>>,
    /// The spans that no output may show, of the files that were cut down: their text no longer tells.
    pub(super) masks: BTreeMap<Arc<str>, Vec<Span>>,
    /// How many files were text.
    pub(super) count: usize,
}

/// What is asked of every text.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The rules.
    pub(super) rules: &'a [&'a dyn Rule],
    /// The project's own patterns, whose secrets no output may show either.
    pub(super) own: Option<&'a Own>,
    /// Which findings anyone will see.
    pub(super) wanted: &'a (dyn Fn(&Diagnostic) -> bool + Sync),
    /// Whether all files are texts and nothing else.
    pub(super) texts: bool,
    /// Whether all files are env files, whatever they are called.
    pub(super) env: bool,
}

/// One text. A file that nobody needs any more is not in it.
struct Read {
    checked: bool,
    kept: Option<Kept>,
}

/// A text, or nothing where a file is none.
type ReadOne = Result<Option<Read>, (String, io::Error)>;

struct Kept {
    file: File,
    found: Vec<Diagnostic>,
    allows: Vec<Allow>,
    masks: Vec<Span>,
}

pub(super) fn load(inputs: &[Input], asked: &Asked<'_>, tree: &dyn Tree) -> Result<Loaded, Unreadable> {
    let mut loaded = Loaded::default();
    let mut failed = Vec::new();
    let threads = Threads::to_read(inputs, tree);
    for some in inputs.chunks(AT_ONCE) {
        // Each thread reads all of its files into the same memory.
        let read_one = |buffer: &mut Vec<u8>, input: &Input| read_one(input, asked, tree, buffer);
        let read: Vec<ReadOne> = match threads {
            Threads::This => {
                let mut buffer = Vec::new();
                some.iter().map(|input| read_one(&mut buffer, input)).collect()
            }
            Threads::All => some
                .par_iter()
                .map_init(Vec::new, read_one)
                .filter(|read| !matches!(read, Ok(None)))
                .collect(),
        };
        for one in read {
            match one {
                Ok(None) => {}
                Ok(Some(read)) => {
                    loaded.count += usize::from(read.checked);
                    read.kept.into_iter().for_each(|kept| keep(&mut loaded, kept));
                }
                Err(error) => failed.push(error),
            }
        }
    }
    if failed.is_empty() { Ok(loaded) } else { Err(Unreadable(failed)) }
}

fn keep(loaded: &mut Loaded, kept: Kept) {
    if !kept.allows.is_empty() {
        loaded.allows.insert(kept.file.source.path().to_owned(), kept.allows);
    }
    if !kept.masks.is_empty() {
        loaded.masks.insert(kept.file.source.shared_path(), kept.masks);
    }
    loaded.found.extend(kept.found);
    loaded.files.push(kept.file);
}

fn read_one(input: &Input, asked: &Asked<'_>, tree: &dyn Tree, buffer: &mut Vec<u8>) -> ReadOne {
    tree.read_into(&input.path, buffer).map_err(|error| (input.path.clone(), error))?;
    let text = classify::is_env_path(&input.path) || is_text_name(file_name(&input.path));
    let decoded = if text { None } else { from_utf16(buffer) };
    // What is not as it stands on the disk is searched, and no more: a change to it would be made elsewhere.
    let converted = decoded.is_some();
    if let Some(decoded) = decoded {
        *buffer = decoded.into_bytes();
    }
    if classify::is_binary(buffer) && !text {
        return Ok(None);
    }
    let source = Source::from_bytes(input.path.as_str(), std::mem::take(buffer));
    let (document, role) = match (asked.texts || converted, input.hook) {
        (true, _) => (Document::Text, Role::Plain),
        (false, _) if asked.env => classify::env(&source),
        (false, true) => classify::hook(&source),
        (false, false) => classify::document(&source),
    };
    let allows = suppress::allows(&source);
    let (tracked, mode) = (input.tracked, input.mode);
    let env_uses =
        if asked.texts { Vec::new() } else { env_uses::find(file_name(&input.path), source.text()) };
    let file = File { source, document, role, env_uses, tracked, mode, checked: input.checked };
    let mut found = Vec::new();
    for rule in asked.rules.iter().filter(|_| input.checked) {
        rule.check_text(&file, &mut Findings::new(rule.meta(), file.source.shared_path(), &mut found));
    }
    found.retain(|finding| wanted(finding, asked));
    found.iter_mut().filter(|_| converted).for_each(|finding| finding.fix = None);
    pairs::join(&mut found);
    let checked = input.checked;
    let text = matches!(file.document, Document::Text) && file.role == Role::Plain;
    let sets = || !names_set(&input.path, file.source.text()).is_empty();
    if text && found.is_empty() && allows.is_empty() && file.env_uses.is_empty() && (asked.texts || !sets()) {
        *buffer = file.source.into_bytes();
        return Ok(Some(Read { checked, kept: None }));
    }
    let kept = Kept { file, found, allows, masks: Vec::new() };
    if !text || kept.file.source.text().len() < KEPT_WHOLE {
        return Ok(Some(Read { checked, kept: Some(kept) }));
    }
    let (kept, memory) = cut_down(kept, asked.own);
    *buffer = memory;
    Ok(Some(Read { checked, kept: Some(kept) }))
}

/// Whether anyone will see the finding, or one that it carries.
fn wanted(finding: &Diagnostic, asked: &Asked<'_>) -> bool {
    (asked.wanted)(finding) || finding.further.iter().any(|further| (asked.wanted)(&further.of(finding)))
}

/// Leaves of a large text what its findings point at, and gives back the memory that it was read into.
fn cut_down(kept: Kept, own: Option<&Own>) -> (Kept, Vec<u8>) {
    let Kept { mut file, mut found, mut allows, .. } = kept;
    let labels = |one: &Diagnostic| one.labels.iter().map(|label| label.span).collect::<Vec<_>>();
    let mut spans: Vec<Span> = allows.iter().map(|allow| allow.span).collect();
    spans.extend(found.iter().map(|one| one.span));
    spans.extend(found.iter().flat_map(|one| &one.further).map(|further| further.span));
    spans.extend(found.iter().flat_map(labels));
    spans.extend(file.env_uses.iter().map(|of| of.span));
    let whole = file.source;
    let short = whole.abridged(&spans);
    for one in &mut found {
        one.span = short.place(one.span);
        for further in &mut one.further {
            further.span = short.place(further.span);
        }
        for label in &mut one.labels {
            label.span = short.place(label.span);
        }
    }
    for allow in &mut allows {
        allow.span = short.place(allow.span);
    }
    for of in &mut file.env_uses {
        of.span = short.place(of.span);
    }
    let masks = secrets::sensitive_spans_with(whole.path(), whole.text(), own);
    let masks = masks.into_iter().map(|span| short.place(span)).filter(|span| !span.is_empty()).collect();
    let file = File { source: short.source, ..file };
    (Kept { file, found, allows, masks }, whole.into_bytes())
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
    let env_uses = env_uses::find(file_name(path), source.text());
    Some(File { source, document, role, env_uses, tracked: None, mode: None, checked: false })
}

/// Marks the scripts that hooks call, and the scripts that those call, with the hooks that lead there.
pub(super) fn assign_hook_roles(project: &mut Project<'_>) {
    let linked = project.repository.as_ref().map(|repository| &repository.linked);
    for file in &mut project.files {
        let through = linked.and_then(|linked| linked.get(file.source.path()));
        let script = matches!(file.document, Document::Shell(_)) && file.role != Role::Hook;
        if let Some(callers) = through.filter(|_| script) {
            file.role = Role::LinkedHook(*callers);
        }
    }
    let mut callers: Vec<Callers> = project.files.iter().map(hooks::callers).collect();
    let mut waiting: Vec<usize> = (0..callers.len()).filter(|&at| !callers[at].is_empty()).collect();
    let mut calls: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    while let Some(at) = waiting.pop() {
        let through = callers[at];
        for &mut called in calls.entry(at).or_insert_with(|| called_scripts(project, at)) {
            let with = callers[called].with(through);
            if with != callers[called] {
                callers[called] = with;
                waiting.push(called);
            }
        }
    }
    for (file, callers) in project.files.iter_mut().zip(callers) {
        match file.role {
            Role::Hook => {}
            Role::LinkedHook(_) => file.role = Role::LinkedHook(callers),
            _ if callers.is_empty() => {}
            _ => file.role = Role::CalledByHook(callers),
        }
    }
}

pub(super) fn path_of(file: &File) -> String {
    file.source.path().to_owned()
}

/// The scripts that the script at this place calls: looked for from the script's directory upwards, since a
/// hook runs at the top of its work tree, which need not be the working directory.
fn called_scripts(project: &Project<'_>, at: usize) -> Vec<usize> {
    let file = &project.files[at];
    let Document::Shell(script) = &file.document else { return Vec::new() };
    let path = file.source.path();
    let mut called = Vec::new();
    for name in script.called_scripts() {
        let mut directory = parent(path);
        loop {
            let candidate = join(directory, &name.value);
            if let Some(place) = project.place(&candidate) {
                called.push(place);
                break;
            }
            if is_top(directory) {
                break;
            }
            directory = parent(directory);
        }
    }
    called
}
