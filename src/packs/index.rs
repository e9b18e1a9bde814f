//! The index of a pack, version 2: where each object of the pack stands.
//!
//! Not here: the pack.

use std::sync::Mutex;

use super::{Id, ReadAt};

const MAGIC: &[u8; 8] = b"\xfftOc\x00\x00\x00\x02";
const FANOUT: usize = MAGIC.len();
const NAMES: usize = FANOUT + 256 * 4;

/// What of a place says that it does not fit into 31 bits and stands in the table behind.
const FAR: u32 = 1 << 31;

/// The index of one pack.
pub(super) struct Index {
    table: Table,
    count: usize,
}

/// The bytes of an index.
enum Table {
    /// All of them.
    Whole(Vec<u8>),
    /// Those that are asked for.
    Parts(Mutex<Box<dyn ReadAt>>),
}

impl Table {
    fn get<const COUNT: usize>(&self, at: usize) -> Option<[u8; COUNT]> {
        match self {
            Self::Whole(bytes) => bytes.get(at..)?.first_chunk().copied(),
            Self::Parts(file) => {
                let mut bytes = [0; COUNT];
                let length = file.lock().ok()?.read_at(at as u64, &mut bytes).ok()?;
                (length == COUNT).then_some(bytes)
            }
        }
    }
}

impl Index {
    /// Takes the bytes of the file; `None` where they are no such index.
    pub(super) fn new(bytes: Vec<u8>) -> Option<Self> {
        Self::of(Table::Whole(bytes))
    }

    /// The same for a few objects: nothing is read but what leads to them.
    pub(super) fn parts(file: Box<dyn ReadAt>) -> Option<Self> {
        Self::of(Table::Parts(Mutex::new(file)))
    }

    fn of(table: Table) -> Option<Self> {
        let mut index = Self { table, count: 0 };
        index.count = usize::try_from(index.word(NAMES - 4)?).ok()?;
        let last = index.count.checked_mul(28)?.checked_add(NAMES)?.checked_sub(1)?;
        (index.table.get(0)? == *MAGIC && index.table.get::<1>(last).is_some()).then_some(index)
    }

    /// Where the object called `id` stands in the pack.
    pub(super) fn find(&self, id: &Id) -> Option<u64> {
        let first = usize::from(*id.first()?);
        let from = first.checked_sub(1).map_or(Some(0), |before| self.word(FANOUT + before * 4))?;
        let (mut from, mut to) = (from as usize, self.word(FANOUT + first * 4)? as usize);
        to = to.min(self.count);
        while from < to {
            let middle = from.midpoint(to);
            let start = NAMES + middle * 20;
            match halves(&self.table.get(start)?).cmp(&halves(id)) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return self.place(middle),
            }
        }
        None
    }

    fn place(&self, nth: usize) -> Option<u64> {
        let near = self.word(NAMES + self.count * 24 + nth * 4)?;
        if near & FAR == 0 {
            return Some(u64::from(near));
        }
        let far = NAMES + self.count * 28 + (near & !FAR) as usize * 8;
        Some(u64::from(self.word(far)?) << 32 | u64::from(self.word(far + 4)?))
    }

    fn word(&self, at: usize) -> Option<u32> {
        self.table.get(at).map(u32::from_be_bytes)
    }
}

/// The names in an index whose names have 32 bytes; `None` where it is no such index.
pub(super) fn long_names(bytes: &[u8]) -> Option<Vec<[u8; 32]>> {
    let count = u32::from_be_bytes(*bytes.get(NAMES - 4..)?.first_chunk()?) as usize;
    let names = bytes.get(NAMES..NAMES.checked_add(count.checked_mul(32)?)?)?;
    bytes.starts_with(MAGIC).then(|| names.as_chunks().0.to_vec())
}

/// A name as two numbers, which are compared faster than bytes are.
fn halves(id: &Id) -> (u128, u32) {
    let number = |bytes: Option<&[u8; 16]>| bytes.map_or(0, |bytes| u128::from_be_bytes(*bytes));
    (number(id.first_chunk()), id.last_chunk().map_or(0, |last| u32::from_be_bytes(*last)))
}
