//! A tree of files whose contents are git's blobs: the index, or a commit.
//!
//! Not here: what is in them. A tree of ten thousand files is asked about ten; nothing is worked out for
//! the others.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use git2::{ObjectType, Odb, Oid, Repository};

use crate::packs::{Reader, Store};
use crate::source::{PathKind, Tree, join, shown_name};

use super::entries::{Entries, Entry};
use super::objects::measure;

/// What a tree works on: its own, or what outlives it.
pub(super) enum Held<'a, T> {
    Own(T),
    Lent(&'a T),
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Own(own) => own,
            Self::Lent(lent) => lent,
        }
    }
}

/// Where the working directory lies, for paths that are shown relative to it.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The working directory from the top of the work tree; empty at the top.
    pub inside: String,
    /// The top of the work tree from the working directory; empty at the top.
    pub top: String,
}

/// The files of an index or a commit. What git does not have (an ignored env file that a compose file
/// refers to) is asked of `beside`.
pub struct BlobTree<'a> {
    // `Repository` is `Send` and not `Sync`: blobs are read one at a time.
    repository: Held<'a, Mutex<Opened>>,
    entries: Held<'a, Entries>,
    // Names that are no UTF-8, by how they are shown.
    odd: BTreeMap<String, Vec<u8>>,
    standing: Standing,
    beside: &'a dyn Tree,
    known: Option<&'a Contents>,
}

/// Contents that somebody has read before.
pub(super) type Contents = HashMap<Oid, Vec<u8>>;

impl std::fmt::Debug for BlobTree<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BlobTree").field("files", &self.entries.len()).finish_non_exhaustive()
    }
}

impl<'a> BlobTree<'a> {
    pub(super) fn new(
        repository: Held<'a, Mutex<Opened>>,
        entries: Held<'a, Entries>,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Self {
        let mut odd = BTreeMap::new();
        if !entries.are_ascii() {
            let paths = entries.files().map(|entry| entry.path);
            let paths = paths.filter(|path| std::str::from_utf8(path).is_err());
            odd.extend(paths.map(|path| (shown_name(path), path.to_vec())));
        }
        Self { repository, entries, odd, standing, beside, known: None }
    }

    /// The same, with what is known of its contents, which is not read again.
    pub(super) fn knowing(self, known: &'a Contents) -> Self {
        Self { known: Some(known), ..self }
    }

    /// The path from the top, or `None` where `shown` leads out of the work tree.
    fn below_top(&self, shown: &str) -> Option<String> {
        if self.standing.inside.starts_with("..") {
            let rest = shown.strip_prefix(self.standing.top.as_str())?;
            return rest.strip_prefix('/').map(ToOwned::to_owned);
        }
        let path = join(&self.standing.inside, shown);
        (!path.starts_with("..") && !path.starts_with('/')).then_some(path)
    }

    fn find(&self, path: &str) -> Option<Entry<'_>> {
        let odd = || self.odd.get(path).and_then(|path| self.entries.file(path));
        self.entries.file(path.as_bytes()).or_else(odd)
    }

    fn is_directory(&self, path: &str) -> bool {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        self.entries.has_prefix(prefix.as_bytes())
    }
}

/// The largest content that is unpacked, in bytes. It is larger than what a file may have: an image of a disk that is
/// committed is no trouble, since nobody reads it as a text.
pub(super) const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// A repository whose contents are read.
pub(super) struct Opened {
    repository: Repository,
    packs: Reader,
}

impl Opened {
    pub(super) fn new(repository: Repository, packs: Arc<Store>) -> Self {
        Self { repository, packs: Reader::new(packs) }
    }

    /// A content, unless it is larger than [`MAX_BYTES`]: a few bytes of a pack may stand for as many as anybody likes.
    fn content(&mut self, id: Oid) -> Result<Vec<u8>, git2::Error> {
        measure(&mut self.packs, &self.repository.odb()?, id)?;
        Ok(self.repository.find_blob(id)?.content().to_vec())
    }
}

/// The length and the kind of an object.
///
/// # Errors
///
/// Where there is none, or it cannot be read.
pub(super) fn header(objects: &Odb<'_>, id: Oid) -> Result<(usize, ObjectType), git2::Error> {
    // `git2` dies of a kind that it does not know, and a pack may say any.
    let read = AssertUnwindSafe(|| objects.read_header(id));
    catch_unwind(read).unwrap_or_else(|_| Err(git2::Error::from_str("an object is of no kind")))
}

impl Tree for BlobTree<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        match self.below_top(path) {
            Some(inside) if self.find(&inside).is_some() => Some(PathKind::File),
            Some(inside) if self.is_directory(&inside) => Some(PathKind::Directory),
            _ => self.beside.kind(path),
        }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let found = self.below_top(path).and_then(|inside| self.find(&inside));
        let Some(entry) = found else { return self.beside.read(path) };
        if let Some(content) = self.known.and_then(|known| known.get(&entry.blob)) {
            return Ok(content.clone());
        }
        let mut repository = self.repository.lock().map_err(|_| io::Error::other("another thread failed"))?;
        repository.content(entry.blob).map_err(io::Error::other)
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.beside.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        let entry = self.below_top(path).and_then(|inside| self.find(&inside))?;
        u64::try_from(self.known?.get(&entry.blob)?.len()).ok()
    }
}
