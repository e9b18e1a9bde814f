//! Tables by the names of objects, which are digests already: a number that nobody outside knows is mixed in, so that
//! no history can be made to fall into one place of a table, and nothing is digested again.
//!
//! Not here: what is kept in them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use git2::Oid;

use crate::packs::Id;

pub(super) type Map<T> = HashMap<Id, T, Mixing>;
pub(super) type Set = HashSet<Id, Mixing>;

/// The name as bytes, which libgit2 need not be asked to compare; of a SHA-256 the first 20, which is as much as a
/// SHA-1 has.
pub(super) fn name(id: Oid) -> Id {
    id.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Makes the hashers of one table.
#[derive(Clone)]
pub(super) struct Mixing(u64);

impl Default for Mixing {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Mixing {
    type Hasher = Mixed;

    fn build_hasher(&self) -> Mixed {
        Mixed(self.0)
    }
}

/// Takes the first bytes of what is written.
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
        // Of the product both halves count: each bit of the name moves every bit of what is used.
        let product = u128::from(self.0 ^ first) * 0x9E37_79B9_7F4A_7C15;
        let [low, high] = [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)));
        self.0 = low.unwrap_or_default() ^ high.unwrap_or_default();
    }

    // How long the name is, which is said before it.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
