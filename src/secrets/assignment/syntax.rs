//! How a name and its value are written together, in whatever language the text is.
//!
//! Not here: what either of them means.

use super::literal::{Assigned, Written, attributes, bare, between_tags, quoted};
use crate::secrets::glance::{ahead, behind};
use crate::secrets::place::{Language, Logins, Place};
use crate::source::Span;

/// How much blank space may stand between a name and its value.
const BLANKS: usize = 40;

/// The value assigned to the name at `name`.
pub(super) fn assigned(bytes: &[u8], name: Span, place: Place) -> Option<Assigned> {
    let mut at = name.end;
    let flag = bytes.get(name.start..name.start + 2) == Some(b"--");
    if peek(bytes, at) == b'>' && !flag {
        return between_tags(bytes, at + 1);
    }
    if let Some(content) = attributes(bytes, name) {
        return between_tags(bytes, content);
    }
    if is_column(bytes, name) {
        return None;
    }
    let closed = close(bytes, &mut at);
    // `"$PWD":/work`: a shell puts the value in there.
    if closed && peek(bytes, name.start) == b'$' && peek(bytes, at) == b':' {
        return None;
    }
    if closed && peek(bytes, at) == b'>' {
        return between_tags(bytes, at + 1);
    }
    let line_end = blanks(bytes, &mut at);
    if let Some(hop) = value_field(bytes, at).or_else(|| default_field(bytes, at).filter(|_| closed)) {
        at = hop;
    } else if line_end {
        return None;
    } else if let Some(after) = operator(bytes, at) {
        at = after;
    } else if closed && peek(bytes, at) == b',' {
        return pair(bytes, name, at + 1);
    } else if closed && let Some(after) = otherwise(bytes, at) {
        return quoted(bytes, after);
    } else if peek(bytes, name.end) == b'(' {
        // A setter has one argument; with more of them nobody knows which is which.
        return quoted(bytes, name.end + 1).filter(|value| peek(bytes, value.span.end + 1) == b')');
    } else if at > name.end && !closed {
        return apart(bytes, name, at, place, flag);
    } else {
        return None;
    }
    if is_in_address_of_image(bytes, name.start) {
        return None;
    }
    let tight = at == name.end + 1 && peek(bytes, name.end) == b'=';
    let shell = tight && (place.language == Language::Shell || is_variable(bytes, name));
    if blanks(bytes, &mut at) && is_key(bytes, at) {
        return None;
    }
    value(bytes, at + conversion(bytes, at), name, shell, place.language)
}

/// The value that stands at `at`; `shell` where the line is a shell's.
fn value(bytes: &[u8], at: usize, name: Span, shell: bool, language: Language) -> Option<Assigned> {
    if peek(bytes, at) == b'[' {
        return quoted(bytes, at + 1);
    }
    quoted(bytes, at).or_else(|| {
        let value = bare(bytes, at)?;
        let whole = || is_quoted_whole(bytes, name.start);
        let written = match language {
            _ if shell => Written::Shell,
            Language::Shell | Language::Code if !whole() => Written::Name,
            _ => value.written,
        };
        Some(Assigned { written, ..value })
    })
}

/// Whether a key of a mapping stands here: what a line further down holds is then no value of the name above it.
fn is_key(bytes: &[u8], at: usize) -> bool {
    let rest = ahead(bytes, at, 200).unwrap_or_default();
    let word = rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    rest.get(..word).is_some_and(|word| word.ends_with(b":"))
}

/// A value behind blanks alone, where a file or a language has that.
fn apart(bytes: &[u8], name: Span, at: usize, place: Place, flag: bool) -> Option<Assigned> {
    let word = || quoted(bytes, at).or_else(|| bare(bytes, at));
    let value = match place.logins {
        // `machine HOST login USER password PASSWORD`
        Logins::Fields if !flag => word().map(|value| Assigned { written: Written::Alone, ..value }),
        _ if flag => word(),
        _ if is_behind(bytes, name, b"ENV ") => {
            word().map(|value| Assigned { written: Written::Alone, ..value })
        }
        _ => sql(bytes, name, at).or_else(|| statement(bytes, name, at)),
    };
    value.map(|value| Assigned { apart: true, ..value })
}

/// Whether the line begins with `word` and the name: the `ENV NAME value` of a Dockerfile.
fn is_behind(bytes: &[u8], name: Span, word: &[u8]) -> bool {
    let before = behind(bytes, name.start, word.len() + 1).unwrap_or_default();
    before == word || before.strip_prefix(b"\n") == Some(word)
}

/// `storePassword "…"` on a line of its own, which is how Groovy calls a setter. Prose has no such names.
fn statement(bytes: &[u8], name: Span, at: usize) -> Option<Assigned> {
    let text = bytes.get(name.start..name.end)?;
    let camel = text.first()?.is_ascii_lowercase() && text.iter().any(u8::is_ascii_uppercase);
    let value = quoted(bytes, at).filter(|_| camel)?;
    let before = behind(bytes, name.start, 64)?.rsplit(|&byte| byte == b'\n').next()?;
    let after = ahead(bytes, value.span.end + 1, 64)?.split(|&byte| byte == b'\n').next()?;
    let alone = before.trim_ascii().is_empty() && after.trim_ascii().is_empty();
    alone.then_some(value)
}

/// Whether the colon behind the name assigns nothing.
fn is_column(bytes: &[u8], name: Span) -> bool {
    let colon = peek(bytes, name.end) == b':';
    // `arn:aws:secretsmanager:…:secret:NAME`: a column among others.
    let among = name.start > 0 && peek(bytes, name.start - 1) == b':';
    // `$PWD:/work`: a shell puts the value in there.
    let expanded = peek(bytes, name.start) == b'$' && !peek(bytes, name.end + 1).is_ascii_whitespace();
    colon && (among || expanded)
}

/// How long the name of a function is that gives back the literal it is given, with its bracket.
fn conversion(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    CONVERSIONS.iter().find(|name| rest.starts_with(name.as_bytes())).map_or(0, |name| name.len())
}

const CONVERSIONS: &[&str] = &[
    "[]byte(",
    "Buffer.from(",
    "Field(default=",
    "Some(",
    "SecretStr(",
    "SecretBytes(",
    "bytes(",
    "bytes.fromhex(",
    "bytearray(",
    "str(",
    "String(",
    "String::from(",
    "base64.b64decode(",
    "b64decode(",
    "binascii.unhexlify(",
    "unhexlify(",
    "atob(",
    "encodeURIComponent(",
    "aws.String(",
    "pointer.String(",
    "pulumi.String(",
];

/// Whether the place lies in a literal or a comment, as far as its line tells.
fn is_quoted_whole(bytes: &[u8], at: usize) -> bool {
    let before = behind(bytes, at, 200).unwrap_or_default();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let odd = |quote: u8| memchr::memchr_iter(quote, line).count() % 2 == 1;
    let comment = |mark: &[u8]| line.windows(mark.len()).any(|window| window == mark);
    odd(b'"')
        || odd(b'\'')
        || odd(b'`')
        || comment(b"//")
        || comment(b"# ")
        || line.trim_ascii().starts_with(b"*")
}

/// Whether the name is the first one behind the `?` of an image's address, as in `badge.svg?token=…`: whoever shows
/// the image shows that.
fn is_in_address_of_image(bytes: &[u8], at: usize) -> bool {
    let before = behind(bytes, at, 8).unwrap_or_default();
    [&b".svg?"[..], b".png?", b".gif?", b".jpg?", b".jpeg?", b".webp?"]
        .iter()
        .any(|end| before.ends_with(end))
}

/// Whether the name is written as variables of the environment are: what stands after its `=` is text.
fn is_variable(bytes: &[u8], name: Span) -> bool {
    let text = bytes.get(name.start..name.end).unwrap_or_default();
    text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// A pair in brackets of its own: `("password", "…")`. A longer list is one of names.
fn pair(bytes: &[u8], name: Span, at: usize) -> Option<Assigned> {
    let mut at = at;
    blanks(bytes, &mut at);
    let rest = bytes.get(at..).unwrap_or_default();
    // `config("DB_PASSWORD", default="…")`
    at += if rest.starts_with(b"default=") { b"default=".len() } else { 0 };
    let value = quoted(bytes, at)?;
    let before = bytes.get(name.start.saturating_sub(3)..name.start)?;
    let opened = matches!(before, [.., b'(' | b'{' | b'[', b'"' | b'\''] | [b'(', b' ', b'"' | b'\'']);
    let mut after = value.span.end + 1;
    blanks(bytes, &mut after);
    (opened && matches!(peek(bytes, after), b')' | b'}' | b']')).then_some(value)
}

/// After `) or`, `) ||`, `) ??`: what is taken where a variable is not set.
fn otherwise(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = ahead(bytes, at, 12)?.strip_prefix(b")")?;
    let operator =
        [&b" or "[..], b" || ", b" ?? "].into_iter().find(|operator| rest.starts_with(operator))?;
    Some(at + 1 + operator.len())
}

/// SQL says `PASSWORD '…'` and `IDENTIFIED BY '…'`; prose quotes what follows a small word.
fn sql(bytes: &[u8], name: Span, at: usize) -> Option<Assigned> {
    let text = bytes.get(name.start..name.end)?;
    if text.eq_ignore_ascii_case(b"identified with") {
        let window = ahead(bytes, at, 80)?;
        let by = window.windows(5).position(|four| four.eq_ignore_ascii_case(b" by '"))?;
        return quoted(bytes, at + by + 4);
    }
    let with = || {
        let before = behind(bytes, name.start, 10).unwrap_or_default();
        [&b"with "[..], b"encrypted "].iter().any(|word| before.ends_with(word)) && text == b"password"
    };
    let says = text == b"PASSWORD" || text.contains(&b' ') || with() && peek(bytes, at) == b'\'';
    if says && peek(bytes, at) != b'`' { quoted(bytes, at) } else { None }
}

pub(super) fn peek(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(b'\n')
}

/// Steps over the quote and the bracket that close a quoted name; whether there was a quote.
fn close(bytes: &[u8], at: &mut usize) -> bool {
    if peek(bytes, *at) == b'\\' && matches!(peek(bytes, *at + 1), b'"' | b'\'') {
        *at += 1;
    }
    let quote = matches!(peek(bytes, *at), b'"' | b'\'' | b'`');
    if quote {
        *at += 1;
        if peek(bytes, *at) == b']' {
            *at += 1;
        }
    }
    quote
}

/// Steps over blanks, at most one line end among them; whether there was one.
fn blanks(bytes: &[u8], at: &mut usize) -> bool {
    let mut line_end = false;
    for _ in 0..BLANKS {
        match peek(bytes, *at) {
            b' ' | b'\t' => *at += 1,
            b'\n' | b'\r' if bytes.get(*at).is_some() => {
                line_end = true;
                *at += 1;
            }
            _ => break,
        }
    }
    line_end
}

/// After `=`, `:`, `:=`, `=>`, `==`, `!=`, `||=`, and after a type between `:` and `=`.
fn operator(bytes: &[u8], at: usize) -> Option<usize> {
    let window = ahead(bytes, at, 64)?;
    let signs = window.iter().take_while(|byte| b"=:!|?>~".contains(byte)).count();
    let text = window.get(..signs)?;
    if signs == 0 {
        // Go writes the type without a colon: `var password string = "…"`.
        return typed(window, 0).or_else(|| property(window)).map(|after| at + after);
    }
    // Types joined by `|` are no values, and what follows the `?:` of a field is a type.
    let types = text == b"|" || text == b"?:" && !is_literal_next(window, signs);
    if signs > 3
        || types
        || text == b"::"
        || text == b"?"
        || text.starts_with(b">")
        || text.starts_with(b"!") && signs == 1
    {
        return None;
    }
    if matches!(text, b":" | b"?:")
        && let Some(after) = typed(window, signs)
    {
        return Some(at + after);
    }
    Some(at + signs)
}

/// Whether a literal in quotes follows, after blanks.
fn is_literal_next(window: &[u8], from: usize) -> bool {
    let rest = window.get(from..).unwrap_or_default().trim_ascii_start();
    matches!(rest.first(), Some(b'"' | b'\'' | b'`'))
}

/// After `Type =` at `from`, where a quote follows, or what gives back the literal in quotes.
fn typed(window: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut letters = 0;
    while let Some(byte) = window.get(at) {
        match byte {
            b' ' if letters == 0 || is_within_type(window, at) => {}
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'_'
            | b'['
            | b']'
            | b'.'
            | b'|'
            | b'&'
            | b'?'
            | b'\''
            | b'*' => letters += 1,
            b' ' => break,
            _ => return None,
        }
        at += 1;
    }
    let rest = window.get(at..)?.strip_prefix(b" = ")?;
    let literal = matches!(rest.first(), Some(b'"' | b'\'' | b'`')) || conversion(window, at + 3) > 0;
    (letters > 0 && literal).then_some(at + 3)
}

/// Whether the blank at `at` stands inside a type: `&'static str`, `string | undefined`.
fn is_within_type(window: &[u8], at: usize) -> bool {
    let before = window.get(..at).unwrap_or_default();
    window.get(at + 1) == Some(&b'|') || before.ends_with(b"|") || before.ends_with(b"'static")
}

/// After `{ get; set; } =`, which C# writes behind the name of a property, where a quote follows.
fn property(window: &[u8]) -> Option<usize> {
    let length = [&b"{ get; set; }"[..], b"{ get; init; }", b"{ get; }", b"{ get; private set; }"]
        .iter()
        .find(|accessors| window.starts_with(accessors))?
        .len();
    let rest = window.get(length..)?.strip_prefix(b" = ")?;
    (rest.first() == Some(&b'"')).then_some(length + 3)
}

/// After `value:` or `"value":` or `value=`, which gives the value of a name that is itself a value.
fn value_field(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    if peek(bytes, at) == b',' {
        at += 1;
        blanks(bytes, &mut at);
    }
    if matches!(peek(bytes, at), b'"' | b'\'') {
        at += 1;
    }
    if !bytes.get(at..at + 5)?.eq_ignore_ascii_case(b"value") {
        return None;
    }
    at += 5;
    if matches!(peek(bytes, at), b'"' | b'\'') {
        at += 1;
    }
    blanks(bytes, &mut at);
    matches!(peek(bytes, at), b':' | b'=').then_some(at + 1)
}

/// After `default =` in the block of Terraform's `variable "password" { … }`.
fn default_field(bytes: &[u8], at: usize) -> Option<usize> {
    let window = ahead(bytes, at, 300)?.strip_prefix(b"{")?;
    let block = window.split(|&byte| byte == b'}').next()?;
    let from = block.windows(8).position(|part| part == b"default " || part == b"default=")? + 7;
    let blanks = block.get(from..)?.iter().take_while(|&&byte| byte == b' ').count();
    (block.get(from + blanks) == Some(&b'=')).then_some(at + 1 + from + blanks + 1)
}
