//! DEP007: a database is restored, and nobody looks whether all of it arrived.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, Item, Script, Simple, Word};
use crate::project::checks::check_of;
use crate::project::{File, Project};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// Programs that read a whole database from a file or from their input.
const RESTORES: &[&str] = &["mongorestore", "pg_restore"];

/// Clients that do so when a file is handed to them, and answer a question when that is.
const CLIENTS: &[&str] = &["mariadb", "mysql", "psql"];

/// Clients that answer questions.
const ASKED: &[&str] = &["mariadb", "mongo", "mongosh", "mysql", "mysqlshow", "psql"];

/// The rule.
#[derive(Debug)]
pub(super) struct UnverifiedRestore;

impl Rule for UnverifiedRestore {
    fn meta(&self) -> &'static Meta {
        meta!(
            "DEP007",
            "unverified-restore",
            Warning,
            Heuristic,
            "nobody looks at what a restore has restored"
        )
    }

    fn check_shell(&self, script: &Script, _file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        let commands = script.commands();
        let mut restores: Vec<(Span, &str)> = Vec::new();
        let lists = commands.iter().flat_map(|command| inner_lists(command));
        for item in std::iter::once(&script.body).chain(lists).flat_map(|list| &list.items) {
            restores.extend(restored(item));
        }
        restores.sort_unstable();
        restores.dedup();
        // One look at the end is enough for all of them.
        let Some((last, _)) = restores.last().copied() else { return };
        let looked = commands.iter().any(|command| command.span.start > last.start && looks(command));
        for (span, program) in restores.into_iter().filter(|_| !looked) {
            let message = format!(
                "`{program}` restores a dump, and nothing after it asks whether all of it has arrived"
            );
            let finding = found.push(span, message);
            finding.help(
                "count what matters afterwards and compare: `[ \"$(psql -tAc 'SELECT count(*) FROM …')\" -ge … ] || exit 1`",
            );
        }
    }
}

/// The lists that a command holds, those of scripts inside it included.
fn inner_lists(command: &Command) -> Vec<&crate::document::shell::List> {
    let mut lists = command.kind.lists();
    lists.extend(
        command.simple().into_iter().flat_map(|simple| simple.scripts.iter().map(|one| &one.script.body)),
    );
    lists
}

/// The restore that an element of a list is.
fn restored(item: &Item) -> Option<(Span, &str)> {
    for pipeline in item.pipelines() {
        let Some(last) = pipeline.commands.last() else { continue };
        let Some(simple) = last.simple() else { continue };
        let Some((program, words)) = program(simple).or_else(|| over_there(simple)) else { continue };
        let fed = pipeline.commands.first().is_some_and(decompresses)
            || last.redirects.iter().any(|redirect| redirect.operator == "<")
            || words.iter().any(|word| matches!(word.raw.as_str(), "-f" | "--file") || is_dump(word));
        let lists =
            words.iter().any(|word| matches!(word.raw.as_str(), "-l" | "--list" | "--version" | "--help"));
        let restores = RESTORES.contains(&program) && !lists;
        if restores || (CLIENTS.contains(&program) && fed && !asks(words)) {
            return Some((pipeline.span, program));
        }
    }
    None
}

/// The database program that a command runs, in a container or not, with what follows it.
fn program(simple: &Simple) -> Option<(&str, &[Word])> {
    let words = simple.unwrapped();
    let first = words.first()?.literal().map(file_name)?;
    let known = |name: &str| RESTORES.contains(&name) || ASKED.contains(&name);
    if known(first) {
        return Some((first, words.get(1..).unwrap_or_default()));
    }
    if !matches!(first, "docker" | "docker-compose" | "podman" | "kubectl") {
        return None;
    }
    let at = words.iter().position(|word| word.literal().is_some_and(|text| known(file_name(text))))?;
    // In `docker exec -i mysql mysql` the container is called like the program, which changes nothing.
    let (name, rest) = words.get(at..)?.split_first()?;
    Some((file_name(name.literal()?), rest))
}

/// The same on another machine, where `ssh` hands on what it reads.
fn over_there(simple: &Simple) -> Option<(&str, &[Word])> {
    let [nested] = simple.scripts.as_slice() else { return None };
    let last = nested.script.body.items.last()?.pipelines().last()?.commands.first()?;
    program(last.simple()?)
}

/// Whether a command writes a dump: it unpacks one, or shows a file.
fn decompresses(command: &Command) -> bool {
    let name = command.simple().and_then(|simple| simple.unwrapped().first()).and_then(Word::literal);
    name.is_some_and(|name| {
        matches!(
            file_name(name),
            "gunzip" | "gzip" | "zcat" | "cat" | "pv" | "zstd" | "zstdcat" | "xz" | "xzcat" | "bzcat"
        )
    })
}

fn is_dump(word: &Word) -> bool {
    let text = word.raw.trim_matches(['"', '\'']);
    [".sql", ".dump", ".sql.gz", ".bak"].iter().any(|ending| text.ends_with(ending))
}

/// Whether a question stands on the command line.
fn asks(words: &[Word]) -> bool {
    words.iter().any(|word| {
        matches!(word.raw.as_str(), "--command" | "--execute" | "--eval" | "-l" | "--list")
            || ["--command=", "--execute=", "--eval="].iter().any(|lead| word.raw.starts_with(lead))
            || short_question(&word.raw)
    })
}

/// `-c` and `-e`, with flags before them or not: `-tAc`, `-Ne`; but not `-dmusic`.
fn short_question(word: &str) -> bool {
    let flags = word.strip_prefix('-').and_then(|letters| letters.strip_suffix(['c', 'e']));
    flags.is_some_and(|flags| flags.chars().all(|flag| "ABEHNXafnqrstvwx".contains(flag)))
}

/// Whether a command looks at what is there: a question to the database, or a script that checks.
fn looks(command: &Command) -> bool {
    let Some(simple) = command.simple() else { return false };
    let question = program(simple).is_some_and(|(name, words)| {
        ASKED.contains(&name)
            && (asks(words) || command.redirects.iter().any(|one| one.operator.starts_with("<<")))
    });
    let named = simple.name().is_some_and(|name| {
        let mut parts = name.split(|character: char| !character.is_ascii_alphanumeric());
        parts.any(|part| matches!(part, "verify" | "check" | "validate" | "count" | "assert" | "test"))
    });
    question || check_of(simple).is_some() || (named && !matches!(simple.name(), Some("test")))
}
