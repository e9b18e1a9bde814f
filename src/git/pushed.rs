//! The commits that a push would publish, and what each of them brings.
//!
//! Not here: what is wrong with it, and commits that the other side has: those of its branches that were
//! fetched, and the ones that git says it has.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;

use git2::{Commit, ObjectFormat, Oid, Tag};

use crate::packs::Disk;
use crate::source::Tree;

use super::blobs::{Held, Opened};
use super::changes::{changes, is_file, lines_of, options};
use super::entries::Entries;
use super::ids::name;
use super::named::named;
use super::objects::{Objects, no_commit};
use super::trees::{Entry, entries};
use super::walk::Walk;
use super::{BlobTree, ChangedFile, Error, Standing, open};

/// How many digits name a commit.
const DIGITS: usize = 9;

/// How many entries the directories may have that a commit changes: some four million.
const MOST_ENTRIES: usize = 1 << 22;

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
    repository: Mutex<Opened>,
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
pub fn published(path: &Path, remote: &str, lines: &str, disk: Box<dyn Disk>) -> Result<Push, Error> {
    let failed = |what| Error::read(what, path);
    let repository = open(path)?;
    let mut objects = Objects::on(&repository, disk).map_err(failed("packs"))?;
    let mut walk = Walk::new();
    let (mut seen, mut found) = (Seen::new(), Vec::new());
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (local, theirs) = ids(line)?;
        if local.is_zero() {
            continue; // The push deletes a branch.
        }
        hide(theirs, &mut objects, &mut walk).map_err(failed("commits"))?;
        let found_behind = |tag: &Tag<'_>| {
            let message = tag.message_bytes().unwrap_or_default();
            found.push(Published::new(tag.id(), Vec::new(), message, &mut seen));
        };
        match target(&mut objects, local, found_behind).map_err(failed("pushed object"))? {
            Target::Commit(commit) => walk.show(&commit),
            Target::Files(files) => found.push(Published::new(local, files, b"", &mut seen)),
        }
    }
    if !walk.is_empty() {
        hide_fetched(remote, &mut objects, &mut walk).map_err(failed("remote's branches"))?;
        for id in walk.oldest_first(&mut objects).map_err(failed("commits"))?.commits {
            let commit = repository.find_commit(id).map_err(failed("commits"))?;
            let files = brought(&mut objects, &commit).map_err(failed("commits"))?;
            found.push(Published::new(commit.id(), files, commit.message_bytes(), &mut seen));
        }
    }
    let packs = objects.packs();
    drop(objects);
    Ok(Push { commits: found, repository: Mutex::new(Opened::new(repository, packs)) })
}

/// The line that git would give for a push of `name` (a branch, a commit) to where nothing is known to be.
///
/// # Errors
///
/// Where there is no such name, or the repository cannot be read.
pub fn push_line(path: &Path, name: &str, disk: Box<dyn Disk>) -> Result<String, Error> {
    let repository = open(path)?;
    let mut objects = Objects::on(&repository, disk).map_err(Error::read("packs", path))?;
    let id = named(name, &mut objects).map_err(Error::commit(name, path))?.to_string();
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

enum Target<'r> {
    Commit(Commit<'r>),
    Files(Vec<ChangedFile>),
}

/// What a pushed name stands for, behind its tags, each of which is handed to `tagged`.
fn target<'r>(
    objects: &mut Objects<'r>,
    id: Oid,
    tagged: impl FnMut(&Tag<'r>),
) -> Result<Target<'r>, git2::Error> {
    let object = objects.behind_tags(id, tagged)?;
    if let Some(tree) = object.as_tree() {
        return Ok(Target::Files(difference(objects, None, tree.id())?));
    }
    if let Some(blob) = object.as_blob() {
        let added = lines_of(blob.content()).collect();
        let path = b"blob".to_vec();
        return Ok(Target::Files(vec![ChangedFile { path, mode: 0o100_644, added, blob: blob.id() }]));
    }
    object.into_commit().map(Target::Commit).map_err(|_| no_commit())
}

/// Leaves out what the other side has by its own word. A commit that was never fetched says nothing here.
fn hide(theirs: Oid, objects: &mut Objects<'_>, walk: &mut Walk) -> Result<(), git2::Error> {
    if objects.has(theirs)
        && let Some(commit) = objects.commit_behind(theirs)?
    {
        walk.hide(&commit);
    }
    Ok(())
}

/// Leaves out what was fetched from the remote, or pushed to it before.
fn hide_fetched(remote: &str, objects: &mut Objects<'_>, walk: &mut Walk) -> Result<(), git2::Error> {
    let repository = objects.repository();
    let remotes = repository.remotes()?;
    for name in remotes.iter().filter_map(|name| name.ok().flatten()) {
        let at = |name: &str| repository.find_remote(name).ok()?.url().ok().map(ToOwned::to_owned);
        if name != remote && at(name).as_deref() != Some(remote) {
            continue;
        }
        for reference in repository.references_glob(&format!("refs/remotes/{name}/*"))? {
            if let Some(commit) = objects.commit_of(&reference?)? {
                walk.hide(&commit);
            }
        }
    }
    Ok(())
}

/// What a commit brings: against its parent; a merge brings only what none of its parents has.
fn brought(objects: &mut Objects<'_>, commit: &Commit<'_>) -> Result<Vec<ChangedFile>, git2::Error> {
    let (tree, mut parents) = (commit.tree_id(), commit.parent_ids());
    let Some(first) = parents.next() else { return difference(objects, None, tree) };
    let first = objects.commit(first)?.tree_id();
    let mut files = difference(objects, Some(first), tree)?;
    for parent in parents {
        let parent = objects.commit(parent)?.tree_id();
        let against = difference(objects, Some(parent), tree)?;
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
    objects: &mut Objects<'_>,
    old: Option<Oid>,
    new: Oid,
) -> Result<Vec<ChangedFile>, git2::Error> {
    check_directories(objects, old, new)?;
    let repository = objects.repository();
    let [old, new] = [old, Some(new)].map(|id| id.map(|id| repository.find_tree(id)).transpose());
    let mut diff = repository.diff_tree_to_tree(old?.as_ref(), new?.as_ref(), Some(&mut options()))?;
    let mut files = changes(objects, &mut diff)?;
    files.retain(|file| is_file(file.mode));
    Ok(files)
}

/// Reads the directories that a difference between two trees reads: an error where one is too large, or there are too
/// many, since ten that each name the next one ten times unfold to as many as anybody likes.
fn check_directories(objects: &mut Objects<'_>, old: Option<Oid>, new: Oid) -> Result<(), git2::Error> {
    let mut waiting = vec![(old.map(name), Some(name(new)))];
    let mut left = MOST_ENTRIES;
    while let Some((old, new)) = waiting.pop() {
        let [old, new] = [old, new].map(|id| id.map(|id| objects.tree(&id)).transpose());
        let (old, new) = (old?.unwrap_or_default(), new?.unwrap_or_default());
        let mut before = HashMap::new();
        for entry in entries(&old, objects.width()) {
            if let Entry::Tree(id, name) = entry? {
                before.insert(name, *id);
            }
        }
        for entry in entries(&new, objects.width()) {
            left = left
                .checked_sub(1)
                .ok_or_else(|| git2::Error::from_str("it brings more files than are looked at"))?;
            if let Entry::Tree(id, name) = entry? {
                let known = before.remove(name);
                if known != Some(*id) {
                    waiting.push((known, Some(*id)));
                }
            }
        }
        waiting.extend(before.into_values().map(|id| (Some(id), None)));
    }
    Ok(())
}
