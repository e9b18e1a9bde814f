//! The keyword filter: one pass over the bytes, one bit looked up for every window of four.
//!
//! Not here: what the keywords stand for.

use std::ops::Range;

use super::pattern::Keyword;
use super::pattern::tables::{BUCKETS, ENTRIES, FILTER, KEYWORDS, SECOND};
use super::window::{SLOTS, SLOTS_A_BUCKET, second_slot, slot};

const _: () = assert!(FILTER.len() * 64 == SLOTS && SECOND.len() * 64 == SLOTS);
const _: () = assert!(BUCKETS.len() == SLOTS / SLOTS_A_BUCKET + 1);

/// How many windows are looked up before what was met is looked at. The places where something may stand are
/// gathered first: which of them there are cannot be foreseen, and a branch for each window would be taken wrongly
/// as often as not.
const BLOCK: usize = 1024;

/// A keyword that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Where the window stands that gave it away.
    pub(super) window: usize,
    // Which of the filter's entries.
    entry: u16,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it, or its window, ends: no byte from here on has a say in whether it stands there.
    pub(super) end: usize,
}

impl Hit {
    /// Which keyword it is.
    pub(super) fn keyword(&self) -> Option<&'static Keyword> {
        let entry = ENTRIES.get(usize::from(self.entry))?;
        KEYWORDS.get(usize::from(entry.keyword))
    }

    /// The same in a text in which everything from its beginning on stands elsewhere.
    pub(super) fn moved(self, from: usize, to: usize) -> Self {
        let place = |at: usize| at + to - from;
        Self { window: place(self.window), start: place(self.start), end: place(self.end), entry: self.entry }
    }
}

/// Calls `found` with every keyword whose window begins in `range`, in the order of the windows.
pub(super) fn each_keyword(bytes: &[u8], range: Range<usize>, mut found: impl FnMut(Hit)) {
    let mut places = [0u16; BLOCK];
    let mut start = range.start;
    while start < range.end
        && let Some(rest) = bytes.get(start..).filter(|rest| rest.len() >= 4)
    {
        let windows = BLOCK.min(range.end - start);
        let block = rest.get(..windows + 3).unwrap_or(rest);
        let count = gather(block, &mut places);
        for &place in places.iter().take(count) {
            confirm(bytes, start + usize::from(place), &mut found);
        }
        start += windows;
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
fn confirm(bytes: &[u8], at: usize, found: &mut impl FnMut(Hit)) {
    let Some(window) = bytes.get(at..).and_then(|window| window.first_chunk()) else { return };
    let slot = slot(*window);
    let bucket = slot / SLOTS_A_BUCKET;
    let (Some(&from), Some(&to)) = (BUCKETS.get(bucket), BUCKETS.get(bucket + 1)) else { return };
    let entries = ENTRIES.get(usize::from(from)..usize::from(to)).unwrap_or_default();
    for (entry, number) in entries.iter().zip(from..) {
        if usize::from(entry.slot) != slot {
            continue;
        }
        let Some(keyword) = KEYWORDS.get(usize::from(entry.keyword)) else { continue };
        let Some(start) = at.checked_sub(usize::from(entry.offset)) else { continue };
        let end = start + keyword.text.len();
        let Some(here) = bytes.get(start..end) else { continue };
        let same = if keyword.fold { here.eq_ignore_ascii_case(keyword.text) } else { here == keyword.text };
        if same {
            found(Hit { window: at, entry: number, start, end: end.max(at + 4) });
        }
    }
}
