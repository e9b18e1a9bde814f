//! A script that does not parse, read line by line for the rules that need only the words.
//!
//! Not here: anything that would need to know what the lines stand in.

use super::lexer::Parser;
use super::text::Mapped;
use super::tree::List;

/// What may stand before a command and says nothing about it.
const LEADING: &[&str] =
    &["if", "elif", "then", "else", "while", "until", "do", "done", "fi", "esac", "!", "{", "}", "("];

/// The lines that are commands by themselves, keywords before them put aside.
pub(super) fn lines(text: &Mapped, depth: usize) -> List {
    let whole = text.text();
    let mut found = List::default();
    let mut start = 0;
    while start < whole.len() {
        let mut end = start;
        // A line that ends in a backslash goes on.
        loop {
            let rest = whole.get(end..).unwrap_or("");
            end += memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |length| length + 1);
            let line = whole.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r']);
            if !line.ends_with('\\') || end >= whole.len() {
                break;
            }
        }
        line(text, start, end, depth, &mut found);
        start = end;
    }
    found
}

fn line(text: &Mapped, start: usize, end: usize, depth: usize, found: &mut List) {
    let mut part = Mapped::default();
    part.push_part(text, start, end);
    let mut parser = Parser::new(&part, depth);
    parser.blank();
    while LEADING.contains(&parser.plain_word()) {
        parser.at += parser.plain_word().len();
        parser.blank();
        if parser.peek() == Some(b';') {
            parser.at += 1;
            parser.blank();
        }
    }
    if let Ok(list) = parser.list() {
        found.items.extend(list.items);
    }
}
