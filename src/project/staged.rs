//! The lists of file names that a hook asks git for, and what is done with the names.
//!
//! Not here: what is wrong with that.

use crate::document::shell::{
    Command, CommandKind, Item, List, Pipeline, Quote, Script, Simple, Word, git_subcommand,
};

/// How many assignments to one variable are followed.
const MAX_LISTS: usize = 20;

/// Programs that choose lines and leave them as they are.
const FILTERS: &[&str] = &["grep", "egrep", "sort", "uniq", "head", "tail"];

/// How many compound commands are looked at: each may ask for every assignment of the script.
const MAX_LOOPS: usize = 400;

/// How the names are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// `for name in $list`: at blanks, and file name patterns are expanded.
    Split,
    /// `while read name`: at line ends.
    Lines,
    /// `xargs`: at blanks, quotes and backslashes.
    Xargs,
}

/// One use of such a list.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// The git command that makes the list.
    pub listing: &'a Simple,
    /// How its names are taken apart.
    pub taking: Taking,
    /// The variable that holds one name; none for `xargs`.
    pub variable: Option<&'a str>,
    /// What is done for each name; none for `xargs`.
    pub body: Option<&'a List>,
    /// The loop, or the command `xargs`.
    pub taker: &'a Command,
    /// Whether the names come straight from git: no filter between, and no other value of the variable.
    pub straight: bool,
}

/// Every use of a list of names from git in the script.
#[must_use]
pub fn uses(script: &Script) -> Vec<Use<'_>> {
    let commands = script.local_commands();
    let mut found = Vec::new();
    let loops = commands.iter().filter(|command| !command.kind.lists().is_empty());
    for command in loops.take(MAX_LOOPS) {
        match &command.kind {
            CommandKind::For { variable, words: Some(words), body } => {
                let lists: Vec<&List> = words.iter().flat_map(|word| split_lists(word, &commands)).collect();
                let only = words.len() == 1 && lists.len() == 1;
                found.extend(lists.into_iter().filter_map(|list| {
                    Some(Use {
                        listing: of_list(list)?,
                        taking: Taking::Split,
                        variable: Some(variable),
                        body: Some(body),
                        taker: command,
                        straight: only && is_single(list),
                    })
                }));
            }
            CommandKind::Loop { condition, body } => {
                let Some(variable) = read_variable(condition) else { continue };
                let words = command.redirects.iter().map(|redirect| &redirect.target);
                let lists = words.flat_map(Word::substitutions).map(|found| &*found.body);
                found.extend(lists.filter_map(|list| {
                    Some(Use {
                        listing: of_list(list)?,
                        taking: Taking::Lines,
                        variable: Some(variable),
                        body: Some(body),
                        taker: command,
                        straight: is_single(list),
                    })
                }));
            }
            _ => {}
        }
    }
    let mut lists = vec![&script.body];
    lists.extend(commands.iter().flat_map(|command| command.kind.lists()));
    for pipeline in lists.into_iter().flat_map(|list| &list.items).flat_map(Item::pipelines) {
        found.extend(piped(pipeline));
    }
    found
}

/// `git … | while read name; do …; done` and `git … | xargs …`, filters between them included.
fn piped(pipeline: &Pipeline) -> Option<Use<'_>> {
    let listing = pipeline.commands.first().and_then(listing)?;
    let last = pipeline.commands.last()?;
    let between = pipeline.commands.get(1..pipeline.commands.len().saturating_sub(1))?;
    let keeps = |command: &Command| {
        command.simple().and_then(Simple::name).is_some_and(|name| FILTERS.contains(&name))
    };
    if !between.iter().all(keeps) {
        return None;
    }
    let straight = between.is_empty();
    match &last.kind {
        CommandKind::Loop { condition, body } => {
            let variable = Some(read_variable(condition)?);
            let taking = Taking::Lines;
            Some(Use { listing, taking, variable, body: Some(body), taker: last, straight })
        }
        CommandKind::Simple(simple) if simple.name() == Some("xargs") => {
            Some(Use { listing, taking: Taking::Xargs, variable: None, body: None, taker: last, straight })
        }
        _ => None,
    }
}

/// Whether a list is one command and nothing else.
fn is_single(list: &List) -> bool {
    matches!(list.items.as_slice(), [item] if item.single().is_some())
}

/// The lists of commands whose output a loop's word is.
fn split_lists<'a>(word: &'a Word, commands: &[&'a Command]) -> Vec<&'a List> {
    let unquoted = word.substitutions().into_iter().filter(|found| found.quote == Quote::None);
    let mut lists: Vec<&List> = unquoted.map(|found| &*found.body).collect();
    if let Some(parameter) = word.parameter().filter(|parameter| parameter.quote == Quote::None) {
        for simple in commands.iter().filter_map(|command| command.simple()) {
            let assigned = simple.assignments.iter().chain(&simple.declared);
            let values = assigned.filter(|assignment| assignment.name.value == parameter.name);
            let words = values.filter_map(|assignment| assignment.value.scalar());
            lists.extend(words.flat_map(Word::substitutions).map(|found| &*found.body));
            if lists.len() > MAX_LISTS {
                break;
            }
        }
    }
    lists
}

fn of_list(list: &List) -> Option<&Simple> {
    listing(list.items.first()?.first.commands.first()?)
}

/// A git command that prints names of files.
fn listing(command: &Command) -> Option<&Simple> {
    let simple = command.simple()?;
    let has = |wanted: &str| simple.words.iter().any(|word| word.raw == wanted);
    let prints = match git_subcommand(&simple.words).filter(|_| simple.name() == Some("git"))? {
        "diff" | "diff-index" | "diff-tree" | "show" => has("--name-only"),
        // With these it prints modes and object names as well.
        "ls-files" => !(has("-u") || has("-s") || has("--unmerged") || has("--stage")),
        _ => false,
    };
    prints.then_some(simple)
}

/// The variable that `read` fills in a loop's condition.
fn read_variable(condition: &List) -> Option<&str> {
    let simple = condition.items.last()?.single()?.simple()?;
    let last = simple.words.last()?.literal()?;
    (simple.name() == Some("read") && !last.starts_with('-')).then_some(last)
}
