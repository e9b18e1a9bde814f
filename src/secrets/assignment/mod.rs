//! The generic detector: a name that promises a secret, an assignment, and a literal value.
//!
//! Not here: what a name promises ([`name`]), what a value is ([`value`]), how the two are written
//! together ([`syntax`]).

mod name;
mod syntax;
mod value;

use super::pattern::Pattern;
use super::scan::{Candidate, Confidence};
use super::shape;
use super::weak::weakness;
use crate::source::Span;
use name::Promise;
use syntax::Assigned;
use value::Look;

/// Looks at the name around the keyword of `length` bytes at `at`.
pub(super) fn find(pattern: &'static Pattern, bytes: &[u8], at: usize, length: usize) -> Option<Candidate> {
    let keyword = bytes.get(at..at + length)?;
    if keyword.ends_with(b" ") {
        return authorization(pattern, bytes, at, length);
    }
    let (name, promise) = if keyword.contains(&b' ') {
        (Span::new(at, at + length), Promise::Password)
    } else {
        let name = name::around(bytes, at, length)?;
        (name, name::promise(bytes.get(name.start..name.end)?)?)
    };
    let text = bytes.get(name.start..name.end)?;
    let assigned = syntax::assigned(bytes, name)?;
    let value = bytes.get(assigned.span.start..assigned.span.end)?;
    let confidence = judge(promise, text, value, &assigned)?;
    Some(Candidate {
        pattern,
        span: assigned.span,
        context: Span::new(name.start, assigned.span.end),
        confidence,
    })
}

fn judge(promise: Promise, name: &[u8], value: &[u8], assigned: &Assigned) -> Option<Confidence> {
    let look = value::look(value, assigned.literal);
    let placeholder = || {
        let text = std::str::from_utf8(value).unwrap_or_default();
        value::is_placeholder(value) || value.eq_ignore_ascii_case(name) || weakness(text).is_some()
    };
    match (promise, look) {
        (_, Look::NoLiteral) => None,
        (_, Look::Random) if placeholder() => Some(Confidence::Low),
        (Promise::Password | Promise::Secret, Look::Random) => Some(Confidence::High),
        (Promise::Vague, Look::Random) if !has_digit(value) => None,
        (Promise::Vague, Look::Random) => Some(Confidence::Medium),
        (Promise::Password, Look::Word) if !assigned.explicit => None,
        (Promise::Password, Look::Word | Look::Mixed) if placeholder() => Some(Confidence::Low),
        (Promise::Password, Look::Mixed) => Some(Confidence::Medium),
        (Promise::Password, Look::Word) if assigned.quoted && shape::wordiness(value) < 0.7 => {
            Some(Confidence::Medium)
        }
        (Promise::Password, Look::Word) => Some(Confidence::Low),
        (Promise::Secret, Look::Mixed) if placeholder() || value.len() < 8 || !has_digit(value) => {
            Some(Confidence::Low)
        }
        (Promise::Secret, Look::Mixed) => Some(Confidence::Medium),
        (Promise::Secret, Look::Word) if assigned.quoted => Some(Confidence::Low),
        (Promise::Secret | Promise::Vague, _) => None,
    }
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// `Bearer …` and `Basic …`, as they stand in a header.
fn authorization(pattern: &'static Pattern, bytes: &[u8], at: usize, length: usize) -> Option<Candidate> {
    if at > 0 && bytes.get(at - 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return None;
    }
    let from = at + length;
    let window = bytes.get(from..(from + 512).min(bytes.len()))?;
    let digit = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-._~+/=%".contains(byte);
    let size = window.iter().take_while(digit).count();
    let value = window.get(..size)?;
    let next = window.get(size).copied().unwrap_or(b'\n');
    if !b"\"'`\r\n \t,;\\)}]<".contains(&next) {
        return None;
    }
    let basic = bytes.get(at..at + 2)?.eq_ignore_ascii_case(b"ba");
    let confidence = if basic { basic_credentials(value)? } else { bearer(value)? };
    let span = Span::new(from, from + size);
    Some(Candidate { pattern, span, context: Span::new(at, span.end), confidence })
}

fn bearer(value: &[u8]) -> Option<Confidence> {
    let random = value.len() >= 16 && value::look(value, true) == Look::Random;
    (random).then(|| if value::is_placeholder(value) { Confidence::Low } else { Confidence::High })
}

/// Base64 of `user:password`, both of them printable.
fn basic_credentials(value: &[u8]) -> Option<Confidence> {
    let trimmed = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    if trimmed.len() < 8 || trimmed.len() % 4 == 1 || trimmed.iter().any(|byte| b"%.~_-".contains(byte)) {
        return None;
    }
    let decoded = super::token::base64(trimmed)?;
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let (user, password) = (decoded.get(..colon)?, decoded.get(colon + 1..)?);
    let printable = decoded.iter().all(|byte| (b' '..=b'~').contains(byte));
    if !printable || password.is_empty() {
        return None;
    }
    let text = std::str::from_utf8(password).ok()?;
    let weak = value::is_placeholder(password) || user == password || weakness(text).is_some();
    Some(if weak { Confidence::Low } else { Confidence::High })
}
