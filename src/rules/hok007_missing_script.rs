//! HOK007: a hook or a recipe runs a script that is not there.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, CommandKind, Origin, Script, Word, looks_like_script};
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name, join, parent};

use super::{Rule, meta};

/// Interpreters whose first argument is a file.
const INTERPRETERS: &[&str] = &["python", "python3", "node", "bash", "sh", "dash", "zsh"];

/// Endings of source files.
const ENDINGS: &[&str] = &[".py", ".js", ".mjs", ".cjs"];

/// Directories that are made by installing something.
const INSTALLED: &[&str] =
    &["node_modules", "venv", ".venv", "vendor", "target", "dist", "build", "_", ".git"];

/// How many calls are looked at: each is compared with every command of the script.
const MAX_CALLS: usize = 400;

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
        let called = commands.iter().filter_map(|command| called(command));
        for (path, span) in called.take(MAX_CALLS) {
            // Where make or the shell put the path together, the directory is theirs to know.
            let literal = file.source.slice(span).trim_matches(['"', '\'']) == path;
            if !literal || exists(path, &commands, file, project) || expected(path, span, &commands) {
                continue;
            }
            let message = format!("`{path}` does not exist");
            let what = if recipe { "the recipe" } else { "the hook" };
            found
                .push(span, message)
                .help(format!("write the path of a file that is there, or take the line out of {what}"));
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

/// Whether the path leads anywhere from a place the script may be run in.
fn exists(path: &str, commands: &[&Command], file: &File, project: &Project<'_>) -> bool {
    let mut places = vec![String::new()];
    for simple in commands.iter().filter_map(|command| command.simple()) {
        if !matches!(simple.name(), Some("cd" | "pushd")) {
            continue;
        }
        match simple.words.get(1).and_then(Word::literal) {
            Some(place) => places.push(place.to_owned()),
            // It goes to the top of the work tree, or somewhere unknown; the first is looked at anyway.
            None if goes_to_top(simple.words.get(1)) => {}
            None => return true,
        }
    }
    let mut base = parent(file.source.path());
    loop {
        if places.iter().any(|place| project.tree.kind(&join(&join(base, place), path)).is_some()) {
            return true;
        }
        if base.is_empty() || base == "/" {
            return false;
        }
        base = parent(base);
    }
}

fn goes_to_top(word: Option<&Word>) -> bool {
    word.is_some_and(|word| word.raw.contains("--show-toplevel") || word.raw.contains("dirname"))
}

/// Whether the script itself asks whether the file is there, makes it, or goes on without it.
fn expected(path: &str, span: Span, commands: &[&Command]) -> bool {
    commands.iter().any(|command| {
        let made = command.redirects.iter().any(|redirect| redirect.target.literal() == Some(path));
        let asked = match &command.kind {
            CommandKind::Test(words) => names(words, path),
            CommandKind::Simple(simple) => {
                let name = simple.name().unwrap_or("");
                matches!(name, "[" | "test" | "curl" | "wget" | "cp" | "git" | "touch")
                    && names(&simple.words, path)
            }
            _ => false,
        };
        let errors_hidden = command.span.contains(span)
            && command.redirects.iter().any(|redirect| redirect.target.literal() == Some("/dev/null"));
        made || asked || errors_hidden
    })
}

fn names(words: &[Word], path: &str) -> bool {
    words.iter().any(|word| word.literal() == Some(path))
}
