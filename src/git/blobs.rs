//! A tree of files whose contents are git's blobs: the index, or a commit.
//!
//! Not here: what is in them. A tree of ten thousand files is asked about ten; nothing is worked out for
//! the others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use git2::{Oid, Repository};

use crate::source::{PathKind, Tree, join, shown_name};

/// One file: its path from the top, its content, its mode.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: Vec<u8>,
    pub(super) blob: Oid,
    pub(super) mode: u32,
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
    repository: Mutex<Repository>,
    entries: Cow<'a, [Entry]>,
    // Names that are no UTF-8, by how they are shown, and where they stand in the list.
    odd: BTreeMap<String, usize>,
    standing: Standing,
    beside: &'a dyn Tree,
}

impl std::fmt::Debug for BlobTree<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BlobTree").field("files", &self.entries.len()).finish_non_exhaustive()
    }
}

impl<'a> BlobTree<'a> {
    /// `entries` are ordered by path.
    pub(super) fn new(
        repository: Repository,
        entries: impl Into<Cow<'a, [Entry]>>,
        standing: Standing,
        beside: &'a dyn Tree,
    ) -> Self {
        let entries = entries.into();
        let odd = entries.iter().enumerate().filter(|(_, entry)| std::str::from_utf8(&entry.path).is_err());
        let odd = odd.map(|(at, entry)| (shown_name(&entry.path), at)).collect();
        Self { repository: Mutex::new(repository), entries, odd, standing, beside }
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

    fn find(&self, path: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_slice().cmp(path.as_bytes())).ok();
        at.or_else(|| self.odd.get(path).copied()).and_then(|at| self.entries.get(at))
    }

    fn is_directory(&self, path: &str) -> bool {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let at = self.entries.partition_point(|entry| entry.path.as_slice() < prefix.as_bytes());
        self.entries.get(at).is_some_and(|entry| entry.path.starts_with(prefix.as_bytes()))
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
        let repository = self.repository.lock().map_err(|_| io::Error::other("another thread failed"))?;
        let blob = repository.find_blob(entry.blob).map_err(io::Error::other)?;
        Ok(blob.content().to_vec())
    }
}
