//! Rust source text, read just well enough to see which paths it names.
//!
//! Not a parser: comments and the insides of literals are blanked, the rest is searched.

use std::collections::BTreeSet;

/// The text with comments and the insides of strings and characters taken out.
pub(crate) fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&here) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        at = match (here, next) {
            ('/', Some('/')) => chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| at + n),
            ('/', Some('*')) => block_comment(&chars, at),
            ('"', _) => string(&chars, at),
            ('r', Some('"' | '#')) if !out.ends_with(is_word) => match raw_string(&chars, at) {
                Some(end) => end,
                None => keep(here, at, &mut out),
            },
            ('\'', _) => match character(&chars, at) {
                Some(end) => end,
                None => keep(here, at, &mut out),
            },
            _ => keep(here, at, &mut out),
        };
    }
    out
}

fn keep(here: char, at: usize, out: &mut String) -> usize {
    out.push(here);
    at + 1
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn block_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0usize;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

fn string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw_string(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: usize| {
        chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').take(hashes).count() == hashes
    };
    Some((open + 1..chars.len()).find(|at| closes(*at)).map_or(chars.len(), |at| at + 1 + hashes))
}

/// The end of a character literal; `None` for a lifetime.
fn character(chars: &[char], start: usize) -> Option<usize> {
    if chars.get(start + 1) == Some(&'\\') {
        let end = chars[start + 3..].iter().position(|c| *c == '\'')?;
        return Some(start + 4 + end);
    }
    (chars.get(start + 2) == Some(&'\'')).then_some(start + 3)
}

/// The code before its unit tests, which stand at the end of a file and may look further.
pub(crate) fn without_tests(code: &str) -> String {
    let end = code.match_indices("#[cfg(test)]").find(|(at, mark)| {
        let after = code[at + mark.len()..].trim_start();
        after.starts_with("mod ") && !after.split_once('\n').map_or(after, |(line, _)| line).ends_with(';')
    });
    code[..end.map_or(code.len(), |(at, _)| at)].to_owned()
}

/// The modules named as `crate::x` or in `crate::{x::…, y}`.
pub(crate) fn crate_names(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(is_word) {
            continue;
        }
        heads(&code[at + "crate::".len()..], &mut |head| {
            found.insert(head.to_owned());
        });
    }
    found
}

/// Whether the code names `path`, such as `std::fs`, written out or in a group (`std::{env, fs}`).
pub(crate) fn names(code: &str, path: &str) -> bool {
    if occurs(code, path) {
        return true;
    }
    let Some((root, leaf)) = path.split_once("::") else { return false };
    let group = format!("{root}::{{");
    code.match_indices(&group).any(|(at, _)| {
        let mut found = false;
        heads(&code[at + root.len() + 2..], &mut |head| found |= head == leaf);
        found
    })
}

/// The first names of what follows a `::`: one word, or those of each member of a group.
fn heads(rest: &str, found: &mut dyn FnMut(&str)) {
    let Some(group) = rest.strip_prefix('{') else {
        return found(word(rest));
    };
    let (mut depth, mut start) = (0usize, 0usize);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return found(word(group[start..at].trim_start())),
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found(word(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
}

fn word(text: &str) -> &str {
    text.split(|character| !is_word(character)).next().unwrap_or_default()
}

/// A crate's name counts where a path begins (`clap::…`, `use clap;`), not as a field or a module of ours.
fn occurs(code: &str, path: &str) -> bool {
    let whole_path = path.contains("::");
    code.match_indices(path).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + path.len()..]);
        let begins = !before.ends_with('.') && !before.ends_with("::");
        let path_like = begins && (after.starts_with("::") || before.ends_with("use "));
        stands_alone(before, after) && (whole_path || path_like)
    })
}

/// Whether the code mentions `name` as a whole word.
pub(crate) fn mentions(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| stands_alone(&code[..at], &code[at + name.len()..]))
}

fn stands_alone(before: &str, after: &str) -> bool {
    !before.ends_with(is_word) && !after.starts_with(is_word)
}

/// Whether a chain of `super::` is as long as the module is deep.
pub(crate) fn reaches_root(code: &str, depth: usize) -> bool {
    let chain = "super::".repeat(depth);
    code.match_indices(&chain).any(|(at, _)| !code[..at].ends_with(is_word))
}
