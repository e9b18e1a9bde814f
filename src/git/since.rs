//! What was added since a branch parted from another: the work tree against the commit both come from.
//!
//! Not here: what is staged; see `staged`. What git ignores is no part of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use git2::{Delta, Diff, DiffDelta, ErrorClass, ErrorCode, Patch, Tree as GitTree};

use crate::packs::Disk;

use super::changes::{brings_text, check, collect, find_renamed, options};
use super::entries::Entries;
use super::modes::Modes;
use super::named::commit_named;
use super::objects::{Objects, no_commit};
use super::walk::common;
use super::{Error, names_none, open, path_of};

/// The lines that are new, 1-based, by absolute path; `None` where the whole file is.
pub type Added = BTreeMap<PathBuf, Option<BTreeSet<usize>>>;

/// Compares the work tree of the repository that `path` lies in with the last commit that `HEAD` and
/// `revision` have in common.
///
/// # Errors
///
/// Where there is no repository with a work tree, it cannot be read, `revision` names no commit, or the two
/// have none in common.
pub fn since(path: &Path, revision: &str, disk: Box<dyn Disk>) -> Result<Added, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let root = repository.workdir().map(Path::to_owned);
    let root = root.ok_or_else(|| Error::Bare { path: path.to_string_lossy().into_owned() })?;
    let mut objects = Objects::on(&repository, disk).map_err(failed("packs"))?;
    let base = base(&mut objects, revision).map_err(|source| {
        if names_none(&source) {
            Error::Revision { revision: revision.to_owned() }
        } else {
            Error::read("last commit", path)(source)
        }
    })?;
    let mut options = options();
    options.include_untracked(true).recurse_untracked_dirs(true);
    let mut diff = repository
        .diff_tree_to_workdir_with_index(Some(&base), Some(&mut options))
        .map_err(failed("changes"))?;
    find_renamed(&mut objects, &mut diff).map_err(failed("changes"))?;
    let modes = Modes::of(&diff, &mut objects).map_err(failed("changes"))?;
    let mut added = Added::new();
    for (at, delta) in diff.deltas().enumerate() {
        let untracked = delta.status() == Delta::Untracked;
        let (new, both) = (delta.new_file(), modes.get(&delta));
        let Some(path) = new.path_bytes().filter(|_| untracked || brings_text(&delta, both.1)) else {
            continue;
        };
        // What nobody compares is new as a whole.
        let lines = if untracked || check(&mut objects, &delta).is_err() {
            None
        } else {
            lines(&diff, at, &delta, both).map_err(failed("changes"))?
        };
        added.insert(root.join(path_of(path)), lines);
    }
    Ok(added)
}

/// The lines that the difference adds to a file; `None` for all of them, also where git shows none: attributes
/// may call any text binary, and that must not hide what it holds.
fn lines(
    diff: &Diff<'_>,
    at: usize,
    delta: &DiffDelta<'_>,
    modes: (u32, u32),
) -> Result<Option<BTreeSet<usize>>, git2::Error> {
    let (old, new) = (delta.old_file(), delta.new_file());
    let mut added = BTreeSet::new();
    match Patch::from_diff(diff, at)? {
        Some(patch) if patch.num_hunks() > 0 => collect(&patch, &mut added)?,
        _ if old.id() != new.id() => return Ok(None),
        _ => {}
    }
    if modes.0 != modes.1 {
        added.insert(1);
    }
    Ok(Some(added))
}

fn base<'r>(objects: &mut Objects<'r>, revision: &str) -> Result<GitTree<'r>, git2::Error> {
    // An error where nothing was committed yet.
    objects.repository().head()?;
    let ours = objects.head()?.ok_or_else(no_commit)?;
    let theirs = commit_named(revision, objects)?;
    let said = "they have no commit in common";
    let none = || git2::Error::new(ErrorCode::NotFound, ErrorClass::Merge, said);
    let base = common(&ours, &theirs, objects)?.ok_or_else(none)?;
    let tree = objects.commit(base)?.tree_id();
    // The difference reads every directory of it.
    Entries::of_tree(objects, tree)?;
    objects.repository().find_tree(tree)
}
