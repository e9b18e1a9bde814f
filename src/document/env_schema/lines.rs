//! A schema's lines: comment blocks, the header, and the variables with the comments that belong to them.
//!
//! Not here: what decorators mean.

use super::decorators::{self, Decorator};
use crate::document::Problem;
use crate::source::Span;

/// The text cut up.
#[derive(Debug, Default)]
pub(super) struct Read<'t> {
    pub(super) text: &'t str,
    /// The decorators of the comment blocks before the first variable.
    pub(super) header: Vec<Decorator>,
    pub(super) items: Vec<Line>,
    pub(super) problems: Vec<Problem>,
}

/// A variable with what is said above and behind it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) key_span: Span,
    /// The value as written, quotes included, blanks and comment left out.
    pub(super) value_span: Span,
    /// The value without quotes.
    pub(super) inner_span: Span,
    pub(super) quoted: bool,
    pub(super) decorators: Vec<Decorator>,
    pub(super) words: Vec<String>,
}

/// A run of comments.
#[derive(Debug, Default)]
struct Block {
    decorators: Vec<Decorator>,
    words: Vec<String>,
    /// Whether it is the first thing in the file.
    leads: bool,
}

/// The most lines that one value or decorator may go on over.
const LONGEST: usize = 200;

struct Cutter<'t> {
    read: Read<'t>,
    block: Block,
    at: usize,
    /// How many more lines may be looked at in vain.
    patience: usize,
}

/// The most lines of a file that are looked at for the end of something that never ends.
const PATIENCE: usize = 20_000;

/// Cuts the text.
pub(super) fn read(text: &str) -> Read<'_> {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut cutter =
        Cutter { read: Read { text, ..Read::default() }, block: Block::default(), at, patience: PATIENCE };
    while let Some(line) = cutter.next_line() {
        let content = cutter.slice(line).trim_start();
        let start = line.end - content.len();
        match content.chars().next() {
            None => cutter.close_block(),
            Some('#') => cutter.comment(Span::new(start + 1, line.end)),
            Some(_) => cutter.item(Span::new(start, line.end)),
        }
    }
    cutter.close_block();
    cutter.read
}

impl<'t> Cutter<'t> {
    fn slice(&self, span: Span) -> &'t str {
        self.read.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The next line without its end; `None` where the text is over.
    fn next_line(&mut self) -> Option<Span> {
        let rest = self.read.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let start = self.at;
        self.at = (start + length + 1).min(self.read.text.len());
        let solid = rest.get(..length).unwrap_or_default().trim_end();
        Some(Span::new(start, start + solid.len()))
    }

    /// A block that no variable follows at once is the header's, before the first variable, or nobody's.
    fn close_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        if self.read.items.is_empty() {
            self.read.header.extend(block.decorators);
        }
    }

    fn comment(&mut self, span: Span) {
        self.block.leads |= self
            .read
            .text
            .get(..span.start)
            .is_some_and(|before| before.trim_start_matches('\u{feff}') == "#");
        let content = self.slice(span).trim_start();
        let span = Span::new(span.end - content.len(), span.end);
        if content.starts_with("---") || content.starts_with("===") {
            self.close_block();
        } else if content.starts_with('@') {
            let text = self.whole_comment(content);
            let found = decorators::decorators(&text, span, &mut self.read.problems);
            self.block.decorators.extend(found);
        } else if !content.is_empty() {
            self.block.words.push(content.to_owned());
        }
    }

    /// A comment with the comments that it goes on in, while a bracket of it is open.
    fn whole_comment(&mut self, first: &str) -> String {
        let mut text = first.to_owned();
        let mut open = depth(first);
        let start = self.at;
        for _ in 0..LONGEST.min(self.patience) {
            if open <= 0 {
                return text;
            }
            let line = self.next_line();
            let next = line.map(|line| self.slice(line).trim_start()).and_then(|line| line.strip_prefix('#'));
            let Some(next) = next else { break };
            open += depth(next);
            text.push('\n');
            text.push_str(next);
        }
        if open <= 0 {
            return text;
        }
        // The bracket is never closed: the comment is one line, and the next lines are what they are.
        self.give_up(start);
        first.to_owned()
    }

    /// Goes back to where something began that never ends.
    fn give_up(&mut self, back: usize) {
        self.at = back;
        self.patience = self.patience.saturating_sub(LONGEST);
    }

    fn item(&mut self, span: Span) {
        let content = self.slice(span);
        let content = content.strip_prefix("export ").map_or(content, str::trim_start);
        let start = span.end - content.len();
        let Some((name, _)) = content.split_once('=') else {
            let message = "the line is no `KEY=value` and no comment".to_owned();
            self.read.problems.push(Problem { span: Span::new(start, span.end), message });
            self.block = Block::default();
            return;
        };
        let key = name.trim_end();
        let key_span = Span::new(start, start + key.len());
        if !is_key(key) {
            let message = "a name has letters, digits and `_`, and begins with no digit".to_owned();
            self.read.problems.push(Problem { span: key_span, message });
        }
        let from = start + name.len() + 1;
        let value = self.value(Span::new(from, span.end));
        let mut block = std::mem::take(&mut self.block);
        // What leads the file, and goes on, speaks of the file.
        if block.leads && block.decorators.is_empty() && block.words.len() > 1 {
            block.words.clear();
        }
        let mut line = Line {
            key: key.to_owned(),
            key_span,
            value_span: value.whole,
            inner_span: value.inner,
            quoted: value.quoted,
            decorators: block.decorators,
            words: block.words,
        };
        if let Some(comment) = value.comment {
            let content = self.slice(comment).trim_start();
            let place = Span::new(comment.end - content.len(), comment.end);
            if content.starts_with('@') {
                let found = decorators::decorators(content, place, &mut self.read.problems);
                line.decorators.extend(found);
            } else if !content.is_empty() {
                line.words.push(content.to_owned());
            }
        }
        self.read.items.push(line);
    }

    /// Reads the value that begins on the line `span`, and the lines that it goes on over.
    fn value(&mut self, span: Span) -> Written {
        let rest = self.slice(span).trim_start();
        let start = span.end - rest.len();
        for mark in ["```", "\"\"\"", "\"", "'", "`"] {
            if let Some(inner) = rest.strip_prefix(mark) {
                let from = span.end - inner.len();
                return self.quoted(mark, start, from, span.end);
            }
        }
        let structured = rest.starts_with(['[', '{'])
            || rest.split_once('(').is_some_and(|(name, _)| !name.is_empty() && is_key(name));
        if structured && depth(rest) > 0 {
            return self.over_lines(start, span.end);
        }
        let hash = rest
            .match_indices('#')
            .map(|(at, _)| at)
            .find(|&at| at == 0 || rest.get(..at).is_some_and(|before| before.ends_with([' ', '\t'])));
        let written = rest.get(..hash.unwrap_or(rest.len())).unwrap_or_default().trim_end();
        let whole = Span::new(start, start + written.len());
        let comment = hash.map(|at| Span::new(start + at + 1, span.end));
        Written { whole, inner: whole, quoted: false, comment }
    }

    fn quoted(&mut self, mark: &str, start: usize, from: usize, line_end: usize) -> Written {
        let Some(close) = closing(self.read.text, from, mark) else {
            let whole = Span::new(start, line_end);
            let message = "the quote of this value is never closed".to_owned();
            self.read.problems.push(Problem { span: whole, message });
            return Written { whole, inner: Span::new(from, line_end), quoted: true, comment: None };
        };
        let end = close + mark.len();
        if end > line_end {
            self.at = end;
            self.next_line();
        }
        let line = self.read.text.get(end..).unwrap_or_default();
        let line = line.get(..line.find('\n').unwrap_or(line.len())).unwrap_or_default().trim_end();
        let comment = line.find('#').map(|at| Span::new(end + at + 1, end + line.len()));
        Written { whole: Span::new(start, end), inner: Span::new(from, close), quoted: true, comment }
    }

    fn over_lines(&mut self, start: usize, line_end: usize) -> Written {
        let back = self.at;
        let mut open = depth(self.slice(Span::new(start, line_end)));
        for _ in 0..LONGEST.min(self.patience) {
            let Some(line) = self.next_line() else { break };
            open += depth(self.slice(line));
            if open <= 0 {
                let whole = Span::new(start, line.end);
                return Written { whole, inner: whole, quoted: false, comment: None };
            }
        }
        self.give_up(back);
        let whole = Span::new(start, line_end);
        Written { whole, inner: whole, quoted: false, comment: None }
    }
}

/// Where the parts of a value stand.
struct Written {
    whole: Span,
    inner: Span,
    quoted: bool,
    comment: Option<Span>,
}

/// Where the quote is closed; a backslash hides the mark behind it. Only so many lines are looked at, so that
/// many open quotes cost no more than that each.
fn closing(text: &str, from: usize, mark: &str) -> Option<usize> {
    let mut ends = memchr::memchr_iter(b'\n', text.as_bytes().get(from..)?);
    let text = ends.nth(LONGEST).and_then(|end| text.get(..from + end)).unwrap_or(text);
    let mut at = from;
    loop {
        let found = at + text.get(at..)?.find(mark)?;
        let before = text.get(from..found).unwrap_or_default();
        let escapes = before.len() - before.trim_end_matches('\\').len();
        if escapes % 2 == 0 {
            return Some(found);
        }
        at = found + mark.len();
    }
}

/// How many more brackets a text opens than it closes, quoted ones left out.
fn depth(text: &str) -> isize {
    let (mut depth, mut quote) = (0_isize, None);
    for byte in text.bytes() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'`') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            _ => {}
        }
    }
    depth
}

fn is_key(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
