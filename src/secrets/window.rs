//! The arithmetic of the keyword filter, shared by `build.rs` (which fills the table) and the scan.
//!
//! Not here: the table, the keywords, the text.

/// How many slots the filter has; each is one bit.
pub(crate) const SLOTS: usize = 1 << 16;

/// How many neighbouring slots share a bucket of entries.
pub(crate) const SLOTS_A_BUCKET: usize = 16;

/// The slot of four bytes, the same for both cases of a letter.
///
/// Folding sets bit 5 of every byte, so it also joins some symbols; the exact comparison that follows
/// a hit tells them apart.
#[must_use]
pub(crate) const fn slot(window: [u8; 4]) -> usize {
    (folded(window).wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// A second slot of the same bytes, in a second filter: what falls into a slot of the first one by accident does
/// not do so twice.
#[must_use]
pub(crate) const fn second_slot(window: [u8; 4]) -> usize {
    (folded(window).rotate_left(11).wrapping_mul(0x85EB_CA6B) >> 16) as usize
}

const fn folded(window: [u8; 4]) -> u32 {
    u32::from_le_bytes(window) | 0x2020_2020
}
