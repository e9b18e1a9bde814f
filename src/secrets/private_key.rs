//! Private keys in PEM armour: PKCS#1, PKCS#8, SEC1, DSA, OpenSSH, PGP.
//!
//! Not here: public keys and certificates, which are not secret.

use super::glance::{ahead, behind};
use super::pattern::Pattern;
use super::scan::{Candidate, Confidence};
use super::shape;
use crate::source::Span;

/// The longest armour that is read to its end; a longer body is cut there.
const LENGTH: usize = 32 * 1024;

/// Reads the armour around the keyword `PRIVATE KEY` at `at`.
pub(super) fn find(pattern: &'static Pattern, bytes: &[u8], at: usize) -> Option<Candidate> {
    let start = begin(bytes, at)?;
    let label_end = at + ahead(bytes, at, 32)?.windows(5).position(|window| window == b"-----")?;
    let body_start = label_end + 5;
    let window = ahead(bytes, body_start, LENGTH)?;
    let (body, digits) = body(window);
    let end = end(bytes, body_start + body);
    // A header alone is text about keys: code that looks for one, a page that explains it.
    if digits < 40 {
        return None;
    }
    let material = window.get(..body)?;
    let confidence = if shape::entropy(material) < 3.5 { Confidence::Low } else { Confidence::High };
    let span = Span::new(start, end);
    Some(Candidate::new(pattern, span, span, confidence))
}

/// Where `-----BEGIN …` of the keyword's line starts.
fn begin(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(40);
    let before = behind(bytes, at, 40)?;
    let position = before.windows(11).rposition(|window| window == b"-----BEGIN ")?;
    let label = before.get(position + 11..)?;
    let plain = label.iter().all(|&byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    plain.then_some(from + position)
}

/// How far the body reaches, and how many characters of it are key material. It may stand in a string
/// literal: quotes, `\n`, commas and `+` between the pieces belong to it; headers such as
/// `Proc-Type: 4,ENCRYPTED` too. It stops at the next run of dashes.
fn body(window: &[u8]) -> (usize, usize) {
    let mut digits = 0;
    let mut foreign = 0;
    for (at, &byte) in window.iter().enumerate() {
        match byte {
            b'-' if window.get(at..at + 5) == Some(b"-----") => return (at, digits),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                digits += 1;
                foreign = 0;
            }
            b'\n' | b'\r' | b'\t' | b' ' | b'"' | b'\'' | b'\\' | b',' | b'.' | b':' | b'-' | b'#' | b'|'
            | b'*' => {
                foreign += 1;
                if foreign > 120 {
                    return (at, digits);
                }
            }
            _ => return (at, digits),
        }
    }
    (window.len(), digits)
}

/// After `-----END …-----`, where it follows.
fn end(bytes: &[u8], at: usize) -> usize {
    let tail = ahead(bytes, at, 64).unwrap_or_default();
    if !tail.starts_with(b"-----END ") {
        return at;
    }
    let closing = tail.windows(5).skip(5).position(|window| window == b"-----");
    closing.map_or(at, |position| at + position + 10)
}
