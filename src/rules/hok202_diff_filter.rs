//! HOK202: the list of staged files leaves out renames, or holds files that are gone.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::shell::{Command, CommandKind, List, Script, Simple, Word, git_subcommand};
use crate::project::staged::uses;
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// Commands that only look at a name.
const NAME_ONLY: &[&str] =
    &["echo", "printf", "basename", "dirname", "git", "case", "[", "test", "local", "export"];

/// The rule.
#[derive(Debug)]
pub(super) struct DiffFilter;

impl Rule for DiffFilter {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK202",
            "diff-filter",
            Warning,
            Certain,
            "renamed files are not looked at, or deleted ones are"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        for command in script.local_commands() {
            let listing =
                |simple: &&Simple| lists_names(simple) && (hooks::is_hook(file) || of_the_index(simple));
            let Some(simple) = command.simple().filter(listing) else { continue };
            if let Some(word) = simple.words.iter().find(|word| word.raw.starts_with("--diff-filter=")) {
                filtered(word, simple, file, found);
            }
        }
        if hooks::is_hook(file) {
            unfiltered(script, found);
        }
    }
}

/// Whether it is a `git diff` that lists names: in a hook any are looked at, elsewhere the staged ones.
fn lists_names(simple: &Simple) -> bool {
    simple.name() == Some("git")
        && git_subcommand(&simple.words) == Some("diff")
        && (has(simple, "--name-only") || has(simple, "--name-status"))
}

fn of_the_index(simple: &Simple) -> bool {
    has(simple, "--cached") || has(simple, "--staged")
}

fn has(simple: &Simple, wanted: &str) -> bool {
    simple.words.iter().any(|word| word.raw == wanted)
}

/// Renames are found by default in `git diff`, and then they are neither added nor modified.
fn filtered(word: &Word, simple: &Simple, file: &File, found: &mut Findings<'_>) {
    let Some(filter) = word.literal().and_then(|text| text.strip_prefix("--diff-filter=")) else { return };
    let chooses = filter.bytes().all(|byte| byte.is_ascii_uppercase());
    let both = filter.contains('M') && filter.contains(['A', 'C']);
    if !chooses || !both || filter.contains('R') || has(simple, "--no-renames") {
        return;
    }
    let message = format!(
        "`--diff-filter={filter}` leaves out renames: a file that is renamed and changed is never looked at"
    );
    let finding = found.push(word.span, message);
    finding.help(format!("write `--diff-filter={filter}R`"));
    if file.source.slice(word.span) == word.raw {
        // With `--name-status` a rename brings a second name on its line.
        let safety = if has(simple, "--name-status") { Safety::Unsafe } else { Safety::Safe };
        finding.fix(Fix::replace(
            "look at renames too",
            safety,
            Span::new(word.span.end, word.span.end),
            "R",
        ));
    }
}

/// Names of deleted files handed to commands that open them.
fn unfiltered(script: &Script, found: &mut Findings<'_>) {
    let commands = script.local_commands();
    // What a function does with a name is not followed.
    let functions: BTreeSet<&str> = commands.iter().filter_map(|command| function(command)).collect();
    let mut seen = BTreeSet::new();
    for used in uses(script).iter().filter(|used| is_unfiltered(used.listing)) {
        let opened = match (used.variable, used.body) {
            (Some(variable), Some(body)) => reads(variable, body, &functions),
            _ => used.taker.simple().is_some_and(opens_arguments),
        };
        if opened {
            report(used.listing, &mut seen, found);
        }
    }
}

fn function(command: &Command) -> Option<&str> {
    match &command.kind {
        CommandKind::Function { name, .. } => Some(name),
        _ => None,
    }
}

/// `xargs` with a command that opens what it is given.
fn opens_arguments(simple: &Simple) -> bool {
    const WITH_VALUE: &[&str] = &["-n", "-I", "-P", "-L", "-d", "-s", "-a", "-E"];
    let mut skip = false;
    let mut words = simple.words.iter().skip(1).filter(|word| {
        let is_value = std::mem::replace(&mut skip, WITH_VALUE.contains(&word.raw.as_str()));
        !is_value && !word.raw.starts_with('-')
    });
    simple.name() == Some("xargs")
        && words.next().and_then(Word::literal).is_some_and(|name| !NAME_ONLY.contains(&name))
}

/// Whether the list of staged names has no filter, as far as its words are known.
fn is_unfiltered(listing: &Simple) -> bool {
    let filtered = |word: &Word| word.raw.starts_with("--diff-filter") || word.literal().is_none();
    lists_names(listing) && of_the_index(listing) && !listing.words.iter().any(filtered)
}

/// Whether the body opens the file without asking whether it is there.
fn reads(variable: &str, body: &List, functions: &BTreeSet<&str>) -> bool {
    let names = |words: &[Word]| {
        words.iter().any(|word| word.parameters().iter().any(|parameter| parameter.name == variable))
    };
    // Within other words the name is told, or made into another one.
    let given = |words: &[Word]| {
        words.iter().filter_map(Word::parameter).any(|one| one.name == variable && one.operation.is_empty())
    };
    let mut opens = false;
    for command in body.commands() {
        match &command.kind {
            CommandKind::Test(words) if names(words) && asks(words) => return false,
            CommandKind::Simple(simple) if names(&simple.words) => {
                let name = simple.name().unwrap_or("");
                if matches!(name, "[" | "test") && asks(&simple.words) {
                    return false;
                }
                let known = !NAME_ONLY.contains(&name) && !functions.contains(name) && !name.is_empty();
                opens |= known && given(&simple.words);
            }
            _ => {}
        }
    }
    opens
}

fn asks(words: &[Word]) -> bool {
    words.iter().any(|word| matches!(word.raw.as_str(), "-f" | "-e" | "-r" | "-s" | "-L"))
}

fn report(simple: &Simple, seen: &mut BTreeSet<Span>, found: &mut Findings<'_>) {
    let Some(word) = simple.words.iter().find(|word| word.raw == "--name-only") else { return };
    if !seen.insert(word.span) {
        return;
    }
    let finding = found
        .push(word.span, "without `--diff-filter` the list names deleted files too, and they are opened");
    finding.help("add `--diff-filter=d`, which leaves out what is deleted and nothing else");
    let at = Span::new(word.span.end, word.span.end);
    finding.fix(Fix::replace("leave out deleted files", Safety::Unsafe, at, " --diff-filter=d"));
}
