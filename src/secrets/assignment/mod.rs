//! The generic detector: a name that promises a secret, an assignment, and a literal value.
//!
//! Not here: what a name promises ([`name`]), what a value is ([`value`]), how the two are written
//! together ([`syntax`]).

mod name;
mod syntax;
mod value;

use super::glance::ahead;
use super::language::Language;
use super::pattern::Pattern;
use super::scan::{Candidate, Confidence};
use super::shape;
use crate::source::Span;
use name::Promise;
use syntax::{Assigned, Written};
use value::Look;

/// Looks at the name around the keyword of `length` bytes at `at`.
pub(super) fn find(
    pattern: &'static Pattern,
    bytes: &[u8],
    (at, length): (usize, usize),
    language: Language,
) -> Option<Candidate> {
    let keyword = bytes.get(at..at + length)?;
    if keyword.ends_with(b" ") {
        return authorization(pattern, bytes, at, length);
    }
    if keyword.eq_ignore_ascii_case(b"totp") || keyword.eq_ignore_ascii_case(b"hotp") {
        return one_time(pattern, bytes, at);
    }
    let phrase = keyword.contains(&b' ');
    let name = if phrase { Span::new(at, at + length) } else { name::around(bytes, at, length)? };
    let text = bytes.get(name.start..name.end)?;
    // Most names are given no literal, which is seen faster than what they mean.
    let assigned = syntax::assigned(bytes, name, language)?;
    let promise = if phrase { Promise::Password } else { name::promise(text)? };
    if promise == Promise::Vague && assigned.apart {
        return None;
    }
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
    let look = value::look(value, assigned.written.is_literal());
    let named = assigned.written == Written::Name;
    if look == Look::NoLiteral || named && !(look == Look::Random && has_digit(value)) {
        return None;
    }
    if promise == Promise::Vague && !(look == Look::Random && (has_digit(value) || value::is_noise(value))) {
        return None;
    }
    let placeholder = || value.eq_ignore_ascii_case(name) || stands_for_another(promise, value);
    match look {
        Look::NoLiteral => None,
        Look::Word if promise == Promise::Password => word(value, assigned.written, placeholder),
        // The name of a secret is often given a word that is none: a type, a field, a label.
        Look::Word => (assigned.written == Written::Quoted).then_some(Confidence::Low),
        _ if placeholder() => Some(Confidence::Low),
        Look::Random if promise != Promise::Vague => Some(Confidence::High),
        Look::Mixed => Some(mixed(promise, value)),
        Look::Random => Some(Confidence::Medium),
    }
}

/// Whether a value says that it is none, or is one that everyone knows. People choose `supersecret99` for a
/// password; nobody writes it for "put a secret here".
fn stands_for_another(promise: Promise, value: &[u8]) -> bool {
    let chosen = promise == Promise::Password && value::is_chosen(value) && !value::asks_for_another(value);
    let known = || shape::stands_for_another(std::str::from_utf8(value).unwrap_or_default());
    value::is_placeholder(value) && !chosen || known()
}

/// Neither a word nor made by a machine.
fn mixed(promise: Promise, value: &[u8]) -> Confidence {
    match promise {
        Promise::Password if value.len() >= 8 && has_digit(value) => Confidence::High,
        Promise::Secret if value.len() < 8 => Confidence::Low,
        Promise::Secret if !has_digit(value) && !value::is_noise(value) => Confidence::Low,
        _ => Confidence::Medium,
    }
}

/// A word as a password: only one that is not quite a word is worth a guess.
fn word(value: &[u8], written: Written, placeholder: impl Fn() -> bool) -> Option<Confidence> {
    let odd = value.len() > 4 && value::is_odd(value);
    match written {
        Written::Loose | Written::Name => None,
        _ if odd && !placeholder() => Some(Confidence::Medium),
        _ => Some(Confidence::Low),
    }
}

/// The secret of a one-time password, given to what makes them: `TOTP.new("…")`.
fn one_time(pattern: &'static Pattern, bytes: &[u8], at: usize) -> Option<Candidate> {
    let window = ahead(bytes, at, 160)?;
    let line = window.split(|&byte| byte == b'\n').next()?;
    let quote = line.iter().position(|&byte| byte == b'"' || byte == b'\'')?;
    let body = line.get(quote + 1..)?;
    let size = body.iter().take_while(|&&byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7' | b'=')).count();
    let value = body.get(..size)?;
    let digits = value.iter().any(|&byte| matches!(byte, b'2'..=b'7'));
    if size < 16 || !digits || body.get(size) != line.get(quote) || shape::entropy(value) < 3.0 {
        return None;
    }
    let span = Span::new(at + quote + 1, at + quote + 1 + size);
    let confidence = if value::is_placeholder(value) { Confidence::Low } else { Confidence::High };
    Some(Candidate { pattern, span, context: Span::new(at, span.end), confidence })
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
    let window = ahead(bytes, from, 512)?;
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
    let weak = value::is_placeholder(password) || user == password || shape::stands_for_another(text);
    Some(if weak { Confidence::Low } else { Confidence::High })
}
