//! Walking a script in the order it runs, with what its variables, its directory and its sourced files
//! are where that is literal.
//!
//! Not here: taking a compose command line apart (see [`super::line`]) and finding its directory.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::env::Loader;
use crate::document::env_uses::{self, EnvUse};
use crate::document::shell::{
    Command, CommandKind, Item, List, Origin, Pipeline, Redirect, Script, Simple, Word,
};
use crate::source::Span;

use super::Exported;
use super::fields::{beginning, expand, text};
use super::line::{self, Line};
use super::ran::{self, Ran};
use super::state::{
    Loaded, State, assign, change_directory, declare, export, exported_again, forget, load, read, set, unset,
};
use super::worlds::{Worlds, merged};

/// A compose command with what the script says about it; paths as written.
#[derive(Debug, Default, PartialEq, Eq)]
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
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) of: EnvUse,
    /// The directories that the script has changed to, one within the other.
    pub(super) directory: Option<String>,
}

/// One walk. A function is walked once, at its first call: what stands there is what it sees.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    found: Vec<Raw>,
    reads: Vec<Read>,
    /// Every command, where they are asked for.
    ran: Option<Vec<Ran>>,
    functions: BTreeMap<&'a str, (&'a Command, Worlds)>,
    /// The functions that were called and hand their arguments on to one command: each call is one of that command.
    handed: BTreeSet<&'a str>,
    /// How many of these calls there were.
    calls: usize,
    /// The call of such a function that is walked.
    at: Option<Span>,
    /// The functions after which nothing comes.
    ending: BTreeSet<&'a str>,
    depth: usize,
}

/// How many commands are remembered, and how deep calls are followed: more is not written by people.
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
        let first = if matches!(script.origin, Origin::Recipe { .. }) {
            State::of_recipe()
        } else {
            State::default()
        };
        self.list(&script.body, &mut vec![first]);
        // Those that nobody calls here see what stood above them.
        while let Some((name, (body, mut worlds))) = self.functions.pop_first() {
            if !self.handed.contains(name) {
                self.command(body, &mut worlds);
            }
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

    fn list(&mut self, list: &'a List, worlds: &mut Worlds) {
        for item in &list.items {
            self.item(item, worlds);
        }
    }

    fn item(&mut self, item: &'a Item, worlds: &mut Worlds) {
        let mut tested = false;
        let ended = worlds.iter().all(|state| state.ended);
        for (nth, pipeline) in item.pipelines().enumerate() {
            // `[ … ] && NAME=value`
            let perhaps = tested && self.ran.is_none() && only_assigns(pipeline);
            let otherwise = perhaps.then(|| worlds.clone());
            let alone = pipeline.commands.len() == 1;
            for command in &pipeline.commands {
                if alone {
                    self.command(command, worlds);
                } else {
                    self.command(command, &mut worlds.clone());
                }
            }
            if let Some(otherwise) = otherwise {
                *worlds = merged(vec![std::mem::take(worlds), otherwise]);
            }
            // `… || exit`
            if nth > 0 && !ended {
                for state in &mut *worlds {
                    state.ended = false;
                }
            }
            tested |= is_test(pipeline);
        }
    }

    fn command(&mut self, command: &'a Command, worlds: &mut Worlds) {
        for word in command.kind.words() {
            for substitution in word.substitutions() {
                self.list(&substitution.body, &mut worlds.clone());
            }
        }
        if !matches!(command.kind, CommandKind::Simple(_) | CommandKind::Function { .. }) {
            let words = if let CommandKind::Test(words) = &command.kind { words.as_slice() } else { &[] };
            let redirects = if words.is_empty() { command.redirects.as_slice() } else { &[] };
            worlds.iter().take(1).for_each(|state| self.note(words, redirects, state));
        }
        match &command.kind {
            CommandKind::Simple(simple) => {
                worlds.iter().take(1).for_each(|state| self.tell(simple, &command.redirects, state));
                if !self.call(simple, command.span, worlds) {
                    for state in &mut *worlds {
                        self.simple(simple, command.span, state);
                    }
                }
            }
            CommandKind::Subshell(list) => self.list(list, &mut worlds.clone()),
            CommandKind::Test(_) => {}
            CommandKind::If { .. } | CommandKind::Case { .. } if self.ran.is_none() => {
                *worlds = self.choice(&command.kind, worlds);
            }
            CommandKind::For { variable, body, .. } => {
                for state in &mut *worlds {
                    forget(variable, state);
                }
                self.list(body, worlds);
                for state in &mut *worlds {
                    state.ended = false;
                }
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition, worlds);
                self.list(body, worlds);
                for state in &mut *worlds {
                    state.ended = false;
                }
            }
            CommandKind::Function { name, body, .. } => {
                self.functions.insert(name, (body, worlds.clone()));
            }
            kind => {
                for list in kind.lists() {
                    self.list(list, worlds);
                }
            }
        }
    }

    /// What may be known behind `if` and `case`.
    fn choice(&mut self, kind: &'a CommandKind, worlds: &mut Worlds) -> Worlds {
        let mut ends = Vec::new();
        match kind {
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.list(condition, worlds);
                    ends.push(self.branch(body, worlds));
                }
                ends.push(match otherwise {
                    Some(body) => self.branch(body, worlds),
                    None => worlds.clone(),
                });
            }
            CommandKind::Case { arms, .. } => {
                ends.extend(arms.iter().map(|(_, body)| self.branch(body, worlds)));
                let all = arms.iter().any(|(patterns, _)| patterns.iter().any(|word| word.raw == "*"));
                ends.extend((!all).then(|| worlds.clone()));
            }
            _ => ends.push(worlds.clone()),
        }
        merged(ends)
    }

    /// What is known behind a branch.
    fn branch(&mut self, body: &'a List, worlds: &Worlds) -> Worlds {
        let mut inner = worlds.clone();
        self.list(body, &mut inner);
        inner
    }

    /// Walks the function that is called, if one is.
    fn call(&mut self, simple: &'a Simple, span: Span, worlds: &mut Worlds) -> bool {
        let Some(name) = simple.name().filter(|_| self.depth < MAX_CALLS) else { return false };
        let known = self.functions.get_key_value(name).map(|(name, (body, _))| (*name, *body));
        if let Some((name, body)) = known.filter(|(_, body)| hands_on(body) && self.calls < MAX_COMMANDS) {
            self.calls += 1;
            self.handed.insert(name);
            let outer = self.at;
            self.at = outer.or(Some(span));
            for state in &mut *worlds {
                give(simple, state);
            }
            self.depth += 1;
            self.command(body, worlds);
            self.depth -= 1;
            for state in &mut *worlds {
                drop(state.variables.remove("@"));
            }
            self.at = outer;
            return true;
        }
        let Some((body, _)) = self.functions.remove(name) else {
            let ends = self.ending.contains(name);
            for state in &mut *worlds {
                state.ended |= ends;
            }
            return false;
        };
        self.depth += 1;
        self.command(body, worlds);
        self.depth -= 1;
        if worlds.iter().all(|state| state.ended) {
            self.ending.insert(name);
        }
        true
    }

    fn simple(&mut self, simple: &'a Simple, span: Span, state: &mut State) {
        if simple.words.is_empty() {
            assign(&simple.assignments, state);
            exported_again(&simple.assignments, span, state);
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
            self.list(&nested.script.body, &mut vec![inner]);
        }
        let before = state.sourced.len();
        match simple.name() {
            Some("unset") => {
                let names = simple.words.iter().skip(1).filter_map(Word::literal);
                names.for_each(|name| unset(name, state));
            }
            Some("cd" | "pushd") => change_directory(simple, state),
            Some("set") => set(simple, state),
            Some("source" | ".") => {
                let path = simple.words.get(1).and_then(|word| text(word, state));
                load(path, span, true, state);
            }
            Some("read") => read(simple, state),
            Some("exit") => state.ended = true,
            Some("export" | "declare" | "typeset" | "readonly") => declare(simple, span, state),
            _ => self.compose(simple, span, state),
        }
        for loaded in state.sourced.iter().skip(before).filter(|loaded| !loaded.whole_lines) {
            let loader = if loaded.by_source { Loader::Bash } else { Loader::Xargs };
            self.read(EnvUse { loader, path: loaded.path.clone(), span }, state);
        }
    }

    fn read(&mut self, of: EnvUse, state: &State) {
        let read = Read { of, directory: state.directory.clone() };
        if self.reads.len() < MAX_COMMANDS && !self.reads.contains(&read) {
            self.reads.push(read);
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
        let span = self.at.unwrap_or(span);
        let raw = Raw { span, line, directory, sourced, exported: own.exported, remote: state.remote };
        let mut last = self.found.iter().rev().take_while(|known| known.span == span);
        if !last.any(|known| *known == raw) {
            self.found.push(raw);
        }
    }
}

/// Whether a function is one command with the function's arguments behind it: `docker compose -f a.yml "$@"`.
fn hands_on(body: &Command) -> bool {
    let CommandKind::Brace(list) = &body.kind else { return false };
    let [item] = list.items.as_slice() else { return false };
    let simple = item.single().and_then(Command::simple);
    let last = simple.and_then(|simple| simple.words.last()).and_then(Word::parameter);
    last.is_some_and(|last| last.name == "@" && last.operation.is_empty())
}

/// Gives a function its arguments, where all of them are known.
fn give(simple: &Simple, state: &mut State) {
    let mut words = Vec::new();
    simple.words.iter().skip(1).for_each(|word| expand(word, state, &mut words));
    match words.into_iter().collect() {
        Some(words) => drop(state.variables.insert("@".to_owned(), words)),
        None => drop(state.variables.remove("@")),
    }
}

/// Whether a pipeline does nothing but look.
fn is_test(pipeline: &Pipeline) -> bool {
    pipeline.commands.iter().all(|command| match &command.kind {
        CommandKind::Test(_) => true,
        CommandKind::Simple(simple) => matches!(simple.name(), Some("[" | "test")),
        _ => false,
    })
}

/// Whether a pipeline does nothing but give values to variables.
fn only_assigns(pipeline: &Pipeline) -> bool {
    pipeline.commands.iter().all(|command| {
        command.simple().is_some_and(|simple| simple.words.is_empty() || simple.name() == Some("export"))
    })
}
