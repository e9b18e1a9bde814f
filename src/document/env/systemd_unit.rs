//! The reader of systemd's `EnvironmentFile=`: a state machine over characters.
//!
//! Not here: unit files.

use super::loader::Sink;
use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BeforeKey,
    Key,
    BeforeValue,
    Value,
    ValueEscape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    CommentEscape,
}

struct Machine {
    state: State,
    key: Span,
    value: String,
    value_span: Span,
    /// The length that `value` is cut to where the line ends: what stands behind is blank.
    solid: usize,
}

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>) {
    let nothing = Span::new(0, 0);
    let mut machine = Machine {
        state: State::BeforeKey,
        key: nothing,
        value: String::new(),
        value_span: nothing,
        solid: 0,
    };
    for (at, character) in sink.text().char_indices() {
        machine.step(sink, at, character);
    }
    if !matches!(machine.state, State::BeforeKey | State::Key | State::Comment | State::CommentEscape) {
        machine.finish(sink);
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// A carriage return ends a line by itself, and is text where a quote is open.
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

impl Machine {
    fn step(&mut self, sink: &mut Sink<'_>, at: usize, character: char) {
        let end = at + character.len_utf8();
        match self.state {
            State::BeforeKey if matches!(character, '#' | ';') => self.state = State::Comment,
            State::BeforeKey if is_blank(character) => {}
            State::BeforeKey => {
                self.key = Span::new(at, end);
                self.state = State::Key;
            }
            State::Key if is_line_end(character) => {
                sink.problem(Span::new(self.key.start, at), "the line has no `=`");
                self.state = State::BeforeKey;
            }
            State::Key if character == '=' => {
                self.value_span = Span::new(end, end);
                self.value.clear();
                self.solid = 0;
                self.state = State::BeforeValue;
            }
            State::Key if !is_blank(character) => self.key.end = end,
            State::Key => {}
            State::BeforeValue | State::Value if is_line_end(character) => {
                self.finish(sink);
                self.state = State::BeforeKey;
            }
            State::BeforeValue if is_blank(character) => {}
            _ => self.value_step(at, end, character),
        }
    }

    fn value_step(&mut self, at: usize, end: usize, character: char) {
        if self.value_span.is_empty() {
            self.value_span.start = at;
        }
        if !is_blank(character) {
            self.value_span.end = end;
        }
        match (self.state, character) {
            (State::BeforeValue, '\'') => self.state = State::Single,
            (State::BeforeValue, '"') => self.state = State::Double,
            (State::BeforeValue | State::Value, '\\') => self.state = State::ValueEscape,
            (State::BeforeValue | State::Value, _) => {
                self.value.push(character);
                if !is_blank(character) {
                    self.solid = self.value.len();
                }
                self.state = State::Value;
            }
            (State::ValueEscape, _) => {
                if !is_line_end(character) {
                    self.take(character);
                }
                self.state = State::Value;
            }
            (State::Single, '\'') | (State::Double, '"') => self.state = State::BeforeValue,
            (State::Double, '\\') => self.state = State::DoubleEscape,
            (State::Single | State::Double, _) => self.take(character),
            (State::DoubleEscape, _) => {
                if !matches!(character, '"' | '\\' | '`' | '$' | '\n') {
                    self.take('\\');
                }
                if character != '\n' {
                    self.take(character);
                }
                self.state = State::Double;
            }
            (State::Comment, '\\') => self.state = State::CommentEscape,
            (State::Comment, end) if is_line_end(end) => self.state = State::BeforeKey,
            (State::CommentEscape, _) => self.state = State::Comment,
            _ => {}
        }
    }

    /// Takes a character that no trimming touches.
    fn take(&mut self, character: char) {
        self.value.push(character);
        self.solid = self.value.len();
    }

    fn finish(&mut self, sink: &mut Sink<'_>) {
        self.value.truncate(self.solid);
        let text = sink.text();
        let key = text[self.key.start..self.key.end].to_owned();
        let first_digit = key.starts_with(|first: char| first.is_ascii_digit());
        if first_digit || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            sink.problem(self.key, "the key is no name of a variable and is left out");
            return;
        }
        sink.set(&key, self.key, Some(std::mem::take(&mut self.value)), self.value_span);
    }
}
