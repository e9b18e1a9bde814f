//! The texts that the sources write between quotes, as the lines that somebody may read.
//!
//! Not a parser of Rust: comments, attributes and unit tests are passed over, and what stands between quotes is taken.

use std::fs;
use std::path::{Path, PathBuf};

/// A line of a literal: where it stands, and the text as it is said, with places in braces.
pub(crate) struct Said {
    pub(crate) file: String,
    pub(crate) text: String,
    /// Whether it is looked up right where it is written.
    pub(crate) asked: bool,
}

/// What makes a literal one that is compared, or one of another machine's words, by what stands before it.
const NOT_SAID: &[&str] = &[
    "reason = ",
    ".contains(",
    "starts_with(",
    "ends_with(",
    "strip_prefix(",
    "strip_suffix(",
    "expecting = ",
    "write_str(",
    "\"description\": ",
    "rename = ",
    "env!(",
    "include_str!(",
    "concat!(",
];

/// Every line of every literal under `src`.
pub(crate) fn all() -> Vec<Said> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let mut found = Vec::new();
    for path in paths {
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let tests = file.ends_with("tests.rs") || file.contains("/tests/");
        if tests {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let texts = if file.ends_with(".sh") { notes(&text) } else { rust(without_tests(&text)) };
        for (text, asked) in
            texts.iter().flat_map(|(text, asked)| text.split('\n').map(|line| (line, *asked)))
        {
            found.push(Said { file: file.clone(), text: text.trim().to_owned(), asked });
        }
    }
    found
}

fn walk(directory: &Path, paths: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sh") {
            paths.push(path);
        }
    }
}

fn without_tests(text: &str) -> &str {
    let end = text.match_indices("#[cfg(test)]").find(|(at, mark)| {
        let after = text[at + mark.len()..].trim_start();
        let first = after.lines().find(|line| !line.starts_with("#[")).unwrap_or_default();
        first.starts_with("mod ") && first.ends_with('{')
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

fn rust(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(here) = rest.chars().next() else { break };
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            raw(rest, &mut found)
        } else if here == '"' {
            let (literal, length) = literal(rest);
            let before = text[..at].trim_end();
            let joined = NOT_SAID.iter().any(|mark| before.ends_with(mark.trim_end()));
            let bytes = text[..at].ends_with('b');
            if !joined && !bytes {
                let asked =
                    [".text(", ".word(", ".with(", "say!(out,"].iter().any(|mark| before.ends_with(mark));
                found.push((rendered(&literal), asked));
            }
            length
        } else if here == '\'' {
            character(rest)
        } else {
            here.len_utf8()
        };
    }
    found
}

/// A raw string, or a word that begins like one.
fn raw(rest: &str, found: &mut Vec<(String, bool)>) -> usize {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let start = 1 + hashes;
    if rest.as_bytes().get(start) != Some(&b'"') {
        return 1;
    }
    let close = ["\"", &"#".repeat(hashes)].concat();
    let Some(end) = rest[start + 1..].find(&close) else { return rest.len() };
    found.push((rendered(&rest[start + 1..start + 1 + end]), false));
    start + 1 + end + close.len()
}

fn literal(rest: &str) -> (String, usize) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, '\n')) => {
                    while chars.peek().is_some_and(|(_, c)| c.is_whitespace()) {
                        chars.next();
                    }
                }
                Some((_, 'u')) => text.push_str("\\u"),
                Some((_, other)) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    (text, rest.len())
}

/// The length of a character literal, or of the quote of a lifetime.
fn character(rest: &str) -> usize {
    if rest.starts_with("'\\") {
        return rest[3..].find('\'').map_or(1, |end| end + 4);
    }
    let mut chars = rest.char_indices().skip(2);
    match chars.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

/// A format string as it is said: `{{` is a brace, and a place has its name alone.
fn rendered(literal: &str) -> String {
    let mut said = String::new();
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        let place = rest.split_once('}').map(|(place, _)| place).filter(|place| {
            place.starts_with('{')
                && place[1..].chars().all(|c| c.is_alphanumeric() || "_.:<>^#?*$".contains(c))
        });
        let taken = if rest.starts_with("{{") || rest.starts_with("}}") {
            said.push(c);
            2
        } else if let Some(place) = place {
            said.push_str(place.split(':').next().unwrap_or_default());
            said.push('}');
            place.len() + 1
        } else {
            said.push(c);
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    said
}

/// What a script on a server says in its journal, with a place for each `$…`.
fn notes(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for word in ["note ", "say 'done' ", "say failed ", "say refused ", "leave 3 ", "leave 5 ", "leave 4 "] {
        for (at, _) in text.match_indices(word) {
            let rest = &text[at + word.len()..];
            let Some(quote) = rest.chars().next().filter(|c| "'\"".contains(*c)) else { continue };
            let said = if quote == '"' {
                substituted(&rest[1..])
            } else {
                rest[1..].split(quote).next().unwrap().to_owned()
            };
            found.push((said, false));
        }
    }
    found
}

/// The text up to the quote that closes it.
fn substituted(text: &str) -> String {
    let mut said = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '"' => break,
            '$' if rest.starts_with("$(") => nested(rest),
            '$' if rest.starts_with("${") => rest.find('}').map_or(rest.len(), |at| at + 1),
            '$' => {
                1 + rest[1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
            }
            '\\' => {
                rest = &rest[1..];
                continue;
            }
            other => {
                said.push(other);
                other.len_utf8()
            }
        };
        if c == '$' {
            said.push_str("{}");
        }
        rest = &rest[taken..];
    }
    said
}

/// The length of a `$(…)`.
fn nested(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
