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
///
/// It is made of sixteen-bit products, of which every processor makes eight at once.
#[must_use]
pub(crate) const fn slot([a, b, c, d]: [u8; 4]) -> u16 {
    let low = u16::from_le_bytes([a, b]) | 0x2020;
    let high = u16::from_le_bytes([c, d]) | 0x2020;
    low.wrapping_mul(0x3C6F).wrapping_add(high.wrapping_mul(0xA54F))
}

/// A second slot of the same bytes, in a second filter: what falls into a slot of the first one by accident does
/// not do so twice.
#[must_use]
pub(crate) const fn second_slot(window: [u8; 4]) -> u16 {
    let folded = u32::from_le_bytes(window) | 0x2020_2020;
    (folded.rotate_left(11).wrapping_mul(0x85EB_CA6B) >> 16) as u16
}
