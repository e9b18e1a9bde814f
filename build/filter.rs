//! The keyword filter as constant data: which four bytes may begin something, and what.
//!
//! Not here: the scan that uses it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::schema::Pattern;
use crate::window::{SLOTS, SLOTS_A_BUCKET, second_slot, slot};

/// What may follow a keyword of three bytes, folded. A table cell is spent on each.
const FOLLOWERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789_-./+=:\"'$%{<[ \t";

/// What is met most often in source code and documentation of all that a keyword could be looked for by.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    " key", " tok", " wit", ".com", "able", "acce", "acka", "acke", "ampl", "ance", "anda", "andl", "ansf", "arch",
    "aria", "arti", "ass ", "asse", "ate ", "ates", "ate_", "atic", "atio", "atom", "atte", "atus", "base", "bili",
    "cces", "cens", "cess", "chan", "chec", "chem", "ckag", "cket", "clie", "code", "com/", "comp", "conf", "cont",
    "coun", "ctio", "curr", "d by", "data", "date", "decl", "dent", "desc", "diff", "ding", "earc", "econ", "ect_",
    "ed b", "emov", "ende", "ense", "ente", "enti", "ents", "ent_", "epro", "equi", "eral", "erve", "essa", "estr",
    "est_", "evel", "even", "figu", "fine", "fini", "form", "full", "get ", "gist", "gith", "heck", "here", "iden",
    "ient", "ifie", "igur", "ilit", "imes", "info", "ing.", "ing_", "inne", "inte", "into", "ion:", "ions", "ion_",
    "iter", "ithu", "itio", "ject", "join", "kage", "keys", "last", "lien", "line", "link", "lity", "llba", "loba",
    "main", "mand", "mark", "mati", "matt", "ment", "mess", "meta", "mode", "nary", "ndar", "ndle", "nfig", "node",
    "nsta", "nten", "nter", "ntry", "oint", "oken", "ompa", "on: ", "onfi", "onst", "onta", "onte", "ontr", "open",
    "orte", "osit", "ound", "ount", "over", "pace", "pack", "page", "pare", "part", "pass", "ping", "plit", "port",
    "posi", "pres", "prev", "push", "ques", "rabl", "race", "rans", "reco", "redi", "renc", "repo", "repr", "ress",
    "rite", "rive", "root", "rren", "rust", "rver", "sage", "scal", "scom", "sear", "serv", "sign", "sing", "siti",
    "spac", "spar", "spla", "ssag", "stac", "stan", "stat", "ster", "stor", "stra", "stre", "sys_", "tabl", "tack",
    "tatu", "tent", "tera", "term", "ters", "ter_", "test", "ther", "thre", "thub", "tifi", "time", "tion", "toke",
    "tory", "trac", "trai", "tran", "trib", "true", "tter", "type", "t_re", "uest", "uffe", "urre", "user", "vent",
    "vice", "with", "word", "work", "ws_s", "ypes", "_cha", "_com", "_con", "_dat", "_pat", "_pre", "_pro", "_sta",
    "_tim", "_tok",
];

struct Entry {
    slot: usize,
    second: usize,
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
        let windows = FOLLOWERS.iter().map(|&next| [a, b, c, next]);
        let mut slots: Vec<_> = windows.map(|window| (slot(window), second_slot(window))).collect();
        slots.sort_unstable();
        slots.dedup();
        entries.extend(slots.into_iter().map(|(slot, second)| Entry { slot, second, keyword, offset: 0 }));
        return;
    }
    let rarest = text.windows(4).enumerate().min_by_key(|(_, window)| commonness(window));
    if let Some((offset, &[a, b, c, d])) = rarest {
        let window = [a, b, c, d];
        entries.push(Entry { slot: slot(window), second: second_slot(window), keyword, offset });
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
    let frequent = COMMON.iter().any(|common| common.as_bytes().eq_ignore_ascii_case(window));
    window.iter().map(of).sum::<u32>() + if frequent { 100 } else { 0 }
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
    for Entry { slot, keyword, offset, .. } in entries {
        writeln!(code, "Entry {{ slot: {slot}, keyword: {keyword}, offset: {offset} }},")?;
    }
    writeln!(code, "];")?;
    for (name, slots) in [
        ("FILTER", entries.iter().map(|entry| entry.slot).collect::<Vec<_>>()),
        ("SECOND", entries.iter().map(|entry| entry.second).collect()),
    ] {
        let mut bits = vec![0u64; SLOTS / 64];
        for slot in slots {
            if let Some(word) = bits.get_mut(slot / 64) {
                *word |= 1 << (slot % 64);
            }
        }
        writeln!(code, "pub(in crate::secrets) static {name}: [u64; {}] = {bits:?};", bits.len())?;
    }
    let buckets = SLOTS / SLOTS_A_BUCKET;
    let starts: Vec<usize> = (0..=buckets)
        .map(|bucket| entries.partition_point(|entry| entry.slot < bucket * SLOTS_A_BUCKET))
        .collect();
    writeln!(code, "pub(in crate::secrets) static BUCKETS: [u16; {}] = {starts:?};", starts.len())
}
