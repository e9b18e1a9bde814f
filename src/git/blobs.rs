//! A tree of files whose contents are git's blobs: the index, or a commit.
//!
//! Not here: what is in them. A tree of ten thousand files is asked about ten; nothing is worked out for
//! the others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use git2::Repository;

use crate::source::{PathKind, Tree, join, shown_name};

use super::entries::{Entries, Entry};

/// Where the working directory lies, for paths that are shown relative to it.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The working directory from the top of the work tree; empty at the top.
    pub inside: String,
    /// The top of the work tree from the working directory; empty at the top.
    pub top: String,
}

/// A repository that is asked for blobs. `Repository` is `Send` and not `Sync`: they are read one at a time.
enum Held<'a> {
    Own(Mutex<Repository>),
    Lent(&'a Mutex<Repository>),
}

/// The files of an index or a commit. What git does not have (an ignored env file that a compose file
/// refers to) is asked of `beside`.
pub struct BlobTree<'a> {
    repository: Held<'a>,
    entries: Cow<'a, Entries>,
    // Names that are no UTF-8, by how they are shown.
    odd: BTreeMap<String, Vec<u8>>,
    standing: Standing,
    beside: &'a dyn Tree,
}

impl std::fmt::Debug for BlobTree<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BlobTree").field("files", &self.entries.len()).finish_non_exhaustive()
    }
}

impl<'a> BlobTree<'a> {
    /// A tree that reads through a repository which others hold.
    pub(super) fn lent(
        repository: &'a Mutex<Repository>,
        entries: &'a Entries,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Self {
        Self::new(Held::Lent(repository), Cow::Borrowed(entries), standing, beside)
    }

    /// A tree with a repository of its own.
    pub(super) fn own(
        repository: Repository,
        entries: Cow<'a, Entries>,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Self {
        Self::new(Held::Own(Mutex::new(repository)), entries, standing, beside)
    }

    fn new(
        repository: Held<'a>,
        entries: Cow<'a, Entries>,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Self {
        let odd = entries.files().filter(|entry| std::str::from_utf8(entry.path).is_err());
        let odd = odd.map(|entry| (shown_name(entry.path), entry.path.to_owned())).collect();
        Self { repository, entries, odd, standing, beside }
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
        let odd = || self.entries.file(self.odd.get(path)?);
        self.entries.file(path.as_bytes()).or_else(odd)
    }

    fn is_directory(&self, path: &str) -> bool {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        self.entries.has_prefix(prefix.as_bytes())
    }
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
        let (Held::Own(repository) | &Held::Lent(repository)) = &self.repository;
        let repository = repository.lock().map_err(|_| io::Error::other("another thread failed"))?;
        let blob = repository.find_blob(entry.blob).map_err(io::Error::other)?;
        Ok(blob.content().to_vec())
    }
}
