//! The index file, read directly: its entries, and what git remembers of the trees that they would make.
//!
//! That memory (the extension `TREE`) says of a directory nobody touched which tree object it is, so a commit of
//! ten files is found without looking at the other ten thousand. libgit2 reads the whole index, checks its sum
//! and walks every tree. Whatever is not understood here, or is rare, is left to it: `None`.
//!
//! Not here: the comparison.

use std::path::Path;

use git2::{ErrorClass, ErrorCode, ObjectFormat, Oid, Repository};

use super::entries::{Entries, UNWRITTEN};

/// The length of an object's name.
const ID: usize = 20;

/// Where the name of the object stands in an entry, and where its flags do.
const ID_AT: usize = 40;
const FLAGS_AT: usize = 60;

/// Set in the flags where more flags follow.
const EXTENDED: u16 = 0x4000;

/// Set in those where `git add -N` made the entry.
const INTENT_TO_ADD: u16 = 0x2000;

/// Where the flags say how long the name is; all of it where it is longer.
const LENGTH: u16 = 0xfff;

/// How deep directories are remembered; deeper ones are compared.
const MAX_DEPTH: usize = 64;

/// What the file holds.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) entries: Entries,
    pub(super) tree: Option<Directory>,
}

/// What git remembers of a directory.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// How many entries it has, and its tree; `None` where something in it was touched.
    pub(super) known: Option<(usize, Oid)>,
    children: Vec<(Vec<u8>, Directory)>,
}

impl Directory {
    pub(super) fn child(&self, name: &[u8]) -> Option<&Self> {
        self.children.iter().find(|(known, _)| known == name).map(|(_, child)| child)
    }
}

/// Reads the file.
pub(super) fn parse(bytes: &[u8]) -> Option<Index> {
    let mut reader = Reader { bytes: bytes.get(..bytes.len().checked_sub(ID)?)?, at: 0 };
    if reader.take(4)? != b"DIRC" {
        return None;
    }
    let version = reader.number()?;
    let count = usize::try_from(reader.number()?).ok()?;
    if !(2..=4).contains(&version) {
        return None;
    }
    let mut entries = Entries::with_capacity(count.min(bytes.len() / 64));
    for _ in 0..count {
        entry(&mut reader, version, &mut entries)?;
    }
    let mut tree = None;
    while reader.at < reader.bytes.len() {
        let name = reader.take(4)?;
        let length = usize::try_from(reader.number()?).ok()?;
        let content = reader.take(length)?;
        match name {
            b"TREE" => tree = directory(&mut Reader { bytes: content, at: 0 }, 0).map(|(_, root)| root),
            // What begins with a small letter must be understood: a split or a sparse index.
            [first, ..] if first.is_ascii_lowercase() => return None,
            _ => {}
        }
    }
    Some(Index { entries, tree })
}

/// The index by libgit2, for what is not understood here. `read` gives what a file holds.
pub(super) fn by_libgit2(
    repository: &Repository,
    read: &dyn Fn(&Path) -> Option<Vec<u8>>,
) -> Result<git2::Index, git2::Error> {
    let index = repository.index()?;
    let id_length = if repository.object_format() == ObjectFormat::Sha1 { ID } else { 32 };
    let bytes = index.path().filter(|_| !index.is_empty()).map(read);
    if bytes.is_none_or(|bytes| bytes.is_some_and(|bytes| names_fit(&bytes, id_length))) {
        return Ok(index);
    }
    Err(git2::Error::new(ErrorCode::Invalid, ErrorClass::Index, "a name in it is not as long as it says"))
}

/// Whether each name in the file of an index is as long as its entry says, where they can be followed. git2 copies as many
/// bytes as the entry says, whatever lies behind the name.
pub(super) fn names_fit(bytes: &[u8], id_length: usize) -> bool {
    let mut reader = Reader { bytes, at: 4 };
    let (Some(version), Some(count)) = (reader.number(), reader.number()) else { return false };
    let mut before = 0;
    (0..count).all(|_| {
        let length = name_length(&mut reader, version, id_length, before);
        before = length.unwrap_or_default();
        length.is_some()
    })
}

/// How long the next entry's name is; `None` where the entry says otherwise.
fn name_length(reader: &mut Reader<'_>, version: u32, id_length: usize, before: usize) -> Option<usize> {
    let start = reader.at;
    let head = reader.take(ID_AT + id_length + 2)?;
    let flags = u16::from_be_bytes(*head.last_chunk()?);
    if flags & EXTENDED != 0 {
        reader.take(2)?;
    }
    let shared = if version == 4 { before.checked_sub(reader.variable()?)? } else { 0 };
    let length = shared + reader.until(0)?.len();
    if version < 4 {
        reader.at = start + ((reader.at - 1 - start + 8) & !7);
    }
    (usize::from(flags & LENGTH) == length.min(LENGTH.into())).then_some(length)
}

fn entry(reader: &mut Reader<'_>, version: u32, entries: &mut Entries) -> Option<()> {
    let start = reader.at;
    let head = reader.take(FLAGS_AT + 2)?;
    let mode = u32::from_be_bytes(head.get(24..28)?.try_into().ok()?);
    let blob = Oid::from_bytes(head.get(ID_AT..FLAGS_AT)?).ok()?;
    let flags = u16::from_be_bytes(head.get(FLAGS_AT..)?.try_into().ok()?);
    let more = if flags & EXTENDED == 0 { 0 } else { u16::from_be_bytes(reader.take(2)?.try_into().ok()?) };
    let conflict = flags >> 12 & 0b11 != 0;
    let directory = mode >> 12 == 0o4;
    if conflict || directory {
        return None;
    }
    let shared = if version == 4 {
        let before =
            entries.len().checked_sub(1).and_then(|at| entries.get(at)).map_or(0, |one| one.path.len());
        before.checked_sub(reader.variable()?)?
    } else {
        0
    };
    let rest = reader.bytes.get(reader.at..)?;
    let rest = rest.get(..memchr::memchr(0, rest)?)?;
    reader.at += rest.len() + 1;
    if version < 4 {
        let length = reader.at - 1 - start;
        reader.at = start + ((length + 8) & !7);
    }
    let mode = if more & INTENT_TO_ADD == 0 { mode } else { mode | UNWRITTEN };
    entries.push(shared, rest, blob, mode);
    entries.last_two_in_order().then_some(())
}

/// One directory and, behind it, those in it.
fn directory(reader: &mut Reader<'_>, depth: usize) -> Option<(Vec<u8>, Directory)> {
    let name = reader.until(0)?.to_vec();
    let count: i64 = text(reader.until(b' ')?)?;
    let children: usize = text(reader.until(b'\n')?)?;
    let known = match usize::try_from(count) {
        Ok(count) => Some((count, Oid::from_bytes(reader.take(ID)?).ok()?)),
        Err(_) => None,
    };
    if depth > MAX_DEPTH {
        return None;
    }
    let mut directory_here = Directory { known, children: Vec::new() };
    for _ in 0..children {
        directory_here.children.push(directory(reader, depth + 1)?);
    }
    Some((name, directory_here))
}

fn text<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let taken = rest.get(..memchr::memchr(end, rest)?)?;
        self.at += taken.len() + 1;
        Some(taken)
    }

    /// A number in git's own variable length.
    fn variable(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        loop {
            let [byte] = self.take(1)? else { return None };
            value = value.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
            value = value.checked_add(1)?;
        }
    }
}
