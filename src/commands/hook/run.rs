//! `envgate hook run`: what git calls. Nothing to check is silence.
//!
//! A push and a message are checked for secrets alone: a setting that a later commit put right harms
//! nobody, a secret in any commit does.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read, Write, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::{Check, HookName, HookRun, Scope, When};
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Input, Outcome};
use crate::files::{self, DiskTree, relative};
use crate::git::{self, Published};
use crate::source::{PathKind, Source, Tree, shown_name};

use super::super::configuration::Loaded;
use super::super::inputs::work_tree;
use super::super::pack_files::PackFiles;
use super::super::terminal::say;
use super::super::{Error, Status, check};

/// What is looked for where only secrets matter.
const SECRETS: &[&str] = &["SEC", "OWN", "ENV109", "CMP201", "CMP202"];

/// What git puts between a message and the difference that it shows below it.
const SCISSORS: &str = "------------------------ >8 ------------------------";

pub(super) fn run(
    arguments: &HookRun,
    color: When,
    here: &Path,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    match arguments.hook {
        HookName::PreCommit | HookName::PreMergeCommit => check::run(&Check::of_index(), color, out),
        HookName::CommitMsg => message(&arguments.arguments, color, here, out),
        HookName::PrePush => push(&arguments.arguments, color, here, out),
    }
}

fn secrets() -> Check {
    let only = SECRETS.iter().map(|code| (*code).to_owned()).collect();
    Check { scope: Scope { only, ..Scope::default() }, ..Check::of_index() }
}

/// The message, without the difference that `git commit --verbose` shows below it. Lines that begin with `#`
/// are looked at too: with `-m`, git keeps them.
fn message(arguments: &[PathBuf], color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let path = arguments.first().ok_or(Error::NoMessage)?;
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let end = text.find(SCISSORS).unwrap_or(text.len());
    let text = text.get(..end).unwrap_or_default().as_bytes().to_vec();
    let path = relative(path, here);
    let input = message_input(&path);
    let message = Said(Messages::from([(path, text)]));
    let arguments = secrets();
    // The files that the configuration names lie on the disk, not in the message.
    let loaded = check::configured(&arguments.scope, "", None, here, &DiskTree::new([""])?)?;
    let outcome = engine::check(&[input], &mut check::settings(&arguments.scope, &loaded), &message)?;
    check::report_or_silence(&arguments, color, &loaded, &outcome, out)
}

fn message_input(path: &str) -> Input {
    Input { path: path.to_owned(), tracked: None, mode: None, hook: false, checked: true, lines: None }
}

/// Messages, by the name that each is shown under.
type Messages = BTreeMap<String, Vec<u8>>;

/// Messages as the only files there are.
struct Said(Messages);

impl Tree for Said {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.0.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Every commit that the push would publish, each file in it under `COMMIT:path`, as git writes it.
fn push(arguments: &[PathBuf], color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let remote = arguments.first().map_or_else(remote_of_pre_commit, |name| name.to_string_lossy().into());
    let lines = lines(here)?;
    files::openable_repository(here)?;
    let push = git::published(here, &remote, &lines, Box::new(PackFiles))?;
    let arguments = secrets();
    let top = work_tree(here)?.map(|tree| relative(&tree.root, here)).unwrap_or_default();
    let disk = DiskTree::new([top.as_str()])?;
    let loaded = check::configured(&arguments.scope, &top, None, here, &disk)?;
    let mut whole = messages(&push.commits, &arguments, &loaded)?;
    for commit in push.commits.iter().filter(|commit| !commit.files.is_empty()) {
        let tree = push.tree(commit, &Nothing);
        let files = check::wanted(inputs(commit), &loaded.config);
        let mut settings = check::settings(&arguments.scope, &loaded);
        let outcome = engine::check(&files, &mut settings, &tree)?;
        add(&mut whole, outcome, &commit.name);
    }
    let refused = !whole.findings.is_empty();
    let status = check::report_or_silence(&arguments, color, &loaded, &whole, out)?;
    if refused && status == Status::Findings {
        say!(
            out,
            "help: what a commit holds stays in it: amend or rebase before the push; a secret that was pushed \
             before must be revoked"
        )?;
    }
    Ok(status)
}

/// What the commits and tags say of themselves: git shows it wherever it shows them.
fn messages(published: &[Published], arguments: &Check, loaded: &Loaded) -> Result<Outcome, Error> {
    let named = published.iter().filter(|one| !one.message.trim_ascii().is_empty());
    let messages: Messages =
        named.map(|one| (format!("{}:message", one.name), one.message.clone())).collect();
    let inputs: Vec<Input> = messages.keys().map(|path| message_input(path)).collect();
    if inputs.is_empty() {
        return Ok(Outcome::default());
    }
    Ok(engine::check(&inputs, &mut check::settings(&arguments.scope, loaded), &Said(messages))?)
}

/// Nothing beside what a commit brings.
struct Nothing;

impl Tree for Nothing {
    fn kind(&self, _path: &str) -> Option<PathKind> {
        None
    }
}

fn inputs(commit: &Published) -> Vec<Input> {
    let input = |file: &git::ChangedFile| Input {
        path: shown_name(&file.path),
        tracked: Some(true),
        mode: Some(file.mode),
        hook: false,
        checked: true,
        lines: Some(file.added.clone()),
    };
    commit.files.iter().map(input).collect()
}

fn add(whole: &mut Outcome, one: Outcome, commit: &str) {
    let name = |path: &Arc<str>| -> Arc<str> { Arc::from(format!("{commit}:{path}")) };
    let named = one.findings.into_iter().map(|mut finding: Diagnostic| {
        finding.path = name(&finding.path);
        for label in &mut finding.labels {
            label.path = name(&label.path);
        }
        finding
    });
    whole.findings.extend(named);
    let sources = one.sources.into_iter().map(|(path, (source, masks))| {
        let path = name(&path);
        (Arc::clone(&path), (Source::new(path, source.text()), masks))
    });
    whole.sources.extend(sources);
    whole.files += one.files;
    whole.suppressed += one.suppressed;
    whole.broken.extend(one.broken);
}

/// The lines that git gives. pre-commit reads them itself and says what it read in the environment; a person
/// who calls the hook by hand means what is checked out.
fn lines(here: &Path) -> Result<String, Error> {
    let mut lines = String::new();
    if !stdin().is_terminal() {
        stdin().read_to_string(&mut lines)?;
    }
    if !lines.trim().is_empty() {
        return Ok(lines);
    }
    let name = ["PRE_COMMIT_TO_REF", "PRE_COMMIT_LOCAL_BRANCH"].into_iter().find_map(variable);
    match name {
        Some(name) => Ok(git::push_line(here, &name, Box::new(PackFiles))?),
        None if stdin().is_terminal() => Ok(git::push_line(here, "HEAD", Box::new(PackFiles))?),
        None => Ok(lines),
    }
}

fn remote_of_pre_commit() -> String {
    variable("PRE_COMMIT_REMOTE_NAME").unwrap_or_else(|| String::from("origin"))
}

#[expect(clippy::disallowed_methods, reason = "pre-commit gives its hooks what git says in the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
