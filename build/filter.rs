//! The keyword filter as constant data: which four bytes may begin something, and what.
//!
//! Not here: the scan that uses it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::schema::Pattern;
use crate::window::{SLOTS, SLOTS_A_BUCKET, slot};

/// What may follow a keyword of three bytes, folded. A table cell is spent on each.
const FOLLOWERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789_-./+=:\"'$%{<[ \t";

struct Entry {
    slot: usize,
    keyword: usize,
    offset: usize,
}

/// Writes the keywords and the tables that find them.
pub(crate) fn write<'p>(
    code: &mut String,
    patterns: impl Iterator<Item = &'p Pattern>,
) -> Result<(), String> {
    let mut keywords: BTreeMap<(String, bool), Vec<usize>> = BTreeMap::new();
    for (index, pattern) in patterns.enumerate() {
        for keyword in &pattern.keywords {
            let text = if pattern.fold { keyword.to_ascii_lowercase() } else { keyword.clone() };
            keywords.entry((text, pattern.fold)).or_default().push(index);
        }
    }
    let mut entries = Vec::new();
    for (index, (text, _)) in keywords.keys().enumerate() {
        add(&mut entries, index, text.as_bytes());
    }
    entries.sort_by_key(|entry| (entry.slot, entry.keyword));
    text_of(code, &keywords, &entries).map_err(|error| error.to_string())
}

fn add(entries: &mut Vec<Entry>, keyword: usize, text: &[u8]) {
    if let &[a, b, c] = text {
        let mut slots: Vec<usize> = FOLLOWERS.iter().map(|&next| slot([a, b, c, next])).collect();
        slots.sort_unstable();
        slots.dedup();
        entries.extend(slots.into_iter().map(|slot| Entry { slot, keyword, offset: 0 }));
        return;
    }
    let rarest = text.windows(4).enumerate().min_by_key(|(_, window)| commonness(window));
    if let Some((offset, &[a, b, c, d])) = rarest {
        entries.push(Entry { slot: slot([a, b, c, d]), keyword, offset });
    }
}

/// How often four bytes are met in code and configuration, roughly.
fn commonness(window: &[u8]) -> u32 {
    let of = |&byte: &u8| match byte.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 8,
        b'h' | b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'/' | b'-' => 5,
        b'f' | b'g' | b'b' | b'y' | b'w' | b'.' | b':' => 3,
        _ => 1,
    };
    window.iter().map(of).sum()
}

fn text_of(
    code: &mut String,
    keywords: &BTreeMap<(String, bool), Vec<usize>>,
    entries: &[Entry],
) -> std::fmt::Result {
    writeln!(code, "pub(in crate::secrets) static KEYWORDS: [Keyword; {}] = [", keywords.len())?;
    for ((text, fold), patterns) in keywords {
        writeln!(code, "Keyword {{ text: b{text:?}, fold: {fold}, patterns: &{patterns:?} }},")?;
    }
    writeln!(code, "];\npub(in crate::secrets) static ENTRIES: [Entry; {}] = [", entries.len())?;
    for Entry { slot, keyword, offset } in entries {
        writeln!(code, "Entry {{ slot: {slot}, keyword: {keyword}, offset: {offset} }},")?;
    }
    let mut bits = vec![0u64; SLOTS / 64];
    for entry in entries {
        if let Some(word) = bits.get_mut(entry.slot / 64) {
            *word |= 1 << (entry.slot % 64);
        }
    }
    writeln!(code, "];\npub(in crate::secrets) static FILTER: [u64; {}] = {bits:?};", bits.len())?;
    let buckets = SLOTS / SLOTS_A_BUCKET;
    let starts: Vec<usize> = (0..=buckets)
        .map(|bucket| entries.partition_point(|entry| entry.slot < bucket * SLOTS_A_BUCKET))
        .collect();
    writeln!(code, "pub(in crate::secrets) static BUCKETS: [u16; {}] = {starts:?};", starts.len())
}
