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
mod loose;
mod modes;
mod named;
mod objects;
mod pushed;
mod revision;
mod since;
mod staged;
mod trees;
mod walk;
mod work_tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode, FileMode, Repository, RepositoryOpenFlags};

use crate::packs::Disk;

pub use blobs::{BlobTree, Standing};
pub use changes::ChangedFile;
pub use commit::{Committed, committed};
pub use contents::ContentTree;
pub use history::{Blob, BlobId, Commit, ContentKind, History, MAX_PATHS, Starts, history};
pub use pushed::{Published, Push, published, push_line};
pub use revision::{Revision, revision};
pub use since::{Added, since};
pub use staged::{Staged, staged};
pub use work_tree::{Tracked, WorkTree, work_tree};

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
    /// The repository is a partial clone, and does not have what its remote would have to be asked for.
    #[error(
        "{missing} of {all} contents of the partial clone at `{path}` are not here, and were not searched"
    )]
    Partial {
        /// How many are not here.
        missing: usize,
        /// How many there are.
        all: usize,
        /// Where it lies.
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
    /// Where packs lie.
    pub packs: fn() -> Box<dyn Disk>,
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

/// Whether git passes over the absolute `path`, wherever that is said; `false` outside of a repository.
///
/// # Errors
///
/// Where there is a repository that cannot be read.
pub fn is_ignored(path: &Path) -> Result<bool, Error> {
    // The file need not be there, nor the directory that it is to be in.
    let there = path.ancestors().skip(1).find(|above| above.is_dir());
    let repository = match Repository::discover(there.unwrap_or(path)) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(false),
        Err(error) => return Err(Error::open(path)(error)),
    };
    repository.is_path_ignored(path).map_err(Error::read("ignore rules", path))
}

/// Makes a tracked file executable in the index, where its content stays as it is staged; `false` where git
/// does not track it. `inside` starts at `top`, the top of a work tree; `read` gives what a file holds.
///
/// # Errors
///
/// Where the repository cannot be opened, or its index cannot be read or written.
pub fn let_run(top: &Path, inside: &Path, read: &dyn Fn(&Path) -> Option<Vec<u8>>) -> Result<bool, Error> {
    let failed = |what| Error::read(what, top);
    let repository = Repository::open(top).map_err(Error::open(top))?;
    let mut index = index::by_libgit2(&repository, read).map_err(failed("index"))?;
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

/// A path of the disk, as git has it.
#[cfg(unix)]
fn bytes_of(path: &Path) -> std::borrow::Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().into()
}

/// A path of the disk, as git has it.
#[cfg(not(unix))]
fn bytes_of(path: &Path) -> std::borrow::Cow<'_, [u8]> {
    path.to_string_lossy().replace('\\', "/").into_bytes().into()
}

/// A path as git has it, for the disk.
#[cfg(not(unix))]
#[must_use]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
