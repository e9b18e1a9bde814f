//! The paths of an index or a commit with their blobs, in one piece of memory: there may be many thousands.
//!
//! Not here: reading an index.

use git2::Oid;

use super::changes::is_file;
use super::ids::name;
use super::objects::Objects;
use super::trees;

/// How many bytes the paths of a tree may have together: some four million files.
const MOST: usize = 512 * 1024 * 1024;

/// What a path costs beside its bytes.
const OVERHEAD: usize = 96;

/// One path from the top, its content, its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) path: &'a [u8],
    pub(super) blob: Oid,
    /// With [`UNWRITTEN`] where there is nothing of it to commit yet.
    pub(super) mode: u32,
}

/// What marks a mode whose file was announced with `git add -N`.
pub(super) const UNWRITTEN: u32 = 1 << 31;

/// Entries ordered by path.
#[derive(Debug, Default)]
pub(super) struct Entries {
    names: Vec<u8>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    start: usize,
    end: usize,
    blob: Oid,
    mode: u32,
}

impl Entries {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { names: Vec::with_capacity(count.saturating_mul(48)), rows: Vec::with_capacity(count) }
    }

    /// The files below a commit's tree.
    ///
    /// # Errors
    ///
    /// Where objects of it are missing, and where ten trees that each name the next one ten times would make more of
    /// it than fits: see [`MOST`].
    pub(super) fn of_tree(objects: &mut Objects<'_>, tree: Oid) -> Result<Self, git2::Error> {
        let mut files: Vec<(Vec<u8>, Oid, u32)> = Vec::new();
        let mut waiting = vec![(name(tree), Vec::new())];
        let mut left = MOST;
        while let Some((id, directory)) = waiting.pop() {
            let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
            let tree = objects.tree(&id)?;
            let mut place = |name: &[u8]| {
                let path = [&directory, slash, name].concat();
                let too_many = || git2::Error::from_str("it holds more files than are looked at");
                left = left.checked_sub(path.len() + OVERHEAD).ok_or_else(too_many)?;
                Ok::<_, git2::Error>(path)
            };
            for entry in trees::raw(&tree, objects.width()) {
                let entry = entry?;
                match entry.mode() {
                    0o040_000 => waiting.push((*entry.id, place(entry.name)?)),
                    mode if is_file(mode) => {
                        files.push((place(entry.name)?, Oid::from_bytes(entry.whole)?, mode));
                    }
                    _ => {}
                }
            }
        }
        files.sort();
        let mut entries = Self::with_capacity(files.len());
        for (path, blob, mode) in files {
            entries.push(0, &path, blob, mode);
        }
        Ok(entries)
    }

    /// Adds an entry whose path begins with the first `shared` bytes of the one before it and ends in `rest`.
    /// They have to come in order.
    pub(super) fn push(&mut self, shared: usize, rest: &[u8], blob: Oid, mode: u32) {
        let before = self.rows.last().map_or(0, |row| row.start);
        let start = self.names.len();
        let shared = shared.min(start.saturating_sub(before));
        self.names.extend_from_within(before..before + shared);
        self.names.extend_from_slice(rest);
        self.rows.push(Row { start, end: self.names.len(), blob, mode });
    }

    /// Whether the last entry comes behind the one before it, as git demands: what is looked up is looked up by halves.
    pub(super) fn last_two_in_order(&self) -> bool {
        let mut last = self.rows.iter().rev().map(|row| self.path(row));
        last.next().zip(last.next()).is_none_or(|(last, before)| before < last)
    }

    /// Whether no path has a byte beyond ASCII.
    pub(super) fn are_ascii(&self) -> bool {
        self.names.is_ascii()
    }

    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<Entry<'_>> {
        self.rows.get(at).map(|row| self.entry(row))
    }

    fn entry(&self, row: &Row) -> Entry<'_> {
        Entry { path: self.path(row), blob: row.blob, mode: row.mode }
    }

    fn path(&self, row: &Row) -> &[u8] {
        self.names.get(row.start..row.end).unwrap_or_default()
    }

    /// The files among them: no links, no submodules, nothing that is not to be committed yet.
    pub(super) fn files(&self) -> impl Iterator<Item = Entry<'_>> {
        self.rows.iter().filter(|row| is_file(row.mode)).map(|row| self.entry(row))
    }

    /// The file at a path.
    pub(super) fn file(&self, path: &[u8]) -> Option<Entry<'_>> {
        self.any(path).filter(|entry| is_file(entry.mode))
    }

    /// What stands at a path, whatever it is.
    pub(super) fn any(&self, path: &[u8]) -> Option<Entry<'_>> {
        let at = self.rows.binary_search_by(|row| self.path(row).cmp(path)).ok()?;
        self.get(at)
    }

    /// Whether a path begins with `prefix`.
    pub(super) fn has_prefix(&self, prefix: &[u8]) -> bool {
        let at = self.rows.partition_point(|row| self.path(row) < prefix);
        self.get(at).is_some_and(|entry| entry.path.starts_with(prefix))
    }

    /// Where those end, from `start` and before `end`, that begin with `prefix`.
    pub(super) fn end_of_prefix(&self, prefix: &[u8], start: usize, end: usize) -> usize {
        let rows = self.rows.get(start..end).unwrap_or_default();
        start + rows.partition_point(|row| self.path(row).starts_with(prefix))
    }
}
