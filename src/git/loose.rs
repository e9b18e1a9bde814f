//! An object that lies in a file of its own: opened once, and unpacked at once.
//!
//! Not here: packs, and what is said of a file that cannot be read: whoever asks turns to libgit2 then, which opens
//! such a file twice, since the length has to be known before anything is unpacked.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::bufread::ZlibDecoder;
use git2::Oid;

use crate::packs::Kind;

/// The longest beginning that git writes: the kind, the length, and a NUL.
const HEAD: u64 = 32;

/// Room for what is read to see that the end is there.
const HEAD_ROOM: usize = 64;

/// Where `objects` has the object called `id`.
pub(super) fn place(objects: &Path, id: Oid) -> PathBuf {
    let name = id.to_string();
    let (directory, file) = name.split_at_checked(2).unwrap_or_default();
    objects.join(directory).join(file)
}

/// The content of a file that `packed` stands for; `None` where it is none, or one of more than `most` bytes.
pub(super) fn content(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    object(packed, most).and_then(|(kind, content)| (kind == Kind::Blob).then_some(content))
}

/// The object that `packed` stands for; `None` where it is none, or one of more than `most` bytes.
pub(super) fn object(packed: &[u8], most: usize) -> Option<(Kind, Vec<u8>)> {
    let mut decoder = ZlibDecoder::new(packed);
    let mut head = Vec::new();
    decoder.by_ref().take(HEAD).read_to_end(&mut head).ok()?;
    let (said, begun) = head.split_at_checked(memchr::memchr(0, &head)?)?;
    let (kind, length) = std::str::from_utf8(said).ok()?.split_once(' ')?;
    let kind = match kind {
        "blob" => Kind::Blob,
        "tree" => Kind::Tree,
        "commit" => Kind::Commit,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let length: usize = length.parse().ok()?;
    if length > most {
        return None;
    }
    // What it says of its length is believed as far as its bytes make that likely.
    let mut content =
        Vec::with_capacity(length.min(packed.len().saturating_mul(8)).saturating_add(HEAD_ROOM));
    content.extend_from_slice(begun.get(1..)?);
    let left = length.saturating_sub(content.len()).saturating_add(1);
    decoder.take(u64::try_from(left).ok()?).read_to_end(&mut content).ok()?;
    (content.len() == length).then_some((kind, content))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::content;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_content_is_what_follows_its_length() {
        assert_eq!(content(&packed(b"blob 3\0a\nb"), 3).unwrap(), b"a\nb");
        assert_eq!(content(&packed(b"blob 0\0"), 3).unwrap(), b"");
    }

    #[test]
    fn what_is_no_content_or_not_as_long_as_it_says_is_left_to_others() {
        for text in
            [&b"tree 3\0abc"[..], b"blob 3\0ab", b"blob 3\0abcd", b"blob -1\0", b"blob 3", b"blob x\0a", b""]
        {
            assert_eq!(content(&packed(text), 1 << 20), None, "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(content(b"blob 3\0abc", 3), None);
        let whole = packed(&[&b"blob 9000\0"[..], &[b'a'; 9000]].concat());
        assert_eq!(content(&whole[..whole.len() / 2], 1 << 20), None);
    }

    #[test]
    fn what_is_longer_than_asked_for_is_not_unpacked() {
        let bomb = packed(&[&b"blob 4000000\0"[..], &vec![0; 4_000_000]].concat());
        assert_eq!(content(&bomb, 3_999_999), None);
        assert_eq!(content(&bomb, 4_000_000).unwrap().len(), 4_000_000);
    }
}
