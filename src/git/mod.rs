//! Git, the only module that touches it: what is tracked and with which mode, and where hooks live.
//!
//! Not here: what a hook means. Nothing from the repository's configuration is executed.

mod history;
mod staged;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};

pub use history::{Blob, BlobId, BlobTree, Commit, History, history};
pub use staged::{IndexTree, Staged, StagedFile, staged};

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
    /// The repository has no work tree.
    #[error("the git repository at `{path}` is bare: there is no work tree to commit from")]
    Bare {
        /// Where it was looked for.
        path: String,
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
    /// `core.hooksPath`, if set.
    pub hooks_path: Option<PathBuf>,
}

/// The work tree that `path` lies in, or `None` where there is no repository (or only a bare one).
///
/// # Errors
///
/// Where there is a repository that cannot be read, or that belongs to somebody else.
pub fn work_tree(path: &Path) -> Result<Option<WorkTree>, Error> {
    let shown = path.to_string_lossy().into_owned();
    let repository = match Repository::discover(path) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(source) => return Err(Error::Open { path: shown, source }),
    };
    let Some(root) = repository.workdir().map(Path::to_owned) else { return Ok(None) };
    let failed = |what| {
        let path = shown.clone();
        move |source| Error::Read { what, path, source }
    };
    let hooks_path = configured_hooks_path(&repository).map_err(failed("configuration"))?;
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    let index = repository.index().map_err(failed("index"))?;
    let tracked = index.iter().map(|entry| (root.join(path_of(&entry.path)), entry.mode)).collect();
    Ok(Some(WorkTree { root, tracked, hooks_directory, hooks_path }))
}

/// The directory that git runs hooks from; a relative `core.hooksPath` starts at the top of the work tree.
fn hooks_directory(repository: &Repository, root: &Path) -> Result<PathBuf, git2::Error> {
    let configured = configured_hooks_path(repository)?;
    Ok(configured.map_or_else(|| repository.commondir().join("hooks"), |path| root.join(path)))
}

/// `core.hooksPath` with `~` filled in.
fn configured_hooks_path(repository: &Repository) -> Result<Option<PathBuf>, git2::Error> {
    match repository.config()?.snapshot()?.get_path("core.hooksPath") {
        Ok(path) => Ok(Some(path)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
