//! The keyword filter: one pass over the bytes, one bit looked up for every window of four.
//!
//! Not here: what the keywords stand for.

use super::pattern::Keyword;
use super::pattern::tables::{BUCKETS, ENTRIES, FILTER, KEYWORDS, SECOND};
use super::window::{SLOTS, SLOTS_A_BUCKET, second_slot, slot};

const _: () = assert!(FILTER.len() * 64 == SLOTS && SECOND.len() * 64 == SLOTS);
const _: () = assert!(BUCKETS.len() == SLOTS / SLOTS_A_BUCKET + 1);

/// How many windows are looked up before what was met is looked at. The places where something may stand are
/// gathered first: which of them there are cannot be foreseen, and a branch for each window would be taken wrongly
/// as often as not.
const BLOCK: usize = 1024;

/// Calls `found` with every keyword and the offset of its first byte, in the order of the text.
pub(super) fn each_keyword(bytes: &[u8], mut found: impl FnMut(&'static Keyword, usize)) {
    let mut places = [0u16; BLOCK];
    let mut start = 0;
    while let Some(rest) = bytes.get(start..).filter(|rest| rest.len() >= 4) {
        let block = rest.get(..BLOCK + 3).unwrap_or(rest);
        let count = gather(block, &mut places);
        for &place in places.iter().take(count) {
            confirm(bytes, start + usize::from(place), &mut found);
        }
        start += BLOCK;
    }
}

/// Writes the places of the windows that both filters know to the front of `places`, and says how many they are.
fn gather(block: &[u8], places: &mut [u16; BLOCK]) -> usize {
    let mut met = 0;
    for (window, at) in block.windows(4).zip(0u16..) {
        let &[a, b, c, d] = window else { continue };
        let slot = slot([a, b, c, d]);
        if let Some(place) = places.get_mut(met % BLOCK) {
            *place = at;
        }
        met += usize::from(is_set(&FILTER, slot));
    }
    let mut kept = 0;
    for nth in 0..met {
        let Some(&at) = places.get(nth) else { break };
        let window = block.get(usize::from(at)..).and_then(|window| window.first_chunk());
        let known = window.is_some_and(|window| is_set(&SECOND, second_slot(*window)));
        if let Some(place) = places.get_mut(kept) {
            *place = at;
        }
        kept += usize::from(known);
    }
    kept
}

fn is_set(filter: &[u64; SLOTS / 64], slot: usize) -> bool {
    filter.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
}

#[inline(never)]
fn confirm(bytes: &[u8], at: usize, found: &mut impl FnMut(&'static Keyword, usize)) {
    let Some(window) = bytes.get(at..).and_then(|window| window.first_chunk()) else { return };
    let slot = slot(*window);
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
