//! What a text quotes, taken out of it while it is put into other words.
//!
//! Not here: quoting. Inside of quotes a quote is written `\\"`; what stands in backticks quotes nothing.

/// The first of the characters that stand for what was taken out; no text of ours has one.
const FIRST: u32 = 0xE000;

/// How many there are.
const MOST: u32 = 1000;

/// The text with a character in the place of each quoted part, and those parts. `None` where there are too many, or
/// the text has such a character itself.
pub(super) fn taken_out(text: &str) -> Option<(String, Vec<&str>)> {
    let (mut left, mut values) = (String::with_capacity(text.len()), Vec::new());
    let (mut rest, mut in_name) = (text, false);
    while let Some(at) = rest.find(['"', '`']) {
        let (before, from) = rest.split_at_checked(at)?;
        left.push_str(before);
        if from.starts_with('`') || in_name {
            let (mark, after) = from.split_at_checked(1)?;
            in_name ^= mark == "`";
            left.push_str(mark);
            rest = after;
            continue;
        }
        let Some(end) = end(from) else {
            left.push_str(from);
            rest = "";
            break;
        };
        let (value, after) = from.split_at_checked(end)?;
        left.push(stand_in(values.len())?);
        values.push(value);
        rest = after;
    }
    left.push_str(rest);
    let stand_ins = left.chars().filter(|c| place(*c).is_some()).count();
    (stand_ins == values.len()).then_some((left, values))
}

/// The text with the parts in their places again.
pub(super) fn put_back(text: &str, values: &[&str]) -> String {
    let mut whole = String::with_capacity(text.len());
    for c in text.chars() {
        match place(c).and_then(|nth| values.get(nth)) {
            Some(value) => whole.push_str(value),
            None => whole.push(c),
        }
    }
    whole
}

/// The byte behind the quote that closes the one that `text` begins with.
fn end(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().enumerate().skip(1).find_map(|(at, byte)| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes.then_some(at + 1)
    })
}

fn stand_in(nth: usize) -> Option<char> {
    let nth = u32::try_from(nth).ok().filter(|nth| *nth < MOST)?;
    char::from_u32(FIRST + nth)
}

fn place(c: char) -> Option<usize> {
    let nth = u32::from(c).checked_sub(FIRST).filter(|nth| *nth < MOST)?;
    usize::try_from(nth).ok()
}

#[cfg(test)]
mod tests {
    use super::{put_back, taken_out};

    #[test]
    fn quoted_parts_come_back_as_they_were() {
        for (text, left) in [
            ("the shell: \"a; the \\\" shell\", \"b\"", "the shell: \u{E000}, \u{E001}"),
            ("`\"` is not closed", "`\"` is not closed"),
            ("x: \"a ` b\" `c`", "x: \u{E000} `c`"),
            ("an open \"quote", "an open \"quote"),
        ] {
            let (taken, values) = taken_out(text).unwrap_or_default();
            assert_eq!(taken, left);
            assert_eq!(put_back(&taken, &values), text);
        }
        assert_eq!(taken_out("\u{E000} \"x\""), None);
    }
}
