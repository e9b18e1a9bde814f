//! Secrets behind an encoding: base64, hexadecimal digits, percent signs, `\u` and `\x` escapes, gzip members in
//! base64; each in each, up to a depth of [`DEPTH`].
//!
//! Not here: archives, which are files of their own; what is a secret.

use flate2::{Decompress, FlushDecompress};

use super::place::Place;
use super::runs::{LONGEST, SHORTEST, each_run};
use super::scan::{Candidate, Confidence, Ours, plain};
use crate::source::Span;

/// How many encodings may lie around a secret.
const DEPTH: usize = 3;

/// How many bytes a text may be decoded to, in all: what a bomb costs.
const BUDGET: usize = 4 * 1024 * 1024;

/// A decoded part of a text.
struct Piece {
    text: String,
    origin: Origin,
}

/// Where the bytes of a piece come from.
enum Origin {
    /// Every `to` bytes of the piece from `from` bytes of the text, the first of them at `at`.
    Steps { at: usize, from: usize, to: usize },
    /// The place of each byte of the piece, and of the end.
    Each(Vec<usize>),
    /// All of it from one span.
    Whole(Span),
}

impl Origin {
    /// The part of the text that a part of the piece was made from.
    fn span(&self, span: Span) -> Span {
        match self {
            Self::Steps { at, from, to } => {
                let start = span.start / to * from;
                let end = span.end * from;
                Span::new(at + start, at + end.div_ceil(*to))
            }
            Self::Each(places) => {
                let last = places.last().copied().unwrap_or_default();
                let place = |at: usize| places.get(at).copied().unwrap_or(last);
                Span::new(place(span.start), place(span.end))
            }
            Self::Whole(whole) => *whole,
        }
    }
}

/// Adds what `text` holds behind encodings.
pub(super) fn find(text: &str, ours: Ours<'_>, candidates: &mut Vec<Candidate>) {
    let mut budget = BUDGET;
    search(text, DEPTH, &mut budget, ours, candidates);
}

fn search(text: &str, depth: usize, budget: &mut usize, ours: Ours<'_>, candidates: &mut Vec<Candidate>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    for piece in pieces(text.as_bytes(), budget) {
        let mut inside = plain(&piece.text, Place::default(), ours);
        search(&piece.text, deeper, budget, ours, &mut inside);
        let sure = inside.into_iter().filter(|one| one.confidence > Confidence::Low);
        candidates.extend(sure.map(|one| {
            let (span, context) = (piece.origin.span(one.span), piece.origin.span(one.context));
            Candidate { span, context, encoded: true, ..one }
        }));
    }
}

/// What can be decoded in a text.
fn pieces(bytes: &[u8], budget: &mut usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |piece: Option<Piece>| {
        if let Some(piece) = piece
            && let Some(left) = budget.checked_sub(piece.text.len())
        {
            *budget = left;
            pieces.push(piece);
        }
    };
    each_run(bytes, |run| {
        let digits = bytes.get(run.start..run.end).unwrap_or_default();
        add(hexadecimal(digits, run.start).or_else(|| base64(digits, run.start)));
    });
    each_escaped(bytes, |run| add(unescaped(bytes, run)));
    pieces
}

/// Text that base64 digits stand for, or what a gzip member among them holds.
fn base64(digits: &[u8], at: usize) -> Option<Piece> {
    // Three bytes tell most runs, without memory for them.
    let first = super::token::first_three(*digits.first_chunk()?)?;
    let packed = first == [0x1F, 0x8B, 8];
    if !packed && !first.iter().all(|byte| is_text(*byte)) {
        return None;
    }
    let head = super::token::base64(digits.get(..16)?)?;
    if !packed && !head.iter().all(|byte| is_text(*byte)) {
        return None;
    }
    let decoded = super::token::base64(digits)?;
    if packed {
        let text = unpacked(&decoded)?;
        return Some(Piece { text, origin: Origin::Whole(Span::new(at, at + digits.len())) });
    }
    Some(Piece { text: readable(decoded)?, origin: Origin::Steps { at, from: 4, to: 3 } })
}

/// Text that hexadecimal digits stand for.
fn hexadecimal(digits: &[u8], at: usize) -> Option<Piece> {
    let value = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |pair: &[u8]| match pair {
        &[high, low] => Some(value(high)? << 4 | value(low)?),
        _ => None,
    };
    if !digits.get(..SHORTEST)?.chunks_exact(2).all(|pair| byte(pair).is_some_and(is_text)) {
        return None;
    }
    let decoded: Option<Vec<u8>> = digits.chunks_exact(2).map(byte).collect();
    Some(Piece { text: readable(decoded?)?, origin: Origin::Steps { at, from: 2, to: 1 } })
}

/// What a gzip member holds, as far as the memory for one reaches.
fn unpacked(member: &[u8]) -> Option<String> {
    let body = member.get(gzip_header(member)?..)?;
    let mut text = Vec::with_capacity(LONGEST);
    // A member that is cut off still has a beginning.
    let _ = Decompress::new(false).decompress_vec(body, &mut text, FlushDecompress::Finish);
    readable(text)
}

/// How long the header of a gzip member is (RFC 1952).
fn gzip_header(member: &[u8]) -> Option<usize> {
    let flags = *member.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*member.get(at)?, *member.get(at + 1)?]));
    }
    for name in [8, 16] {
        if flags & name != 0 {
            at += member.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    Some(at + if flags & 2 == 0 { 0 } else { 2 })
}

/// The text at the beginning of what was decoded; `None` where it is none to speak of.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).unwrap_or_else(|error| {
        let valid = error.utf8_error().valid_up_to();
        let mut bytes = error.into_bytes();
        bytes.truncate(valid);
        String::from_utf8(bytes).unwrap_or_default()
    });
    (text.len() >= 12).then_some(text)
}

const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')
}

/// Calls `found` with every word that has `%3D`, `\u003d` or `\x3d` in it.
fn each_escaped(bytes: &[u8], mut found: impl FnMut(Span)) {
    const REACH: usize = 2048;
    let mut done = 0;
    for at in memchr::memchr2_iter(b'%', b'\\', bytes) {
        if at < done || escape(bytes, at).is_none() {
            continue;
        }
        let inside =
            |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>');
        let before = bytes.get(done.max(at.saturating_sub(REACH))..at).unwrap_or_default();
        let left = before.iter().rev().take_while(inside).count();
        let right = bytes.get(at..).unwrap_or_default().iter().take(REACH).take_while(inside).count();
        done = at + right;
        if right >= 8 {
            found(Span::new(at - left, done));
        }
    }
}

/// The character that an escape at `at` stands for, and how long the escape is.
fn escape(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let (value, length) = match bytes.get(at..at + 3)? {
        [b'%', digits @ ..] => (hex(digits)?, 3),
        [b'\\', b'x', _] => (hex(bytes.get(at + 2..at + 4)?)?, 4),
        [b'\\', b'u', b'0'] if bytes.get(at + 3) == Some(&b'0') => (hex(bytes.get(at + 4..at + 6)?)?, 6),
        _ => return None,
    };
    is_text(value).then_some((value, length))
}

/// A word with its escapes replaced.
fn unescaped(bytes: &[u8], run: Span) -> Option<Piece> {
    let mut text = Vec::with_capacity(run.len());
    let mut places = Vec::with_capacity(run.len() + 1);
    let mut at = run.start;
    while at < run.end {
        let (byte, length) = escape(bytes, at).unwrap_or((bytes.get(at).copied()?, 1));
        text.push(byte);
        places.push(at);
        at += length;
    }
    places.push(run.end);
    Some(Piece { text: String::from_utf8(text).ok()?, origin: Origin::Each(places) })
}

#[cfg(test)]
mod tests {
    use super::super::scan;

    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    fn base64(bytes: &[u8]) -> String {
        let digit = |value: u32| char::from(DIGITS[value as usize & 63]);
        let group = |part: &[u8]| {
            let value =
                part.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
            (0..=part.len()).map(|at| digit(value >> (18 - 6 * at))).collect::<String>()
        };
        let text: String = bytes.chunks(3).map(group).collect();
        let padding = "=".repeat((4 - text.len() % 4) % 4);
        text + &padding
    }

    fn hexadecimal(text: &str) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("four bits");
        text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// The codes in a text, and the part of it that each finding covers.
    fn found(text: &str) -> Vec<(&'static str, &str)> {
        let slice = |span: crate::source::Span| text.get(span.start..span.end).expect("a span of the text");
        scan("notes.txt", text).iter().map(|one| (one.pattern.meta.code, slice(one.span))).collect()
    }

    fn token() -> String {
        ["gl", "pat-", "xK9fQ2mZ7rT4", "wVbN8cLp"].concat()
    }

    #[test]
    fn each_encoding_is_seen_through_and_the_span_covers_the_secret() {
        let plain = format!("first line\ntoken = {} # end of it\n", token());
        let encoded = base64(plain.as_bytes());
        let text = format!("config: {encoded}\nnext: 1\n");
        let [(code, part)] = found(&text)[..] else { panic!("one finding") };
        assert_eq!(code, "SEC117");
        assert!(part.len() < 40 && encoded.contains(part), "{} digits", part.len());

        let text = format!("config: {}\n", hexadecimal(&plain));
        assert_eq!(found(&text), [("SEC117", hexadecimal(&token()).as_str())]);

        let escaped = token().replace('-', "%2D");
        assert_eq!(found(&format!("?t%3D{escaped}&x=1")), [("SEC117", escaped.as_str())]);
        let escaped = token().replace('g', "\\u0067");
        assert_eq!(found(&format!("t = \"{escaped}\"")), [("SEC117", escaped.as_str())]);
        let escaped = token().replace('g', "\\x67");
        assert_eq!(found(&format!("t = \"{escaped}\"")), [("SEC117", escaped.as_str())]);
    }

    #[test]
    fn encodings_lie_in_each_other_up_to_a_depth() {
        let mut text = format!("the token of the shop is {} and so on", token());
        for depth in 1..=4 {
            text = if depth % 2 == 0 { hexadecimal(&text) } else { base64(text.as_bytes()) };
            assert_eq!(found(&format!("x: {text}\n")).len(), usize::from(depth <= 3), "{depth}");
        }
    }

    #[test]
    fn gzip_members_are_opened_and_bombs_are_not_blown_up() {
        let pack = |text: &[u8]| {
            let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
            packed.reserve(text.len() / 100 + 1024);
            let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
            packer
                .compress_vec(text, &mut packed, flate2::FlushCompress::Finish)
                .expect("room for all of it");
            base64(&packed)
        };
        let plain = format!("the token of the shop is {}", token());
        assert_eq!(found(&format!("user_data: {}\n", pack(plain.as_bytes()))).len(), 1);
        let bomb = format!("{}\n", pack(&vec![b'a'; 64 << 20]));
        assert!(found(&bomb.repeat(20)).is_empty());
    }

    #[test]
    fn what_is_no_text_behind_an_encoding_is_left() {
        for text in [
            "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm90aGluZw==".to_owned(),
            "src/components/checkout/payment/PaymentMethodSelector".to_owned(),
            format!("{}==", "A".repeat(3000)),
            "%".repeat(3000),
            "%41".repeat(3000),
            "\\u00".repeat(3000),
            "deadbeef".repeat(400),
            "7465787420776974686f75742061207365637265742069".to_owned(),
        ] {
            assert!(found(&text).is_empty(), "{}", &text[..20]);
        }
    }
}
