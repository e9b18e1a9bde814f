//! A directory as git keeps it: mode, name and object of each entry.
//!
//! Not here: which ones are entered.

use git2::Error;

use crate::packs::Id;

/// One entry, with its name where that matters.
pub(super) enum Entry<'t> {
    /// A directory.
    Tree(&'t Id, &'t [u8]),
    /// The content of a file.
    File(&'t Id, &'t [u8], File<'t>),
    /// A link, whose content is a path, or a submodule, which has a history of its own.
    Other,
}

/// What else there is to know of a file.
#[derive(Clone, Copy)]
pub(super) struct File<'t> {
    /// Its mode, whatever number stands there.
    pub(super) mode: u32,
    /// The name of its content, all of its bytes.
    pub(super) whole: &'t [u8],
}

/// The entries of a tree whose names of objects have `width` bytes; an error where it is none.
pub(super) fn entries(tree: &[u8], width: usize) -> impl Iterator<Item = Result<Entry<'_>, Error>> {
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

fn split(tree: &[u8], width: usize) -> Option<(Entry<'_>, &[u8])> {
    let space = tree.iter().take(8).position(|&byte| byte == b' ')?;
    let (mode, rest) = tree.split_at_checked(space)?;
    let rest = rest.get(1..)?;
    let (name, rest) = rest.split_at_checked(memchr::memchr(0, rest)?)?;
    let (whole, behind) = rest.get(1..)?.split_at_checked(width)?;
    let id = whole.first_chunk()?;
    let mode = octal(mode)?;
    let entry = match mode & 0o170_000 {
        0o040_000 => Entry::Tree(id, name),
        0o120_000 | 0o160_000 => Entry::Other,
        _ => Entry::File(id, name, File { mode, whole }),
    };
    Some((entry, behind))
}

fn octal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value: u32, digit| match digit {
        b'0'..=b'7' => Some(value << 3 | u32::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Entry, entries};

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
                Entry::File(_, name, file) => {
                    format!("file {} {:o}", String::from_utf8_lossy(name), file.mode)
                }
                Entry::Other => "other".to_owned(),
            })
            .collect();
        assert_eq!(told, ["tree a", "file b c 100644", "file d 100755", "other", "other"]);
        for broken in [&tree[..10], b"100644", b"9 a\0", b"100644 a", b"1000000000 a\0"] {
            assert!(entries(broken, 20).any(|entry| entry.is_err()), "{broken:?}");
        }
    }
}
