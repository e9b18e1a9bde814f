//! The index: what a commit would add, read from its blobs and never from the work tree.
//!
//! Not here: what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::{
    Delta, Diff, DiffFindOptions, DiffOptions, FileMode, Oid, Patch, Repository, RepositoryOpenFlags,
    Tree as GitTree,
};

use crate::source::{PathKind, Tree};

use super::{Error, hooks_directory, path_of};

/// The flag of an index entry that `git add -N` made: there is nothing of it to commit yet.
const INTENT_TO_ADD: u16 = 1 << 13;

/// One file that the commit adds or changes.
#[derive(Debug, Clone)]
pub struct StagedFile {
    /// Its path, absolute.
    pub path: PathBuf,
    /// Its mode in the index.
    pub mode: u32,
    /// The 1-based numbers of the lines that the commit adds.
    pub added: BTreeSet<usize>,
}

/// What a commit would make of the work tree.
#[derive(Debug)]
pub struct Staged {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The directory that git runs hooks from, absolute.
    pub hooks_directory: PathBuf,
    /// The files that the commit adds or changes; deletions, links and submodules have no text.
    pub files: Vec<StagedFile>,
    /// All files of the index by absolute path.
    pub index: BTreeMap<PathBuf, (Oid, u32)>,
}

/// Compares the index of the repository that `path` lies in with what its next commit stands on.
///
/// # Errors
///
/// Where there is no repository with a work tree, or it cannot be read.
pub fn staged(path: &Path) -> Result<Staged, Error> {
    let shown = path.to_string_lossy().into_owned();
    let failed = |what| {
        let path = shown.clone();
        move |source| Error::Read { what, path, source }
    };
    let repository = open(path)?;
    let root = repository.workdir().map(Path::to_owned).ok_or_else(|| Error::Bare { path: shown.clone() })?;
    let index = repository.index().map_err(failed("index"))?;
    let mut unwritten = BTreeSet::new();
    let mut entries = BTreeMap::new();
    for entry in index.iter() {
        let path = root.join(path_of(&entry.path));
        if entry.flags_extended & INTENT_TO_ADD != 0 {
            unwritten.insert(path);
        } else if is_file(entry.mode) {
            entries.insert(path, (entry.id, entry.mode));
        }
    }
    let head = head_tree(&repository).map_err(failed("last commit"))?;
    let mut options = DiffOptions::new();
    options.context_lines(0).ignore_submodules(true).include_typechange(true);
    let mut diff = repository
        .diff_tree_to_index(head.as_ref(), Some(&index), Some(&mut options))
        .map_err(failed("index"))?;
    diff.find_similar(Some(DiffFindOptions::new().renames(true))).map_err(failed("index"))?;
    let mut files = changes(&diff, &root).map_err(failed("staged changes"))?;
    files.retain(|file| !unwritten.contains(&file.path));
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    Ok(Staged { root, hooks_directory, files, index: entries })
}

pub(super) fn open(path: &Path) -> Result<Repository, Error> {
    // `GIT_DIR`, where git set it for a hook; else the repository that `path` lies in.
    let none: &[&std::ffi::OsStr] = &[];
    Repository::open_ext(path, RepositoryOpenFlags::FROM_ENV, none)
        .map_err(|source| Error::Open { path: path.to_string_lossy().into_owned(), source })
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

fn is_file(mode: u32) -> bool {
    mode == u32::from(FileMode::Blob) || mode == u32::from(FileMode::BlobExecutable)
}

fn changes(diff: &Diff<'_>, root: &Path) -> Result<Vec<StagedFile>, git2::Error> {
    let mut files = Vec::new();
    for (at, delta) in diff.deltas().enumerate() {
        let brings = matches!(
            delta.status(),
            Delta::Added | Delta::Modified | Delta::Renamed | Delta::Copied | Delta::Typechange
        );
        let mode = u32::from(delta.new_file().mode());
        let (true, true, Some(path)) = (brings, is_file(mode), delta.new_file().path_bytes()) else {
            continue;
        };
        let path = root.join(path_of(path));
        let mut added = BTreeSet::new();
        // A binary file has no patch, and no lines.
        if let Some(patch) = Patch::from_diff(diff, at)? {
            for hunk in 0..patch.num_hunks() {
                for line in 0..patch.num_lines_in_hunk(hunk)? {
                    let line = patch.line_in_hunk(hunk, line)?;
                    if line.origin() == '+' {
                        added.extend(line.new_lineno().map(|number| number as usize));
                    }
                }
            }
        }
        files.push(StagedFile { path, mode, added });
    }
    Ok(files)
}

/// The tree that a commit of the index would make. What git does not track (an ignored env file that a
/// compose file refers to) is asked of `beside`.
pub struct IndexTree<'a> {
    // `Repository` is `Send` and not `Sync`: blobs are read one at a time.
    repository: Mutex<Repository>,
    files: BTreeMap<String, Oid>,
    beside: &'a dyn Tree,
}

impl std::fmt::Debug for IndexTree<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("IndexTree").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

impl<'a> IndexTree<'a> {
    /// The blobs of `files` (by the path shown for them) in the repository that `path` lies in.
    ///
    /// # Errors
    ///
    /// Where the repository cannot be opened.
    pub fn new(path: &Path, files: BTreeMap<String, Oid>, beside: &'a dyn Tree) -> Result<Self, Error> {
        Ok(Self { repository: Mutex::new(open(path)?), files, beside })
    }
}

impl Tree for IndexTree<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if self.files.contains_key(path) {
            return Some(PathKind::File);
        }
        let prefix = format!("{path}/");
        let inside =
            self.files.range(prefix.clone()..).next().is_some_and(|(name, _)| name.starts_with(&prefix));
        if inside { Some(PathKind::Directory) } else { self.beside.kind(path) }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let Some(oid) = self.files.get(path) else { return self.beside.read(path) };
        let repository = self.repository.lock().map_err(|_| io::Error::other("another thread failed"))?;
        let blob = repository.find_blob(*oid).map_err(io::Error::other)?;
        Ok(blob.content().to_vec())
    }
}
