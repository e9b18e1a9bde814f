//! The values that names are given: in quotes, between tags, or bare up to the next separator.
//!
//! Not here: what stands between a name and its value.

use super::syntax::peek;
use crate::secrets::glance::ahead;
use crate::source::Span;

/// A value that a name is given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Assigned {
    /// The value, without quotes.
    pub(super) span: Span,
    /// How sure it is that the value is text and not an expression.
    pub(super) written: Written,
    /// Whether only a blank stands between name and value, as after a flag.
    pub(super) apart: bool,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// In quotes, or between tags.
    Quoted,
    /// As a shell's `NAME=text`.
    Shell,
    /// Without quotes, up to the end of the line or of the list.
    Alone,
    /// Without quotes, and more follows.
    Loose,
    /// Without quotes, where a language writes names so.
    Name,
}

impl Written {
    /// Whether it is text, whatever it looks like.
    pub(super) const fn is_literal(self) -> bool {
        matches!(self, Self::Quoted | Self::Shell | Self::Alone)
    }
}

/// The longest value that is read.
const VALUE: usize = 4096;

/// The longest value without quotes.
const BARE: usize = 256;

/// Where the content of the tag `<name attribute="…">` begins.
pub(super) fn attributes(bytes: &[u8], name: Span) -> Option<usize> {
    let tag = name.start > 0 && peek(bytes, name.start - 1) == b'<' && peek(bytes, name.end) == b' ';
    let window = ahead(bytes, name.end, 96).filter(|_| tag)?;
    let end = window.iter().position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    (window.get(end) == Some(&b'>') && window.get(end - 1) != Some(&b'/')).then_some(name.end + end + 1)
}

/// `<password>…</password>`.
pub(super) fn between_tags(bytes: &[u8], at: usize) -> Option<Assigned> {
    let window = ahead(bytes, at, VALUE)?;
    let length = window.iter().position(|byte| matches!(byte, b'<' | b'\n' | b'>'))?;
    let closes = window.get(length..length + 2) == Some(b"</");
    (closes && length > 0).then(|| Assigned {
        span: Span::new(at, at + length),
        written: Written::Quoted,
        apart: false,
    })
}

/// A literal in quotes at `at`, with the prefixes that languages put before one.
pub(super) fn quoted(bytes: &[u8], at: usize) -> Option<Assigned> {
    let mut at = at;
    while matches!(peek(bytes, at), b'b' | b'r' | b'u' | b'L' | b'@' | b'B' | b'R')
        && matches!(peek(bytes, at + 1), b'"' | b'\'' | b'`')
    {
        at += 1;
    }
    let escaped = peek(bytes, at) == b'\\';
    if escaped {
        at += 1;
    }
    let quote = peek(bytes, at);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let from = at + 1;
    let window = ahead(bytes, from, VALUE)?;
    let mut skip = false;
    for (length, &byte) in window.iter().enumerate() {
        if skip {
            skip = false;
        } else if byte == b'\n' {
            return None;
        } else if byte == b'\\' {
            if escaped && window.get(length + 1) == Some(&quote) {
                return Some(Assigned {
                    span: Span::new(from, from + length),
                    written: Written::Quoted,
                    apart: false,
                });
            }
            skip = true;
        } else if byte == quote {
            let next = bytes.get(from + length + 1).copied().unwrap_or(b'\n');
            // A word in the middle of an expression or a sentence is no literal of its own.
            let glued = next.is_ascii_alphanumeric() || next == b'_';
            return (!glued).then(|| Assigned {
                span: Span::new(from, from + length),
                written: Written::Quoted,
                apart: false,
            });
        }
    }
    None
}

/// An unquoted value at `at`: up to a blank or a separator. What follows it must not make it an
/// expression.
pub(super) fn bare(bytes: &[u8], at: usize) -> Option<Assigned> {
    let window = ahead(bytes, at, BARE)?;
    let ends =
        |byte: &u8| byte.is_ascii_whitespace() || b",;\"'`&|<>(){}[]".contains(byte) || !byte.is_ascii();
    let length = window.iter().position(ends).unwrap_or(window.len());
    if length == 0 || length == BARE {
        return None;
    }
    let rest = window.get(length..)?;
    if matches!(rest.first(), Some(b'(' | b'[' | b'{' | b'<')) {
        return None;
    }
    // Escapes of a literal that surrounds all of it: `\n`, `\"`.
    let value = window.get(..length)?;
    let length = value.iter().position(|&byte| byte == b'\\').unwrap_or(length);
    let rest = window.get(length..)?;
    let line = rest.iter().position(|&byte| byte == b'\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
    let tail = line.trim_ascii();
    let alone = tail.is_empty()
        || tail.starts_with(b"#")
        || tail.starts_with(b"\\")
        || tail.starts_with(b"}")
        || tail.starts_with(b"\"")
        || tail.starts_with(b"'")
        || tail.starts_with(b",")
        || tail.starts_with(b";")
        || tail.starts_with(b"&")
        || tail.starts_with(b"-");
    Some(Assigned {
        span: Span::new(at, at + length),
        written: if alone { Written::Alone } else { Written::Loose },
        apart: false,
    })
}
