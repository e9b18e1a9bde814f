//! Runs of base64 digits in a text, either alphabet: eight bytes looked at together, every sixteen.
//!
//! Not here: what they stand for.

use crate::source::Span;

/// The shortest run of base64 or hexadecimal digits that is decoded. Less holds no secret with its name.
pub(super) const SHORTEST: usize = 24;

/// The longest run that is decoded; of a longer one the beginning is.
pub(super) const LONGEST: usize = 256 * 1024;

/// Calls `found` with every run of base64 digits of [`SHORTEST`] bytes or more.
pub(super) fn each_run(bytes: &[u8], mut found: impl FnMut(Span)) {
    let mut at = 0;
    let mut done = 0;
    while let Some(block) = eight(bytes, at) {
        // A run covers eight bytes from a multiple of sixteen on, and eight before them or eight behind them.
        let more = || {
            at.checked_sub(8).is_some_and(|before| may_be_digits(bytes, before))
                || may_be_digits(bytes, at + 8)
        };
        if !are_nearly_digits(block) || !more() {
            at += STEP;
            continue;
        }
        let before = bytes.get(done.max(at.saturating_sub(LONGEST))..at).unwrap_or_default();
        let left =
            at - before.len() + before.iter().rposition(|byte| !is_digit(*byte)).map_or(0, |last| last + 1);
        let after = bytes.get(at..at.saturating_add(LONGEST).min(bytes.len())).unwrap_or_default();
        let right = after.iter().position(|byte| !is_digit(*byte)).unwrap_or(after.len());
        let run = Span::new(left, at + right);
        if run.len() >= SHORTEST {
            found(run);
        }
        done = run.end;
        at = run.end.max(at + 1).next_multiple_of(STEP);
    }
}

/// Every how many bytes is looked. A run of [`SHORTEST`] holds eight from such a place on.
const STEP: usize = 16;
const _: () = assert!(SHORTEST >= STEP + 8 - 1 && SHORTEST >= 3 * 8);

fn eight(bytes: &[u8], from: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(from..)?.first_chunk()?))
}

fn may_be_digits(bytes: &[u8], from: usize) -> bool {
    eight(bytes, from).is_some_and(are_nearly_digits)
}

/// Whether eight bytes may all be digits: asked of all of them at once, with a comma and a few that nobody writes taken
/// for digits too.
const fn are_nearly_digits(bytes: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    // Capitals as small letters, `_` as 0x7F; the digits and signs have that bit.
    let folded = bytes | (0x20 * EACH);
    let seven = folded & !HIGH;
    // The high bit of each byte says whether it reaches `from` and does not reach beyond `to`; nothing is carried over.
    let signs = (seven + (0x80 - 0x2B) * EACH) & !(seven + (0x7F - 0x2D) * EACH);
    let numbers = (seven + (0x80 - 0x2F) * EACH) & !(seven + (0x7F - 0x39) * EACH);
    let letters = (seven + (0x80 - 0x61) * EACH) & !(seven + (0x7F - 0x7A) * EACH);
    let underscore = seven + EACH;
    (signs | numbers | letters | underscore) & !bytes & HIGH == HIGH
}

const fn is_digit(byte: u8) -> bool {
    DIGITS[byte as usize]
}

/// What base64 digits are, either alphabet.
const DIGITS: [bool; 256] = {
    let mut digits = [false; 256];
    let mut byte = 0u8;
    loop {
        digits[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        if byte == u8::MAX {
            break digits;
        }
        byte += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::{SHORTEST, are_nearly_digits, each_run, is_digit};

    /// Whatever stands around a run, and wherever it begins: it is seen whole, and what is shorter is not.
    #[test]
    fn runs_are_seen_wherever_they_begin() {
        for begin in 0..40 {
            for length in 20..60 {
                for stop in [" ", ".", "\u{e9}", "\n", "=", "\""] {
                    let digits = "aZ+/-_09".repeat(10);
                    let run = digits.get(..length).expect("as long");
                    let text = format!("{}{run}{stop}b", ". ".repeat(begin).get(..begin).unwrap_or_default());
                    let mut seen = Vec::new();
                    each_run(text.as_bytes(), |run| seen.push((run.start, run.end)));
                    let wanted = if length < SHORTEST { Vec::new() } else { vec![(begin, begin + length)] };
                    // Without a stop before it the run is longer.
                    if begin == 0 || !text.as_bytes().get(begin - 1).is_some_and(|byte| is_digit(*byte)) {
                        assert_eq!(seen, wanted, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_digit_is_nearly_one() {
        for byte in 0..=u8::MAX {
            let all = u64::from_le_bytes([byte; 8]);
            let one = u64::from_le_bytes([b'a', b'Z', b'9', byte, b'_', b'-', b'+', b'/']);
            let nearly = byte == b',' || byte < 0x20 || byte == 0x7F;
            assert!(!is_digit(byte) || are_nearly_digits(all) && are_nearly_digits(one));
            assert!(is_digit(byte) || nearly || !are_nearly_digits(one), "{byte}");
        }
    }
}
