//! Walking a script in the order it runs, with what its variables, its directory and its sourced files
//! are where that is literal.
//!
//! Not here: taking a compose command line apart (see [`super::line`]) and finding its directory.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::env::Loader;
use crate::document::env_uses::{self, EnvUse};
use crate::document::shell::{Command, CommandKind, Item, List, Pipeline, Redirect, Script, Simple, Word};
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
        self.list(&script.body, &mut vec![State::default()]);
        // Those that nobody calls here see what stood above them.
        while let Some((_, (body, mut worlds))) = self.functions.pop_first() {
            self.command(body, &mut worlds);
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
                worlds.iter_mut().for_each(|state| state.ended = false);
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
                if !self.call(simple, worlds) {
                    worlds.iter_mut().for_each(|state| self.simple(simple, command.span, state));
                }
            }
            CommandKind::Subshell(list) => self.list(list, &mut worlds.clone()),
            CommandKind::Test(_) => {}
            CommandKind::If { branches, otherwise } if self.ran.is_none() => {
                let mut ends = Vec::new();
                for (condition, body) in branches {
                    self.list(condition, worlds);
                    ends.push(self.branch(body, worlds));
                }
                ends.push(
                    otherwise.as_ref().map_or_else(|| worlds.clone(), |body| self.branch(body, worlds)),
                );
                *worlds = merged(ends);
            }
            CommandKind::Case { arms, .. } if self.ran.is_none() => {
                let mut ends: Vec<Worlds> = arms.iter().map(|(_, body)| self.branch(body, worlds)).collect();
                let all = arms.iter().any(|(patterns, _)| patterns.iter().any(|word| word.raw == "*"));
                ends.extend((!all).then(|| worlds.clone()));
                *worlds = merged(ends);
            }
            CommandKind::For { variable, body, .. } => {
                worlds.iter_mut().for_each(|state| forget(variable, state));
                self.list(body, worlds);
                worlds.iter_mut().for_each(|state| state.ended = false);
            }
            CommandKind::Loop { condition, body } => {
                self.list(condition, worlds);
                self.list(body, worlds);
                worlds.iter_mut().for_each(|state| state.ended = false);
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

    /// What is known behind a branch.
    fn branch(&mut self, body: &'a List, worlds: &Worlds) -> Worlds {
        let mut inner = worlds.clone();
        self.list(body, &mut inner);
        inner
    }

    /// Walks the function that is called, if one is.
    fn call(&mut self, simple: &'a Simple, worlds: &mut Worlds) -> bool {
        let Some(name) = simple.name().filter(|_| self.depth < MAX_CALLS) else { return false };
        let Some((body, _)) = self.functions.remove(name) else {
            let ends = self.ending.contains(name);
            worlds.iter_mut().for_each(|state| state.ended |= ends);
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
        let raw = Raw { span, line, directory, sourced, exported: own.exported, remote: state.remote };
        let mut last = self.found.iter().rev().take_while(|known| known.span == span);
        if !last.any(|known| *known == raw) {
            self.found.push(raw);
        }
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
