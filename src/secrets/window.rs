//! The arithmetic of the keyword filter, shared by `build.rs` (which fills the table) and the scan.
//!
//! Not here: the table, the keywords, the text.

/// How many slots the filter has; each is one bit.
pub(crate) const SLOTS: usize = 1 << 16;

/// How many neighbouring slots share a bucket of entries.
pub(crate) const SLOTS_A_BUCKET: usize = 64;

/// The slot of four bytes, the same for both cases of a letter.
///
/// Folding sets bit 5 of every byte, so it also joins some symbols; the exact comparison that follows
/// a hit tells them apart.
#[must_use]
pub(crate) const fn slot(window: [u8; 4]) -> usize {
    let folded = u32::from_le_bytes(window) | 0x2020_2020;
    (folded.wrapping_mul(0x9E37_79B1) >> 16) as usize
}
