//! HOK003: a hook that lies where git does not look.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::shell::{Script, Simple, Word};
use crate::project::hooks::GIT_HOOKS;
use crate::project::husky::Husky;
use crate::project::{File, Project, Role};
use crate::source::{PathKind, Span, file_name, join, parent};

use super::{Rule, meta};

/// Directories that hold nothing but hooks.
const DIRECTORIES: &[&str] = &[".githooks", ".git-hooks", "githooks", "git-hooks"];

/// How many hooks are compared with each other.
const MAX_HOOKS: usize = 200;

/// The rule.
#[derive(Debug)]
pub(super) struct HookPlace;

impl Rule for HookPlace {
    fn meta(&self) -> &'static Meta {
        meta!("HOK003", "hook-place", Error, Certain, "the hook lies where git does not look for it")
    }

    /// A script that sends git where there is no hook.
    fn check_shell(&self, script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let top = project.repository.as_ref().map(|repository| repository.root.as_str()).unwrap_or_default();
        for command in script.local_commands() {
            let Some((word, directory)) = command.simple().and_then(hooks_path) else { continue };
            let place = join(top, directory);
            // husky makes its own directory when it is installed, and a script may make another.
            let made = place.contains(".husky") || file.source.text().matches(directory).count() > 1;
            if made || directory.starts_with(['/', '~']) {
                continue;
            }
            let why = match project.tree.kind(&place) {
                None => "is not there",
                Some(PathKind::Directory) if !holds_a_hook(&place, project) => "holds no hook",
                Some(_) => continue,
            };
            found
                .push(word, format!("git is told to take its hooks from `{directory}`, which {why}"))
                .help("name the directory that the hooks lie in, from the top of the repository");
        }
    }

    /// Two hooks for the same event, of which one hides the other.
    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let hooks = project.files.iter().filter(|file| file.role == Role::Hook);
        let hooks: Vec<&File> = hooks.take(MAX_HOOKS).collect();
        for file in hooks.iter().filter(|file| file.checked) {
            elsewhere(file, project, found);
            let (directory, name) = (parent(file.source.path()), file_name(file.source.path()));
            if !DIRECTORIES.contains(&file_name(directory)) {
                continue;
            }
            let rival = hooks.iter().find(|other| {
                let path = other.source.path();
                let used = || {
                    Husky::of(path, project.tree).is_some_and(|husky| husky.major.is_some_and(|it| it >= 5))
                };
                let calls = || other.source.text().contains(directory);
                file_name(path) == name && above(path, directory) && used() && !calls()
            });
            if let Some(rival) = rival {
                let message = format!(
                    "`{}` and this file are both for `{name}`, and git looks into one directory alone: husky's",
                    rival.source.path()
                );
                found
                    .push_in(file.source.shared_path(), file.source.line_span(1), message)
                    .help(format!(
                        "call this script from `{}`, or take one of the two away",
                        rival.source.path()
                    ))
                    .label(rival.source.shared_path(), rival.source.line_span(1), "this one runs");
            }
        }
    }
}

/// Whether the `.husky` of the hook at `path` lies at the top of the project that `directory` is in.
fn above(path: &str, directory: &str) -> bool {
    let top = parent(parent(path));
    file_name(parent(path)) == ".husky" && (top.is_empty() || directory.starts_with(&format!("{top}/")))
}

/// A hook that this clone's `core.hooksPath` passes over. Another clone may be set up otherwise, so it is no
/// error of the project.
fn elsewhere(file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    let Some(repository) = &project.repository else { return };
    let directory = parent(file.source.path());
    let known = DIRECTORIES.contains(&file_name(directory)) || file_name(directory) == ".husky";
    let asked = &repository.hooks_directory;
    let there = asked == directory || *asked == join(directory, "_");
    let (Some(configured), true, false) = (&repository.hooks_path, known, there) else { return };
    let called = project.files.iter().any(|other| {
        parent(other.source.path()) == asked && other.source.text().contains(file_name(directory))
    });
    if !called {
        let message = format!("core.hooksPath is `{configured}` in this clone, so git never runs this file");
        // From husky 9 on, git must not run the files in `.husky` themselves.
        let husky = Husky::of(file.source.path(), project.tree);
        let help = if husky.is_some_and(|husky| husky.major.is_some_and(|major| major >= 9)) {
            String::from("`npx husky` makes git run what is in `.husky`")
        } else {
            format!("git config core.hooksPath {directory}")
        };
        found
            .push_in(file.source.shared_path(), file.source.line_span(1), message)
            .severity(Severity::Warning)
            .help(help);
    }
}

/// The directory that `git config core.hooksPath DIRECTORY` names, and its place.
fn hooks_path(simple: &Simple) -> Option<(Span, &str)> {
    let words = simple.unwrapped();
    let literals = || words.iter().filter_map(Word::literal);
    let config = literals().next() == Some("git") && literals().any(|word| word == "config");
    let at = words
        .iter()
        .position(|word| word.literal().is_some_and(|it| it.eq_ignore_ascii_case("core.hooksPath")))?;
    let unset = literals().any(|word| word.starts_with("--unset") || word == "--get" || word == "unset");
    let word = words.get(at + 1).filter(|_| config && !unset)?;
    let directory = word.literal()?.trim_end_matches('/').trim_start_matches("./");
    (!directory.is_empty()).then_some((word.span, directory))
}

fn holds_a_hook(directory: &str, project: &Project<'_>) -> bool {
    GIT_HOOKS.iter().any(|hook| project.tree.kind(&join(directory, hook)).is_some())
}
