//! The history: every file content that commits ever brought, each once, with the commit that brought it.
//!
//! Not here: what is wrong with a content. Trees are walked from the oldest commit on, and a tree that was
//! met before is not entered again: the cost is that of the distinct trees, not of the commits.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use git2::{ErrorClass, ErrorCode, ObjectFormat, ObjectType, Oid, Repository};

use crate::packs::{Disk, Id, Store, long_names};

use super::blobs::header;
use super::ids::{Map, Set, name};
use super::named::commit_named;
use super::objects::{Objects, packs};
use super::trees::{Entry, entries};
use super::walk::Walk;
use super::{Error, open};

/// How many further paths of a content are remembered.
pub const MAX_PATHS: usize = 8;

/// How many bytes of a path are kept, those at its end: as many as a path may have where it can be checked out.
const MAX_PATH: usize = 4096;

/// A commit that brought something.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Its id, 40 or 64 hexadecimal digits.
    pub id: String,
    /// The author's name; bytes that are no UTF-8 are U+FFFD.
    pub author: String,
    /// The author's date, seconds since 1970.
    pub seconds: i64,
}

/// What git calls a content.
pub type BlobId = Oid;

/// What a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// A file.
    File,
    /// What a commit or a tag says.
    Message,
}

/// A content.
#[derive(Debug, Clone)]
pub struct Blob {
    /// Its id; of a message, that of the commit or the tag.
    pub id: BlobId,
    /// What it is.
    pub kind: ContentKind,
    /// Which of [`History::commits`] brought it.
    pub commit: usize,
    /// Where it stood first, relative to the top of the work tree; of a message, what it is the message of.
    pub path: String,
    /// Other paths that it stood at, as many as are remembered.
    pub others: Vec<String>,
}

/// What the commits brought.
#[derive(Debug)]
pub struct History {
    /// The top of the work tree, or the repository itself where it is bare; absolute.
    pub root: PathBuf,
    /// The commits, the oldest first; one without an id stands for what no commit reaches.
    pub commits: Vec<Commit>,
    /// The contents, in the order in which they came.
    pub blobs: Vec<Blob>,
    /// The contents that stand in `HEAD`.
    pub at_head: HashSet<BlobId>,
    /// Where the contents are read from.
    pub packs: Arc<Store>,
}

/// Where a search begins.
#[derive(Debug, Clone, Copy)]
pub struct Starts<'a> {
    /// As git names commits: `main`, `v1..v2`, `^old`; `HEAD` where there is none.
    pub revisions: &'a [String],
    /// At every reference too: branches, tags, remotes, stashes, notes.
    pub all: bool,
    /// At everything that the repository has, whether a reference leads to it or not.
    pub unreachable: bool,
}

/// Walks from `starts` to the roots. What lies in packs is read from `disk`, anything else by libgit2.
///
/// # Errors
///
/// Where there is no repository, a revision is none, or objects are missing or broken.
pub fn history(path: &Path, starts: &Starts<'_>, disk: Box<dyn Disk>) -> Result<History, Error> {
    // A scan is no `git fsck`: hashing every object again would be a fifth of the whole time, and git does not
    // do it either when it shows one.
    git2::opts::strict_hash_verification(false);
    // Every object is met once: a cache of them is memory and work for nothing. Packs have one of their own, for
    // the objects that others are differences to.
    git2::opts::enable_caching(false);
    let repository = open(path)?;
    let failed = |source| Error::read("history", path)(source);
    let known = repository.object_format() == ObjectFormat::Sha1;
    let directory = repository.commondir().join("objects/pack");
    let long = if known || !starts.unreachable { Vec::new() } else { long_names(&directory, &*disk) };
    let packs = packs(&repository, disk, Store::new);
    let mut walker = Walker::new(Objects::new(&repository, &packs).map_err(failed)?);
    let mut walk = walk(&mut walker.objects, starts).map_err(failed)?;
    for revision in starts.revisions {
        push(&mut walker.objects, &mut walk, revision).map_err(Error::commit(revision, path))?;
    }
    let walked = walk.oldest_first(&mut walker.objects).map_err(failed)?;
    for id in walked.before {
        let tree = repository.find_commit(id).map_err(failed)?.tree_id();
        walker.pass_over(name(tree)).map_err(failed)?;
    }
    for id in walked.commits {
        // The walk has looked at how large it is.
        let commit = repository.find_commit(id).map_err(failed)?;
        walker.commit(&commit).map_err(failed)?;
    }
    if starts.all || starts.unreachable {
        walker.tags(&repository).map_err(failed)?;
    }
    if starts.unreachable {
        walker.unreachable(&repository, &long).map_err(failed)?;
    }
    if is_partial(&repository).map_err(failed)? {
        let database = repository.odb().map_err(failed)?;
        let missing = walker.blobs.iter().filter(|blob| !database.exists(blob.id)).count();
        if missing > 0 {
            return Err(Error::Partial {
                missing,
                all: walker.blobs.len(),
                path: path.to_string_lossy().into_owned(),
            });
        }
    }
    let at_head = walker.at_head().map_err(failed)?;
    let root = repository.workdir().unwrap_or_else(|| repository.path()).to_owned();
    Ok(History { root, commits: walker.commits, blobs: walker.blobs, at_head, packs })
}

fn push(objects: &mut Objects<'_>, walk: &mut Walk, revision: &str) -> Result<(), git2::Error> {
    if let Some(hidden) = revision.strip_prefix('^') {
        walk.hide(&commit_named(hidden, objects)?);
    } else if let Some((from, to)) = revision.split_once("..") {
        if to.starts_with('.') {
            let said = "commits of either side but not of both are not searched";
            return Err(git2::Error::new(ErrorCode::InvalidSpec, ErrorClass::Invalid, said));
        }
        let [from, to] = [from, to].map(|name| if name.is_empty() { "HEAD" } else { name });
        walk.hide(&commit_named(from, objects)?);
        walk.show(&commit_named(to, objects)?);
    } else {
        walk.show(&commit_named(revision, objects)?);
    }
    Ok(())
}

/// Whether it was cloned without some objects, which its remote has promised.
fn is_partial(repository: &Repository) -> Result<bool, git2::Error> {
    let config = repository.config()?.snapshot()?;
    let mut promised = config.entries(Some(r"^remote\..*\.promisor$"))?;
    Ok(config.get_str("extensions.partialclone").is_ok() || promised.next().is_some())
}

fn walk(objects: &mut Objects<'_>, starts: &Starts<'_>) -> Result<Walk, git2::Error> {
    let Starts { revisions, all, unreachable } = *starts;
    let repository = objects.repository();
    let mut walk = Walk::new();
    if all || unreachable {
        // Of the stashes only the newest has a reference. Git forgets the others after a while.
        for entry in repository.reflog("refs/stash")?.iter() {
            if repository.odb()?.exists(entry.id_new()) {
                walk.show(&objects.commit(entry.id_new())?);
            }
        }
        for reference in repository.references()? {
            // A reference may point to a tree or a blob, or to nothing.
            if let Some(commit) = objects.commit_of(&reference?)? {
                walk.show(&commit);
            }
        }
    }
    // Before the first commit there is no HEAD, and no history.
    if revisions.is_empty()
        && let Some(head) = objects.head()?
    {
        walk.show(&head);
    }
    Ok(walk)
}

struct Walker<'r> {
    objects: Objects<'r>,
    commits: Vec<Commit>,
    blobs: Vec<Blob>,
    places: Map<usize>,
    trees: Set,
    met: Set,
    // Contents that are not new, since they were there before the first of the commits.
    passed: Set,
}

impl<'r> Walker<'r> {
    fn new(objects: Objects<'r>) -> Self {
        Self {
            objects,
            commits: Vec::new(),
            blobs: Vec::new(),
            places: Map::default(),
            trees: Set::default(),
            met: Set::default(),
            passed: Set::default(),
        }
    }

    /// Notes what a commit says, and what its tree has that no earlier one had.
    fn commit(&mut self, commit: &git2::Commit<'_>) -> Result<(), git2::Error> {
        if !self.met.insert(name(commit.id())) {
            return Ok(());
        }
        self.trees(name(commit.tree_id()))?;
        if !commit.message_bytes().is_empty() {
            self.message(commit.id(), "commit message".to_owned());
        }
        let author = commit.author();
        let name = String::from_utf8_lossy(author.name_bytes()).into_owned();
        let (id, seconds) = (commit.id().to_string(), author.when().seconds());
        self.commits.push(Commit { id, author: name, seconds });
        Ok(())
    }

    fn message(&mut self, id: Oid, path: String) {
        let (kind, commit) = (ContentKind::Message, self.commits.len());
        self.blobs.push(Blob { id, kind, commit, path, others: Vec::new() });
    }

    /// Notes what the tags say that say something.
    fn tags(&mut self, repository: &Repository) -> Result<(), git2::Error> {
        let mut tags = Vec::new();
        for reference in repository.references()? {
            let Some(id) = reference?.target() else { continue };
            let missing = !repository.odb()?.exists(id);
            let mut noted = |tag: &git2::Tag<'_>| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let tagger = tag.tagger();
                let author = tagger.as_ref().map(|tagger| text(tagger.name_bytes())).unwrap_or_default();
                let seconds = tagger.as_ref().map_or(0, |tagger| tagger.when().seconds());
                tags.push((tag.id(), text(tag.name_bytes()), author, seconds));
            };
            if !missing {
                self.objects.behind_tags(id, &mut noted)?;
            }
        }
        for (id, name, author, seconds) in tags {
            self.message(id, format!("tag {name}"));
            self.commits.push(Commit { id: id.to_string(), author, seconds });
        }
        Ok(())
    }

    /// Notes the commits that no reference leads to, `long` names of packs among them, then the contents that no commit has.
    fn unreachable(&mut self, repository: &Repository, long: &[[u8; 32]]) -> Result<(), git2::Error> {
        let database = repository.odb()?;
        let (mut commits, mut blobs) = (Vec::new(), Vec::new());
        let mut note = |id: Oid| match header(&database, id) {
            Ok((_, ObjectType::Commit)) => commits.push(id),
            Ok((_, ObjectType::Blob)) => blobs.push(id),
            _ => {}
        };
        database.foreach(|id| {
            note(*id);
            true
        })?;
        for id in long {
            note(Oid::from_bytes(id)?);
        }
        commits.retain(|id| !self.met.contains(&name(*id)));
        commits.sort_unstable();
        commits.dedup();
        for id in commits {
            let commit = self.objects.commit(id)?;
            self.commit(&commit)?;
        }
        blobs.sort_unstable();
        for id in blobs {
            if !self.places.contains_key(&name(id)) {
                self.note(&name(id), "", "no path")?;
            }
        }
        self.commits.push(Commit { id: String::new(), author: String::new(), seconds: 0 });
        Ok(())
    }

    /// Notes what the tree of the next commit has that no earlier one had.
    fn trees(&mut self, root: Id) -> Result<(), git2::Error> {
        let mut waiting: Vec<(Id, Rc<str>)> = vec![(root, Rc::from(""))];
        while let Some((id, directory)) = waiting.pop() {
            if !self.trees.insert(id) {
                continue;
            }
            let tree = self.objects.tree(&id)?;
            for entry in entries(&tree, self.objects.width()) {
                match entry? {
                    Entry::Tree(id, _) if self.trees.contains(id) => {}
                    Entry::Tree(id, name) => {
                        waiting.push((*id, place(&directory, &String::from_utf8_lossy(name)).into()));
                    }
                    Entry::File(id, name) => self.note(id, &directory, &String::from_utf8_lossy(name))?,
                    Entry::Other => {}
                }
            }
        }
        Ok(())
    }

    /// Takes what a tree has for known.
    fn pass_over(&mut self, root: Id) -> Result<(), git2::Error> {
        let mut waiting = vec![root];
        while let Some(id) = waiting.pop() {
            if !self.trees.insert(id) {
                continue;
            }
            let tree = self.objects.tree(&id)?;
            for entry in entries(&tree, self.objects.width()) {
                match entry? {
                    Entry::Tree(id, _) => waiting.push(*id),
                    Entry::File(id, _) => _ = self.passed.insert(*id),
                    Entry::Other => {}
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, id: &Id, directory: &str, name: &str) -> Result<(), git2::Error> {
        if self.passed.contains(id) {
            return Ok(());
        }
        if let Some(blob) = self.places.get(id).and_then(|&at| self.blobs.get_mut(at)) {
            let known = |path: &String| is_place(path, directory, name);
            if blob.others.len() < MAX_PATHS && !known(&blob.path) && !blob.others.iter().any(known) {
                blob.others.push(place(directory, name));
            }
            return Ok(());
        }
        self.places.insert(*id, self.blobs.len());
        let (commit, path, id) = (self.commits.len(), place(directory, name), self.objects.oid(id)?);
        self.blobs.push(Blob { id, kind: ContentKind::File, commit, path, others: Vec::new() });
        Ok(())
    }

    /// The contents that stand in `HEAD`.
    fn at_head(&mut self) -> Result<HashSet<Oid>, git2::Error> {
        let Some(head) = self.objects.head()? else { return Ok(HashSet::new()) };
        let (mut found, mut met) = (HashSet::new(), Set::default());
        let mut waiting = vec![name(head.tree_id())];
        while let Some(id) = waiting.pop() {
            if !met.insert(id) {
                continue;
            }
            let tree = self.objects.tree(&id)?;
            for entry in entries(&tree, self.objects.width()) {
                match entry? {
                    Entry::Tree(id, _) => waiting.push(*id),
                    Entry::File(id, _) => _ = found.insert(self.objects.oid(id)?),
                    Entry::Other => {}
                }
            }
        }
        Ok(found)
    }
}

/// Whether `path` is what [`place`] gives.
fn is_place(path: &str, directory: &str, name: &str) -> bool {
    if directory.len() + 1 + name.len() > MAX_PATH {
        return path == place(directory, name);
    }
    let Some(before) = path.strip_suffix(name) else { return false };
    if directory.is_empty() { before.is_empty() } else { before.strip_suffix('/') == Some(directory) }
}

/// The path of `name` in `directory`; of a longer one than can be checked out, the end behind `…`, so that a tree of
/// few bytes does not make paths of many.
fn place(directory: &str, name: &str) -> String {
    let whole = if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") };
    if whole.len() <= MAX_PATH {
        return whole;
    }
    let start = whole.ceil_char_boundary(whole.len() - MAX_PATH);
    format!("…{}", whole.get(start..).unwrap_or_default())
}
