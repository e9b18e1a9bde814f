//! Credentials that stand inside of longer texts: passwords in URLs, arguments of commands.
//!
//! Not here: whether they are good, and values that are secret as a whole.

use std::collections::HashSet;
use std::sync::Arc;

use super::template::{self, Template};
use crate::document::names::is_secret;
use crate::document::yaml::{Node, Places};
use crate::source::Span;

/// A password in a URL, or the value of an argument such as `--password`.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The argument's name; `None` in a URL.
    pub argument: Option<String>,
    /// The password, parsed.
    pub template: Template,
    /// The password's place.
    pub span: Span,
}

/// Those in every text of the documents, in the order of the file.
pub(super) fn credentials(source: &str, documents: &[Arc<Node>]) -> Vec<Credential> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for root in documents {
        root.each_scalar(&mut |node| {
            let text = node.as_str().unwrap_or_default();
            if text.contains("://") && seen.insert(node.span) {
                let places = Places::new(source, node);
                for (start, end) in passwords(text) {
                    found.push(credential(text, (start, end), None, &places));
                }
            }
        });
        for service in root.get("services").map(Node::entries).unwrap_or_default() {
            for way in [&["command"][..], &["entrypoint"], &["healthcheck", "test"]] {
                if let Some(node) = service.value.at(way) {
                    command(source, node, &mut found);
                }
            }
        }
    }
    found.sort_by_key(|credential| credential.span);
    found.dedup_by_key(|credential| credential.span);
    found
}

fn credential(text: &str, range: (usize, usize), argument: Option<String>, places: &Places) -> Credential {
    let template = template::parse_between(text, range.0, range.1, places);
    Credential { argument, template, span: places.span(range.0, range.1) }
}

fn command(source: &str, node: &Node, found: &mut Vec<Credential>) {
    let Some(items) = node.items() else {
        let text = node.as_str().unwrap_or_default();
        let places = Places::new(source, node);
        for (start, end) in arguments(text) {
            found.push(credential(text, (start, end), flag_before(text, start), &places));
        }
        return;
    };
    let mut flag: Option<&str> = None;
    for item in items {
        let text = item.as_str().unwrap_or_default();
        let places = Places::new(source, item);
        if let Some(name) = flag.take() {
            found.push(credential(text, (0, text.len()), Some(name.to_owned()), &places));
        } else if is_secret_flag(text) {
            flag = Some(text);
        } else {
            for (start, end) in arguments(text) {
                found.push(credential(text, (start, end), flag_before(text, start), &places));
            }
        }
    }
}

fn flag_before(text: &str, start: usize) -> Option<String> {
    let before = text.get(..start)?.trim_end_matches([' ', '=', '\n', '\t']);
    before.rsplit([' ', '\n', '\t']).next().map(str::to_owned)
}

/// The password in each `scheme://user:password@`, as ranges of the text.
pub(super) fn passwords(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("://")) {
        let start = from + at + 3;
        from = start;
        let rest = text.get(start..).unwrap_or_default();
        let end = authority_end(rest);
        let Some(at) = rest.get(..end).and_then(|authority| authority.rfind('@')) else { continue };
        if let Some(colon) = rest.get(..at).and_then(user_end) {
            found.push((start + colon + 1, start + at));
        }
        from = start + at;
    }
    found
}

/// Where user, password and host end: at a blank, quote or slash outside of `${…}`.
fn authority_end(text: &str) -> usize {
    outside_braces(text, |byte| matches!(byte, b'/' | b' ' | b'\n' | b'"' | b'\'' | b',' | b'?' | b'#'))
        .unwrap_or(text.len())
}

fn user_end(text: &str) -> Option<usize> {
    outside_braces(text, |byte| byte == b':')
}

fn outside_braces(text: &str, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let (mut open, mut before) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' || open > 0 => open += 1,
            b'}' => open = open.saturating_sub(1),
            _ if open == 0 && wanted(byte) => return Some(at),
            _ => {}
        }
        before = byte;
    }
    None
}

/// The values of `--password x`, `--password=x` and `NAME_TOKEN=x` in a command, as ranges of the text.
pub(super) fn arguments(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut flagged = false;
    let mut at = 0;
    for word in text.split([' ', '\n', '\t']) {
        let end = at + word.len();
        if flagged && !word.is_empty() {
            found.push((at, end));
            flagged = false;
        } else if let Some((name, _)) = word.split_once('=')
            && is_secret_word(name)
        {
            found.push((at + name.len() + 1, end));
        } else if !word.is_empty() {
            flagged = is_secret_flag(word);
        }
        at = end + 1;
    }
    found
}

fn is_secret_word(name: &str) -> bool {
    let name = name.trim_start_matches(['-', '"', '\'']);
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    !name.is_empty() && name.len() <= 100 && plain && (is_secret(name) || is_requirepass(name))
}

pub(super) fn is_secret_flag(word: &str) -> bool {
    word.starts_with('-') && is_secret_word(word)
}

fn is_requirepass(name: &str) -> bool {
    name.eq_ignore_ascii_case("requirepass") || name.eq_ignore_ascii_case("masterauth")
}
