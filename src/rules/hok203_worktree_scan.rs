//! HOK203: the names come from the index, the content from the work tree.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Command, Looking, Script, Simple, Word, git_subcommand};
use crate::project::staged::{SEARCH, Taking, Use, run_by_xargs, uses};
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// Programs that look at what stands in a file.
const SCANNERS: &[&str] = &["grep", "egrep", "fgrep", "rg", "ag", "cat", "awk", "head", "wc", "stat", "du"];

const MESSAGE: &str = "this reads the file of the work tree: what is committed is the one in the index";

/// The rule.
#[derive(Debug)]
pub(super) struct WorktreeScan;

impl Rule for WorktreeScan {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK203",
            "worktree-scan",
            Error,
            Certain,
            "another content is looked at than the one that is committed"
        )
    }

    fn check_shell(&self, script: &Script, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        if !hooks::is_hook(file) || reads_the_index(script) {
            return;
        }
        let mut seen: BTreeSet<Span> = BTreeSet::new();
        for used in uses(script) {
            let staged =
                used.listing.words.iter().any(|word| matches!(word.raw.as_str(), "--cached" | "--staged"));
            if !staged {
                continue;
            }
            let (Some(variable), Some(body)) = (used.variable, used.body) else {
                if let Some(span) = at_once(&used).filter(|span| seen.insert(*span)) {
                    found.push(span, MESSAGE).help("read what is staged: `git grep --cached`");
                }
                continue;
            };
            for simple in body.commands().into_iter().filter_map(|command| command.simple()) {
                let Some(span) = scanned(simple, variable).filter(|span| !seen.contains(span)) else {
                    continue;
                };
                seen.insert(span);
                let finding = found.push(span, MESSAGE);
                finding.help(format!(
                    "read what is staged: `git show \":${variable}\" | …`, or `git grep --cached`"
                ));
            }
        }
    }
}

/// The place of the name among a scanner's files.
fn scanned(simple: &Simple, variable: &str) -> Option<Span> {
    let name = simple.name().map(file_name)?;
    let files: Vec<&Word> = match Looking::of(&simple.words) {
        Some(looking) => looking.files,
        None => simple.words.iter().skip(1).collect(),
    };
    let word = files.into_iter().find(|word| {
        word.parameter().is_some_and(|parameter| parameter.name == variable && parameter.operation.is_empty())
    })?;
    SCANNERS.contains(&name).then_some(word.span)
}

/// The scanner that gets the names all at once, from `xargs` or as arguments.
fn at_once(used: &Use<'_>) -> Option<Span> {
    let simple = used.taker.simple()?;
    let (words, placeholder) = match used.taking {
        Taking::Xargs => (run_by_xargs(&simple.words)?, placeholder(&simple.words)),
        Taking::Split | Taking::Lines => (simple.words.as_slice(), None),
    };
    let first = words.first()?;
    // What counts or shows files decides nothing by itself.
    let looking = Looking::of(words)
        .filter(|_| first.literal().is_some_and(|name| SEARCH.contains(&file_name(name))))?;
    if chooses_files(words) && used.behind.and_then(Command::simple).is_some_and(works_on_files) {
        return None;
    }
    if let Some(name) = placeholder {
        looking.files.iter().find(|word| word.literal() == Some(name))?;
    }
    Some(Span::new(first.span.start, words.last()?.span.end))
}

/// Whether a search prints the names of files alone.
fn chooses_files(words: &[Word]) -> bool {
    let short = |text: &str| text.starts_with('-') && !text.starts_with("--") && text.contains('l');
    words.iter().any(|word| short(&word.raw) || word.raw.starts_with("--files-with"))
}

/// Whether `xargs` gives the names that it reads to a program which works on files: a formatter, not `echo`.
fn works_on_files(simple: &Simple) -> bool {
    let name = run_by_xargs(&simple.words).and_then(|words| words.first()?.literal());
    simple.name() == Some("xargs")
        && name.is_some_and(|name| !SCANNERS.contains(&file_name(name)) && !matches!(name, "echo" | "printf"))
}

/// What `xargs -I` puts each name in the place of.
fn placeholder(words: &[Word]) -> Option<&str> {
    let at = words.iter().position(|word| word.raw.starts_with("-I"))?;
    match words.get(at)?.literal()?.strip_prefix("-I") {
        Some("") => words.get(at + 1)?.literal(),
        name => name,
    }
}

/// Whether the script gets at the staged content, or makes the work tree equal to it.
fn reads_the_index(script: &Script) -> bool {
    script.commands().into_iter().filter_map(|command| command.simple()).any(|simple| {
        let cached = simple.words.iter().any(|word| word.raw == "--cached");
        match git_subcommand(&simple.words).filter(|_| simple.name() == Some("git")) {
            Some("show" | "cat-file" | "stash" | "checkout-index" | "diff-files") => true,
            Some("grep") => cached,
            _ => false,
        }
    })
}
