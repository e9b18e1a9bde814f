//! The reader of `export $(grep -v '^#' file | xargs)`: words without regard for keys.
//!
//! Not here: other pipelines, and what a shell makes of the file itself.

use super::expand::name_length;
use super::loader::Sink;
use crate::source::Span;

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>) {
    let mut complete = Vec::new();
    let stopped = items(sink.text(), &mut complete);
    if let Some(&(at, _)) = complete.first().and_then(|item| item.first()).filter(|(_, first)| *first == '-')
    {
        return sink.refuse(
            Span::new(at, at + 1),
            "`export` takes the first word for an option, and exports nothing",
        );
    }
    for item in complete {
        words(sink, &item);
    }
    if let Err(span) = stopped {
        sink.refuse(span, "xargs stops at a quote without its mate, and nothing behind it is exported");
    }
}

/// The characters of one item, each with its offset.
type Item = Vec<(usize, char)>;

/// Splits as xargs does: blanks part, quotes and backslashes hold together and vanish.
fn items(text: &str, items: &mut Vec<Item>) -> Result<(), Span> {
    let mut start = 0;
    let mut item: Option<Item> = None;
    let mut escaped = false;
    for line in text.split_inclusive('\n') {
        let base = start;
        start += line.len();
        if line.starts_with('#') {
            continue;
        }
        let mut quote: Option<(usize, char)> = None;
        for (offset, character) in line.char_indices() {
            let at = base + offset;
            match (quote, character) {
                _ if escaped => {
                    item.get_or_insert_default().push((at, character));
                    escaped = false;
                }
                (Some((_, open)), _) if character == open => quote = None,
                (Some((open, _)), '\n') => return Err(Span::new(open, at)),
                (None, '\'' | '"') => {
                    item.get_or_insert_default();
                    quote = Some((at, character));
                }
                (None, '\\') => {
                    item.get_or_insert_default();
                    escaped = true;
                }
                (None, ' ' | '\t' | '\n') => items.extend(item.take()),
                _ => item.get_or_insert_default().push((at, character)),
            }
        }
        if let Some((open, _)) = quote {
            return Err(Span::new(open, start));
        }
    }
    items.extend(item);
    Ok(())
}

/// The shell splits what xargs printed once more, and exports each word that is an assignment.
fn words(sink: &mut Sink<'_>, item: &[(usize, char)]) {
    for word in item.split(|(_, character)| matches!(character, ' ' | '\t' | '\n')) {
        let (Some(&(start, _)), Some(&(last, character))) = (word.first(), word.last()) else { continue };
        let end = last + character.len_utf8();
        let text: String = word.iter().map(|(_, character)| character).collect();
        let length = name_length(&text);
        let (name, rest) = text.split_at(length);
        let place = |at: usize| word.iter().map(|(offset, _)| *offset).nth(at).unwrap_or(end);
        let key = Span::new(start, place(length));
        let appended = rest.strip_prefix("+=").map(|more| (sink.look(name).unwrap_or_default() + more, 2));
        let assigned = rest.strip_prefix('=').map(|value| (value.to_owned(), 1)).or(appended);
        match assigned {
            _ if name.is_empty() => sink.problem(Span::new(start, end), "the word is no name of a variable"),
            Some((value, sign)) => sink.set(name, key, Some(value), Span::new(place(length + sign), end)),
            // `export NAME` passes on what it has by then.
            None if rest.is_empty() && sink.known(name).is_some() => {}
            None if rest.is_empty() => sink.set(name, key, None, Span::new(end, end)),
            None => sink.problem(Span::new(start, end), "the word is no name of a variable"),
        }
    }
}
