//! The decorators of a comment line and their values: names, texts, calls, lists, maps.
//!
//! Not here: what any decorator means.

use crate::document::Problem;
use crate::source::Span;

/// A decorator: `@name`, `@name=value`, `@name(…)`.
#[derive(Debug, Clone)]
pub(super) struct Decorator {
    pub(super) name: String,
    /// The whole of it; at most to the end of its line.
    pub(super) span: Span,
    pub(super) value: Value,
    /// Whether it is written as a bare call, which may stand several times.
    pub(super) call: bool,
}

/// A value as it is written.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A text; whether it stands in quotes.
    Text { text: String, quoted: bool },
    /// `name(…)`
    Call { name: String, arguments: Arguments },
    /// `[…]`
    List(Vec<Value>),
    /// `{…}`
    Map(Vec<(String, Value)>),
}

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(String, Value)>,
}

impl Value {
    /// The text of a plain value that refers to nothing.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, quoted } if *quoted || !text.contains('$') => Some(text),
            _ => None,
        }
    }

    /// `true` and `false`, unquoted.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Text { text, quoted: false } if text == "true" => Some(true),
            Self::Text { text, quoted: false } if text == "false" => Some(false),
            Self::Text { .. } | Self::Call { .. } | Self::List(_) | Self::Map(_) => None,
        }
    }
}

/// No value is nested deeper.
const DEEPEST: usize = 16;

/// No value has more parts on one level.
const WIDEST: usize = 1000;

/// Reads the decorators of one comment. `text` is the comment behind its `#`, with the lines that go on
/// joined by a line end; `place` is where its first line stands.
pub(super) fn decorators(text: &str, place: Span, problems: &mut Vec<Problem>) -> Vec<Decorator> {
    let mut found = Vec::new();
    let mut reader = Reader { text, at: 0 };
    loop {
        reader.blanks();
        // Whatever else follows is a comment.
        if !reader.eat('@') {
            return found;
        }
        let start = reader.at - 1;
        let name = reader.name().to_owned();
        if name.is_empty() {
            return found;
        }
        let mut call = false;
        let value = if reader.eat('=') {
            reader.value(Ends::Blank, 0)
        } else if reader.peek() == Some('(') {
            call = true;
            reader.arguments(0).map(|arguments| Value::Call { name: name.clone(), arguments })
        } else {
            Some(Value::Text { text: "true".to_owned(), quoted: false })
        };
        let clamp = |offset: usize| (place.start + offset).min(place.end);
        let span = Span::new(clamp(start), clamp(reader.at).max(clamp(start)));
        let Some(value) = value else {
            let message = format!("what follows `@{name}` cannot be read");
            problems.push(Problem { span, message });
            return found;
        };
        found.push(Decorator { name, span, value, call });
        // Two decorators are told apart by a blank.
        if reader.peek().is_some_and(|next| !next.is_whitespace()) {
            return found;
        }
    }
}

/// Reads a value that stands alone, as behind the `=` of a variable; `None` where it is no call, list or map
/// and nothing else.
pub(super) fn structure(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(Ends::Blank, 0)?;
    reader.blanks();
    let whole = reader.at >= text.len();
    (whole && !matches!(value, Value::Text { .. })).then_some(value)
}

/// What an unquoted text ends at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// A blank or a `#`.
    Blank,
    /// A comma or a closing bracket.
    Comma,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += if there { wanted.len_utf8() } else { 0 };
        there
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Blanks, and comments inside brackets: a `#` with a blank or nothing behind it.
    fn gap(&mut self) {
        loop {
            self.blanks();
            let rest = self.rest();
            let comment = rest.strip_prefix('#').is_some_and(|rest| {
                rest.chars().next().is_none_or(|next| next.is_whitespace() || next == '#')
            });
            if !comment {
                return;
            }
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return "";
        }
        let end = rest.find(|c: char| !letters(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn value(&mut self, ends: Ends, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek() {
            Some(quote @ ('"' | '\'' | '`')) => self.quoted(quote),
            Some('[') => self.list(depth),
            Some('{') => self.map(depth),
            _ => {
                let start = self.at;
                let name = self.name();
                if !name.is_empty() && self.peek() == Some('(') {
                    let arguments = self.arguments(depth + 1)?;
                    return Some(Value::Call { name: name.to_owned(), arguments });
                }
                self.at = start;
                Some(self.plain(ends))
            }
        }
    }

    fn plain(&mut self, ends: Ends) -> Value {
        let rest = self.rest();
        let stop = |c: char| match ends {
            Ends::Blank => c.is_whitespace() || c == '#',
            Ends::Comma => matches!(c, ',' | ')' | ']' | '}' | '\n'),
        };
        let end = rest.find(stop).unwrap_or(rest.len());
        self.at += end;
        let text = rest.get(..end).unwrap_or_default().trim_end().to_owned();
        Value::Text { text, quoted: false }
    }

    fn quoted(&mut self, quote: char) -> Option<Value> {
        self.at += 1;
        let mut text = String::new();
        let mut characters = self.rest().char_indices();
        while let Some((offset, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    next if next == quote => text.push(next),
                    'n' if quote != '\'' => text.push('\n'),
                    next => text.extend(['\\', next]),
                },
                '\n' => return None,
                _ if character == quote => {
                    self.at += offset + 1;
                    return Some(Value::Text { text, quoted: true });
                }
                _ => text.push(character),
            }
        }
        None
    }

    /// The parts between an opening bracket and its end; `part` reads one.
    fn parts(&mut self, close: char, mut part: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        for _ in 0..WIDEST {
            self.gap();
            if self.eat(close) {
                return Some(());
            }
            part(self)?;
            self.gap();
            if !self.eat(',') && self.peek() != Some(close) {
                return None;
            }
        }
        None
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.parts(']', |reader| {
            items.push(reader.value(Ends::Comma, depth + 1)?);
            Some(())
        })?;
        Some(Value::List(items))
    }

    fn map(&mut self, depth: usize) -> Option<Value> {
        let mut pairs = Vec::new();
        self.parts('}', |reader| {
            pairs.push(reader.pair(depth)?);
            Some(())
        })?;
        Some(Value::Map(pairs))
    }

    /// `name=value`; the reader stays where it was when there is none.
    fn pair(&mut self, depth: usize) -> Option<(String, Value)> {
        let start = self.at;
        let name = self.name().to_owned();
        self.blanks();
        if name.is_empty() || !self.eat('=') {
            self.at = start;
            return None;
        }
        self.blanks();
        Some((name, self.value(Ends::Comma, depth + 1)?))
    }

    fn arguments(&mut self, depth: usize) -> Option<Arguments> {
        if depth > DEEPEST {
            return None;
        }
        let mut arguments = Arguments::default();
        self.parts(')', |reader| {
            let start = reader.at;
            if let Some(pair) = reader.pair(depth) {
                arguments.named.push(pair);
            } else {
                reader.at = start;
                arguments.positional.push(reader.value(Ends::Comma, depth + 1)?);
            }
            Some(())
        })?;
        Some(arguments)
    }
}
