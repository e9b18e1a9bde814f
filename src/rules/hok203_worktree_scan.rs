//! HOK203: the names come from the index, the content from the work tree.

use std::collections::BTreeSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::shell::{Script, Simple, git_subcommand};
use crate::project::staged::uses;
use crate::project::{File, Project, hooks};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// Programs that look at what stands in a file.
const SCANNERS: &[&str] = &["grep", "egrep", "fgrep", "rg", "ag", "cat", "awk", "head", "wc", "stat", "du"];

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
            let (Some(variable), Some(body), true) = (used.variable, used.body, staged) else { continue };
            for simple in body.commands().into_iter().filter_map(|command| command.simple()) {
                let Some(span) = scanned(simple, variable).filter(|span| !seen.contains(span)) else {
                    continue;
                };
                seen.insert(span);
                let message =
                    "this reads the file of the work tree: what is committed is the one in the index";
                let finding = found.push(span, message);
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
    let word = simple.words.iter().skip(1).find(|word| {
        word.parameter().is_some_and(|parameter| parameter.name == variable && parameter.operation.is_empty())
    })?;
    SCANNERS.contains(&name).then_some(word.span)
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
