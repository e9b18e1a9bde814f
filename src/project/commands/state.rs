//! What a shell knows at a place of a script: its variables, its directory, what it has loaded and exports.
//!
//! Not here: the order in which commands run (see [`super::walk`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::document::shell::{Assignment, Simple, Value, Word};
use crate::source::{Span, is_env_name};

use super::Exported;
use super::fields::{expand, text};
use super::listed::{keeps_lines, lists_names};

/// How many variables and files are remembered: more is not written by people, and would make the copies for
/// subshells dear.
const MAX_VARIABLES: usize = 400;
const MAX_SOURCED: usize = 10;
const MAX_EXPORTED: usize = 100;

/// What says where make is.
const HERE: &[&str] = &["CURDIR", "PWD"];

/// An env file loaded into the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loaded {
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) by_source: bool,
    /// Whether its lines go through `xargs -d`.
    pub(super) whole_lines: bool,
    /// Whether all of it is exported.
    pub(super) all: bool,
    /// The names exported later on.
    pub(super) exported: Vec<String>,
}

/// What is known at a place of the script. Subshells work on a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) variables: BTreeMap<String, Vec<String>>,
    /// The names that are given a value which is only known when the script runs.
    pub(super) unknown: BTreeSet<String>,
    pub(super) directory: Option<String>,
    pub(super) sourced: Vec<Loaded>,
    pub(super) exported: Vec<Exported>,
    pub(super) export_all: bool,
    pub(super) remote: bool,
    pub(super) host: Option<String>,
    /// Whether the script ends here.
    pub(super) ended: bool,
}

impl State {
    /// What a shell knows to which make gives a line: it is where make is, and make says where that is.
    pub(super) fn of_recipe() -> Self {
        let here = || vec![".".to_owned()];
        let variables = HERE.iter().map(|name| ((*name).to_owned(), here())).collect();
        Self { variables, ..Self::default() }
    }
}

/// `set -a` and `set -o allexport`, and how they end.
pub(super) fn set(simple: &Simple, state: &mut State) {
    let mut words = simple.words.iter().skip(1).map(|word| word.raw.as_str());
    match words.next() {
        Some("-o") if words.next() == Some("allexport") => state.export_all = true,
        Some("+o") => state.export_all = false,
        Some(flags) if flags.contains('a') && flags.starts_with('-') => state.export_all = true,
        Some(flags) if flags.contains('a') && flags.starts_with('+') => state.export_all = false,
        _ => {}
    }
}

pub(super) fn assign(assignments: &[Assignment], state: &mut State) {
    for assignment in assignments {
        let name = &assignment.name.value;
        let value = match &assignment.value {
            Value::Scalar(word) => text(word, state).map(|text| vec![text]),
            Value::Array(words) => {
                let mut expanded = Vec::new();
                for word in words {
                    expand(word, state, &mut expanded);
                }
                expanded.into_iter().collect()
            }
        };
        match (value, assignment.append) {
            (Some(value), false) if state.variables.len() < MAX_VARIABLES => {
                state.unknown.remove(name);
                state.variables.insert(name.clone(), value);
            }
            (Some(mut more), true) => {
                // What is added to something that is not known is not known.
                let Some(known) = state.variables.get_mut(name) else { continue };
                let scalar = matches!(assignment.value, Value::Scalar(_));
                match (known.last_mut(), scalar) {
                    (Some(last), true) => last.push_str(&more.concat()),
                    _ => known.append(&mut more),
                }
                // A loop that adds to itself must not grow without end.
                if known.iter().map(String::len).sum::<usize>() > 4096 {
                    forget(name, state);
                }
            }
            (None | Some(_), _) => forget(name, state),
        }
    }
}

/// Notes that a variable is given a value which is only known when the script runs.
pub(super) fn forget(name: &str, state: &mut State) {
    state.variables.remove(name);
    if state.unknown.len() < MAX_VARIABLES {
        state.unknown.insert(name.to_owned());
    }
}

/// `unset NAME`
pub(super) fn unset(name: &str, state: &mut State) {
    state.variables.remove(name);
    state.unknown.remove(name);
    state.exported.retain(|known| known.name != name);
}

/// `read NAME…` gives values that are only known when the script runs.
pub(super) fn read(simple: &Simple, state: &mut State) {
    let names = simple.words.iter().skip(1).filter_map(Word::literal);
    names.filter(|name| crate::document::shell::is_name(name)).for_each(|name| forget(name, state));
}

/// Notes the values that variables have now, where they are exported already.
pub(super) fn exported_again(assignments: &[Assignment], span: Span, state: &mut State) {
    for name in assignments.iter().map(|one| one.name.value.as_str()) {
        if state.export_all || state.exported.iter().any(|known| known.name == name) {
            export(name, span, false, state);
        }
    }
}

pub(super) fn declare(simple: &Simple, span: Span, state: &mut State) {
    assign(&simple.declared, state);
    if simple.name() != Some("export") {
        return;
    }
    for word in simple.words.iter().skip(1) {
        for substitution in word.substitutions() {
            let commands = substitution.body.commands();
            let simple = commands.iter().filter_map(|command| command.simple());
            let by_xargs =
                simple.clone().any(|simple| matches!(simple.name(), Some("xargs" | "grep" | "cat" | "sed")));
            let lines = simple.clone().any(keeps_lines);
            let mut paths = simple.flat_map(|simple| &simple.words).filter_map(|word| text(word, state));
            let redirected = commands.iter().flat_map(|command| &command.redirects);
            let mut redirected = redirected.filter_map(|redirect| text(&redirect.target, state));
            let path = paths
                .find(|path| names_env_file(path))
                .or_else(|| redirected.find(|path| names_env_file(path)));
            if lists_names(&commands) {
                name_all(path.as_deref(), state);
                continue;
            }
            // `export NAME=$(grep … .env)` takes one value out of the file.
            if by_xargs && word.assigned().is_none() {
                let before = state.sourced.len();
                load(path, span, false, state);
                state.sourced.iter_mut().skip(before).for_each(|loaded| loaded.whole_lines = lines);
            }
        }
        let name = word.assigned().map_or(word.literal().unwrap_or(""), |(name, _)| name);
        if crate::document::shell::is_name(name) {
            for loaded in state.sourced.iter_mut().filter(|loaded| loaded.exported.len() < MAX_EXPORTED) {
                loaded.exported.push(name.to_owned());
            }
            if simple.words.get(1).is_none_or(|word| word.literal() != Some("-n")) {
                export(name, span, false, state);
            }
        }
    }
}

/// `source .env; export $(cut -d= -f1 .env)`: all that the file has set is exported.
fn name_all(path: Option<&str>, state: &mut State) {
    let bare = |path: &str| path.trim_start_matches("./").to_owned();
    for loaded in &mut state.sourced {
        loaded.all |= path.is_some_and(|path| bare(path) == bare(&loaded.path));
    }
}

/// Notes that a name is in the environment of what comes, with the value that it has now.
pub(super) fn export(name: &str, span: Span, prefix: bool, state: &mut State) {
    state.exported.retain(|known| known.name != name);
    if state.exported.len() < MAX_EXPORTED {
        let value = state.variables.get(name).map(|words| words.join(" "));
        let set = value.is_some() || state.unknown.contains(name);
        state.exported.push(Exported { name: name.to_owned(), value, set, span, prefix });
    }
}

pub(super) fn load(path: Option<String>, span: Span, by_source: bool, state: &mut State) {
    if let Some(path) = path.filter(|path| names_env_file(path) && state.sourced.len() < MAX_SOURCED) {
        let all = state.export_all || !by_source;
        let whole_lines = false;
        state.sourced.push(Loaded { path, span, by_source, whole_lines, all, exported: Vec::new() });
    }
}

/// Whether a path names an env file rather than a library of functions.
fn names_env_file(path: &str) -> bool {
    is_env_name(crate::source::file_name(path))
}

pub(super) fn change_directory(simple: &Simple, state: &mut State) {
    let path = simple.words.get(1).and_then(|word| text(word, state));
    for name in HERE {
        state.variables.remove(*name);
    }
    let Some(path) = path else {
        // Where it goes is not known: most often to the script's own directory or the top of the tree.
        state.directory = None;
        return;
    };
    if path.starts_with(['/', '~', '-']) {
        state.directory = None;
    } else {
        let base = state.directory.take().unwrap_or_default();
        state.directory = Some(crate::source::join(&base, &path));
    }
}
