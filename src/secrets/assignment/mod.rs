//! The generic detector: a name that promises a secret, an assignment, and a literal value.
//!
//! Not here: what a name promises ([`name`]), what a value is ([`value`]), how the two are written
//! together ([`syntax`]).

mod columns;
mod literal;
mod name;
mod placeholder;
mod syntax;
mod value;

use super::glance::ahead;
use super::pattern::Pattern;
use super::place::{Language, Logins, Place};
use super::scan::{Candidate, Confidence};
use super::shape;
use super::weak;
use crate::source::Span;
use literal::{Assigned, Written};
use name::Promise;

use value::Look;
pub(super) use value::{is_made, reads_like_words};

/// Looks at the name around the keyword of `length` bytes at `at`.
pub(super) fn find(
    pattern: &'static Pattern,
    bytes: &[u8],
    (at, length): (usize, usize),
    place: Place,
) -> Option<Candidate> {
    let keyword = bytes.get(at..at + length)?;
    if keyword.ends_with(b" ") {
        return authorization(pattern, bytes, at, length);
    }
    if keyword.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"ntlm ")) {
        return authorization(pattern, bytes, at, b"NTLM ".len());
    }
    if keyword.eq_ignore_ascii_case(b"totp") || keyword.eq_ignore_ascii_case(b"hotp") {
        return one_time(pattern, bytes, at);
    }
    let phrase = keyword.contains(&b' ');
    let name = if phrase { Span::new(at, at + length) } else { name::around(bytes, at, length)? };
    let text = bytes.get(name.start..name.end)?;
    // Most names are given no literal, which is seen faster than what they mean.
    let assigned = syntax::assigned(bytes, name, place)?;
    let promise = if phrase { Promise::Password } else { name::promise(text)? };
    // SQL says `PASSWORD '…'` and `IDENTIFIED BY '…'` of passwords alone.
    let sql = phrase && keyword.iter().any(u8::is_ascii_uppercase) || assigned.apart && text == b"PASSWORD";
    let place = if sql { Place { logins: Logins::Fields, ..place } } else { place };
    if promise == Promise::Vague && assigned.apart {
        return None;
    }
    let value = bytes.get(assigned.span.start..assigned.span.end)?;
    // `"src/auth.c": "9f86…"`: the digest of a file.
    if name.start > 0 && bytes.get(name.start - 1) == Some(&b'/') && value::is_digest(value) {
        return None;
    }
    let confidence = judge(promise, text, value, (&assigned, place))?;
    Some(Candidate::new(pattern, assigned.span, Span::new(name.start, assigned.span.end), confidence))
}

/// Adds what an `INSERT` puts into the column that the keyword of `length` bytes at `at` names.
pub(super) fn find_in_rows(
    pattern: &'static Pattern,
    bytes: &[u8],
    (at, length): (usize, usize),
    place: Place,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let name = name::around(bytes, at, length)?;
    // Most names are no columns, which is seen faster than what they mean.
    let rows = columns::rows(bytes, name);
    if rows.is_empty() {
        return None;
    }
    let promise = name::promise(bytes.get(name.start..name.end)?)?;
    for span in rows {
        let (text, value) = (bytes.get(name.start..name.end)?, bytes.get(span.start..span.end)?);
        let assigned = Assigned { span, written: Written::Quoted, apart: false };
        if let Some(confidence) = judge(promise, text, value, (&assigned, place)) {
            candidates.push(Candidate::new(pattern, span, span, confidence));
        }
    }
    Some(())
}

fn judge(
    promise: Promise,
    name: &[u8],
    value: &[u8],
    (assigned, place): (&Assigned, Place),
) -> Option<Confidence> {
    if place.logins == Logins::Fields
        && let Some(confidence) = kept(promise, name, value, assigned.written)
    {
        return Some(confidence);
    }
    if assigned.written == Written::Quoted && promise != Promise::Vague && value::is_odd_phrase(value) {
        return Some(Confidence::Medium);
    }
    let look = value::look(value, assigned.written.is_literal());
    if place.hides
        && look == Look::NoLiteral
        && promise == Promise::Password
        && fills(value, assigned.written)
    {
        return Some(Confidence::Low);
    }
    let named = assigned.written == Written::Name;
    if look == Look::NoLiteral
        || named && (look != Look::Random || !has_digit(value) || value::is_expression(value))
    {
        return None;
    }
    let machine = look == Look::Random && (has_digit(value) || value::is_noise(value));
    let token = look == Look::Mixed && name::is_token(name) && value.len() >= 8 && value::is_odd(value);
    if promise == Promise::Vague && !machine && !token {
        return None;
    }
    let placeholder =
        || is_said_by(name, value) || value::is_name_of_variable(value) || stands_for_another(promise, value);
    match look {
        Look::NoLiteral => None,
        Look::Word if promise == Promise::Password => {
            word(value, (assigned.written, place.language), placeholder)
        }
        // The name of a secret is often given a word that is none: a type, a field, a label.
        Look::Word => (assigned.written == Written::Quoted).then_some(Confidence::Low),
        _ if placeholder() => Some(Confidence::Low),
        Look::Random if promise != Promise::Vague => Some(Confidence::High),
        Look::Mixed => Some(mixed(promise, value)),
        Look::Random => Some(Confidence::Medium),
    }
}

/// Whether the value may be all there is of a password, though nobody would report it: a phrase, a number.
fn fills(value: &[u8], written: Written) -> bool {
    let number = written.is_literal() && value.iter().all(u8::is_ascii_digit);
    (written == Written::Quoted || number) && value.len() >= 3 && !shape::is_template(value)
}

/// Whether a value says that it is none, or is one that everyone knows. People choose `supersecret99` for a
/// password; nobody writes it for "put a secret here".
fn stands_for_another(promise: Promise, value: &[u8]) -> bool {
    let chosen = promise == Promise::Password && value::is_chosen(value) && !value::asks_for_another(value);
    let known = || weak::stands_for_another(std::str::from_utf8(value).unwrap_or_default());
    placeholder::is_placeholder(value) && !chosen || known()
}

/// How sure it is that what stands where a password belongs is one.
pub(super) fn weighed(value: &[u8]) -> Confidence {
    if stands_for_another(Promise::Password, value) {
        Confidence::Low
    } else if has_digit(value) || value::is_odd(value) {
        Confidence::High
    } else {
        Confidence::Medium
    }
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

/// What a field for a password holds in a file that is there to hold passwords: anything but a placeholder.
fn kept(promise: Promise, name: &[u8], value: &[u8], written: Written) -> Option<Confidence> {
    let long = written == Written::Quoted && value.len() >= 20 && shape::entropy(value) > 3.5;
    let field =
        promise == Promise::Password || promise == Promise::Secret && written == Written::Quoted || long;
    let blank = value.first() == Some(&b' ') || value.last() == Some(&b' ');
    let quotes = value.iter().any(|byte| b"\"'`".contains(byte));
    let filled_in = shape::is_template(value) && !long || blank || quotes && !long;
    if !field || matches!(written, Written::Name | Written::Loose) || value.len() < 3 || filled_in {
        return None;
    }
    let text = std::str::from_utf8(value).ok()?;
    let placeholder = weak::stands_for_another(text)
        || value.eq_ignore_ascii_case(name)
        || value::asks_for_another(value)
        || placeholder::is_hollow(value);
    Some(if placeholder { Confidence::Low } else { Confidence::High })
}

/// A word as a password: one that is not quite a word is worth a guess, and in configuration one that is no label.
fn word(
    value: &[u8],
    (written, language): (Written, Language),
    placeholder: impl Fn() -> bool,
) -> Option<Confidence> {
    if matches!(written, Written::Loose | Written::Name) {
        return None;
    }
    let odd = value.len() > 4 && value::is_odd(value);
    let text = language == Language::Data || written == Written::Shell;
    let chosen = text && value.len() > 5 && value.first().is_some_and(u8::is_ascii_lowercase);
    Some(if (odd || chosen) && !placeholder() { Confidence::Medium } else { Confidence::Low })
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
    let confidence = if placeholder::is_placeholder(value) { Confidence::Low } else { Confidence::High };
    Some(Candidate::new(pattern, span, Span::new(at, span.end), confidence))
}

/// Whether the value is the name again, or the end of it: `AUTH_OLD_PASSWORD = "old_password"` names a method. So does
/// the name and a version behind it: `RESET_PASSWORD = "RESET_PASSWORD_V2"`.
fn is_said_by(name: &[u8], value: &[u8]) -> bool {
    let version = |rest: &[u8]| {
        let digits = rest.strip_prefix(b"_v").or_else(|| rest.strip_prefix(b"_V")).unwrap_or_default();
        !digits.is_empty() && digits.len() < 3 && digits.iter().all(u8::is_ascii_digit)
    };
    if value.split_at_checked(name.len()).is_some_and(|(said, rest)| said == name && version(rest)) {
        return true;
    }
    let end = name.len().checked_sub(value.len()).and_then(|at| name.get(at..));
    let whole = name.len() == value.len() || value.len() >= 8 && value.contains(&b'_');
    whole && end.is_some_and(|end| end.eq_ignore_ascii_case(value))
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
    let confidence = match bytes.get(at)?.to_ascii_lowercase() {
        b'b' if bytes.get(at + 1)?.eq_ignore_ascii_case(&b'a') => basic_credentials(value)?,
        // The third message of NTLM proves that somebody knows a password, and lets it be guessed.
        b'n' => (value.len() > 60).then_some(Confidence::Medium)?,
        _ => bearer(value)?,
    };
    let span = Span::new(from, from + size);
    Some(Candidate::new(pattern, span, Span::new(at, span.end), confidence))
}

fn bearer(value: &[u8]) -> Option<Confidence> {
    let random = value.len() >= 16 && value::look(value, true) == Look::Random;
    (random).then(|| if placeholder::is_placeholder(value) { Confidence::Low } else { Confidence::High })
}

/// What the standard and its explanations show (RFC 7617).
const PUBLISHED: &[&[u8]] = &[b"Aladdin:open sesame", b"Aladdin:OpenSesame"];

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
    let weak = PUBLISHED.contains(&decoded.as_slice())
        || placeholder::is_placeholder(password)
        || user == password
        || weak::stands_for_another(text);
    Some(if weak { Confidence::Low } else { Confidence::High })
}
