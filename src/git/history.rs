//! The history: every file content that commits ever brought, each once, with the commit that brought it.
//!
//! Not here: what is wrong with a content. Trees are walked from the oldest commit on, and a tree that was
//! met before is not entered again: the cost is that of the distinct trees, not of the commits.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::{ErrorCode, ObjectType, Oid, Repository, Revwalk, Sort};

use crate::source::{PathKind, Tree};

use super::{Error, open};

/// The largest content that is read, in bytes: what a file may have too.
const MAX_BLOB_BYTES: usize = 256 * 1024 * 1024;

/// How many further paths of a content are remembered.
const MAX_PATHS: usize = 8;

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
#[derive(Debug, Default)]
pub struct History {
    /// The top of the work tree, or the repository itself where it is bare; absolute.
    pub root: PathBuf,
    /// The commits, the oldest first; one without an id stands for what no commit reaches.
    pub commits: Vec<Commit>,
    /// The contents, in the order in which they came.
    pub blobs: Vec<Blob>,
    /// The contents that stand in `HEAD`.
    pub at_head: HashSet<BlobId>,
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

/// Walks from `starts` to the roots.
///
/// # Errors
///
/// Where there is no repository, a revision is none, or objects are missing or broken.
pub fn history(path: &Path, starts: &Starts<'_>) -> Result<History, Error> {
    // A scan is no `git fsck`: hashing every object again would be a fifth of the whole time, and git does not
    // do it either when it shows one.
    git2::opts::strict_hash_verification(false);
    // Every object is met once: a cache of them is memory and work for nothing. Packs have one of their own, for
    // the objects that others are differences to.
    git2::opts::enable_caching(false);
    let shown = path.to_string_lossy().into_owned();
    let repository = open(path)?;
    let failed = |source| Error::Read { what: "history", path: shown.clone(), source };
    let mut walker = Walker::default();
    for id in walk(&repository, starts).map_err(failed)? {
        let commit = id.and_then(|id| repository.find_commit(id)).map_err(failed)?;
        walker.commit(&repository, &commit).map_err(failed)?;
    }
    if starts.all || starts.unreachable {
        walker.tags(&repository).map_err(failed)?;
    }
    if starts.unreachable {
        walker.unreachable(&repository).map_err(failed)?;
    }
    walker.history.at_head = at_head(&repository).map_err(failed)?;
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    root.clone_into(&mut walker.history.root);
    Ok(walker.history)
}

fn walk<'r>(repository: &'r Repository, starts: &Starts<'_>) -> Result<Revwalk<'r>, git2::Error> {
    let Starts { revisions, all, unreachable } = *starts;
    let mut walk = repository.revwalk()?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE)?;
    for revision in revisions {
        match revision.strip_prefix('^') {
            Some(hidden) => walk.hide(repository.revparse_single(hidden)?.peel_to_commit()?.id())?,
            None if revision.contains("..") => walk.push_range(revision)?,
            None => walk.push(repository.revparse_single(revision)?.peel_to_commit()?.id())?,
        }
    }
    if all || unreachable {
        // Of the stashes only the newest has a reference.
        for entry in repository.reflog("refs/stash")?.iter() {
            if repository.find_commit(entry.id_new()).is_ok() {
                walk.push(entry.id_new())?;
            }
        }
        for reference in repository.references()? {
            // A reference may point to a tree or a blob, or to nothing.
            if let Ok(commit) = reference?.peel_to_commit() {
                walk.push(commit.id())?;
            }
        }
    }
    // Before the first commit there is no HEAD, and no history.
    if revisions.is_empty()
        && let Some(head) = head(repository)?
    {
        walk.push(head.id())?;
    }
    Ok(walk)
}

#[derive(Default)]
struct Walker {
    history: History,
    trees: HashSet<Oid>,
    blobs: HashMap<Oid, usize>,
    met: HashSet<Oid>,
}

impl Walker {
    /// Notes what a commit says, and what its tree has that no earlier one had.
    fn commit(&mut self, repository: &Repository, commit: &git2::Commit<'_>) -> Result<(), git2::Error> {
        if !self.met.insert(commit.id()) {
            return Ok(());
        }
        self.trees(repository, commit.tree_id())?;
        if !commit.message_bytes().is_empty() {
            self.message(commit.id(), "commit message".to_owned());
        }
        let author = commit.author();
        let name = String::from_utf8_lossy(author.name_bytes()).into_owned();
        let (id, seconds) = (commit.id().to_string(), author.when().seconds());
        self.history.commits.push(Commit { id, author: name, seconds });
        Ok(())
    }

    fn message(&mut self, id: Oid, path: String) {
        let (kind, commit) = (ContentKind::Message, self.history.commits.len());
        self.history.blobs.push(Blob { id, kind, commit, path, others: Vec::new() });
    }

    /// Notes what the tags say that say something.
    fn tags(&mut self, repository: &Repository) -> Result<(), git2::Error> {
        let mut tags = Vec::new();
        for reference in repository.references()? {
            let reference = reference?;
            if let Ok(tag) = reference.peel_to_tag() {
                let name = String::from_utf8_lossy(tag.name_bytes()).into_owned();
                let tagger = tag.tagger();
                let author =
                    tagger.as_ref().map(|tagger| String::from_utf8_lossy(tagger.name_bytes()).into_owned());
                let seconds = tagger.as_ref().map_or(0, |tagger| tagger.when().seconds());
                tags.push((tag.id(), name, author.unwrap_or_default(), seconds));
            }
        }
        for (id, name, author, seconds) in tags {
            self.message(id, format!("tag {name}"));
            self.history.commits.push(Commit { id: id.to_string(), author, seconds });
        }
        Ok(())
    }

    /// Notes the commits that no reference leads to, then the contents that no commit has.
    fn unreachable(&mut self, repository: &Repository) -> Result<(), git2::Error> {
        let database = repository.odb()?;
        let (mut commits, mut blobs) = (Vec::new(), Vec::new());
        database.foreach(|id| {
            match database.read_header(*id) {
                Ok((_, ObjectType::Commit)) => commits.push(*id),
                Ok((_, ObjectType::Blob)) => blobs.push(*id),
                _ => {}
            }
            true
        })?;
        commits.retain(|id| !self.met.contains(id));
        commits.sort_unstable();
        for id in commits {
            self.commit(repository, &repository.find_commit(id)?)?;
        }
        blobs.sort_unstable();
        for id in blobs {
            if !self.blobs.contains_key(&id) {
                self.note(id, "no path".to_owned());
            }
        }
        self.history.commits.push(Commit { id: String::new(), author: String::new(), seconds: 0 });
        Ok(())
    }

    /// Notes what the tree of the next commit has that no earlier one had.
    fn trees(&mut self, repository: &Repository, root: Oid) -> Result<(), git2::Error> {
        let mut waiting = vec![(root, String::new())];
        while let Some((id, path)) = waiting.pop() {
            if !self.trees.insert(id) {
                continue;
            }
            for entry in &repository.find_tree(id)? {
                let place = place(&path, &String::from_utf8_lossy(entry.name_bytes()));
                match entry.kind() {
                    Some(ObjectType::Tree) => waiting.push((entry.id(), place)),
                    // The content of a link is a path.
                    Some(ObjectType::Blob) if entry.filemode() != 0o120_000 => self.note(entry.id(), place),
                    // Submodules have a history of their own.
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, id: Oid, path: String) {
        if let Some(blob) = self.blobs.get(&id).and_then(|&at| self.history.blobs.get_mut(at)) {
            if blob.path != path && blob.others.len() < MAX_PATHS && !blob.others.contains(&path) {
                blob.others.push(path);
            }
            return;
        }
        self.blobs.insert(id, self.history.blobs.len());
        let commit = self.history.commits.len();
        self.history.blobs.push(Blob { id, kind: ContentKind::File, commit, path, others: Vec::new() });
    }
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

/// The commit of `HEAD`, or `None` before the first one.
fn head(repository: &Repository) -> Result<Option<git2::Commit<'_>>, git2::Error> {
    match repository.head() {
        Ok(head) => head.peel_to_commit().map(Some),
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn at_head(repository: &Repository) -> Result<HashSet<Oid>, git2::Error> {
    let Some(head) = head(repository)? else { return Ok(HashSet::new()) };
    let mut walker = Walker::default();
    walker.trees(repository, head.tree_id())?;
    Ok(walker.blobs.into_keys().collect())
}

/// The contents of a history under names of the caller's choice.
pub struct ContentTree {
    path: PathBuf,
    blobs: BTreeMap<String, Oid>,
    // A `Repository` serves one thread at a time, and keeps a cache that serves neighbouring contents: each
    // reader takes one, or opens one where none is free.
    idle: Mutex<Vec<Repository>>,
}

impl std::fmt::Debug for ContentTree {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ContentTree").field("blobs", &self.blobs.len()).finish_non_exhaustive()
    }
}

impl ContentTree {
    /// The contents `blobs` of the repository that `path` lies in.
    #[must_use]
    pub fn new(path: &Path, blobs: BTreeMap<String, BlobId>) -> Self {
        Self { path: path.to_owned(), blobs, idle: Mutex::default() }
    }

    fn repository(&self) -> io::Result<Repository> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        idle.map_or_else(|| open(&self.path).map_err(io::Error::other), Ok)
    }
}

impl Tree for ContentTree {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.blobs.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_into(path, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no commit has it");
        let id = *self.blobs.get(path).ok_or_else(missing)?;
        let repository = self.repository()?;
        // Before anything unpacks it: a few bytes of a pack may stand for as many as anybody likes.
        let (length, _) =
            repository.odb().and_then(|objects| objects.read_header(id)).map_err(io::Error::other)?;
        if length > MAX_BLOB_BYTES {
            return Err(io::Error::other(format!("it has more than {MAX_BLOB_BYTES} bytes")));
        }
        let object = repository.find_object(id, None).map_err(io::Error::other)?;
        let content = object.as_blob().map(git2::Blob::content);
        let said = || object.as_commit().map(git2::Commit::message_bytes);
        let tagged = || object.as_tag().and_then(git2::Tag::message_bytes);
        let content = content.or_else(said).or_else(tagged).unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(content);
        drop(object);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(repository);
        }
        Ok(())
    }
}
