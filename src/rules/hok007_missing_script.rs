//! HOK007: a hook or a recipe runs a script that is not there.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, CommandKind, Origin, Script, Word, looks_like_script};
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name, is_top, join, parent};

use super::{Rule, meta};

/// Interpreters whose first argument is a file.
const INTERPRETERS: &[&str] = &["python", "python3", "node", "bash", "sh", "dash", "zsh"];

/// Endings of source files.
const ENDINGS: &[&str] = &[".py", ".js", ".mjs", ".cjs"];

/// Directories that are made by installing something.
const INSTALLED: &[&str] =
    &["node_modules", "venv", ".venv", "vendor", "target", "dist", "build", "_", ".git"];

/// How many directories that a script changes to are looked into.
const MAX_PLACES: usize = 40;

/// The rule.
#[derive(Debug)]
pub(super) struct MissingScript;

impl Rule for MissingScript {
    fn meta(&self) -> &'static Meta {
        meta!("HOK007", "missing-script", Error, Certain, "a script that is run does not exist")
    }

    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let recipe = matches!(script.origin, Origin::Recipe { .. });
        if !(hooks::is_hook(file) || recipe) {
            return;
        }
        let commands = script.local_commands();
        let (Some(places), named) = (places(&commands), named(&commands)) else { return };
        for (path, span) in commands.iter().filter_map(|command| called(command)) {
            // Where make or the shell put the path together, the directory is theirs to know.
            let literal = file.source.slice(span).trim_matches(['"', '\'']) == path;
            if !literal || named.contains(path) || exists(path, &places, file, project) {
                continue;
            }
            let message = format!("`{path}` does not exist");
            let what = if recipe { "the recipe" } else { "the hook" };
            let help = format!("write the path of a file that is there, or take the line out of {what}");
            found.push(span, message).help(help);
        }
    }
}

/// The script that a command runs, where it is a literal relative path.
fn called(command: &Command) -> Option<(&str, Span)> {
    let words = command.simple()?.unwrapped();
    let name = words.first()?.literal()?;
    let word = if INTERPRETERS.contains(&file_name(name)) {
        let first = words.get(1)?;
        // After an option it is hard to say what is a file.
        if first.raw.starts_with('-') {
            return None;
        }
        first
    } else if matches!(name, "." | "source") {
        words.get(1)?
    } else {
        words.first()?
    };
    let path = word.literal()?;
    let script = looks_like_script(path) || ENDINGS.iter().any(|ending| path.ends_with(ending));
    let relative =
        path.contains('/') && !path.starts_with(['/', '~', '-']) && !path.contains(['*', '$', '{']);
    let installed = path.split('/').any(|part| INSTALLED.contains(&part));
    (script && relative && !installed).then_some((path, word.span))
}

/// The directories that the script changes to; `None` where one of them is not known.
fn places(commands: &[&Command]) -> Option<BTreeSet<String>> {
    let mut places = BTreeSet::from([String::new()]);
    let simple = commands.iter().filter_map(|command| command.simple());
    let changes = simple.filter(|simple| matches!(simple.name(), Some("cd" | "pushd")));
    for simple in changes.take(MAX_PLACES) {
        match simple.words.get(1).and_then(Word::literal) {
            Some(place) => {
                places.insert(place.to_owned());
            }
            None if goes_to_top(simple.words.get(1)) => {}
            None => return None,
        }
    }
    Some(places)
}

/// Whether the path leads anywhere from a place the script may be run in.
fn exists(path: &str, places: &BTreeSet<String>, file: &File, project: &Project<'_>) -> bool {
    let mut base = parent(file.source.path());
    loop {
        if places.iter().any(|place| project.tree.kind(&join(&join(base, place), path)).is_some()) {
            return true;
        }
        if is_top(base) {
            return false;
        }
        base = parent(base);
    }
}

/// To the script's own directory or the top of the work tree, which are looked at anyway.
fn goes_to_top(word: Option<&Word>) -> bool {
    word.is_some_and(|word| word.raw.contains("--show-toplevel") || word.raw.contains("dirname"))
}

/// The paths that the script itself asks for, makes, or goes on without.
fn named<'a>(commands: &[&'a Command]) -> BTreeSet<&'a str> {
    let mut named = BTreeSet::new();
    for command in commands {
        named.extend(command.redirects.iter().filter_map(|redirect| redirect.target.literal()));
        let quiet = command.redirects.iter().any(|redirect| redirect.target.literal() == Some("/dev/null"));
        let words = match &command.kind {
            CommandKind::Test(words) => words,
            CommandKind::Simple(simple) => {
                let name = simple.name().unwrap_or("");
                let asks = matches!(name, "[" | "test" | "curl" | "wget" | "cp" | "git" | "touch");
                if !(asks || quiet) {
                    continue;
                }
                &simple.words
            }
            _ => continue,
        };
        named.extend(words.iter().filter_map(Word::literal));
    }
    named
}
