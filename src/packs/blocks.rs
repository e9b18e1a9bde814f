//! A file of which parts are read, in blocks, the last ones of which are remembered.
//!
//! Not here: what the bytes mean.

use std::collections::HashMap;

use super::ReadAt;

/// How many bytes are read at once: most objects are smaller, and what they are made of may lie anywhere.
const BLOCK: usize = 8 * 1024;

/// How many blocks are remembered at the most, twice: 16 MiB.
const BLOCKS: usize = 1024;

/// The blocks of one file.
pub(super) struct Blocks {
    file: Box<dyn ReadAt>,
    young: HashMap<u64, Vec<u8>>,
    old: HashMap<u64, Vec<u8>>,
    // The one that was asked for last.
    number: u64,
    block: Vec<u8>,
}

impl Blocks {
    pub(super) fn new(file: Box<dyn ReadAt>) -> Self {
        Self { file, young: HashMap::new(), old: HashMap::new(), number: u64::MAX, block: Vec::new() }
    }

    /// Some bytes from `offset` on, one at the least; `None` at the end of the file, or where it cannot be read.
    pub(super) fn at(&mut self, offset: u64) -> Option<&[u8]> {
        let number = offset / BLOCK as u64;
        if number != self.number {
            self.turn_to(number)?;
        }
        let inside = usize::try_from(offset % BLOCK as u64).ok()?;
        self.block.get(inside..).filter(|rest| !rest.is_empty())
    }

    fn turn_to(&mut self, number: u64) -> Option<()> {
        let known = self.young.remove(&number).or_else(|| self.old.remove(&number));
        let next = known.map_or_else(|| self.read(number), Some)?;
        let last = std::mem::replace(&mut self.block, next);
        let left = std::mem::replace(&mut self.number, number);
        if left != u64::MAX {
            if self.young.len() == BLOCKS {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(left, last);
        }
        Some(())
    }

    fn read(&mut self, number: u64) -> Option<Vec<u8>> {
        let mut block = vec![0; BLOCK];
        let length = self.file.read_at(number.checked_mul(BLOCK as u64)?, &mut block).ok()?;
        block.truncate(length);
        Some(block)
    }
}
