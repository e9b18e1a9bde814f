//! A work tree: where it begins, where its hooks live, and which of its files git tracks, with which mode.
//!
//! Not here: what is staged, and what is in the files.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectFormat, Repository, RepositoryOpenFlags};

use super::entries::{Entries, UNWRITTEN};
use super::{Error, bytes_of, configured_hooks_path, hooks_directory, index, path_of};

/// What a work tree's repository says about it.
#[derive(Debug, Default)]
pub struct WorkTree {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// What the index has.
    pub tracked: Tracked,
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

/// The files that git tracks, by their absolute paths.
#[derive(Debug, Default)]
pub struct Tracked {
    root: PathBuf,
    entries: Entries,
}

impl Tracked {
    /// The mode that the index has for a path (`0o100644`, `0o100755`, `0o120000`, …); `None` where it has none.
    #[must_use]
    pub fn mode(&self, path: &Path) -> Option<u32> {
        let inside = path.strip_prefix(&self.root).ok()?;
        Some(self.entries.any(&bytes_of(inside))?.mode & !UNWRITTEN)
    }

    /// All paths.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> {
        (0..self.entries.len()).filter_map(|at| Some(self.root.join(path_of(self.entries.get(at)?.path))))
    }
}

/// The work tree that `path` lies in, or `None` where there is no repository (or only a bare one). `read` gives what a
/// file holds, where it can be read.
///
/// # Errors
///
/// Where there is a repository that cannot be read, or that belongs to somebody else.
pub fn work_tree(path: &Path, read: impl Fn(&Path) -> Option<Vec<u8>>) -> Result<Option<WorkTree>, Error> {
    let repository = match Repository::discover(path) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(Error::open(path)(error)),
    };
    let Some(root) = repository.workdir().map(Path::to_owned) else { return Ok(None) };
    let failed = |what| Error::read(what, path);
    let hooks_path = configured_hooks_path(&repository).map_err(failed("configuration"))?;
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    // libgit2 also checks the index's sum, and copies every entry.
    let index = if repository.object_format() == ObjectFormat::Sha1 {
        read(&repository.path().join("index"))
    } else {
        None
    };
    let index = index.and_then(|bytes| index::parse(&bytes));
    let entries = match index {
        Some(index) => index.entries,
        None => by_libgit2(&repository, &read).map_err(failed("index"))?,
    };
    let tracked = Tracked { root: root.clone(), entries };
    let own_hooks_directory = repository.commondir().join("hooks");
    let claimed = is_claimed(&repository, &root);
    Ok(Some(WorkTree { root, tracked, hooks_directory, own_hooks_directory, hooks_path, claimed }))
}

fn by_libgit2(
    repository: &Repository,
    read: &dyn Fn(&Path) -> Option<Vec<u8>>,
) -> Result<Entries, git2::Error> {
    let index = index::by_libgit2(repository, read)?;
    let mut entries = Entries::with_capacity(index.len());
    let mut before = None;
    for entry in index.iter() {
        // A conflict has its path up to three times.
        if before.as_ref() != Some(&entry.path) {
            entries.push(0, &entry.path, entry.id, entry.mode);
            before = Some(entry.path);
        }
    }
    Ok(entries)
}

/// Whether nothing at the top of a work tree leads to its repository: then `core.worktree` alone says that it is one.
pub(super) fn is_claimed(repository: &Repository, root: &Path) -> bool {
    let none: &[&std::ffi::OsStr] = &[];
    let beside = repository.path().parent() == Some(root);
    let leads_here = |found: Repository| found.path() == repository.path();
    !beside && !Repository::open_ext(root, RepositoryOpenFlags::NO_SEARCH, none).is_ok_and(leads_here)
}
