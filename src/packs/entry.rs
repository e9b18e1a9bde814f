//! One object as it stands in a pack: what it is, how long, what it is a difference to; and unpacking it.
//!
//! Not here: differences.

use flate2::{Decompress, FlushDecompress, Status};

use super::blocks::Blocks;
use super::{Id, Kind};

/// Room behind the end of what is unpacked, in which the decoder may work in its long strides to the last byte.
const ROOM: usize = 320;

/// How many bytes one packed byte can stand for at the most: 258 for two bits.
const RATIO: usize = 1032;

/// What an object is made from.
#[derive(Debug)]
pub(super) enum Base {
    /// Nothing: it stands whole.
    None(Kind),
    /// The one that begins so many bytes before it.
    Before(u64),
    /// The one of this name.
    Called(Id),
}

/// The beginning of an object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) base: Base,
    /// How many bytes it is unpacked to.
    pub(super) size: usize,
    // Where its packed bytes begin.
    data: u64,
}

impl Entry {
    /// Reads the one at `at`; `None` where there is none.
    pub(super) fn read(at: u64, blocks: &mut Blocks) -> Option<Self> {
        let mut at = at;
        let mut next = || {
            let byte = *blocks.at(at)?.first()?;
            at = at.checked_add(1)?;
            Some(byte)
        };
        let first = next()?;
        let mut size = u64::from(first & 15);
        let (mut more, mut shift) = (first & 0x80 != 0, 4);
        while more {
            if shift > 53 {
                return None;
            }
            let byte = next()?;
            size |= u64::from(byte & 0x7f) << shift;
            (more, shift) = (byte & 0x80 != 0, shift + 7);
        }
        let base = match first >> 4 & 7 {
            1 => Base::None(Kind::Commit),
            2 => Base::None(Kind::Tree),
            3 => Base::None(Kind::Blob),
            4 => Base::None(Kind::Tag),
            6 => Base::Before(distance(&mut next)?),
            7 => {
                let mut id = Id::default();
                for byte in &mut id {
                    *byte = next()?;
                }
                Base::Called(id)
            }
            _ => return None,
        };
        Some(Self { base, size: usize::try_from(size).ok()?, data: at })
    }

    /// Whether the file goes on for long enough to hold what it is said to be unpacked to.
    pub(super) fn has_room(&self, blocks: &mut Blocks) -> bool {
        let least = self.size / RATIO;
        least == 0 || self.data.checked_add(least as u64).is_some_and(|last| blocks.at(last).is_some())
    }
}

/// How far before an object its base begins: seven bits a byte, the highest first, and one more for each further byte.
fn distance(next: &mut impl FnMut() -> Option<u8>) -> Option<u64> {
    let mut byte = next()?;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = next()?;
        if value >= 1 << 56 {
            return None;
        }
        value = (value + 1) << 7 | u64::from(byte & 0x7f);
    }
    (value > 0).then_some(value)
}

/// Unpacks one object after the other.
pub(super) struct Inflater(Decompress);

impl Default for Inflater {
    fn default() -> Self {
        Self(Decompress::new(true))
    }
}

impl Inflater {
    /// Unpacks `entry` into `into`, whose content is gone; `None` where it is not as long as it says.
    pub(super) fn inflate(&mut self, entry: &Entry, blocks: &mut Blocks, into: &mut Vec<u8>) -> Option<()> {
        into.clear();
        into.reserve(entry.size.checked_add(ROOM)?);
        self.0.reset(true);
        let mut at = entry.data;
        loop {
            let before = self.0.total_in();
            let status = self.0.decompress_vec(blocks.at(at)?, into, FlushDecompress::None).ok()?;
            let taken = self.0.total_in() - before;
            at = at.checked_add(taken)?;
            match status {
                Status::StreamEnd => return (into.len() == entry.size).then_some(()),
                _ if taken == 0 || into.len() > entry.size => return None,
                _ => {}
            }
        }
    }
}
