//! The commit that is checked out: what is deployed is what it holds, never what the work tree holds.
//!
//! Not here: what is wrong with it, and whether it may be deployed.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::{ErrorCode, Repository, StatusOptions};

use crate::source::Tree;

use super::blobs::Held;
use super::entries::Entries;
use super::{BlobTree, Error, Standing, open};

/// `HEAD`, and how the work tree and the remote stand to it.
#[derive(Debug)]
pub struct Committed {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The commit, 40 hexadecimal digits.
    pub id: String,
    /// The branch; `None` where `HEAD` names a commit.
    pub branch: Option<String>,
    /// The paths that differ from the commit, from the top; ignored files do not count.
    pub changed: Vec<String>,
    /// Whether a branch of a remote, as last fetched or pushed, holds the commit.
    pub pushed: bool,
    entries: Entries,
}

impl Committed {
    /// The path, from the top, and the mode of each file, ordered by path.
    pub fn files(&self) -> impl Iterator<Item = (&[u8], u32)> {
        self.entries.files().map(|entry| (entry.path, entry.mode))
    }

    /// The commit's files as a tree, seen from the working directory `here`.
    ///
    /// # Errors
    ///
    /// Where the repository cannot be opened.
    pub fn tree<'a>(
        &'a self,
        here: &Path,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Result<BlobTree<'a>, Error> {
        let repository = Held::Own(Mutex::new(open(here)?));
        Ok(BlobTree::new(repository, Held::Lent(&self.entries), standing, beside))
    }
}

/// The commit that is checked out in the work tree that `path` lies in.
///
/// # Errors
///
/// Where there is no work tree or no commit, or the repository cannot be read.
pub fn committed(path: &Path) -> Result<Committed, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let root = repository.workdir().map(Path::to_owned);
    let root = root.ok_or_else(|| Error::Bare { path: path.to_string_lossy().into_owned() })?;
    let head = repository.head().map_err(failed("last commit"))?;
    let branch = head.shorthand().ok().filter(|_| head.is_branch()).map(ToOwned::to_owned);
    let commit = head.peel_to_commit().map_err(failed("last commit"))?;
    let tree = commit.tree().map_err(failed("last commit"))?;
    let entries = Entries::of_tree(&repository, &tree).map_err(failed("last commit"))?;
    let changed = changed(&repository).map_err(failed("work tree's state"))?;
    let pushed = pushed(&repository, commit.id()).map_err(failed("remote's branches"))?;
    Ok(Committed { root, id: commit.id().to_string(), branch, changed, pushed, entries })
}

fn changed(repository: &Repository) -> Result<Vec<String>, git2::Error> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).include_ignored(false).exclude_submodules(true);
    let statuses = repository.statuses(Some(&mut options))?;
    Ok(statuses.iter().map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
}

fn pushed(repository: &Repository, id: git2::Oid) -> Result<bool, git2::Error> {
    for reference in repository.references_glob("refs/remotes/*")? {
        let theirs = match reference?.peel_to_commit() {
            Ok(commit) => commit.id(),
            Err(error) if error.code() == ErrorCode::NotFound => continue,
            Err(error) => return Err(error),
        };
        if theirs == id || repository.graph_descendant_of(theirs, id)? {
            return Ok(true);
        }
    }
    Ok(false)
}
