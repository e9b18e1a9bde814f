//! An object that lies in a file of its own: opened once, and unpacked at once.
//!
//! Not here: packs, and what is said of a file that cannot be read: whoever asks turns to libgit2 then, which opens
//! such a file twice, since the length has to be known before anything is unpacked.

use std::path::{Path, PathBuf};

use flate2::{Decompress, FlushDecompress, Status};
use git2::Oid;

use crate::packs::Kind;

/// Room for what is read before the length is known, and behind the end, to see that it is there.
const ROOM: usize = 64;

/// The most room that is made before the length is known: that of nearly all objects.
const FIRST: usize = 64 * 1024;

/// Where `objects` has the object called `id`.
pub(super) fn place(objects: &Path, id: Oid) -> PathBuf {
    let name = id.to_string();
    let (directory, file) = name.split_at_checked(2).unwrap_or_default();
    objects.join(directory).join(file)
}

/// The object that `packed` stands for; `None` where it is none, or one of more than `most` bytes. `inflater` is used again
/// and again: to make one costs as much as to unpack an object.
pub(super) fn object(packed: &[u8], most: usize, inflater: &mut Decompress) -> Option<(Kind, Vec<u8>)> {
    inflater.reset(true);
    let mut whole = Vec::with_capacity(packed.len().saturating_mul(4).min(FIRST) + ROOM);
    let mut more = inflate(packed, inflater, &mut whole)?;
    let end = memchr::memchr(0, &whole)?;
    let (kind, length) = std::str::from_utf8(whole.get(..end)?).ok()?.split_once(' ')?;
    let kind = match kind {
        "blob" => Kind::Blob,
        "tree" => Kind::Tree,
        "commit" => Kind::Commit,
        "tag" => Kind::Tag,
        _ => return None,
    };
    let length: usize = length.parse().ok().filter(|length| *length <= most)?;
    let last = end + 1 + length;
    while more && whole.len() <= last {
        // What it says of its length is believed as far as its bytes make that likely.
        let likely = whole.len().max(packed.len());
        whole.reserve(likely.min(last - whole.len() + ROOM));
        more = inflate(packed, inflater, &mut whole)?;
    }
    whole.drain(..=end);
    (!more && whole.len() == length).then_some((kind, whole))
}

/// Unpacks as much as there is room for, and says whether there is more to come, or may be; `None` where it is cut off, or
/// no such stream.
fn inflate(packed: &[u8], inflater: &mut Decompress, into: &mut Vec<u8>) -> Option<bool> {
    let (before, length) = (usize::try_from(inflater.total_in()).ok()?, into.len());
    let status = inflater.decompress_vec(packed.get(before..)?, into, FlushDecompress::None).ok()?;
    let stands = inflater.total_in() == before as u64 && into.len() == length;
    match status {
        Status::StreamEnd => Some(false),
        _ if stands => None,
        _ => Some(true),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::ZlibEncoder;
    use flate2::{Compression, Decompress};

    use crate::packs::Kind;

    use super::object;

    fn content(packed: &[u8], most: usize) -> Option<Vec<u8>> {
        let (kind, content) = object(packed, most, &mut Decompress::new(true))?;
        assert_eq!(kind, Kind::Blob);
        Some(content)
    }

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
        for text in [
            &b"tree 3 \0abc"[..],
            b"trees 3\0abc",
            b"blob 3\0ab",
            b"blob 3\0abcd",
            b"blob -1\0",
            b"blob 3",
            b"blob x\0a",
            b"",
        ] {
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
