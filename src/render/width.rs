//! How many columns a text takes in a terminal: two for wide characters, none for combining ones.
//!
//! Not here: what cannot be seen at all; that is spelled out before it comes here.

use unicode_width::UnicodeWidthChar;

/// The columns of one character, counted as miette counts them.
pub(super) fn of(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// The columns of a text on one line.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn columns_are_not_characters() {
        for (text, columns) in [
            ("", 0),
            ("abc", 3),
            ("ñandú", 5),
            ("n\u{303}", 1),
            ("漢字", 4),
            ("🚀 x", 4),
            ("━╭─", 3),
            ("ｆ", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }
}
