//! HOK204: git names files from the top of the work tree, and the script has gone elsewhere.

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, CommandKind, Item, List, Script, Simple, Word, git_subcommand};
use crate::project::staged::{Use, uses};
use crate::project::{File, Project, hooks};
use crate::source::Span;

use super::{Rule, meta};

/// How many uses are looked at: each is compared with every command of the script.
const MAX_USES: usize = 200;

/// Commands that only look at a name.
const NAME_ONLY: &[&str] = &["echo", "printf", "basename", "dirname", "git", "case", "local", "export"];

/// How options of `xargs` end whose value stands in the next word: `-n`, `-0P`, `--max-args`.
const VALUED: [char; 9] = ['a', 'd', 'E', 'I', 'J', 'L', 'n', 'P', 's'];

/// The rule.
#[derive(Debug)]
pub(super) struct NamesAfterCd;

impl Rule for NamesAfterCd {
    fn meta(&self) -> &'static Meta {
        meta!("HOK204", "names-after-cd", Error, Certain, "the names that git gives lead nowhere from here")
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::is_hook(file) {
            return;
        }
        let uses: Vec<Use<'_>> = uses(script).into_iter().filter(from_the_top).take(MAX_USES).collect();
        if uses.is_empty() {
            return;
        }
        let mut walk = Walk { uses, reported: Vec::new(), functions: Vec::new() };
        walk.list(&script.body, &mut None);
        while let Some(body) = walk.functions.pop() {
            walk.command(body, &mut None);
        }
        for (listing, place) in walk.reported {
            let message = format!(
                "git names files from the top of the work tree, and the script stands in `{}`: none of them is found",
                place.name
            );
            let finding = found.push(listing, message);
            finding.help(
                "`--relative` names what lies below from here; `cd \"$(git rev-parse --show-toplevel)\"` goes back",
            );
            finding.label(file.source.path(), place.span, "from here on");
        }
    }
}

/// Whether the listing names files from the top: `ls-files` and `--relative` do not.
fn from_the_top(used: &Use<'_>) -> bool {
    let words = &used.listing.words;
    let relative = words.iter().any(|word| word.raw.starts_with("--relative") || word.raw == "-C");
    !relative && git_subcommand(words) != Some("ls-files")
}

/// Where the script has gone.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    span: Span,
}

/// What the script does, in order, with the directory where that is known to be below the top.
struct Walk<'a> {
    uses: Vec<Use<'a>>,
    reported: Vec<(Span, Place<'a>)>,
    functions: Vec<&'a Command>,
}

impl<'a> Walk<'a> {
    fn list(&mut self, list: &'a List, place: &mut Option<Place<'a>>) {
        for pipeline in list.items.iter().flat_map(Item::pipelines) {
            if let [command] = pipeline.commands.as_slice() {
                self.command(command, place);
                continue;
            }
            let first = pipeline.commands.first().and_then(Command::simple);
            let opened = |used: &Use<'_>| used.taker.simple().is_some_and(opens_arguments);
            if let Some(first) = first
                && let Some(place) = *place
                && self.uses.iter().any(|used| std::ptr::eq(used.listing, first) && opened(used))
            {
                self.report(first, place);
            }
            for command in &pipeline.commands {
                self.command(command, &mut place.clone());
            }
        }
    }

    fn command(&mut self, command: &'a Command, place: &mut Option<Place<'a>>) {
        match &command.kind {
            CommandKind::Simple(simple) => {
                if matches!(simple.name(), Some("cd" | "pushd" | "popd")) {
                    *place = below(simple);
                }
            }
            CommandKind::Subshell(list) => self.list(list, &mut place.clone()),
            CommandKind::Function { body, .. } => self.functions.push(body),
            CommandKind::For { body, .. } | CommandKind::Loop { body, .. } => {
                if let Some(place) = *place {
                    self.taken(body, place);
                }
                self.list(body, place);
            }
            kind => {
                for list in kind.lists() {
                    self.list(list, place);
                }
            }
        }
    }

    /// The uses whose names are opened in `body`.
    fn taken(&mut self, body: &List, place: Place<'a>) {
        let taken = self.uses.iter().filter(|used| used.body.is_some_and(|own| std::ptr::eq(own, body)));
        let opened = taken.filter(|used| used.variable.is_some_and(|variable| opens(variable, body)));
        for listing in opened.map(|used| used.listing).collect::<Vec<_>>() {
            self.report(listing, place);
        }
    }

    fn report(&mut self, listing: &Simple, place: Place<'a>) {
        let (Some(first), Some(last)) = (listing.words.first(), listing.words.last()) else { return };
        let span = Span::new(first.span.start, last.span.end);
        if self.reported.iter().all(|(known, _)| *known != span) {
            self.reported.push((span, place));
        }
    }
}

/// The directory below that a `cd` leads to; `None` for every other place, since nothing is known there.
fn below(simple: &Simple) -> Option<Place<'_>> {
    let [_, word] = simple.words.as_slice() else { return None };
    let name = word.literal().filter(|_| simple.name() != Some("popd"))?;
    let elsewhere = name.is_empty() || name.starts_with(['/', '~', '-', '.']);
    (!elsewhere).then_some(Place { name, span: word.span })
}

/// Whether the body opens the file, or asks whether it is there.
fn opens(variable: &str, body: &List) -> bool {
    let names = |words: &[Word]| {
        words.iter().any(|word| word.parameters().iter().any(|parameter| parameter.name == variable))
    };
    body.commands().into_iter().any(|command| match &command.kind {
        CommandKind::Test(words) => names(words) && asks(words),
        CommandKind::Simple(simple) => {
            let name = simple.name().unwrap_or_default();
            let test = matches!(name, "[" | "test");
            names(&simple.words)
                && if test { asks(&simple.words) } else { !name.is_empty() && !NAME_ONLY.contains(&name) }
        }
        _ => false,
    })
}

fn asks(words: &[Word]) -> bool {
    words.iter().any(|word| matches!(word.raw.as_str(), "-f" | "-e" | "-r" | "-s" | "-L"))
}

/// `xargs` with a command that opens what it is given; one that a variable names is taken for such a command.
fn opens_arguments(simple: &Simple) -> bool {
    let opens = |word: &Word| word.literal().is_none_or(|name| !NAME_ONLY.contains(&name));
    simple.name() == Some("xargs") && given_command(simple).is_some_and(opens)
}

/// The command that `xargs` is given, behind its options and their values.
fn given_command(xargs: &Simple) -> Option<&Word> {
    let mut words = xargs.words.iter().skip(1);
    while let Some(word) = words.next() {
        if !word.raw.starts_with('-') {
            return Some(word);
        }
        if word.raw.ends_with(VALUED) {
            words.next();
        }
    }
    None
}
