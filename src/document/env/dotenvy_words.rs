//! The reader of dotenvy: shell-like words, one to a line, and an error ends the load.
//!
//! Not here: the shell itself, which goes on where dotenvy stops.

use super::loader::Sink;
use crate::source::Span;

/// How a logical line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    Blank,
    Escape,
    Strong,
    StrongEscape,
    Weak,
    WeakEscape,
}

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>) {
    let text = sink.text();
    let mut at = 0;
    while at < text.len() {
        let Some((end, next)) = logical_line(text, at) else {
            return sink.refuse(Span::new(at, text.len()), "the quote or the escape is never ended");
        };
        if let Err((span, message)) = one(sink, at, end) {
            return sink.refuse(span, message);
        }
        at = next;
    }
}

/// Where the logical line at `start` ends without its comment, and where the next one begins.
fn logical_line(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut at = start;
    let mut state = Line::Whole;
    loop {
        let next = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        if text[start..].trim_start().starts_with('#') && state == Line::Whole {
            return Some((start, next));
        }
        for (offset, character) in text[at..next].char_indices() {
            if state == Line::Blank && character == '#' {
                return Some((at + offset, next));
            }
            state = step(state, character);
        }
        if state == Line::Whole {
            return Some((next, next));
        }
        if next == text.len() {
            return None;
        }
        at = next;
    }
}

fn step(state: Line, character: char) -> Line {
    match (state, character) {
        (Line::Strong, '\'') | (Line::Weak, '"') | (Line::Escape, _) => Line::Whole,
        (Line::Strong, '\\') => Line::StrongEscape,
        (Line::Weak, '\\') => Line::WeakEscape,
        (Line::Strong | Line::StrongEscape, _) | (Line::Whole | Line::Blank, '\'') => Line::Strong,
        (Line::Weak | Line::WeakEscape, _) | (_, '"') => Line::Weak,
        (_, '\\') => Line::Escape,
        (Line::Whole, _) if character.is_whitespace() && character != '\n' && character != '\r' => {
            Line::Blank
        }
        _ => Line::Whole,
    }
}

type Refusal = (Span, &'static str);

fn one(sink: &mut Sink<'_>, start: usize, end: usize) -> Result<(), Refusal> {
    let text = sink.text();
    let line = text[start..end].trim_end();
    let end = start + line.len();
    let skip = |from: usize| end - text[from..end].trim_start().len();
    let mut at = skip(start);
    if at >= end || text[at..].starts_with('#') {
        return Ok(());
    }
    let mut key = key(text, at, end)?;
    at = skip(key.end);
    if &text[key.start..key.end] == "export" && !text[at..end].starts_with('=') {
        key = self::key(text, at, end)?;
        at = skip(key.end);
    }
    if !text[at..end].starts_with('=') {
        return Err((Span::new(start, end), "the line has no `=` behind its key"));
    }
    at = skip(at + 1);
    let span = Span::new(at, end);
    let name = text[key.start..key.end].to_owned();
    let written = &text[at..end];
    let value = if written.starts_with('#') {
        String::new()
    } else {
        word(sink, written).map_err(|message| (span, message))?
    };
    sink.set(&name, key, Some(value), span);
    Ok(())
}

fn key(text: &str, start: usize, end: usize) -> Result<Span, Refusal> {
    let rest = &text[start..end];
    let first = rest.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if !first {
        return Err((Span::new(start, end), "the line begins with no key"));
    }
    let name = |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '.';
    let length = rest.find(|character| !name(character)).unwrap_or(rest.len());
    Ok(Span::new(start, start + length))
}

/// What is being read inside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Plain,
    Strong,
    Weak,
}

fn word(sink: &Sink<'_>, written: &str) -> Result<String, &'static str> {
    let mut out = String::new();
    let mut inside = Inside::Plain;
    let mut characters = written.chars();
    let mut over = false;
    while let Some(character) = characters.next() {
        match (inside, character) {
            _ if over => match character {
                ' ' | '\t' => {}
                '#' => break,
                _ => return Err("an unquoted value has a blank in it"),
            },
            (Inside::Strong, '\'') | (Inside::Weak, '"') => inside = Inside::Plain,
            (Inside::Strong, _) => out.push(character),
            (_, '\\') => out.extend(escaped(characters.next())?),
            (_, '$') => reference(sink, &mut characters, &mut out)?,
            (Inside::Plain, '\'') => inside = Inside::Strong,
            (Inside::Plain, '"') => inside = Inside::Weak,
            (Inside::Plain, ' ' | '\t') => over = true,
            _ => out.push(character),
        }
        if out.len() > 1 << 20 {
            return Err("the value grows beyond a megabyte when it is expanded");
        }
    }
    if inside == Inside::Plain { Ok(out) } else { Err("a quote is swallowed or never closed") }
}

/// A backslash at the very end stands for nothing.
fn escaped(next: Option<char>) -> Result<Option<char>, &'static str> {
    match next {
        Some('n') => Ok(Some('\n')),
        Some('\\' | '\'' | '"' | '$' | ' ') | None => Ok(next),
        Some(_) => Err("the character behind a backslash is none that may stand there"),
    }
}

/// Reads a reference behind its `$`. The character that ends an unbraced one is taken as text, even
/// where it is a quote or a blank.
fn reference(
    sink: &Sink<'_>,
    characters: &mut std::str::Chars<'_>,
    out: &mut String,
) -> Result<(), &'static str> {
    let mut name = String::new();
    let mut braced = false;
    for character in characters.by_ref() {
        if braced {
            if character == '}' {
                out.push_str(&sink.look(&name).unwrap_or_default());
                return Ok(());
            }
            name.push(character);
        } else if character.is_alphanumeric() {
            name.push(character);
        } else if character == '{' && name.is_empty() {
            braced = true;
        } else {
            out.push_str(&sink.look(&name).unwrap_or_default());
            name.clear();
            if character != '$' {
                out.push(character);
                return Ok(());
            }
        }
    }
    if braced {
        return Err("`${` is never closed");
    }
    out.push_str(&sink.look(&name).unwrap_or_default());
    Ok(())
}
