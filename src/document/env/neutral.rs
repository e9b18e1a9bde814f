//! The lexer that knows no loader: it finds keys, values, quotes and comments as a reader would.
//!
//! Not here: what any one program makes of them (see [`super::loader`]).

use super::{Entry, EnvFile, Quote};
use crate::document::Problem;
use crate::source::Span;

/// How many of one kind of odd character are kept; one finding speaks for all.
const KEPT: usize = 1000;

/// Reads the whole text.
pub(super) fn parse(text: &str) -> EnvFile {
    let mut file = EnvFile::default();
    let mut at = 0;
    if text.starts_with('\u{feff}') {
        file.mark = Some(Span::new(0, 3));
        at = 3;
    }
    let mut cut_key = false;
    while at < text.len() {
        at = line(text, at, &mut cut_key, &mut file);
    }
    file.carriage_returns = places(text, "\r\n", 1);
    file.nuls = places(text, "\0", 1);
    file.no_break_spaces = no_break_spaces(text);
    file
}

fn places(text: &str, wanted: &str, length: usize) -> Vec<Span> {
    text.match_indices(wanted).take(KEPT).map(|(at, _)| Span::new(at, at + length)).collect()
}

fn no_break_spaces(text: &str) -> Vec<Span> {
    let odd =
        |character: char| matches!(character, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{200b}' | '\u{2060}');
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split('\n') {
        if !line.trim_start().starts_with('#') {
            let spans =
                line.match_indices(odd).map(|(at, one)| Span::new(start + at, start + at + one.len()));
            found.extend(spans.take(KEPT.saturating_sub(found.len())));
        }
        start += line.len() + 1;
    }
    found
}

/// The end of the line that `from` stands in, without its `\r`.
fn content_end(text: &str, from: usize) -> usize {
    let end = text[from..].find('\n').map_or(text.len(), |length| from + length);
    if end > from && text.as_bytes().get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}

fn next_line(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| from + length + 1)
}

/// Reads what begins at `at`, and returns where the next line begins. `cut_key` is whether the lines before it began
/// a key in PEM without quotes: what follows is no name then, however much base64 looks like one.
fn line(text: &str, at: usize, cut_key: &mut bool, file: &mut EnvFile) -> usize {
    let end = content_end(text, at);
    let content = text[at..end].trim_start();
    let start = end - content.len();
    let next = next_line(text, end);
    if *cut_key && is_of_key(content.trim_end()) {
        *cut_key = !content.starts_with("-----END ");
        if !content.is_empty() {
            let span = Span::new(start, start + content.trim_end().len());
            file.problems.push(Problem {
                span,
                message: "the line belongs to a key above it that has no quotes".to_owned(),
            });
        }
        return next;
    }
    *cut_key = false;
    if content.is_empty() || content.starts_with('#') {
        return next;
    }
    let Some(mut entry) = key(text, start, end) else {
        let span = Span::new(start, start + content.trim_end().len());
        file.problems.push(Problem { span, message: "the line is no `KEY=value`".to_owned() });
        return next;
    };
    entry.line_span = Span::new(at, end);
    let next = match entry.raw_span {
        None => next,
        Some(from) => value(text, from.start, end, &mut entry),
    };
    let written = entry.raw_span.map_or("", |raw| &text[raw.start..raw.end]);
    let begins = written.trim_start().starts_with("-----BEGIN ") && !written.contains("-----END ");
    *cut_key = entry.quote.is_none() && begins;
    file.entries.push(entry);
    next
}

/// Whether a line can stand in a key in PEM: base64, a header, nothing, or its end.
fn is_of_key(line: &str) -> bool {
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let body = line.trim_end_matches('=');
    let whole = body.bytes().all(base64) && line.len() - body.len() <= 2 && line.len().is_multiple_of(4);
    whole || ["-----END ", "Proc-Type:", "DEK-Info:"].iter().any(|start| line.starts_with(start))
}

/// The key of the line from `start` to `end`; `raw_span` begins behind the `=`.
fn key(text: &str, start: usize, end: usize) -> Option<Entry> {
    let content = &text[start..end];
    let exported =
        content.strip_prefix("export").map(str::trim_start).filter(|rest| rest.len() + 6 < content.len());
    let exported = exported.filter(|rest| !rest.is_empty() && !rest.starts_with('='));
    let content = exported.unwrap_or(content);
    let start = end - content.len();
    let separator = content.find('=').or_else(|| content.find(": "));
    let name = content[..separator.unwrap_or(content.len())].trim_end();
    let odd = |character: char| character.is_whitespace() || "\"'`;#$(){}<>&|\\".contains(character);
    if name.is_empty() || name.contains(odd) || (separator.is_none() && !name.chars().all(is_name)) {
        return None;
    }
    Some(Entry {
        key: name.to_owned(),
        key_span: Span::new(start, start + name.len()),
        raw_span: separator.map(|at| Span::new(start + at + 1, end)),
        quote: None,
        inner_span: None,
        exported: exported.is_some(),
        unterminated: false,
        after_quote: None,
        comment_span: None,
        line_span: Span::new(start, end),
    })
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Reads the value behind the `=` and returns where the next line begins.
fn value(text: &str, from: usize, end: usize, entry: &mut Entry) -> usize {
    let rest = text[from..end].trim_start_matches([' ', '\t']);
    let start = end - rest.len();
    let quote = match rest.chars().next() {
        Some('\'') => Some((Quote::Single, b'\'')),
        Some('"') => Some((Quote::Double, b'"')),
        Some('`') => Some((Quote::Backtick, b'`')),
        _ => None,
    };
    let Some((quote, byte)) = quote else {
        plain(text, start, end, entry);
        return next_line(text, end);
    };
    let Some(close) = closing(text, start, end, byte) else {
        entry.unterminated = true;
        let span = Span::new(start, start + text[start..end].trim_end().len());
        entry.raw_span = Some(span);
        entry.inner_span = Some(Span::new(start + 1, span.end.max(start + 1)));
        return next_line(text, end);
    };
    entry.quote = Some(quote);
    entry.raw_span = Some(Span::new(start, close + 1));
    entry.inner_span = Some(Span::new(start + 1, close));
    let end = content_end(text, close);
    entry.line_span.end = end;
    let tail = text[close + 1..end].trim();
    let tail_start = end - text[close + 1..end].trim_start().len();
    let span = Span::new(tail_start, tail_start + tail.len());
    if tail.starts_with('#') {
        entry.comment_span = Some(span);
    } else if !tail.is_empty() {
        entry.after_quote = Some(span);
    }
    next_line(text, end)
}

fn plain(text: &str, start: usize, end: usize, entry: &mut Entry) {
    let written = &text[start..end];
    let bytes = written.as_bytes();
    let comment = written.match_indices('#').map(|(at, _)| at).find(|&at| {
        at == 0 && start > 0 && matches!(text.as_bytes().get(start - 1), Some(b' ' | b'\t'))
            || at > 0 && matches!(bytes.get(at - 1), Some(b' ' | b'\t'))
    });
    if let Some(at) = comment {
        entry.comment_span = Some(Span::new(start + at, start + written.trim_end().len()));
    }
    let value = written[..comment.unwrap_or(written.len())].trim_end();
    let span = Span::new(start, start + value.len());
    entry.raw_span = Some(span);
    entry.inner_span = Some(span);
}

/// The quote that closes the one at `open`: on the line that ends at `end`, or at the end of a later
/// line that has no other such quote before it.
fn closing(text: &str, open: usize, end: usize, quote: u8) -> Option<usize> {
    if let Some(close) = closing_in(text, open + 1, end, quote) {
        return Some(close);
    }
    let found = open + 1 + memchr::memchr(quote, text.get(open + 1..)?.as_bytes())?;
    let tail = text[found + 1..content_end(text, found)].trim_start();
    (tail.is_empty() || tail.starts_with('#')).then_some(found)
}

fn closing_in(text: &str, from: usize, end: usize, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut escaped = None;
    let mut at = from;
    while at < end {
        match bytes.get(at) {
            Some(b'\\') if bytes.get(at + 1) == Some(&quote) && at + 1 < end => {
                escaped = Some(at + 1);
                at += 2;
            }
            Some(b'\\') if quote == b'"' => at += 2,
            Some(byte) if *byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{Quote, parse};

    fn shown(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let slice = |span: crate::source::Span| text[span.start..span.end].to_owned();
        parse(text)
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.raw_span.map(slice), entry.comment_span.map(slice)))
            .collect()
    }

    fn one(text: &str) -> (String, Option<String>, Option<String>) {
        let mut all = shown(text);
        assert_eq!(all.len(), 1, "one entry in {text:?}");
        all.remove(0)
    }

    #[test]
    fn lines_of_a_key_without_quotes_are_no_names() {
        let body = "MIIEvQIBADANBgkq\nNMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzM\n\nAB12CD34EF56GH==\n";
        let text = format!("A=-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\nQUIJ=1\nZXCV\n");
        let names = |text: &str| parse(text).entries.into_iter().map(|entry| entry.key).collect::<Vec<_>>();
        assert_eq!(names(&text), ["A", "QUIJ", "ZXCV"]);
        assert_eq!(parse(&text).problems.len(), 4);
        // One that is only begun, as in an example, takes nothing away from what follows.
        assert_eq!(names("A=-----BEGIN PRIVATE KEY-----\nPORT=8000\nHOST=\n"), ["A", "PORT", "HOST"]);
        assert_eq!(names("A=-----BEGIN X-----a-----END X-----\nABCD\n"), ["A", "ABCD"]);
        assert_eq!(names("A=('-----BEGIN X-----')\ndone\n"), ["A", "done"]);
    }

    #[test]
    fn keys_values_and_comments_have_their_places() {
        let cases: &[(&str, &str, Option<&str>, Option<&str>)] = &[
            ("A=1", "A", Some("1"), None),
            ("  export A = b c  # d \r\n", "A", Some("b c"), Some("# d")),
            ("A=b#c", "A", Some("b#c"), None),
            ("A= # c", "A", Some(""), Some("# c")),
            ("A=#c", "A", Some("#c"), None),
            ("A=\"b # c\" # d", "A", Some("\"b # c\""), Some("# d")),
            ("A='b'", "A", Some("'b'"), None),
            ("A=\"x\\\"y\"", "A", Some("\"x\\\"y\""), None),
            ("A=\"x\ny\"\n", "A", Some("\"x\ny\""), None),
            ("A", "A", None, None),
            ("export=1", "export", Some("1"), None),
            ("A: b", "A", Some("b"), None),
            ("A=", "A", Some(""), None),
            ("\u{feff}A=1", "A", Some("1"), None),
        ];
        for (text, key, raw, comment) in cases {
            let expected = (key.to_string(), raw.map(str::to_owned), comment.map(str::to_owned));
            assert_eq!(one(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_keeps_to_its_line() {
        let text = "A=\"abc\nB=\"x\"\nC='it\nD=1 # it's\n";
        let file = parse(text);
        let open: Vec<_> =
            file.entries.iter().filter(|entry| entry.unterminated).map(|entry| &entry.key[..]).collect();
        assert_eq!(open, ["A", "C"]);
        assert_eq!(file.entries.len(), 4);
    }

    #[test]
    fn text_after_the_closing_quote_is_seen() {
        let text = "A=\"[\"a\",\"b\"]\"\nB='it'\\''s'\nC=\"x\"#c\nD=\"x\"  \n";
        let file = parse(text);
        let after: Vec<_> = file
            .entries
            .iter()
            .map(|entry| entry.after_quote.map(|span| &text[span.start..span.end]))
            .collect();
        assert_eq!(after, [Some("a\",\"b\"]\""), Some("\\''s'"), None, None]);
        assert_eq!(file.entries[3].quote, Some(Quote::Double));
    }

    #[test]
    fn lines_that_are_no_assignment_are_problems() {
        let file = parse("garbage line\n; note\n=x\n\"K\"=1\n# fine\n\n");
        assert_eq!(file.problems.len(), 4);
        assert!(file.entries.is_empty());
    }

    #[test]
    fn odd_characters_are_counted_outside_comments() {
        let file = parse("# a\u{a0}b\nA=x\u{a0}\nB=\0\r\n");
        assert_eq!((file.no_break_spaces.len(), file.nuls.len(), file.carriage_returns.len()), (1, 1, 1));
    }

    #[test]
    fn hostile_text_is_read_in_reasonable_time() {
        for text in [
            "A=\"".repeat(200_000),
            "A='\n".repeat(100_000),
            "=\\\"".repeat(200_000),
            "\u{a0}#".repeat(100_000),
        ] {
            let _ = parse(&text);
        }
    }
}
