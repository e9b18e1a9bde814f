//! The reader of templates.
//!
//! Not here: filling them in.

use super::{Mistake, Operator, Piece, Template, TemplateError, Variable};
use crate::document::yaml::Places;

/// How deep words may stand in words.
const DEPTH_LIMIT: usize = 40;

/// Reads a template; `places` leads from the text back to the source.
#[must_use]
pub fn parse(text: &str, places: &Places) -> Template {
    parse_part(text, 0, text.len(), places, 0)
}

/// Reads the part of a text from byte `start` on.
#[must_use]
pub fn parse_range(text: &str, start: usize, places: &Places) -> Template {
    parse_part(text, start.min(text.len()), text.len(), places, 0)
}

/// Reads the part of a text from byte `start` up to byte `end`.
#[must_use]
pub fn parse_between(text: &str, start: usize, end: usize, places: &Places) -> Template {
    let end = end.min(text.len());
    parse_part(text, start.min(end), end, places, 0)
}

fn parse_part(text: &str, start: usize, end: usize, places: &Places, depth: usize) -> Template {
    let mut reader = Reader { text, end, places, depth, template: Template::default(), brace_line: None };
    reader.read(start);
    reader.template
}

struct Reader<'a> {
    text: &'a str,
    end: usize,
    places: &'a Places,
    depth: usize,
    template: Template,
    /// The end of the line last looked at, and the last `}` on it.
    brace_line: Option<(usize, Option<usize>)>,
}

impl Reader<'_> {
    fn read(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let (mut at, mut literal) = (start, start);
        while let Some(found) = self.find(b'$', at) {
            match bytes.get(found + 1).filter(|_| found + 1 < self.end) {
                Some(b'$') => {
                    self.literal(literal, found + 1);
                    at = found + 2;
                    literal = at;
                }
                Some(b'{') => {
                    self.literal(literal, found);
                    let Some(after) = self.braced(found) else { return };
                    at = after;
                    literal = at;
                }
                Some(&next) if is_name_start(next) => {
                    self.literal(literal, found);
                    at = self.name_end(found + 1);
                    self.variable(found, at, (found + 1, at), None, (at, at), false);
                    literal = at;
                }
                _ => at = found + 1,
            }
        }
        self.literal(literal, self.end);
    }

    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(from..self.end)?;
        memchr::memchr(byte, rest).map(|at| from + at)
    }

    fn literal(&mut self, start: usize, end: usize) {
        let text = self.text.get(start..end).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let span = self.places.span(start, end);
        if let Some(Piece::Literal { text: before, span: place }) = self.template.pieces.last_mut() {
            before.push_str(text);
            place.end = span.end;
            return;
        }
        self.template.pieces.push(Piece::Literal { text: text.to_owned(), span });
    }

    fn name_end(&self, start: usize) -> usize {
        let rest = self.text.as_bytes().get(start..self.end).unwrap_or_default();
        start + rest.iter().take_while(|byte| is_name_start(**byte) || byte.is_ascii_digit()).count()
    }

    /// Reads `${…}` at `start`; gives the offset after it, or `None` after a mistake.
    fn braced(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let name = start + 2;
        let Some(_) = bytes.get(name).filter(|byte| name < self.end && is_name_start(**byte)) else {
            let mistake = if name < self.end { Mistake::NoName } else { Mistake::Unclosed };
            return self.mistake(start, name, mistake);
        };
        let name_end = self.name_end(name);
        if self.byte(name_end) == Some(b'}') {
            self.variable(start, name_end + 1, (name, name_end), None, (name_end, name_end), true);
            return Some(name_end + 1);
        }
        let Some((operator, length)) = self.operator(name_end) else {
            let mistake = if name_end < self.end { Mistake::NoOperator } else { Mistake::Unclosed };
            return self.mistake(start, name_end, mistake);
        };
        let Some(last) = self.last_brace(name_end + length) else {
            let later = self.find(b'}', name_end + length).is_some();
            let at = self.brace_line.map_or(self.end, |(line_end, _)| line_end);
            return self.mistake(start, at, if later { Mistake::LineEnd } else { Mistake::Unclosed });
        };
        let close = self.closing_brace(start, last).unwrap_or(last);
        if self.depth >= DEPTH_LIMIT {
            return self.mistake(start, close, Mistake::TooDeep);
        }
        let word = (name_end + length, close);
        self.variable(start, close + 1, (name, name_end), Some(operator), word, true);
        self.template.error.is_none().then_some(close + 1)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied().filter(|_| at < self.end)
    }

    fn operator(&self, at: usize) -> Option<(Operator, usize)> {
        let empty = self.byte(at) == Some(b':');
        let length = if empty { 2 } else { 1 };
        let operator = match self.byte(at + length - 1)? {
            b'-' => Operator::Default { empty },
            b'?' => Operator::Required { empty },
            b'+' => Operator::Alternative { empty },
            _ => return None,
        };
        Some((operator, length))
    }

    /// The last `}` of the line that `from` stands on, if it is not before `from`.
    fn last_brace(&mut self, from: usize) -> Option<usize> {
        let known = self.brace_line.filter(|(line_end, _)| from <= *line_end);
        let (_, brace) = known.unwrap_or_else(|| {
            let line_end = self.find(b'\n', from).unwrap_or(self.end);
            let line = self.text.as_bytes().get(from..line_end).unwrap_or_default();
            let found = (line_end, memchr::memrchr(b'}', line).map(|at| from + at));
            self.brace_line = Some(found);
            found
        });
        brace.filter(|brace| *brace >= from)
    }

    /// Compose's count of braces: every `{` opens, and the character after it is not looked at.
    fn closing_brace(&self, start: usize, last: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut open, mut at) = (0_usize, start);
        while at <= last {
            match bytes.get(at) {
                Some(b'}') if open == 1 => return Some(at),
                Some(b'}') => open = open.saturating_sub(1),
                Some(b'{') => {
                    open += 1;
                    at += 1;
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn variable(
        &mut self,
        start: usize,
        end: usize,
        name: (usize, usize),
        operator: Option<Operator>,
        word: (usize, usize),
        braced: bool,
    ) {
        let template = if operator.is_some() {
            parse_part(self.text, word.0, word.1, self.places, self.depth + 1)
        } else {
            Template::default()
        };
        self.template.error.clone_from(&template.error);
        self.template.pieces.push(Piece::Variable(Variable {
            name: self.text.get(name.0..name.1).unwrap_or_default().to_owned(),
            name_span: self.places.span(name.0, name.1),
            span: self.places.span(start, end),
            operator,
            operator_span: self.places.span(name.1, word.0),
            word: template,
            word_span: self.places.span(word.0, word.1),
            braced,
        }));
    }

    fn mistake(&mut self, start: usize, at: usize, mistake: Mistake) -> Option<usize> {
        // The character that does not fit is shown whole.
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        let span = self.places.span(start, (at + width).min(self.end).max(start + 2));
        self.template.error = Some(TemplateError { span, at: self.places.offset(at), mistake });
        None
    }
}

const fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}
