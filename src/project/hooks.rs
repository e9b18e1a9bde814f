//! What becomes of a script because git, husky or another hook runs it.
//!
//! Not here: which files are hooks (the engine says so by name and place), and what is wrong with them.

use crate::document::shell::Launch;
use crate::source::{file_name, parent};

use super::{File, Project, Role};

/// The hooks that git knows, by name.
pub const GIT_HOOKS: &[&str] = &[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "fsmonitor-watchman",
    "post-index-change",
];

/// Directories that hold hooks by convention.
pub const DIRECTORIES: &[&str] = &[".husky", ".githooks", ".git-hooks", "githooks", "git-hooks", "hooks"];

/// The hooks for which git closes standard input: every one that has nothing to read from git.
const WITHOUT_INPUT: &[&str] = &[
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
];

/// The hooks that git calls without arguments.
const WITHOUT_ARGUMENTS: &[&str] =
    &["pre-commit", "pre-merge-commit", "post-commit", "pre-applypatch", "post-applypatch", "pre-auto-gc"];

/// Endings that people give to hooks, and git does not look for.
const ENDINGS: &[&str] = &["sh", "bash", "zsh", "py", "js", "cjs", "mjs", "ts", "rb", "pl", "txt"];

/// The hook that a file of this name was meant to be, where git knows no hook of this name.
///
/// ```
/// use envgate::project::hooks::meant;
/// assert_eq!(meant("pre-commit.sh"), Some("pre-commit"));
/// assert_eq!(meant("precommit"), Some("pre-commit"));
/// assert_eq!((meant("pre-commit"), meant("common.sh"), meant("pre-commit.sample")), (None, None, None));
/// ```
#[must_use]
pub fn meant(name: &str) -> Option<&'static str> {
    if GIT_HOOKS.contains(&name) || name.len() > 40 {
        return None;
    }
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.contains(&ending) => stem,
        Some(_) => return None,
        None => name,
    };
    let bare = |name: &str| name.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let wanted = bare(stem);
    // Words such as `update` are names of scripts more often than hooks.
    let hooks = GIT_HOOKS.iter().filter(|hook| hook.contains('-'));
    hooks.copied().find(|hook| bare(hook) == wanted || strsim::damerau_levenshtein(&bare(hook), &wanted) == 1)
}

/// Who starts the script: husky takes `sh -e` for every file directly in `.husky`.
#[must_use]
pub fn launch(file: &File, project: &Project<'_>) -> Launch {
    let path = file.source.path();
    if file.role != Role::Hook || file_name(parent(path)) != ".husky" {
        return Launch::Direct;
    }
    let by_git = project
        .repository
        .as_ref()
        .is_some_and(|repository| repository.husky.is_none() && repository.hooks_directory == parent(path));
    if by_git { Launch::Direct } else { Launch::Husky }
}

/// The hooks of git that lead to a script: a set of places in [`GIT_HOOKS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Callers(u32);

impl Callers {
    /// The one hook of this name; none where git knows no such hook.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(GIT_HOOKS.iter().position(|hook| *hook == name).map_or(0, |at| 1 << at))
    }

    /// Those of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether no hook leads there.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        GIT_HOOKS.iter().enumerate().filter(move |(at, _)| self.0 >> at & 1 == 1).map(|(_, name)| *name)
    }
}

/// The hooks for which git runs the file, directly or through others: none where no hook leads there.
#[must_use]
pub fn callers(file: &File) -> Callers {
    match file.role {
        Role::Hook => Callers::of(file_name(file.source.path())),
        Role::LinkedHook(callers) | Role::CalledByHook(callers) => callers,
        _ => Callers::default(),
    }
}

/// Whether git runs the file, or a script that git runs does.
#[must_use]
pub const fn is_hook(file: &File) -> bool {
    is_run_by_git(file) || matches!(file.role, Role::CalledByHook(_))
}

/// Whether git runs the file itself, by its own name or by that of a link.
#[must_use]
pub const fn is_run_by_git(file: &File) -> bool {
    matches!(file.role, Role::Hook | Role::LinkedHook(_))
}

/// What its failure does, as the end of a sentence; of a script that several hooks call, the worst of it.
#[must_use]
pub fn consequence(file: &File) -> &'static str {
    if !is_hook(file) {
        return "ends the script without a word";
    }
    if !can_refuse(file) {
        return "ends the hook without a word";
    }
    if callers(file).names().filter(|name| refuses(name)).all(|name| name == "pre-push") {
        "refuses the push without a word"
    } else {
        "refuses the commit without a word"
    }
}

/// Whether a hook can stop what git is about to do, or the file is a script that such a hook may call.
#[must_use]
pub fn can_refuse(file: &File) -> bool {
    callers(file).names().any(refuses)
}

/// Whether git asks the hook of this name, rather than telling it what was done.
fn refuses(name: &str) -> bool {
    !name.starts_with("post-") && name != "fsmonitor-watchman"
}

/// Whether git gives the hook nothing to read.
#[must_use]
pub fn has_no_input(file: &File) -> bool {
    is_run_as(file, WITHOUT_INPUT)
}

/// Whether git gives the hook no arguments.
#[must_use]
pub fn has_no_arguments(file: &File) -> bool {
    is_run_as(file, WITHOUT_ARGUMENTS)
}

/// Whether git runs the file itself, and for no other hooks than these.
fn is_run_as(file: &File, hooks: &[&str]) -> bool {
    let callers = callers(file);
    is_run_by_git(file) && !callers.is_empty() && callers.names().all(|name| hooks.contains(&name))
}
