//! Git, the only module that touches it: what is tracked and with which mode, and where hooks live.
//!
//! Not here: what a hook means. Nothing from the repository's configuration is executed.

mod blobs;
mod changes;
mod commit;
mod compare;
mod contents;
mod entries;
mod history;
mod ids;
mod index;
mod modes;
mod objects;
mod pushed;
mod revision;
mod since;
mod staged;
mod trees;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, FileMode, Repository, RepositoryOpenFlags};

pub use blobs::{BlobTree, Standing};
pub use changes::ChangedFile;
pub use commit::{Committed, committed};
pub use contents::ContentTree;
pub use history::{Blob, BlobId, Commit, ContentKind, History, MAX_PATHS, Starts, history};
pub use pushed::{Published, Push, published, push_line};
pub use revision::{Revision, revision};
pub use since::{Added, since};
pub use staged::{Staged, staged};

/// What went wrong with git, and where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository cannot be opened.
    #[error("cannot open the git repository at `{path}`")]
    Open {
        /// Where it was looked for.
        path: String,
        /// Why.
        #[source]
        source: git2::Error,
    },
    /// There is none.
    #[error("`{path}` is in no git repository")]
    Nowhere {
        /// Where it was looked for.
        path: String,
    },
    /// It belongs to somebody else, and what it says is not to be acted on.
    #[error("the git repository at `{path}` belongs to another user")]
    Stranger {
        /// Where it was looked for.
        path: String,
    },
    /// Nothing was committed yet.
    #[error("the git repository at `{path}` has no commit yet")]
    Unborn {
        /// The repository.
        path: String,
    },
    /// The repository names its objects by SHA-256.
    #[error("the git repository at `{path}` names its objects by SHA-256, which cannot be read yet")]
    Sha256 {
        /// Where it was looked for.
        path: String,
    },
    /// The repository has no work tree.
    #[error("the git repository at `{path}` is bare: there is no work tree to commit from")]
    Bare {
        /// Where it was looked for.
        path: String,
    },
    /// A word names no commit, or one that has nothing in common with what is checked out.
    #[error("there is nothing to compare with at `{revision}`")]
    Revision {
        /// As typed.
        revision: String,
    },
    /// Its index or configuration cannot be read.
    #[error("cannot read the {what} of the git repository at `{path}`")]
    Read {
        /// Which part.
        what: &'static str,
        /// The repository.
        path: String,
        /// Why.
        #[source]
        source: git2::Error,
    },
    /// No commit is called so.
    #[error("`{reference}` names no commit of the git repository at `{path}`")]
    NoCommit {
        /// As typed.
        reference: String,
        /// The repository.
        path: String,
    },
    /// A line that git would not give to a pre-push hook.
    #[error("a line on standard input is none of those that git gives to a pre-push hook")]
    Line,
}

impl Error {
    fn open(path: &Path) -> impl FnOnce(git2::Error) -> Self {
        let path = path.to_string_lossy().into_owned();
        move |source| match source.code() {
            _ if source.message().contains("unknown object format") => Self::Sha256 { path },
            ErrorCode::NotFound if source.class() == ErrorClass::Repository => Self::Nowhere { path },
            ErrorCode::Owner => Self::Stranger { path },
            _ => Self::Open { path, source },
        }
    }

    fn commit(reference: &str, path: &Path) -> impl FnOnce(git2::Error) -> Self {
        let (reference, path) = (reference.to_owned(), path.to_owned());
        move |source| {
            if names_none(&source) {
                Self::NoCommit { reference, path: path.to_string_lossy().into_owned() }
            } else {
                Self::read("commit", &path)(source)
            }
        }
    }

    fn read(what: &'static str, path: &Path) -> impl FnOnce(git2::Error) -> Self {
        let path = path.to_string_lossy().into_owned();
        move |source| match source.code() {
            ErrorCode::UnbornBranch => Self::Unborn { path },
            _ => Self::Read { what, path, source },
        }
    }
}

/// What the library says, where a cause is the library's: without its numbers, which mean nothing to who reads it.
#[must_use]
pub fn message<'e>(cause: &'e (dyn std::error::Error + 'static)) -> Option<&'e str> {
    cause.downcast_ref::<git2::Error>().map(git2::Error::message)
}

/// Whether a word names no commit, as against one that cannot be read.
fn names_none(error: &git2::Error) -> bool {
    let codes = [ErrorCode::NotFound, ErrorCode::InvalidSpec, ErrorCode::Ambiguous, ErrorCode::Peel];
    codes.contains(&error.code())
}

/// What says that git works on another repository than the one around the working directory, or with other
/// objects. `GIT_INDEX_FILE` is not among them: every hook has it.
const ELSEWHERE: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_WORK_TREE",
];

/// What this module does not get at by itself: files and the environment.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// What a file holds.
    pub read: &'a dyn Fn(&Path) -> Option<Vec<u8>>,
    /// A variable that is set, and not to nothing.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
}

impl std::fmt::Debug for Outside<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Outside")
    }
}

fn is_elsewhere(outside: Outside<'_>) -> bool {
    ELSEWHERE.iter().any(|name| (outside.variable)(name).is_some())
}

/// The repository that git works on, with the file that is its index; `None` where only libgit2 can say. To open
/// it as [`open`] does reads the index, which [`index::parse`] does much faster.
fn open_beside_index(path: &Path, outside: Outside<'_>) -> Option<(Repository, PathBuf)> {
    if is_elsewhere(outside) {
        return None;
    }
    let repository = Repository::discover(path).ok()?;
    let told = (outside.variable)("GIT_INDEX_FILE");
    let index = told.map_or_else(|| repository.path().join("index"), |file| path.join(file));
    Some((repository, index))
}

/// The repository that git says it works on (`GIT_DIR`, which a hook is told), else the one that `path` lies in.
fn open(path: &Path) -> Result<Repository, Error> {
    let none: &[&std::ffi::OsStr] = &[];
    Repository::open_ext(path, RepositoryOpenFlags::FROM_ENV, none).map_err(Error::open(path))
}

/// What a work tree's repository says about it.
#[derive(Debug, Default)]
pub struct WorkTree {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The tracked paths, absolute, with the modes of the index (`0o100644`, `0o100755`, `0o120000`, …).
    pub tracked: HashMap<PathBuf, u32>,
    /// The directory that git runs hooks from, absolute.
    pub hooks_directory: PathBuf,
    /// The directory that git runs hooks from unless it is told otherwise, absolute.
    pub own_hooks_directory: PathBuf,
    /// `core.hooksPath`, if set.
    pub hooks_path: Option<PathBuf>,
    /// Whether only the repository's own configuration says that this is its work tree (`core.worktree`): a stranger's
    /// may say `/`, so that nothing may be read on its word.
    pub claimed: bool,
}

/// The work tree that `path` lies in, or `None` where there is no repository (or only a bare one).
///
/// # Errors
///
/// Where there is a repository that cannot be read, or that belongs to somebody else.
pub fn work_tree(path: &Path) -> Result<Option<WorkTree>, Error> {
    let repository = match Repository::discover(path) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(Error::open(path)(error)),
    };
    let Some(root) = repository.workdir().map(Path::to_owned) else { return Ok(None) };
    let failed = |what| Error::read(what, path);
    let hooks_path = configured_hooks_path(&repository).map_err(failed("configuration"))?;
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    let index = repository.index().map_err(failed("index"))?;
    let tracked = index.iter().map(|entry| (root.join(path_of(&entry.path)), entry.mode)).collect();
    let own_hooks_directory = repository.commondir().join("hooks");
    let claimed = is_claimed(&repository, &root);
    Ok(Some(WorkTree { root, tracked, hooks_directory, own_hooks_directory, hooks_path, claimed }))
}

/// Whether nothing at the top of a work tree leads to its repository: then `core.worktree` alone says that it is one.
fn is_claimed(repository: &Repository, root: &Path) -> bool {
    let none: &[&std::ffi::OsStr] = &[];
    let beside = repository.path().parent() == Some(root);
    let leads_here = |found: Repository| found.path() == repository.path();
    !beside && !Repository::open_ext(root, RepositoryOpenFlags::NO_SEARCH, none).is_ok_and(leads_here)
}

/// Whether git passes over the absolute `path`, wherever that is said; `false` outside of a repository.
///
/// # Errors
///
/// Where there is a repository that cannot be read.
pub fn is_ignored(path: &Path) -> Result<bool, Error> {
    let repository = match Repository::discover(path.parent().unwrap_or(path)) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(false),
        Err(error) => return Err(Error::open(path)(error)),
    };
    repository.is_path_ignored(path).map_err(Error::read("ignore rules", path))
}

/// Makes a tracked file executable in the index, where its content stays as it is staged; `false` where git
/// does not track it. `inside` starts at `top`, the top of a work tree.
///
/// # Errors
///
/// Where the repository cannot be opened, or its index cannot be read or written.
pub fn let_run(top: &Path, inside: &Path) -> Result<bool, Error> {
    let failed = |what| Error::read(what, top);
    let repository = Repository::open(top).map_err(Error::open(top))?;
    let mut index = repository.index().map_err(failed("index"))?;
    let Some(mut entry) = index.get_path(inside, 0) else { return Ok(false) };
    entry.mode = FileMode::BlobExecutable.into();
    index.add(&entry).and_then(|()| index.write()).map_err(failed("index"))?;
    Ok(true)
}

/// The directory that git runs hooks from; a relative `core.hooksPath` starts at the top of the work tree.
fn hooks_directory(repository: &Repository, root: &Path) -> Result<PathBuf, git2::Error> {
    let configured = configured_hooks_path(repository)?;
    Ok(match configured {
        // Git puts `/` and the hook's name behind what is configured, also behind nothing.
        Some(path) if path.as_os_str().is_empty() => PathBuf::from("/"),
        Some(path) => root.join(path),
        None => repository.commondir().join("hooks"),
    })
}

/// `core.hooksPath` with `~` filled in.
fn configured_hooks_path(repository: &Repository) -> Result<Option<PathBuf>, git2::Error> {
    match repository.config()?.snapshot()?.get_path("core.hooksPath") {
        Ok(path) => Ok(Some(path)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A path as git has it, for the disk.
#[cfg(unix)]
#[must_use]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

/// A path as git has it, for the disk.
#[cfg(not(unix))]
#[must_use]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
