//! The index: what a commit would add, read from its blobs and never from the work tree.
//!
//! Not here: what is wrong with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{Repository, Tree as GitTree};

use crate::source::Tree;

use super::blobs::Entry;
use super::changes::{changes, is_file, options};
use super::{BlobTree, ChangedFile, Error, Standing, hooks_directory, open};

/// The flag of an index entry that `git add -N` made: there is nothing of it to commit yet.
const INTENT_TO_ADD: u16 = 1 << 13;

/// Where the flags say on which side of a conflict an entry stands; 0 is no conflict.
const STAGE: u16 = 0b11 << 12;

/// What a commit would make of the work tree.
#[derive(Debug)]
pub struct Staged {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The directory that git runs hooks from, absolute.
    pub hooks_directory: PathBuf,
    /// The files that the commit adds or changes; deletions, links and submodules have no text.
    pub files: Vec<ChangedFile>,
    index: Vec<Entry>,
}

impl Staged {
    /// The path, from the top, and the mode of each file of the index, ordered by path.
    pub fn index(&self) -> impl Iterator<Item = (&[u8], u32)> {
        self.index.iter().map(|entry| (entry.path.as_slice(), entry.mode))
    }

    /// The tree that a commit would make, seen from the working directory `here`.
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
        Ok(BlobTree::new(open(here)?, self.index.as_slice(), standing, beside))
    }
}

/// Compares the index of the repository that `path` lies in with what its next commit stands on.
///
/// # Errors
///
/// Where there is no repository with a work tree, or it cannot be read.
pub fn staged(path: &Path) -> Result<Staged, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let root = repository.workdir().map(Path::to_owned);
    let root = root.ok_or_else(|| Error::Bare { path: path.to_string_lossy().into_owned() })?;
    let index = repository.index().map_err(failed("index"))?;
    let mut unwritten = BTreeSet::new();
    let mut entries = Vec::with_capacity(index.len());
    for entry in index.iter() {
        if entry.flags_extended & INTENT_TO_ADD != 0 {
            unwritten.insert(entry.path);
        } else if is_file(entry.mode) && entry.flags & STAGE == 0 {
            entries.push(Entry { path: entry.path, blob: entry.id, mode: entry.mode });
        }
    }
    let head = head_tree(&repository).map_err(failed("last commit"))?;
    let mut diff = repository
        .diff_tree_to_index(head.as_ref(), Some(&index), Some(&mut options()))
        .map_err(failed("index"))?;
    let mut files = changes(&repository, &mut diff).map_err(failed("staged changes"))?;
    files.retain(|file| !unwritten.contains(&file.path));
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    Ok(Staged { root, hooks_directory, files, index: entries })
}

/// The tree of `HEAD`, or `None` before the first commit.
fn head_tree(repository: &Repository) -> Result<Option<GitTree<'_>>, git2::Error> {
    match repository.head() {
        Ok(head) => head.peel_to_tree().map(Some),
        Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
