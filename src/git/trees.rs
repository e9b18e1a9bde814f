//! A directory as git keeps it: mode, name and object of each entry.
//!
//! Not here: which ones are entered.

use git2::Error;

use crate::packs::Id;

/// One entry as it stands there.
pub(super) struct Raw<'t> {
    /// Its mode, whatever number that is.
    mode: u32,
    /// Its name.
    pub(super) name: &'t [u8],
    /// The object's name, all of its bytes.
    pub(super) whole: &'t [u8],
    /// The first 20 of these.
    pub(super) id: &'t Id,
}

impl Raw<'_> {
    /// One of the modes that git writes: what is none is that of a file.
    pub(super) const fn mode(&self) -> u32 {
        match self.mode & 0o170_000 {
            0o040_000 => 0o040_000,
            _ if self.mode & 0o111 != 0 => 0o100_755,
            kind @ (0o120_000 | 0o160_000) => kind,
            _ => 0o100_644,
        }
    }
}

/// One entry, with its name where that matters.
pub(super) enum Entry<'t> {
    /// A directory.
    Tree(&'t Id, &'t [u8]),
    /// The content of a file.
    File(&'t Id, &'t [u8]),
    /// A link, whose content is a path, or a submodule, which has a history of its own.
    Other,
}

/// The entries of a tree whose names of objects have `width` bytes; an error where it is none.
pub(super) fn entries(tree: &[u8], width: usize) -> impl Iterator<Item = Result<Entry<'_>, Error>> {
    let entry = |Raw { mode, name, id, .. }| match mode & 0o170_000 {
        0o040_000 => Entry::Tree(id, name),
        0o120_000 | 0o160_000 => Entry::Other,
        _ => Entry::File(id, name),
    };
    raw(tree, width).map(move |one| one.map(entry))
}

/// The same with all that is known of each.
pub(super) fn raw(tree: &[u8], width: usize) -> impl Iterator<Item = Result<Raw<'_>, Error>> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let next = split(rest, width);
        rest = next.as_ref().map_or(&[], |(_, behind)| *behind);
        Some(next.map(|(entry, _)| entry).ok_or_else(|| Error::from_str("a tree is corrupt")))
    })
}

fn split(tree: &[u8], width: usize) -> Option<(Raw<'_>, &[u8])> {
    let space = tree.iter().take(8).position(|&byte| byte == b' ')?;
    let (mode, rest) = tree.split_at_checked(space)?;
    let rest = rest.get(1..)?;
    let (name, rest) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
    let (whole, behind) = rest.get(1..)?.split_at_checked(width)?;
    let (id, mode) = (whole.first_chunk()?, octal(mode)?);
    Some((Raw { mode, name, whole, id }, behind))
}

fn octal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value: u32, digit| match digit {
        b'0'..=b'7' => Some(value << 3 | u32::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Entry, entries, raw};

    #[test]
    fn entries_are_told_apart_by_their_modes() {
        let id = [7; 20];
        let entry = |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &id].concat();
        let tree = [
            entry("40000", "a"),
            entry("100644", "b c"),
            entry("100755", "d"),
            entry("120000", "e"),
            entry("160000", "f"),
        ]
        .concat();
        let told: Vec<String> = entries(&tree, 20)
            .map(|entry| match entry.unwrap() {
                Entry::Tree(_, name) => format!("tree {}", String::from_utf8_lossy(name)),
                Entry::File(_, name) => format!("file {}", String::from_utf8_lossy(name)),
                Entry::Other => "other".to_owned(),
            })
            .collect();
        assert_eq!(told, ["tree a", "file b c", "file d", "other", "other"]);
        let modes: Vec<u32> = raw(&tree, 20).map(|entry| entry.unwrap().mode()).collect();
        assert_eq!(modes, [0o40_000, 0o100_644, 0o100_755, 0o120_000, 0o160_000]);
        for (mode, normal) in
            [("100664", 0o100_644), ("100744", 0o100_755), ("140000", 0o100_644), ("7", 0o100_755)]
        {
            assert_eq!(raw(&entry(mode, "a"), 20).next().unwrap().unwrap().mode(), normal, "{mode}");
        }
        for broken in [&tree[..10], b"100644", b"9 a\0", b"100644 a", b"1000000000 a\0"] {
            assert!(entries(broken, 20).any(|entry| entry.is_err()), "{broken:?}");
        }
    }
}
