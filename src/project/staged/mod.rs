//! The lists of file names that a hook asks git for, and what is done with the names.
//!
//! Not here: what is wrong with that.

mod held;

use std::collections::{BTreeMap, BTreeSet};

use crate::document::shell::{
    Command, CommandKind, Item, List, Looking, Pipeline, Quote, Redirect, Script, Simple, Word,
    git_subcommand,
};
use crate::source::file_name;

use held::{Held, joins};

/// How many assignments to one variable are followed.
const MAX_LISTS: usize = 20;

/// Programs that say of a name which is not there no more than that, and go on to the next.
pub const SEARCH: &[&str] = &["grep", "egrep", "fgrep", "rg", "ag"];

/// Programs that choose lines and leave them as they are.
const FILTERS: &[&str] = &["sort", "head", "tail"];

/// Commands that open no file that is named to them, or tell no more than how many there are.
const ONLY_TOLD: &[&str] = &[
    ":", "[", "basename", "declare", "dirname", "exit", "export", "expr", "false", "let", "local", "read",
    "readonly", "return", "set", "shift", "test", "true", "typeset", "unset", "wc",
];

/// What the names of commands begin with that only tell people something: `log_info`, `notify-send`.
const TELLING: &[&str] = &[
    "debug", "die", "echo", "error", "fail", "info", "log", "message", "msg", "notify", "print", "printf",
    "say", "warn", "warning",
];

/// How many compound commands are looked at: each may ask for every assignment of the script.
const MAX_LOOPS: usize = 400;

/// How the names are taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// `for name in $list` and `eslint $list`: at blanks, and file name patterns are expanded.
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
    /// The variable that holds one name; none for `xargs` and for arguments.
    pub variable: Option<&'a str>,
    /// What is done for each name; none for `xargs` and for arguments.
    pub body: Option<&'a List>,
    /// The loop, the command `xargs`, or the one that has the names for arguments.
    pub taker: &'a Command,
    /// What reads, in the same pipeline, what the taker prints.
    pub behind: Option<&'a Command>,
    /// Whether the names come straight from git: no filter between, and no other value of the variable.
    pub straight: bool,
}

/// Every use of a list of names from git in the script.
#[must_use]
pub fn uses(script: &Script) -> Vec<Use<'_>> {
    let commands = script.local_commands();
    let assigned = assigned(&commands);
    let mut found = Vec::new();
    let loops = commands.iter().filter(|command| !command.kind.lists().is_empty());
    for command in loops.take(MAX_LOOPS) {
        match &command.kind {
            CommandKind::For { variable, words: Some(words), body } => {
                let lists: Vec<&List> = words.iter().flat_map(|word| split_lists(word, &assigned)).collect();
                let only = words.len() == 1 && lists.len() == 1;
                found.extend(lists.into_iter().filter_map(|list| {
                    Some(Use {
                        listing: of_list(list)?,
                        taking: Taking::Split,
                        variable: Some(variable),
                        body: Some(body),
                        taker: command,
                        behind: None,
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
                        behind: None,
                        straight: is_single(list),
                    })
                }));
                found.extend(given_to(command, variable, body, &assigned));
            }
            _ => {}
        }
    }
    found.extend(without_a_variable(script, &commands, &assigned));
    found
}

/// `while read name; do …; done <<< "$list"`
fn given_to<'a>(
    taker: &'a Command,
    variable: &'a str,
    body: &'a List,
    assigned: &Assigned<'a>,
) -> impl Iterator<Item = Use<'a>> {
    taker.redirects.iter().filter_map(move |redirect| {
        Some(Use {
            listing: here_string(redirect, assigned)?,
            taking: Taking::Lines,
            variable: Some(variable),
            body: Some(body),
            taker,
            behind: None,
            straight: false,
        })
    })
}

/// The uses in pipelines and as arguments.
fn without_a_variable<'a>(
    script: &'a Script,
    commands: &[&'a Command],
    assigned: &Assigned<'a>,
) -> Vec<Use<'a>> {
    let held = Held::of(commands);
    let mut found = Vec::new();
    let mut lists = vec![&script.body];
    for command in commands {
        lists.extend(command.kind.lists());
        let targets = command.redirects.iter().map(|redirect| &redirect.target);
        let words = command.kind.words().into_iter().chain(targets);
        lists.extend(words.flat_map(Word::substitutions).map(|found| &*found.body));
    }
    for pipeline in lists.into_iter().flat_map(|list| &list.items).flat_map(Item::pipelines) {
        found.extend(piped(pipeline, assigned, &held));
    }
    let functions: BTreeSet<&str> = commands.iter().filter_map(|command| function(command)).collect();
    for command in commands {
        let given = fed(command, &held).or_else(|| given(command, assigned, &held, &functions));
        found.extend(given.map(|(listing, taking)| Use {
            listing,
            taking,
            variable: None,
            body: None,
            taker: command,
            behind: None,
            straight: false,
        }));
    }
    found
}

fn function(command: &Command) -> Option<&str> {
    match &command.kind {
        CommandKind::Function { name, .. } => Some(name),
        _ => None,
    }
}

/// `git … | while read name; do …; done` and `git … | xargs …`, filters between them included, whatever reads what these
/// print; also `echo "$list"` before them.
fn piped<'a>(pipeline: &'a Pipeline, assigned: &Assigned<'a>, held: &Held<'a>) -> Option<Use<'a>> {
    let (first, rest) = pipeline.commands.split_first()?;
    let direct = listing(first);
    let at = rest.iter().position(|command| !keeps(command) && !joins(command))?;
    let (taker, behind) = (rest.get(at)?, rest.get(at + 1));
    let straight = at == 0 && direct.is_some();
    match &taker.kind {
        CommandKind::Loop { condition, body } if rest.iter().take(at).all(keeps) => {
            let listing = direct.or_else(|| echoed(first, assigned))?;
            let variable = Some(read_variable(condition)?);
            let taking = Taking::Lines;
            Some(Use { listing, taking, variable, body: Some(body), taker, behind, straight })
        }
        CommandKind::Simple(simple) if is_xargs(simple) => {
            let listing = direct.or_else(|| held.handed_on(first))?;
            let taking = Taking::Xargs;
            Some(Use { listing, taking, variable: None, body: None, taker, behind, straight })
        }
        _ => None,
    }
}

fn is_xargs(simple: &Simple) -> bool {
    simple.name() == Some("xargs")
}

/// Whether `xargs` only writes the names on one line.
fn prints(xargs: &Simple) -> bool {
    let run = run_by_xargs(&xargs.words).and_then(<[Word]>::first);
    run.is_none_or(|name| matches!(name.literal(), Some("echo" | "printf")))
}

/// The words of the command that `xargs` runs.
#[must_use]
pub fn run_by_xargs(words: &[Word]) -> Option<&[Word]> {
    let mut value = false;
    let at = words.iter().skip(1).position(|word| {
        let own = value || word.raw.starts_with('-');
        value = !value && matches!(word.raw.as_str(), "-a" | "-d" | "-E" | "-I" | "-L" | "-n" | "-P" | "-s");
        !own
    })?;
    words.get(1 + at..)
}

/// Whether a list is one command and nothing else.
fn is_single(list: &List) -> bool {
    matches!(list.items.as_slice(), [item] if item.single().is_some())
}

/// The lists of commands whose output each variable is given.
type Assigned<'a> = BTreeMap<&'a str, Vec<&'a List>>;

fn assigned<'a>(commands: &[&'a Command]) -> Assigned<'a> {
    let mut found = Assigned::new();
    for simple in commands.iter().filter_map(|command| command.simple()) {
        for assignment in simple.assignments.iter().chain(&simple.declared) {
            let Some(word) = assignment.value.scalar() else { continue };
            let lists = found.entry(assignment.name.value.as_str()).or_default();
            let room = MAX_LISTS.saturating_sub(lists.len());
            lists.extend(word.substitutions().into_iter().map(|found| &*found.body).take(room));
        }
    }
    found
}

/// The lists of commands whose output a loop's word is.
fn split_lists<'a>(word: &'a Word, assigned: &Assigned<'a>) -> Vec<&'a List> {
    let unquoted = word.substitutions().into_iter().filter(|found| found.quote == Quote::None);
    let mut lists: Vec<&List> = unquoted.map(|found| &*found.body).collect();
    if let Some(parameter) = word.parameter().filter(|parameter| parameter.quote == Quote::None) {
        lists.extend(assigned.get(parameter.name.as_str()).into_iter().flatten());
    }
    lists
}

/// The listing in a variable that is written as it is, its names still one to a line.
fn lines_of<'a>(word: &Word, assigned: &Assigned<'a>) -> Option<&'a Simple> {
    let parameter = word.parameter().filter(|one| one.operation.is_empty() && one.quote == Quote::Double)?;
    assigned.get(parameter.name.as_str())?.iter().find_map(|list| whole_names(list))
}

/// The listing that a list of commands prints, where nothing in it changes the names.
fn whole_names(list: &List) -> Option<&Simple> {
    let (first, filters) = list.items.first()?.first.commands.split_first()?;
    filters.iter().all(keeps).then(|| listing(first))?
}

fn here_string<'a>(redirect: &Redirect, assigned: &Assigned<'a>) -> Option<&'a Simple> {
    if redirect.operator == "<<<" { lines_of(&redirect.target, assigned) } else { None }
}

/// `echo "$list"`, `printf '%s\n' "$list"`
fn echoed<'a>(command: &Command, assigned: &Assigned<'a>) -> Option<&'a Simple> {
    let simple = command.simple()?;
    match (simple.name()?, simple.words.get(1..)?) {
        ("echo", [word]) => lines_of(word, assigned),
        ("printf", [format, word]) if format.literal() == Some("%s\\n") => lines_of(word, assigned),
        _ => None,
    }
}

/// `xargs eslint <<< "$list"`
fn fed<'a>(command: &'a Command, held: &Held<'a>) -> Option<(&'a Simple, Taking)> {
    command.simple().filter(|simple| is_xargs(simple) && !prints(simple))?;
    held.read_by(command).map(|listing| (listing, Taking::Xargs))
}

/// `eslint $list`
fn given<'a>(
    command: &'a Command,
    assigned: &Assigned<'a>,
    held: &Held<'a>,
    functions: &BTreeSet<&str>,
) -> Option<(&'a Simple, Taking)> {
    let words = command.simple()?.unwrapped();
    let name = words.first()?.literal().map(file_name);
    let tells = |name: &str| name.split(['-', '_', '.']).next().is_some_and(|first| TELLING.contains(&first));
    if name.is_some_and(|name| ONLY_TOLD.contains(&name) || functions.contains(name) || tells(name)) {
        return None;
    }
    let search = name.is_some_and(|name| SEARCH.contains(&name));
    let files = if search { Looking::of(words)?.files } else { words.iter().skip(1).collect() };
    let listing = files.iter().find_map(|word| held.taken_apart(word)).or_else(|| {
        let files = files.iter().filter(|_| search);
        files.flat_map(|word| split_lists(word, assigned)).find_map(whole_names)
    })?;
    Some((listing, Taking::Split))
}

/// Whether a command chooses lines and leaves them as they are.
fn keeps(command: &Command) -> bool {
    let Some(simple) = command.simple() else { return false };
    // `grep -c` and `uniq -c` count, `grep -n` puts something before the names, `grep -o` cuts them.
    let changes = |word: &Word| {
        let letters = word.raw.strip_prefix('-').filter(|letters| !letters.starts_with(['-', 'e', 'f']));
        letters.is_some_and(|letters| letters.contains(['b', 'c', 'n', 'o', 'q']))
            || matches!(word.raw.as_str(), "--count" | "--line-number" | "--only-matching" | "--quiet")
    };
    match simple.name() {
        Some("grep" | "egrep" | "uniq") => !simple.words.iter().skip(1).any(changes),
        Some(name) => FILTERS.contains(&name),
        None => false,
    }
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
