//! Text from files made safe to show: what could drive a terminal, or hide, is written out.
//!
//! Not here: masking; what arrives here holds no values.

use std::borrow::Cow;

/// Whether a character acts on a terminal, or cannot be seen where it stands.
pub(super) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// One line of text with everything unseen written as `\t`, `\r` or `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) { Cow::Owned(spelled(text, |_| false)) } else { Cow::Borrowed(text) }
}

/// The same for text of several lines: line feeds stay.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) {
        Cow::Owned(spelled(text, |character| character == '\n'))
    } else {
        Cow::Borrowed(text)
    }
}

fn spelled(text: &str, kept: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unseen(character) && !kept(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_lines};

    #[test]
    fn nothing_unseen_gets_through() {
        let cases = [
            ("plain ñ 漢 🚀", "plain ñ 漢 🚀"),
            ("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}"),
            ("a\tb\r\nc\0", "a\\tb\\r\\nc\\u{0}"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("a\u{202e}b\u{200b}\u{feff}", "a\\u{202e}b\\u{200b}\\u{feff}"),
        ];
        for (text, expected) in cases {
            assert_eq!(visible(text), expected, "{text:?}");
        }
        assert_eq!(visible_lines("one\ntwo\r"), "one\ntwo\\r");
    }
}
