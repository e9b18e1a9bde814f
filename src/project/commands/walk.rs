//! Walking a script in the order it runs, with what its variables, its directory and its sourced files
//! are where that is literal.
//!
//! Not here: taking a compose command line apart (see [`super::line`]) and finding its directory.

use std::collections::BTreeMap;

use crate::document::env::Loader;
use crate::document::env_uses::{self, EnvUse};
use crate::document::shell::{
    Assignment, Command, CommandKind, Item, List, Redirect, Script, Simple, Value, Word,
};
use crate::source::{Span, is_env_name};

use super::Exported;
use super::fields::{beginning, expand, text};
use super::line::{self, Line};
use super::listed::{keeps_lines, lists_names};
use super::ran::{self, Ran};

/// A compose command with what the script says about it; paths as written.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) span: Span,
    pub(super) line: Line,
    /// The directories that the script has changed to, one within the other.
    pub(super) directory: Option<String>,
    pub(super) sourced: Vec<Loaded>,
    pub(super) exported: Vec<Exported>,
    pub(super) remote: bool,
}

/// An env file that a command reads, or that is loaded into the shell; the path as written.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) of: EnvUse,
    /// The directories that the script has changed to, one within the other.
    pub(super) directory: Option<String>,
}

/// An env file loaded into the shell.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) variables: BTreeMap<String, Vec<String>>,
    directory: Option<String>,
    sourced: Vec<Loaded>,
    exported: Vec<Exported>,
    export_all: bool,
    remote: bool,
    host: Option<String>,
}

/// One walk. A function is walked once, at its first call: what stands there is what it sees.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    found: Vec<Raw>,
    reads: Vec<Read>,
    /// Every command, where they are asked for.
    ran: Option<Vec<Ran>>,
    functions: BTreeMap<&'a str, (&'a Command, State)>,
    depth: usize,
}

/// How many variables and files are remembered, and how deep calls are followed: more is not written by
/// people, and would make the copies for subshells dear.
const MAX_VARIABLES: usize = 400;
const MAX_SOURCED: usize = 10;
const MAX_EXPORTED: usize = 100;
const MAX_COMMANDS: usize = 500;
const MAX_CALLS: usize = 30;

impl<'a> Walk<'a> {
    pub(super) fn over(script: &'a Script) -> Vec<Raw> {
        Self::whole(script).found
    }

    /// The env files that the script reads. What is sourced is put down to bash.
    pub(super) fn reads(script: &'a Script) -> Vec<Read> {
        Self::whole(script).reads
    }

    /// Every command that the script runs, in order.
    pub(super) fn ran(script: &'a Script) -> Vec<Ran> {
        let mut walk = Self { ran: Some(Vec::new()), ..Self::default() };
        walk.all_of(script);
        walk.ran.unwrap_or_default()
    }

    fn whole(script: &'a Script) -> Self {
        let mut walk = Self::default();
        walk.all_of(script);
        walk
    }

    fn all_of(&mut self, script: &'a Script) {
        self.list(&script.body, &mut State::default());
        // Those that nobody calls here see what stood above them.
        while let Some((_, (body, mut state))) = self.functions.pop_first() {
            self.command(body, &mut state);
        }
    }

    fn tell(&mut self, simple: &Simple, redirects: &[Redirect], state: &State) {
        let Some(ran) = self.ran.as_mut().filter(|ran| ran.len() < MAX_COMMANDS) else { return };
        let mut words = Vec::new();
        simple.unwrapped().iter().for_each(|word| expand(word, state, &mut words));
        let writes = ran::output(redirects).map(|redirect| beginning(&redirect.target, state));
        ran.push(Ran { words, host: state.host.clone(), remote: state.remote, writes });
    }

    /// Notes what a test looks at, and what several commands write together.
    fn note(&mut self, words: &[Word], redirects: &[Redirect], state: &State) {
        let Some(ran) = self.ran.as_mut().filter(|ran| ran.len() < MAX_COMMANDS) else { return };
        let writes = ran::output(redirects).map(|redirect| beginning(&redirect.target, state));
        if words.is_empty() && writes.is_none() {
            return;
        }
        let mut noted = vec![Some("[[".to_owned()); usize::from(!words.is_empty())];
        for word in words {
            expand(word, state, &mut noted);
        }
        ran.push(Ran { words: noted, host: state.host.clone(), remote: state.remote, writes });
    }

    fn list(&mut self, list: &'a List, state: &mut State) {
        for item in &list.items {
            self.item(item, state);
        }
    }

    fn item(&mut self, item: &'a Item, state: &mut State) {
        for pipeline in item.pipelines() {
            let alone = pipeline.commands.len() == 1;
            for command in &pipeline.commands {
                if alone {
                    self.command(command, state);
                } else {
                    self.command(command, &mut state.clone());
                }
            }
        }
    }

    fn command(&mut self, command: &'a Command, state: &mut State) {
        for word in command.kind.words() {
            for substitution in word.substitutions() {
                self.list(&substitution.body, &mut state.clone());
            }
        }
        match &command.kind {
            CommandKind::Simple(simple) => {
                self.tell(simple, &command.redirects, state);
                self.simple(simple, command.span, state);
            }
            CommandKind::Subshell(list) => {
                self.note(&[], &command.redirects, state);
                self.list(list, &mut state.clone());
            }
            CommandKind::Test(words) => self.note(words, &[], state),
            CommandKind::Function { name, body, .. } => {
                self.functions.insert(name, (body, state.clone()));
            }
            kind => {
                self.note(&[], &command.redirects, state);
                for list in kind.lists() {
                    self.list(list, state);
                }
            }
        }
    }

    fn simple(&mut self, simple: &'a Simple, span: Span, state: &mut State) {
        if simple.words.is_empty() {
            assign(&simple.assignments, state);
            if state.export_all {
                simple.assignments.iter().for_each(|one| export(&one.name.value, span, false, state));
            }
            return;
        }
        for nested in &simple.scripts {
            let mut inner = state.clone();
            inner.remote |= nested.runner == crate::document::shell::Runner::Remote;
            if inner.remote {
                // Nothing of this shell arrives on the other side but the text itself.
                inner.directory = None;
                inner.sourced.clear();
                inner.exported.clear();
                let mut words = Vec::new();
                simple.words.iter().for_each(|word| expand(word, state, &mut words));
                inner.host = ran::host(&words);
            }
            self.list(&nested.script.body, &mut inner);
        }
        let called = simple.name().filter(|_| self.depth < MAX_CALLS);
        if let Some((body, _)) = called.and_then(|name| self.functions.remove(name)) {
            self.depth += 1;
            self.command(body, state);
            self.depth -= 1;
            return;
        }
        let before = state.sourced.len();
        match simple.name() {
            Some("unset") => {
                let names = simple.words.iter().skip(1).filter_map(Word::literal);
                names.for_each(|name| state.exported.retain(|known| known.name != name));
            }
            Some("cd" | "pushd") => change_directory(simple, state),
            Some("set") => set(simple, state),
            Some("source" | ".") => {
                let path = simple.words.get(1).and_then(|word| text(word, state));
                load(path, span, true, state);
            }
            Some("export" | "declare" | "typeset" | "readonly") => declare(simple, span, state),
            _ => self.compose(simple, span, state),
        }
        for loaded in state.sourced.iter().skip(before).filter(|loaded| !loaded.whole_lines) {
            let loader = if loaded.by_source { Loader::Bash } else { Loader::Xargs };
            self.read(EnvUse { loader, path: loaded.path.clone(), span }, state);
        }
    }

    fn read(&mut self, of: EnvUse, state: &State) {
        if self.reads.len() < MAX_COMMANDS {
            self.reads.push(Read { of, directory: state.directory.clone() });
        }
    }

    fn compose(&mut self, simple: &Simple, span: Span, state: &State) {
        if self.found.len() >= MAX_COMMANDS {
            return;
        }
        let mut words: Vec<Option<String>> = Vec::new();
        for word in simple.unwrapped() {
            expand(word, state, &mut words);
        }
        for of in env_uses::of_words(&words, span) {
            self.read(of, state);
        }
        let mut own = state.clone();
        assign(&simple.assignments, &mut own);
        let environment = |name: &str| own.variables.get(name).map(|words| words.join(" "));
        let Some(line) = line::read(&words, environment) else { return };
        let mut sourced = state.sourced.clone();
        sourced.dedup_by(|one, two| one.span == two.span);
        for assignment in &simple.assignments {
            export(&assignment.name.value, span, true, &mut own);
        }
        let directory = state.directory.clone();
        self.found.push(Raw { span, line, directory, sourced, exported: own.exported, remote: state.remote });
    }
}

/// `set -a` and `set -o allexport`, and how they end.
fn set(simple: &Simple, state: &mut State) {
    let mut words = simple.words.iter().skip(1).map(|word| word.raw.as_str());
    match words.next() {
        Some("-o") if words.next() == Some("allexport") => state.export_all = true,
        Some("+o") => state.export_all = false,
        Some(flags) if flags.contains('a') && flags.starts_with('-') => state.export_all = true,
        Some(flags) if flags.contains('a') && flags.starts_with('+') => state.export_all = false,
        _ => {}
    }
}

fn assign(assignments: &[Assignment], state: &mut State) {
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
                    state.variables.remove(name);
                }
            }
            (None | Some(_), _) => {
                state.variables.remove(name);
            }
        }
    }
}

fn declare(simple: &Simple, span: Span, state: &mut State) {
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
fn export(name: &str, span: Span, prefix: bool, state: &mut State) {
    state.exported.retain(|known| known.name != name);
    if state.exported.len() < MAX_EXPORTED {
        let value = state.variables.get(name).map(|words| words.join(" "));
        state.exported.push(Exported { name: name.to_owned(), value, span, prefix });
    }
}

fn load(path: Option<String>, span: Span, by_source: bool, state: &mut State) {
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

fn change_directory(simple: &Simple, state: &mut State) {
    let Some(path) = simple.words.get(1).and_then(|word| text(word, state)) else {
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
