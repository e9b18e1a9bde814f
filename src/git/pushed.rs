//! The commits that a push would publish, and what each of them brings.
//!
//! Not here: what is wrong with it, and commits that the other side has: those of its branches that were
//! fetched, and the ones that git says it has.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Mutex;

use git2::{Commit, ObjectFormat, Oid, Repository, Revwalk, Sort, Tag, Tree as GitTree};

use crate::source::Tree;

use super::blobs::Held;
use super::changes::{changes, is_file, lines_of, options};
use super::entries::Entries;
use super::{BlobTree, ChangedFile, Error, Standing, open};

/// How many digits name a commit.
const DIGITS: usize = 9;

/// What was looked at: each content under each path.
type Seen = HashSet<(Vec<u8>, Oid)>;

/// A commit (or, behind a tag, a tree or a single file) that the push would publish.
#[derive(Debug)]
pub struct Published {
    /// The first digits of its name.
    pub name: String,
    /// What it brings that no commit before it in the push has brought.
    pub files: Vec<ChangedFile>,
    /// What is said of it: the message of the commit or the tag.
    pub message: Vec<u8>,
    entries: Entries,
}

impl Published {
    /// The path counts with the content: what a test or a left-out directory may hold, another place may not.
    fn new(id: Oid, mut files: Vec<ChangedFile>, message: &[u8], seen: &mut Seen) -> Self {
        files.retain(|file| !file.added.is_empty() && seen.insert((file.path.clone(), file.blob)));
        files.sort_by(|one, two| one.path.cmp(&two.path));
        let mut entries = Entries::with_capacity(files.len());
        for file in &files {
            entries.push(0, &file.path, file.blob, file.mode);
        }
        let name = id.to_string().chars().take(DIGITS).collect();
        Self { name, files, message: message.to_owned(), entries }
    }
}

/// What a push would publish.
pub struct Push {
    /// The oldest commit comes first.
    pub commits: Vec<Published>,
    repository: Mutex<Repository>,
}

impl Push {
    /// The files that a commit brings, as a tree; nothing else is in it.
    #[must_use]
    pub fn tree<'a>(&'a self, commit: &'a Published, beside: &'a dyn Tree) -> BlobTree<'a> {
        BlobTree::new(Held::Lent(&self.repository), Held::Lent(&commit.entries), Standing::default(), beside)
    }
}

impl std::fmt::Debug for Push {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Push").field("commits", &self.commits).finish_non_exhaustive()
    }
}

/// What a push to `remote` (its name, or its address where it has none) would publish. `lines` are those that
/// git gives to a pre-push hook: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`.
///
/// # Errors
///
/// Where a line is none of git's, or the repository or one of the commits cannot be read.
pub fn published(path: &Path, remote: &str, lines: &str) -> Result<Push, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let mut walk = repository.revwalk().map_err(failed("commits"))?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(failed("commits"))?;
    let (mut seen, mut found) = (Seen::new(), Vec::new());
    let mut any = false;
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (local, theirs) = ids(line)?;
        if local.is_zero() {
            continue; // The push deletes a branch.
        }
        hide(theirs, &repository, &mut walk);
        let found_behind = |tag: &Tag<'_>| {
            let message = tag.message_bytes().unwrap_or_default();
            found.push(Published::new(tag.id(), Vec::new(), message, &mut seen));
        };
        match target(&repository, local, found_behind).map_err(failed("pushed object"))? {
            Target::Commit(id) => {
                walk.push(id).map_err(failed("commits"))?;
                any = true;
            }
            Target::Files(files) => found.push(Published::new(local, files, b"", &mut seen)),
        }
    }
    if any {
        hide_fetched(remote, &repository, &mut walk).map_err(failed("remote's branches"))?;
        for id in walk {
            let commit = id.and_then(|id| repository.find_commit(id)).map_err(failed("commits"))?;
            let files = brought(&repository, &commit).map_err(failed("commits"))?;
            found.push(Published::new(commit.id(), files, commit.message_bytes(), &mut seen));
        }
    } else {
        drop(walk);
    }
    Ok(Push { commits: found, repository: Mutex::new(repository) })
}

/// The line that git would give for a push of `name` (a branch, a commit) to where nothing is known to be.
///
/// # Errors
///
/// Where there is no such name, or the repository cannot be read.
pub fn push_line(path: &Path, name: &str) -> Result<String, Error> {
    let repository = open(path)?;
    let object = repository.revparse_single(name).map_err(Error::commit(name, path))?;
    let id = object.id().to_string();
    let none = "0".repeat(id.len());
    Ok(format!("{name} {id} {name} {none}\n"))
}

fn ids(line: &str) -> Result<(Oid, Oid), Error> {
    let mut words = line.split(' ');
    let mut id = || {
        let word = words.nth(1).filter(|word| word.len() >= 40)?;
        let format = if word.len() > 40 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
        Oid::from_str_ext(word, format).ok()
    };
    id().zip(id()).ok_or(Error::Line)
}

enum Target {
    Commit(Oid),
    Files(Vec<ChangedFile>),
}

/// What a pushed name stands for, behind its tags, each of which is handed to `tagged`.
fn target(repository: &Repository, id: Oid, mut tagged: impl FnMut(&Tag<'_>)) -> Result<Target, git2::Error> {
    let mut object = repository.find_object(id, None)?;
    while let Some(tag) = object.as_tag() {
        tagged(tag);
        let inner = tag.target()?;
        object = inner;
    }
    if let Some(tree) = object.as_tree() {
        return Ok(Target::Files(difference(repository, None, tree)?));
    }
    if let Some(blob) = object.as_blob() {
        let added = lines_of(blob.content()).collect();
        let path = b"blob".to_vec();
        return Ok(Target::Files(vec![ChangedFile { path, mode: 0o100_644, added, blob: blob.id() }]));
    }
    Ok(Target::Commit(object.id()))
}

/// Leaves out what the other side has by its own word. A commit that was never fetched says nothing here.
fn hide(theirs: Oid, repository: &Repository, walk: &mut Revwalk<'_>) {
    let known = repository.find_object(theirs, None).and_then(|object| object.peel_to_commit());
    if let Ok(commit) = known {
        // What cannot be hidden is looked at once more, and that is the safe side.
        let _ = walk.hide(commit.id());
    }
}

/// Leaves out what was fetched from the remote, or pushed to it before.
fn hide_fetched(remote: &str, repository: &Repository, walk: &mut Revwalk<'_>) -> Result<(), git2::Error> {
    let remotes = repository.remotes()?;
    for name in remotes.iter().filter_map(|name| name.ok().flatten()) {
        let at = |name: &str| repository.find_remote(name).ok()?.url().ok().map(ToOwned::to_owned);
        if name == remote || at(name).as_deref() == Some(remote) {
            // A remote may have no branches here.
            let _ = walk.hide_glob(&format!("refs/remotes/{name}/*"));
        }
    }
    Ok(())
}

/// What a commit brings: against its parent; a merge brings only what none of its parents has.
fn brought(repository: &Repository, commit: &Commit<'_>) -> Result<Vec<ChangedFile>, git2::Error> {
    let tree = commit.tree()?;
    let mut parents = commit.parents();
    let Some(first) = parents.next() else { return difference(repository, None, &tree) };
    let mut files = difference(repository, Some(&first.tree()?), &tree)?;
    for parent in parents {
        let against = difference(repository, Some(&parent.tree()?), &tree)?;
        let against: BTreeMap<&[u8], &ChangedFile> =
            against.iter().map(|file| (file.path.as_slice(), file)).collect();
        files.retain_mut(|file| {
            let Some(other) = against.get(file.path.as_slice()) else { return false };
            file.added = file.added.intersection(&other.added).copied().collect();
            true
        });
    }
    Ok(files)
}

fn difference(
    repository: &Repository,
    old: Option<&GitTree<'_>>,
    new: &GitTree<'_>,
) -> Result<Vec<ChangedFile>, git2::Error> {
    let mut diff = repository.diff_tree_to_tree(old, Some(new), Some(&mut options()))?;
    let mut files = changes(repository, &mut diff)?;
    files.retain(|file| is_file(file.mode));
    Ok(files)
}
