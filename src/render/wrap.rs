//! Lines broken between words.
//!
//! Not here: colours and indentation. Words are never cut, so that a command can be copied whole.

use super::width::width as width_of;

/// Breaks `text` into lines of at most `width` columns where its words allow; its own line ends stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut length = 0;
        for word in pieces(paragraph) {
            let word_length = width_of(word);
            if length > 0 && length + 1 + word_length > width {
                lines.push(std::mem::take(&mut line));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += word_length;
        }
        lines.push(line);
    }
    lines
}

/// The words of a line. A short stretch in backticks counts as one word, so that `key: value` stays together.
fn pieces(line: &str) -> Vec<&str> {
    const LONGEST_KEPT: usize = 40;
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let space = rest.find(' ').unwrap_or(rest.len());
        let end = match rest.find('`') {
            Some(open) if open < space => {
                let close = rest.get(open + 1..).and_then(|tail| tail.find('`')).map(|at| open + 1 + at + 1);
                close.filter(|close| close - open <= LONGEST_KEPT).map_or(space, |close| {
                    rest.get(close..).and_then(|tail| tail.find(' ')).map_or(rest.len(), |at| close + at)
                })
            }
            _ => space,
        };
        let (word, tail) = rest.split_at(end);
        words.push(word);
        rest = tail.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn breaks_between_words_only() {
        let cases: [(&str, usize, &[&str]); 7] = [
            ("", 10, &[""]),
            ("one two three", 7, &["one two", "three"]),
            ("one two three", 8, &["one two", "three"]),
            ("averyveryverylongword a", 5, &["averyveryverylongword", "a"]),
            ("write `KEY: ${KEY:?set KEY}` here", 12, &["write", "`KEY: ${KEY:?set KEY}`", "here"]),
            ("ñañañ ñañañ", 11, &["ñañañ ñañañ"]),
            ("first\nsecond line", 20, &["first", "second line"]),
        ];
        for (text, width, expected) in cases {
            assert_eq!(wrap(text, width), expected, "{text:?} at {width}");
        }
    }

    #[test]
    fn an_unclosed_backtick_keeps_nothing_together() {
        assert_eq!(wrap("a `b c d", 4), ["a `b", "c d"]);
    }
}
