//! Tokens with a form of their own: by regular expression, and JSON web tokens.
//!
//! Not here: which forms there are.

use super::assignment::reads_like_words;
use super::checksum;
use super::glance::ahead;
use super::pattern::{Checksum, Pattern};
use super::publishable::is_publishable;
use super::scan::{Candidate, Confidence};
use super::shape::{self, Classes};
use crate::source::Span;

/// Asks a declared expression about the keyword of `length` bytes at `at`.
pub(super) fn find(pattern: &'static Pattern, bytes: &[u8], at: usize, length: usize) -> Option<Candidate> {
    if pattern.before == 0 && pattern.group == 0 && !begins_alone(bytes, at) {
        return None;
    }
    let start = at.saturating_sub(pattern.before);
    let window = ahead(bytes, start, at - start + pattern.after)?;
    let regex = pattern.regex()?;
    let captures = regex.captures(window)?;
    let whole = Span::from(captures.get(0)?.range()).shifted(start);
    let span = Span::from(captures.get(pattern.group)?.range()).shifted(start);
    if !whole.contains(Span::new(at, at + length)) || !stands_alone(bytes, span) {
        return None;
    }
    let secret = bytes.get(span.start..span.end)?;
    if captures.name("name").is_some_and(|name| names_what_is_public(name.as_bytes()))
        || ends_a_longer_name(bytes, span.start, secret)
    {
        return None;
    }
    let confidence = judge(pattern, secret);
    Some(Candidate::new(pattern, span, whole, confidence))
}

fn judge(pattern: &Pattern, secret: &[u8]) -> Confidence {
    if checksum::holds(pattern.checksum, secret) == Some(true) {
        return Confidence::High;
    }
    if shape::entropy(secret) < pattern.entropy || shape::is_placeholder_token(secret) {
        return Confidence::Low;
    }
    if pattern.checksum == Checksum::None && is_identifier(secret) {
        return Confidence::Low;
    }
    if shape::has_sequence(secret) || checksum::holds(pattern.checksum, secret) == Some(false) {
        return Confidence::Medium;
    }
    Confidence::High
}

/// `fw_updateFirmwareVersion`: what stands behind the prefix is a name made of words, such as functions have. Digits
/// by the dozen make no words, whatever the letters between them spell.
fn is_identifier(secret: &[u8]) -> bool {
    let prefix = secret.iter().position(|byte| matches!(byte, b'_' | b'-')).map_or(0, |at| at + 1);
    let name = secret.get(prefix..).unwrap_or_default();
    let classes = Classes::of(name);
    let plain = name.iter().all(|&byte| is_word(byte) || byte == b'-');
    let letters = classes.lower + classes.upper;
    plain && letters >= 12 && classes.digits * 6 <= letters && reads_like_words(name)
}

/// The last words of names whose values everybody may see, whoever issues them.
const PUBLIC: &[&[u8]] = &[b"id", b"ids", b"url", b"uri", b"path", b"name", b"index", b"version"];

/// Whether the last word of a name is one of [`PUBLIC`], as in `RAILWAY_API_PATH` and `vimeoTokenId`, or all of it says
/// that its vendor means the value to be seen.
fn names_what_is_public(name: &[u8]) -> bool {
    is_publishable(name)
        || PUBLIC.iter().any(|word| {
            let Some((before, last)) =
                name.len().checked_sub(word.len()).and_then(|at| name.split_at_checked(at))
            else {
                return false;
            };
            let parted = before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
            let capital = last.first().is_some_and(u8::is_ascii_uppercase)
                && before.last().is_some_and(|byte| !byte.is_ascii_uppercase());
            last.eq_ignore_ascii_case(word) && (parted || capital)
        })
}

/// Prefixes that are words too, and end the name of a cache as often as they begin a token: `pip-key-…`.
const WORDS: &[&[u8]] = &[b"key-", b"api-", b"sdk-"];

fn ends_a_longer_name(bytes: &[u8], start: usize, secret: &[u8]) -> bool {
    start > 0 && bytes.get(start - 1) == Some(&b'-') && WORDS.iter().any(|word| secret.starts_with(word))
}

/// Whether the token is not a piece of a longer word.
fn stands_alone(bytes: &[u8], span: Span) -> bool {
    !bytes.get(span.end).copied().is_some_and(is_word) && begins_alone(bytes, span.start)
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether no word runs into the token; `\n` and `%3D` in front are no letters of it.
fn begins_alone(bytes: &[u8], start: usize) -> bool {
    let before = bytes.get(start.saturating_sub(3)..start).unwrap_or_default();
    match before {
        [.., last] if !is_word(*last) => true,
        [] | [.., b'\\', b'n' | b'r' | b't'] => true,
        [b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

/// The longest JSON web token that is read; longer ones exist in no header.
const JWT_LENGTH: usize = 8192;

/// Reads `header.payload.signature` at `at`; the header must say an algorithm other than none.
pub(super) fn find_jwt(pattern: &'static Pattern, bytes: &[u8], at: usize) -> Option<Candidate> {
    if !begins_alone(bytes, at) {
        return None;
    }
    let window = ahead(bytes, at, JWT_LENGTH)?;
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let header = window.iter().take_while(|byte| digit(byte)).count();
    let payload = window.iter().skip(header + 1).take_while(|byte| digit(byte)).count();
    let signature_at = header + payload + 2;
    let signature = window.iter().skip(signature_at).take_while(|byte| digit(byte)).count();
    let dots = window.get(header) == Some(&b'.') && window.get(header + payload + 1) == Some(&b'.');
    let span = Span::new(at, at + signature_at + signature);
    if !dots || !(12..1024).contains(&header) || payload < 8 || signature < 20 || !stands_alone(bytes, span) {
        return None;
    }
    let algorithm = header_algorithm(window.get(..header)?)?;
    if algorithm == "none" {
        return None;
    }
    let claims = window.get(header + 1..header + 1 + payload)?;
    let encrypted = algorithm.contains("RSA-OAEP") || algorithm.starts_with("dir");
    if !encrypted && !claims.starts_with(b"ey") && !claims.starts_with(b"e") {
        return None;
    }
    if is_for_everybody(claims) {
        return None;
    }
    let confidence = if shape::entropy(window.get(signature_at..signature_at + signature)?) < 3.0 {
        Confidence::Low
    } else if is_published_sample(claims) {
        Confidence::Medium
    } else {
        Confidence::High
    };
    Some(Candidate::new(pattern, span, span, confidence))
}

/// The `alg` of a header.
fn header_algorithm(encoded: &[u8]) -> Option<String> {
    let decoded = base64(encoded)?;
    let header: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    header.get("alg")?.as_str().map(str::to_owned)
}

/// Whether a token says that it is for whoever is not logged in: Supabase publishes it in every page.
fn is_for_everybody(claims: &[u8]) -> bool {
    let claims =
        base64(claims).and_then(|decoded| serde_json::from_slice::<serde_json::Value>(&decoded).ok());
    claims.is_some_and(|claims| claims.get("role").and_then(serde_json::Value::as_str) == Some("anon"))
}

/// The claims that every tutorial shows: a subject of ten digits in a row, a person of no name.
fn is_published_sample(claims: &[u8]) -> bool {
    let Some(decoded) = base64(claims) else { return false };
    let holds = |needle: &[u8]| decoded.windows(needle.len()).any(|window| window == needle);
    holds(b"John Doe") || holds(b"\"1234567890\"") || holds(b"Jane Doe") || holds(b"\"some\":\"payload\"")
}

/// The first three bytes that base64 digits stand for.
pub(super) fn first_three([one, two, three, four]: [u8; 4]) -> Option<[u8; 3]> {
    let held = digit(one)? << 18 | digit(two)? << 12 | digit(three)? << 6 | digit(four)?;
    let [_, first @ ..] = held.to_be_bytes();
    Some(first)
}

/// What a digit of base64 counts.
fn digit(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

/// Decodes base64, either alphabet, without padding. `None` where a byte is of neither.
pub(super) fn base64(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(encoded.len() * 3 / 4);
    let (mut held, mut bits) = (0u32, 0u32);
    for &byte in encoded {
        held = (held << 6 | digit(byte)?) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            decoded.push(u8::try_from(held >> bits & 0xFF).unwrap_or_default());
        }
    }
    Some(decoded)
}
