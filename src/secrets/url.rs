//! Credentials in URLs: `scheme://user:password@host`, and in what Go calls the name of a data source.
//!
//! Not here: tokens with a form of their own that stand in a URL; they win where they are known.

use super::glance::{ahead, behind};
use super::pattern::Pattern;
use super::scan::{Candidate, Confidence};
use super::shape;
use super::weak;
use crate::source::Span;

/// How far an authority is read; longer ones exist in no configuration.
const AUTHORITY: usize = 512;

/// What stands in a Go program's name of a database between the password and the host.
const TCP: &[u8] = b"@tcp(";

/// Reads the URL around the `://` at `at`, or the Go program's name around the `@tcp(`.
pub(super) fn find(pattern: &'static Pattern, bytes: &[u8], at: usize) -> Option<Candidate> {
    let is_name = bytes.get(at..).is_some_and(|rest| rest.starts_with(TCP));
    let login = if is_name { data_source(bytes, at) } else { login(bytes, at) };
    let (start, Login { user, password, host, span, end }) = login?;
    let confidence = judge(user, password, host)?;
    Some(Candidate::new(pattern, span, Span::new(start, end), confidence))
}

/// The login of the URL around the `://` at `at`, and where the URL starts.
fn login(bytes: &[u8], at: usize) -> Option<(usize, Login<'_>)> {
    let start = scheme(bytes, at)?;
    let from = at + 3;
    let window = ahead(bytes, from, AUTHORITY)?;
    let authority = whole(window.get(..authority_length(window))?);
    // A password may hold an `@`, a host may not.
    let host_at = authority.iter().rposition(|&byte| byte == b'@')?;
    let (user_info, host) = (authority.get(..host_at)?, authority.get(host_at + 1..)?);
    let colon = user_info.iter().position(|&byte| byte == b':')?;
    let (user, password) = (user_info.get(..colon)?, user_info.get(colon + 1..)?);
    if password.is_empty()
        || user.is_empty() && password.contains(&b':')
        || !is_host(host)
        || user.iter().any(|byte| b"'\"`()[]".contains(byte))
    {
        return None;
    }
    let (span, end) = (Span::new(from + colon + 1, from + host_at), from + authority.len());
    Some((start, Login { user, password, host, span, end }))
}

/// The login of `user:password@tcp(host:3306)/database` whose `@tcp(` stands at `at`, and where it starts.
fn data_source(bytes: &[u8], at: usize) -> Option<(usize, Login<'_>)> {
    let before = behind(bytes, at, AUTHORITY)?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>".contains(byte);
    let length = before.iter().rev().take_while(|byte| !ends(byte)).count();
    let text = before.get(before.len() - length..)?;
    let colon = text.iter().position(|&byte| byte == b':')?;
    // `DSN=user:password@tcp(…)`.
    let start = text.get(..colon)?.iter().rposition(|&byte| byte == b'=').map_or(0, |sign| sign + 1);
    let (user, password) = (text.get(start..colon)?, text.get(colon + 1..)?);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.%$".contains(byte);
    let from = at + TCP.len();
    let window = ahead(bytes, from, AUTHORITY)?;
    let host = window.get(..window.iter().position(|&byte| byte == b')')?)?;
    if user.is_empty() || !user.iter().all(plain) || password.is_empty() || !is_host(host) {
        return None;
    }
    let begin = at - length;
    let span = Span::new(begin + colon + 1, at);
    Some((begin + start, Login { user, password, host, span, end: from + host.len() + 1 }))
}

/// Without the part of a character that the window cut off.
fn whole(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()).unwrap_or(bytes),
        _ => bytes,
    }
}

/// The passwords of the URLs in a value, as written; those of hosts that exist in documents alone are left out.
pub fn passwords(value: &str) -> impl Iterator<Item = Span> {
    let bytes = value.as_bytes();
    memchr::memmem::find_iter(bytes, b"://").filter_map(move |at| {
        let Some((_, login)) = login(bytes, at) else { return in_brackets(bytes, at) };
        (!is_documents_host(login.host)).then_some(login.span)
    })
}

/// Of the URL around the `://` at `at` the word in brackets that stands where the password belongs: `<password>` in
/// `scheme://user:<password>@host`. A bracket ends a URL otherwise.
fn in_brackets(bytes: &[u8], at: usize) -> Option<Span> {
    scheme(bytes, at)?;
    let window = ahead(bytes, at + 3, AUTHORITY)?;
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(byte);
    let colon = window.iter().position(|&byte| byte == b':')?;
    let user = window.get(..colon)?;
    if !user.iter().all(|byte| word(byte) || b"<>[]".contains(byte)) {
        return None;
    }
    let rest = window.get(colon + 1..)?;
    let close = match rest.first()? {
        b'<' => b'>',
        b'[' => b']',
        _ => return None,
    };
    let length = rest.iter().skip(1).take_while(|byte| word(byte)).count();
    let whole = length > 0 && rest.get(length + 1) == Some(&close) && rest.get(length + 2) == Some(&b'@');
    let start = at + 3 + colon + 1;
    whole.then_some(Span::new(start, start + length + 2))
}

/// Who is told to a host.
struct Login<'t> {
    user: &'t [u8],
    password: &'t [u8],
    host: &'t [u8],
    /// Where the password stands.
    span: Span,
    /// Where the host ends.
    end: usize,
}

/// Where the scheme before `at` starts.
fn scheme(bytes: &[u8], at: usize) -> Option<usize> {
    let before = behind(bytes, at, 32)?;
    let letters = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    let script = before.get(before.len() - letters..)?.eq_ignore_ascii_case(b"javascript");
    (letters >= 2 && !script).then_some(at - letters)
}

/// How many bytes can belong to the authority. Template braces may hold what ends it otherwise.
fn authority_length(window: &[u8]) -> usize {
    let mut depth = 0usize;
    for (at, &byte) in window.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'\n' | b'\r' | b'"' | b'`' => return at,
            b'/' | b'?' | b'\'' | b'<' | b'>' | b'|' | b',' | b' ' | b'\t' | b')' | b']' | b'\\'
                if depth == 0 =>
            {
                return at;
            }
            _ => {}
        }
    }
    window.len()
}

fn is_host(host: &[u8]) -> bool {
    host.iter().any(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'{' | b'%' | b'['))
}

fn judge(user: &[u8], password: &[u8], host: &[u8]) -> Option<Confidence> {
    let text = std::str::from_utf8(password).ok()?;
    if shape::is_template(password)
        || password.starts_with(b"$")
        || password.starts_with(b"%(")
        || text.contains("...")
    {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let placeholder = text.len() < 3
        || lower.eq_ignore_ascii_case(&String::from_utf8_lossy(user))
        || PLACEHOLDERS.contains(&lower.trim_matches(['*', '_', '-', '.']))
        || PLACEHOLDERS.contains(&without_signs(&lower).as_str())
        || is_numbered(&lower)
        || is_documents_host(host)
        || lower.chars().all(|character| matches!(character, 'x' | '*' | '.' | '-'))
        || lower.contains("pass")
        || lower.contains("pwd")
        || lower.contains("letmein")
        || lower.contains("your")
        || weak::stands_for_another(text);
    if placeholder {
        return Some(Confidence::Low);
    }
    Some(if is_sample_host(host) { Confidence::Medium } else { Confidence::High })
}

/// With the letters that people write as signs.
fn without_signs(password: &str) -> String {
    password.replace("%40", "@").replace('@', "a").replace("%24", "$").replace('$', "s")
}

/// `key_1234`, `secret1`, `a secret`: the word for it and no more.
fn is_numbered(password: &str) -> bool {
    let word = password.trim_end_matches(|end: char| end.is_ascii_digit() || matches!(end, '_' | '-'));
    let word = word.strip_prefix("a%20").or_else(|| word.strip_prefix("my")).unwrap_or(word);
    matches!(word, "key" | "token" | "secret" | "pw")
}

/// What tutorials write for a password.
const PLACEHOLDERS: &[&str] = &[
    "pass",
    "pwd",
    "xyz",
    "xyzzy",
    "password",
    "passwd",
    "secret",
    "token",
    "pw",
    "p",
    "user",
    "foo",
    "bar",
    "baz",
    "test",
    "key",
    "abc",
    "example",
    "changeme",
    "123",
    "1234",
    "12345",
    "123456",
    "guest",
    "root",
    "admin",
    "postgres",
    "api_key",
    "apikey",
    "mypass",
    "mypassword",
    "my_password",
    "dbpass",
    "pass123",
    "xxx",
    "hidden",
    "redacted",
    "s3cret",
    "secret123",
    "passw0rd",
    "p4ssw0rd",
    "p@ss(word)",
];

/// The machine itself.
fn is_sample_host(host: &[u8]) -> bool {
    ends_in(host, &[b"localhost", b".localhost", b"127.0.0.1", b".test"])
}

/// Hosts that exist in documents alone: those of RFC 2606, and a single letter.
fn is_documents_host(host: &[u8]) -> bool {
    if host
        .split(|&byte| byte == b':')
        .next()
        .is_some_and(|name| matches!(name, [one] if one.is_ascii_alphabetic()))
    {
        return true;
    }
    let reserved: &[&[u8]] = &[b"example.com", b"example.org", b"example.net", b".example", b".invalid"];
    ends_in(host, reserved)
}

fn ends_in(host: &[u8], suffixes: &[&[u8]]) -> bool {
    let name = host.split(|&byte| byte == b':').next().unwrap_or_default();
    suffixes.iter().any(|suffix| {
        let start = name.len().checked_sub(suffix.len());
        let end = start.and_then(|start| name.get(start..));
        let whole = start == Some(0) || suffix.contains(&b'.');
        whole && end.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    })
}
