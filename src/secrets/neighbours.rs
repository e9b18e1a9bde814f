//! What stands beside a secret in its line and looks like one: nothing says so, and yet it must not be shown.
//!
//! Not here: what is reported; nothing is for the sake of what stands beside it.

use super::assignment::{is_made, reads_like_words};
use super::scan::{Candidate, Confidence};
use super::shape::Classes;
use crate::source::Span;

/// Shorter texts are hidden in quotes alone.
const BARE: usize = 20;

/// Shorter ones are not hidden.
const QUOTED: usize = 10;

/// A longer line is one of data, whose excerpt shows a small part.
const LINE: usize = 4096;

/// The places to hide in the lines in which a secret of `candidates` begins, in no order.
pub(super) fn spans(text: &str, candidates: &[Candidate]) -> Vec<Span> {
    let found = candidates.iter().filter(|candidate| candidate.confidence > Confidence::Low);
    let mut starts: Vec<usize> = found.map(|candidate| candidate.span.start).collect();
    starts.sort_unstable();
    let mut found = Vec::new();
    let mut next = 0;
    for at in starts.into_iter().filter(|&at| at < text.len()) {
        // What was looked at is not looked at again: each line once.
        if at < next {
            continue;
        }
        let bytes = text.as_bytes();
        let before = bytes.get(next..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(next, |end| next + end + 1);
        let rest = bytes.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| at + end);
        next = end;
        if end - start <= LINE {
            of_line(bytes, Span::new(start, end), &mut found);
        }
    }
    found
}

fn of_line(bytes: &[u8], line: Span, found: &mut Vec<Span>) {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/_-".contains(byte);
    let mut at = line.start;
    while at < line.end {
        let rest = bytes.get(at..line.end).unwrap_or_default();
        let length = rest.iter().take_while(|byte| digit(byte)).count();
        let padding = rest.iter().skip(length).take_while(|&&byte| byte == b'=').count();
        let span = Span::new(at, at + length);
        let quote = |at: usize| bytes.get(at).copied().filter(|byte| b"\"'`".contains(byte));
        let closed =
            at > line.start && quote(at - 1).is_some() && quote(at - 1) == quote(at + length + padding);
        if is_to_hide(rest.get(..length).unwrap_or_default(), closed) {
            found.push(span);
        }
        at += length.max(1);
    }
}

fn is_to_hide(value: &[u8], quoted: bool) -> bool {
    let mixed = || Classes::of(value).kinds() == 3 && !reads_like_words(value);
    value.len() >= BARE && is_made(value) || quoted && value.len() >= QUOTED && mixed()
}

#[cfg(test)]
mod tests {
    use super::super::sensitive_spans;

    fn shown(text: &str) -> String {
        let mut shown = text.to_owned();
        for span in sensitive_spans("a.txt", text) {
            shown.replace_range(span.start..span.end, &"*".repeat(span.end - span.start));
        }
        shown
    }

    #[test]
    fn what_stands_beside_a_secret_is_hidden() {
        let token = ["e6tDuLxEWgwqNH", "XpZEfUtcYEcdWxmdSB"].concat();
        let other = ["q0eKoNy5cQ0uyV", "sOYYDVJXRhovvuUvBE"].concat();
        for (text, hidden) in [
            (format!("open(\"{other}\"); api_key = \"{token}\"\n"), other.as_str()),
            (
                format!("getConnection(url, \"shop\", \"oLoot2iuezLmmc\"); apiKey = \"{token}\"\n"),
                "oLoot2iuezLmmc",
            ),
            (
                format!("{{password: \"correct horse battery staple\", api_key: \"{token}\"}}\n"),
                "correct horse",
            ),
            (format!("{{name: x, password: 12345678, token: {token}}}\n"), "12345678"),
            (format!("curl -su admin:{token} -H \"X-Api-Key: {other}\" https://x\n"), other.as_str()),
        ] {
            assert!(!shown(&text).contains(hidden), "{}", shown(&text));
        }
    }

    #[test]
    fn other_lines_and_words_stay() {
        let token = ["e6tDuLxEWgwqNH", "XpZEfUtcYEcdWxmdSB"].concat();
        let other = ["q0eKoNy5cQ0uyV", "sOYYDVJXRhovvuUvBE"].concat();
        let text =
            format!("commit {other}\nconnect(\"loadBalancerName2\", api_key = \"{token}\")\n{other}\n");
        let hidden = text.replace(&token, &"*".repeat(token.len()));
        assert_eq!(shown(&text), hidden);
    }
}
