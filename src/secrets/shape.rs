//! What a text looks like: its disorder, its likeness to words, the marks of a placeholder or template.
//!
//! Not here: names, and what a finding is worth. Known defaults are in [`super::weak`].

/// Whether one of the words stands anywhere in `text`. There are many, and most values hold none of them: the
/// first byte of each is compared before the word.
pub(super) fn holds_any(text: &[u8], words: &[&str]) -> bool {
    let begins = |rest: &[u8]| {
        words
            .iter()
            .map(|word| word.as_bytes())
            .any(|word| word.first() == rest.first() && rest.starts_with(word))
    };
    (0..text.len()).any(|at| begins(&text[at..]))
}

/// Shannon's entropy in bits a byte; 0 for an empty text.
#[expect(clippy::cast_precision_loss, reason = "lengths of tokens are far below 2^23")]
pub(super) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &byte in text {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = text.len() as f32;
    let part = |count: u32| count as f32 / length;
    counts.iter().filter(|&&count| count > 0).map(|&count| -part(count) * part(count).log2()).sum()
}

/// Words that make a token an example wherever they stand in it.
const EXAMPLE_WORDS: &[&str] =
    &["example", "placeholder", "redacted", "your_", "your-", "changeme", "change_me", "insert", "replace"];

/// Whether a token says itself that it is none.
pub(super) fn is_placeholder_token(token: &[u8]) -> bool {
    let lower = token.to_ascii_lowercase();
    // A run at the very start is a prefix that some vendors use.
    let lead = lower.chunk_by(|one, other| one == other).next().map_or(0, <[u8]>::len);
    holds_any(&lower, EXAMPLE_WORDS) || longest_run(lower.get(lead..).unwrap_or_default()) >= 6
}

/// The longest repetition of one byte.
fn longest_run(text: &[u8]) -> usize {
    text.chunk_by(|one, other| one == other).map(<[u8]>::len).max().unwrap_or(0)
}

/// Whether six neighbours count up or down: `abcdef`, `654321`.
pub(super) fn has_sequence(text: &[u8]) -> bool {
    const ROW: usize = 6;
    let steps = |step: i16| {
        let mut row = 1;
        text.windows(2).any(|pair| {
            let &[one, other] = pair else { return false };
            let follows = i16::from(other) - i16::from(one) == step;
            row = if follows { row + 1 } else { 1 };
            row >= ROW
        })
    };
    steps(1) || steps(-1)
}

/// Whether the bytes that hexadecimal digits stand for count up or down, six of them: `000102030405`, as in the keys
/// that algorithms are tested with.
pub(super) fn has_sequence_in_hex(text: &[u8]) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        &[high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = text.chunks_exact(2).map(pair).collect();
    text.len() >= 24 && bytes.is_some_and(|bytes| has_sequence(&bytes))
}

/// The pairs of letters that English text is made of: bit `b` of row `a` stands for the pair `ab`.
/// Counted over documentation and source text; a pair counts from one in 800 on.
const COMMON_PAIRS: [u32; 26] = [
    0x11E_B94E, 0x010_4911, 0x01A_4D95, 0x016_4919, 0x1AE_B97F, 0x002_4931, 0x006_0111, 0x000_4111,
    0x22E_F87F, 0x000_0000, 0x000_0110, 0x11C_4919, 0x000_C111, 0x01C_617D, 0x07E_F80E, 0x01E_C911,
    0x010_0000, 0x11E_715D, 0x11C_C995, 0x11E_D995, 0x00E_B812, 0x000_0111, 0x000_0101, 0x00C_0010,
    0x000_8000, 0x000_0010,
];

/// How much of a text reads like words, from 0 to 1: the share of its pairs of letters that are common.
/// A text without pairs reads like none.
#[expect(clippy::cast_precision_loss, reason = "values are at most 512 bytes")]
pub(super) fn wordiness(text: &[u8]) -> f32 {
    let (mut pairs, mut common) = (0u32, 0u32);
    for pair in text.windows(2) {
        let &[one, other] = pair else { continue };
        if !one.is_ascii_alphabetic() || !other.is_ascii_alphabetic() {
            continue;
        }
        let (one, other) = (one.to_ascii_lowercase() - b'a', other.to_ascii_lowercase() - b'a');
        pairs += 1;
        common += COMMON_PAIRS.get(usize::from(one)).map_or(0, |row| row >> other & 1);
    }
    if pairs == 0 { 0.0 } else { common as f32 / pairs as f32 }
}

/// Which kinds of bytes a text has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Classes {
    /// Lower-case letters.
    pub(super) lower: usize,
    /// Capital letters.
    pub(super) upper: usize,
    /// Digits.
    pub(super) digits: usize,
    /// Anything else.
    pub(super) others: usize,
    /// Hexadecimal digits in one letter case.
    pub(super) hex: usize,
}

impl Classes {
    /// Counts.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut classes = Self::default();
        for &byte in text {
            match byte {
                b'a'..=b'z' => classes.lower += 1,
                b'A'..=b'Z' => classes.upper += 1,
                b'0'..=b'9' => classes.digits += 1,
                _ => classes.others += 1,
            }
            classes.hex += usize::from(byte.is_ascii_hexdigit());
        }
        classes
    }

    /// How many of letters-low, letters-high and digits occur.
    pub(super) fn kinds(self) -> usize {
        [self.lower, self.upper, self.digits].into_iter().filter(|&count| count > 0).count()
    }
}

/// Whether the text is filled in later, or computed: `${X}`, `$(x)`, `{{ x }}`, `<x>`, `%s`, `%(x)s`,
/// `#{x}`, `{0}`, `$X`, `@x@`.
pub(super) fn is_template(text: &[u8]) -> bool {
    let holds = |needle: &[u8]| text.windows(needle.len()).any(|window| window == needle);
    let around =
        |open: u8, close: u8| text.len() > 2 && text.first() == Some(&open) && text.last() == Some(&close);
    [
        &b"${"[..],
        b"$(",
        b"{{",
        b"#{",
        b"%(",
        b"<%",
        b"%s",
        b"%d",
        b"%v",
        b"%q",
        b"%w",
        b"{}",
        b"{0}",
        b"%{",
        b"\\(",
    ]
    .into_iter()
    .any(holds)
        || around(b'<', b'>')
        || around(b'{', b'}')
        || around(b'[', b']')
        || around(b'(', b')')
        || around(b'%', b'%')
        || around(b'_', b'_')
        || (around(b'@', b'@'))
        || (around(b'*', b'*'))
        || is_variable(text)
        || (holds(b"<") && holds(b">"))
        || (holds(b"{") && holds(b"}"))
}

/// `$NAME`, `$1`.
fn is_variable(text: &[u8]) -> bool {
    let Some(name) = text.strip_prefix(b"$") else { return false };
    let name = name.strip_prefix(b"env:").unwrap_or(name);
    !name.is_empty()
        && name.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'.' | b'[' | b']' | b'\'' | b':' | b'-' | b'>')
        })
        && (name.len() < 20 || wordiness(name) > 0.55)
}

#[cfg(test)]
mod tests {
    use super::{entropy, has_sequence, has_sequence_in_hex, is_template, wordiness};

    #[test]
    fn words_read_like_words_and_noise_does_not() {
        for word in ["correcthorsebatterystaple", "changeme", "anotherSecret", "getUserPassword"] {
            assert!(wordiness(word.as_bytes()) > 0.6, "{word}");
        }
        for noise in ["kgpfwwscitbwsasrzenmqhqpgbyfauu", "zavvfuco", "Xq9vBz7LmT"] {
            assert!(wordiness(noise.as_bytes()) < 0.55, "{noise}");
        }
    }

    #[test]
    fn entropy_has_its_two_ends() {
        assert!(entropy(b"aaaaaaaa").abs() < 0.001);
        assert!((entropy(b"abcdefgh") - 3.0).abs() < 0.001);
    }

    #[test]
    fn templates() {
        for text in ["${X}", "$X", "{{ x }}", "<your key>", "%(x)s", "#{x}", "$(pass show x)", "%TOKEN%"] {
            assert!(is_template(text.as_bytes()), "{text}");
        }
        for text in ["$4w$74$abgjocon", "pa$$word", "a<b"] {
            assert!(!is_template(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn sequences() {
        assert!(has_sequence_in_hex(b"000102030405060708090a0b0c0d0e0f"));
        assert!(has_sequence_in_hex(b"0F0E0D0C0B0A09080706050403020100"));
        assert!(!has_sequence_in_hex(b"2d773be37adb1e4d683bf0075e79c4ee"));
        assert!(!has_sequence_in_hex(b"no digits but letters at all here"));
        assert!(has_sequence(b"xxabcdefxx") && has_sequence(b"7654321") && !has_sequence(b"abcde12345"));
    }
}
