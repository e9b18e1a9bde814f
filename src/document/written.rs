//! What is written beside the name of a variable that somebody declares secret, in any text: a default in code, an entry
//! of JSON, TOML or YAML.
//!
//! Not here: which names those are, and `NAME=value` of shells (see [`super::shell`]). It reads line by line and hides
//! rather more than it must; a default that stands on a line of its own is not seen.

use crate::source::Span;

/// A name is not longer.
const LONGEST: usize = 80;

/// The spans beside the names that `secret` knows. In code a value stands in quotes; elsewhere, with `plain`, also
/// without.
pub(super) fn values_beside(text: &str, secret: &dyn Fn(&str) -> bool, plain: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        if let Some(end) = first_name(content, secret) {
            beside(content, end, start, plain, &mut spans);
        }
        start += line.len();
    }
    spans
}

/// The spans of what stands in quotes behind `from` on its line.
pub(super) fn quoted_behind(text: &str, from: usize) -> Vec<Span> {
    let rest = text.get(from..).unwrap_or_default();
    let mut spans = Vec::new();
    quoted(rest.lines().next().unwrap_or_default(), from, &mut spans);
    spans
}

/// Where the first name on a line ends that `secret` knows.
fn first_name(line: &str, secret: &dyn Fn(&str) -> bool) -> Option<usize> {
    let is_part = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes.iter().skip(at).take_while(|byte| is_part(**byte)).count();
        let known = length > 0 && length <= LONGEST && line.get(at..at + length).is_some_and(secret);
        if known {
            return Some(at + length);
        }
        at += length.max(1);
    }
    None
}

fn beside(line: &str, end: usize, start: usize, plain: bool, spans: &mut Vec<Span>) {
    // The quote that closes around the name opens nothing.
    let quote = line.get(end..).is_some_and(|rest| rest.starts_with(['"', '\'', '`']));
    let from = end + usize::from(quote);
    let rest = line.get(from..).unwrap_or_default();
    let before = spans.len();
    quoted(rest, start + from, spans);
    let separated = rest.trim_start().strip_prefix([':', '=']);
    if let Some(value) = separated.map(str::trim).filter(|_| plain && spans.len() == before) {
        // From the separator on: `value` is what is left of the end of the line.
        let offset = start + line.trim_end().len();
        spans.push(Span::new(offset - value.len(), offset));
    }
}

/// What stands between two quotes, or behind one that is left open.
fn quoted(line: &str, start: usize, spans: &mut Vec<Span>) {
    let mut at = 0;
    while let Some(open) = line.get(at..).and_then(|rest| rest.find(['"', '\'', '`'])).map(|found| at + found)
    {
        let inside = line.get(open + 1..).unwrap_or_default();
        let quote = line.as_bytes().get(open).copied();
        let mut escaped = false;
        let close = inside.bytes().position(|byte| {
            let closes = !escaped && Some(byte) == quote;
            escaped = !escaped && byte == b'\\';
            closes
        });
        let length = close.unwrap_or(inside.len());
        spans.push(Span::new(start + open + 1, start + open + 1 + length));
        at = open + 2 + length;
    }
    spans.retain(|span| !span.is_empty());
}

#[cfg(test)]
mod tests {
    use super::{quoted_behind, values_beside};
    use crate::source::Source;

    fn shown(text: &str, plain: bool) -> String {
        let secret = |name: &str| name.eq_ignore_ascii_case("CITY");
        Source::new("a", text).masked(&values_beside(text, &secret, plain)).text().to_owned()
    }

    #[test]
    fn values_beside_a_name_are_hidden_and_others_are_not() {
        for (text, expected) in [
            ("city: str = \"abc\"\ntown: str = \"lugo\"\n", "city: str = \"***\"\ntown: str = \"lugo\"\n"),
            ("city: str\n", "city: str\n"),
            ("os.getenv(\"CITY\", \"a\\\"c\")", "os.getenv(\"CITY\", \"****\")"),
            ("let c = process.env.CITY ?? 'abc'; // \"d", "let c = process.env.CITY ?? '***'; // \"*"),
            ("TOWN = \"lugo\"; CITY_OLD = \"x\"\r\n", "TOWN = \"lugo\"; CITY_OLD = \"x\"\r\n"),
            ("C = env(`CITY`, `ñ`)", "C = env(`CITY`, `**`)"),
        ] {
            assert_eq!(shown(text, false), expected);
        }
        for (text, expected) in [
            ("CITY: abc\r\nTOWN: lugo\n", "CITY: ***\r\nTOWN: lugo\n"),
            ("\"CITY\": \"abc\",", "\"CITY\": \"***\","),
            ("city = abc \n", "city = *** \n"),
            ("the CITY is abc\n", "the CITY is abc\n"),
            ("CITY:\n", "CITY:\n"),
        ] {
            assert_eq!(shown(text, true), expected);
        }
        assert_eq!(quoted_behind("a = 'b'\nc = 'd'\n", 2).len(), 1);
    }
}
