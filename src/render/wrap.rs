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

/// Breaks each line of `text` that has no room in `columns`. What goes on stands below what began: behind the last
/// gap that sets a column apart, else a little further in than its line.
#[must_use]
pub fn folded(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| fold(line, columns)).collect();
    lines.join("\n")
}

fn fold(line: &str, columns: usize) -> String {
    if width_of(line) <= columns {
        return line.to_owned();
    }
    let blanks = line.len() - line.trim_start().len();
    let gap = line.trim_start().rfind("  ").map(|at| blanks + at + 2).filter(|at| *at < columns / 2);
    let (head, rest) = line.split_at(gap.unwrap_or(blanks));
    let behind = if gap.is_some() { width_of(head) } else { blanks + 2 };
    let room = |taken: usize| columns.saturating_sub(taken).max(1);
    let mut told = wrap(rest, room(width_of(head))).into_iter();
    let first = told.next().unwrap_or_default();
    let others = told.collect::<Vec<_>>().join(" ");
    let mut folded = format!("{head}{first}");
    for line in wrap(&others, room(behind)).into_iter().filter(|line| !line.is_empty()) {
        folded.push_str(&format!("\n{:behind$}{line}", ""));
    }
    folded
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
    use super::{folded, wrap};

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
    fn what_goes_on_stands_below_what_began() {
        for (text, columns, expected) in [
            ("one two three", 13, "one two three"),
            ("one two three", 8, "one two\n  three"),
            ("  one two three", 11, "  one two\n    three"),
            ("  what  one, two, three", 18, "  what  one, two,\n        three"),
            ("\nhere:\n  one two three", 11, "\nhere:\n  one two\n    three"),
            // A gap in the middle of a sentence is none that sets a column apart.
            ("one two three  four", 12, "one two\n  three four"),
            ("ñandú ñandú ñandú", 11, "ñandú ñandú\n  ñandú"),
            ("", 0, ""),
        ] {
            assert_eq!(folded(text, columns), expected, "{text:?} at {columns}");
        }
    }

    #[test]
    fn an_unclosed_backtick_keeps_nothing_together() {
        assert_eq!(wrap("a `b c d", 4), ["a `b", "c d"]);
    }
}
