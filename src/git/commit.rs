//! The commit that is checked out: what is deployed is what it holds, never what the work tree holds.
//!
//! Not here: what is wrong with it, and whether it may be deployed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use git2::{Commit, Repository, StatusOptions};

use crate::packs::{Disk, Store};
use crate::source::Tree;

use super::blobs::{Held, Opened};
use super::entries::Entries;
use super::objects::{Objects, no_commit};
use super::walk::common;
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
    packs: Arc<Store>,
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
        let repository = Held::Own(Mutex::new(Opened::new(open(here)?, Arc::clone(&self.packs))));
        Ok(BlobTree::new(repository, Held::Lent(&self.entries), standing, beside))
    }
}

/// The commit that is checked out in the work tree that `path` lies in.
///
/// # Errors
///
/// Where there is no work tree or no commit, or the repository cannot be read.
pub fn committed(path: &Path, disk: Box<dyn Disk>) -> Result<Committed, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let root = repository.workdir().map(Path::to_owned);
    let root = root.ok_or_else(|| Error::Bare { path: path.to_string_lossy().into_owned() })?;
    let head = repository.head().map_err(failed("last commit"))?;
    let branch = head.shorthand().ok().filter(|_| head.is_branch()).map(ToOwned::to_owned);
    let mut objects = Objects::on(&repository, disk).map_err(failed("packs"))?;
    let commit = objects.head().and_then(|head| head.ok_or_else(no_commit)).map_err(failed("last commit"))?;
    let entries = Entries::of_tree(&mut objects, commit.tree_id()).map_err(failed("last commit"))?;
    let changed = changed(&repository).map_err(failed("work tree's state"))?;
    let pushed = pushed(&mut objects, &commit).map_err(failed("remote's branches"))?;
    let packs = objects.packs();
    Ok(Committed { root, id: commit.id().to_string(), branch, changed, pushed, entries, packs })
}

fn changed(repository: &Repository) -> Result<Vec<String>, git2::Error> {
    let mut options = StatusOptions::new();
    options.include_untracked(true).include_ignored(false).exclude_submodules(true);
    let statuses = repository.statuses(Some(&mut options))?;
    Ok(statuses.iter().map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned()).collect())
}

fn pushed(objects: &mut Objects<'_>, commit: &Commit<'_>) -> Result<bool, git2::Error> {
    for reference in objects.repository().references_glob("refs/remotes/*")? {
        let Some(theirs) = objects.commit_of(&reference?)? else { continue };
        if common(commit, &theirs, objects)? == Some(commit.id()) {
            return Ok(true);
        }
    }
    Ok(false)
}
