//! Values by position: the rows of SQL's `INSERT INTO t (name, password) VALUES ('…', '…')`.
//!
//! Not here: what a value is worth. A value without quotes is a parameter, a number or a call, and no literal.

use super::syntax::peek;
use crate::secrets::glance::{ahead, behind};
use crate::source::Span;

/// The longest list of columns that is read, in bytes.
const COLUMNS: usize = 1024;

/// How far the rows behind it are read, in bytes.
const ROWS: usize = 16 * 1024;

/// The literals that an `INSERT` puts into the column at `name`, a row each; none where the name is no column of one.
pub(super) fn rows(bytes: &[u8], name: Span) -> Vec<Span> {
    rows_of(bytes, name).unwrap_or_default()
}

fn rows_of(bytes: &[u8], name: Span) -> Option<Vec<Span>> {
    let closed = usize::from(b"\"`]".contains(&peek(bytes, name.end)));
    let after = skip_blanks(bytes, name.end + closed);
    if !matches!(peek(bytes, after), b',' | b')') {
        return None;
    }
    let before = behind(bytes, name.start, COLUMNS)?;
    let open = memchr::memrchr(b'(', before)?;
    let (head, list) = (before.get(..open)?, before.get(open + 1..)?);
    let names = |byte: &u8| !b");='".contains(byte);
    if !list.iter().all(names) || !inserts_into(head) {
        return None;
    }
    let column = memchr::memchr_iter(b',', list).count();
    let seen = ahead(bytes, name.end, ROWS)?;
    let end = memchr::memchr(b')', seen)?;
    let at = skip_blanks(seen, end + 1);
    let values = seen.get(at..at + 6)?;
    let mut at = values.eq_ignore_ascii_case(b"values").then_some(at + 6)?;
    let mut found = Vec::new();
    loop {
        at = skip_blanks(seen, at);
        if peek(seen, at) != b'(' {
            return Some(found);
        }
        let Some(end) = row(seen, at + 1, |nth, span| {
            if nth == column {
                found.push(span.shifted(name.end));
            }
        }) else {
            return Some(found);
        };
        at = skip_blanks(seen, end);
        at += usize::from(peek(seen, at) == b',');
    }
}

/// Whether the text ends with `INTO` and the name of a table.
fn inserts_into(head: &[u8]) -> bool {
    let head = head.trim_ascii_end();
    let table = head.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let head = head.get(..head.len() - table).unwrap_or_default().trim_ascii_end();
    let word = head.get(head.len().saturating_sub(4)..).unwrap_or_default();
    table > 0 && word.eq_ignore_ascii_case(b"into")
}

/// Calls `literal` with the place and the text of every literal of the row that begins at `at`; gives the place behind
/// the row, or `None` where it does not end.
fn row(text: &[u8], at: usize, mut literal: impl FnMut(usize, Span)) -> Option<usize> {
    let (mut at, mut nth, mut depth) = (at, 0, 0usize);
    let mut begins = true;
    loop {
        match *text.get(at)? {
            b'\'' => {
                let end = string_end(text, at + 1)?;
                if begins && depth == 0 && matches!(peek(text, skip_blanks(text, end + 1)), b',' | b')') {
                    literal(nth, Span::new(at + 1, end));
                }
                at = end;
                begins = false;
            }
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at + 1),
            b')' => depth -= 1,
            b',' if depth == 0 => {
                nth += 1;
                begins = true;
            }
            // `N'…'` and `E'…'` are literals too.
            byte if byte.is_ascii_whitespace()
                || matches!(byte, b'N' | b'E') && peek(text, at + 1) == b'\'' => {}
            _ => begins = false,
        }
        at += 1;
    }
}

/// The quote that closes the literal which begins at `at`; a doubled one and an escaped one do not.
fn string_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *text.get(at)? {
            b'\\' => at += 1,
            b'\'' if peek(text, at + 1) == b'\'' => at += 1,
            b'\'' => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

fn skip_blanks(text: &[u8], at: usize) -> usize {
    let blank = |byte: &&u8| byte.is_ascii_whitespace();
    at + text.get(at..).unwrap_or_default().iter().take_while(blank).count()
}

#[cfg(test)]
mod tests {
    use super::super::super::scan;

    fn found(text: &str) -> Vec<&str> {
        scan("db/seed.sql", text).iter().filter_map(|one| text.get(one.span.start..one.span.end)).collect()
    }

    #[test]
    fn every_row_has_its_column() {
        for (text, expected) in [
            ("INSERT INTO users (name, password) VALUES ('anna', 'tr4vel-Bug77');", &["tr4vel-Bug77"][..]),
            (
                "insert into `users` (`id`, `password`, `mail`)\nvalues\n (1, 'tr4vel-Bug77', 'a@b.c'),\n (2, N'kelp_Barn98', NULL);",
                &["tr4vel-Bug77", "kelp_Barn98"],
            ),
            (
                "INSERT INTO t (a, [api_secret]) VALUES (f('x', 'y'), 'mV9xQ2rT8kLp4ZwN7bJc3HsY')",
                &["mV9xQ2rT8kLp4ZwN7bJc3HsY"],
            ),
            ("INSERT INTO t (a, password) VALUES ('it''s, so', 'tr4vel-Bug77')", &["tr4vel-Bug77"]),
            (
                "INSERT INTO t (name, password) VALUES ('tr4vel-Bug77', crypt('tr4vel-Bug77', gen_salt('bf')))",
                &[],
            ),
            ("INSERT INTO t (name, password) VALUES (?, ?)", &[]),
            ("INSERT INTO t (name, password) VALUES (:name, :password), ('x', 'changeme')", &[]),
            ("INSERT INTO t (name, password) SELECT name, 'tr4vel-Bug77' FROM u", &[]),
            ("def login(name, password) values ('a', 'tr4vel-Bug77')", &[]),
            ("INSERT INTO t (name, password) VALUES ('a', 'tr4vel-Bug77", &[]),
            ("CREATE TABLE t (name text, password text, mail text)", &[]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }
}
