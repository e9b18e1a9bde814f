//! The keyword filter: one pass over the bytes, one bit looked up for every window of four.
//!
//! Not here: what the keywords stand for.

use super::pattern::Keyword;
use super::pattern::tables::{BUCKETS, ENTRIES, FILTER, KEYWORDS};
use super::window::{SLOTS, SLOTS_A_BUCKET, slot};

const _: () = assert!(FILTER.len() * 64 == SLOTS && BUCKETS.len() == SLOTS / SLOTS_A_BUCKET + 1);

/// Calls `found` with every keyword and the offset of its first byte, in the order of the text.
pub(super) fn each_keyword(bytes: &[u8], mut found: impl FnMut(&'static Keyword, usize)) {
    for (at, window) in bytes.windows(4).enumerate() {
        let &[a, b, c, d] = window else { continue };
        let slot = slot([a, b, c, d]);
        let word = FILTER.get(slot / 64).copied().unwrap_or_default();
        if word >> (slot % 64) & 1 == 1 {
            confirm(bytes, at, slot, &mut found);
        }
    }
}

#[inline(never)]
fn confirm(bytes: &[u8], at: usize, slot: usize, found: &mut impl FnMut(&'static Keyword, usize)) {
    let bucket = slot / SLOTS_A_BUCKET;
    let (Some(&from), Some(&to)) = (BUCKETS.get(bucket), BUCKETS.get(bucket + 1)) else { return };
    for entry in ENTRIES.get(usize::from(from)..usize::from(to)).unwrap_or_default() {
        if usize::from(entry.slot) != slot {
            continue;
        }
        let Some(keyword) = KEYWORDS.get(usize::from(entry.keyword)) else { continue };
        let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
        let Some(here) = bytes.get(start..start + keyword.text.len()) else { continue };
        let same = if keyword.fold { here.eq_ignore_ascii_case(keyword.text) } else { here == keyword.text };
        if same {
            found(keyword, start);
        }
    }
}
