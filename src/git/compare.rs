//! What the next commit changes: the tree of the last one against the index, where only directories are looked
//! into that somebody touched.
//!
//! Not here: which lines of a file are new.

use std::collections::HashMap;

use git2::Oid;

use super::entries::{Entries, UNWRITTEN};
use super::ids::name;
use super::index::{Directory, Index};
use super::objects::Objects;
use super::trees;

/// A mode and a content.
pub(super) type Side = (u32, Oid);

/// One file that is added or changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: Vec<u8>,
    pub(super) old: Option<Side>,
    pub(super) new: Side,
}

/// A directory that is to be looked into.
struct Frame<'a> {
    tree: Option<Oid>,
    known: Option<&'a Directory>,
    /// The length of the paths' common beginning, with its slash.
    prefix: usize,
    start: usize,
    end: usize,
}

/// The changes, ordered by path; `None` where something is both added and gone, since it may be renamed: that
/// is for libgit2 to find out.
///
/// # Errors
///
/// Where a tree cannot be read.
pub(super) fn compare(
    objects: &mut Objects<'_>,
    head: Option<Oid>,
    index: &Index,
) -> Result<Option<Vec<Change>>, git2::Error> {
    let entries = &index.entries;
    let root = Frame { tree: head, known: index.tree.as_ref(), prefix: 0, start: 0, end: entries.len() };
    let mut found = Found::default();
    let mut frames = if is_same(root.known, root.tree, entries.len()) { vec![] } else { vec![root] };
    while let Some(frame) = frames.pop() {
        look_into(objects, &frame, entries, &mut frames, &mut found)?;
    }
    let added = found.changes.iter().any(|change| change.old.is_none());
    found.changes.sort_by(|one, two| one.path.cmp(&two.path));
    Ok((!(added && found.gone)).then_some(found.changes))
}

#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    gone: bool,
}

fn look_into<'a>(
    objects: &mut Objects<'_>,
    frame: &Frame<'a>,
    entries: &Entries,
    frames: &mut Vec<Frame<'a>>,
    found: &mut Found,
) -> Result<(), git2::Error> {
    let mut old = old(objects, frame.tree)?;
    let mut at = frame.start;
    while let Some(entry) = entries.get(at).filter(|_| at < frame.end) {
        let rest = entry.path.get(frame.prefix..).unwrap_or_default();
        let Some(slash) = memchr::memchr(b'/', rest) else {
            let before = old.remove(rest);
            at += 1;
            if entry.mode & UNWRITTEN != 0 {
                continue; // There is nothing of it to commit yet.
            }
            let new = (entry.mode, entry.blob);
            found.gone |= before.is_some_and(|(mode, _)| is_tree(mode));
            let before = before.filter(|(mode, _)| !is_tree(*mode));
            if before != Some(new) {
                found.changes.push(Change { path: entry.path.to_owned(), old: before, new });
            }
            continue;
        };
        let (name, prefix) = (rest.get(..slash).unwrap_or_default(), frame.prefix + slash + 1);
        let known = frame.known.and_then(|known| known.child(name));
        let before = old.remove(name);
        found.gone |= before.is_some_and(|(mode, _)| !is_tree(mode));
        let tree = before.filter(|(mode, _)| is_tree(*mode)).map(|(_, id)| id);
        let inside = entry.path.get(..prefix).unwrap_or_default();
        let end = entries.end_of_prefix(inside, at, frame.end);
        if !is_same(known, tree, end - at) {
            frames.push(Frame { tree, known, prefix, start: at, end });
        }
        at = end.max(at + 1);
    }
    found.gone |= !old.is_empty();
    Ok(())
}

/// Whether git remembers that this many entries make this very tree.
fn is_same(known: Option<&Directory>, tree: Option<Oid>, entries: usize) -> bool {
    let known = known.and_then(|known| known.known);
    known.is_some_and(|(count, id)| count == entries && Some(id) == tree)
}

/// The entries of a tree by name.
fn old(objects: &mut Objects<'_>, tree: Option<Oid>) -> Result<HashMap<Vec<u8>, Side>, git2::Error> {
    let Some(id) = tree else { return Ok(HashMap::new()) };
    let tree = objects.tree(&name(id))?;
    let raw = trees::raw(&tree, objects.width());
    raw.map(|entry| entry.and_then(|one| Ok((one.name.to_vec(), (one.mode(), Oid::from_bytes(one.whole)?)))))
        .collect()
}

fn is_tree(mode: u32) -> bool {
    mode >> 12 == 0o4
}
