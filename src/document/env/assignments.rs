//! The reader of `KEY=value` assignments whose values may be quoted and may run over lines.
//!
//! Not here: any loader by name; the rules come from [`super::dialect`].

use std::collections::{HashMap, HashSet};

use super::assignment_keys::Key;
use super::dialect::{AfterQuote, Assignments, Close, Comment, Escapes, KeyRule, Unterminated};
use super::expand;
use super::loader::Sink;
use crate::source::Span;

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>, rules: &Assignments) {
    let mut reader = Reader { text: sink.text(), rules, at: 0 };
    let mut pairs: Vec<(Span, Value)> = Vec::new();
    loop {
        match reader.next() {
            Step::End => return collapse(sink, rules, &pairs),
            Step::Skipped(span, message) => sink.problem(span, message),
            Step::Refused(span, message) => return sink.refuse(span, message),
            Step::Bare(key) => {
                let name = reader.text[key.start..key.end].to_owned();
                // python-dotenv takes the name alone for a value that is none.
                if rules.key == KeyRule::Blankless {
                    sink.set(&name, key, None, Span::new(key.end, key.end));
                    sink.blank(&name);
                } else {
                    sink.pass_on(&name, key);
                }
            }
            Step::Pair(key, value) if rules.collapses => pairs.push((key, value)),
            Step::Pair(key, value) => {
                let name = reader.text[key.start..key.end].to_owned();
                match filled(sink, rules, &value) {
                    Ok(text) => sink.set(&name, key, Some(text), value.span),
                    Err(message) => return sink.refuse(value.span, message),
                }
            }
        }
    }
}

/// Works out what was read first and is filled in later: each key once.
fn collapse(sink: &mut Sink<'_>, rules: &Assignments, pairs: &[(Span, Value)]) {
    let text = sink.text();
    let name = |key: Span| &text[key.start..key.end];
    let last: HashMap<&str, usize> =
        pairs.iter().enumerate().map(|(at, (key, _))| (name(*key), at)).collect();
    let mut done = HashSet::new();
    for (at, (key, value)) in pairs.iter().enumerate() {
        let name = name(*key);
        let counts = last.get(name).copied().unwrap_or(at);
        if at != counts {
            sink.shadowed(name, *key, &value.text, value.span);
        }
        let Some((key, value)) = pairs.get(counts).filter(|_| done.insert(name)) else { continue };
        match filled(sink, rules, value) {
            Ok(text) => sink.set(name, *key, Some(text), value.span),
            Err(message) => return sink.refuse(value.span, message),
        }
    }
    sink.order();
}

fn filled(sink: &mut Sink<'_>, rules: &Assignments, value: &Value) -> Result<String, &'static str> {
    if value.quote.is_some_and(|quote| rules.literal_quotes.contains(quote)) {
        return Ok(value.text.clone());
    }
    let mut text = value.text.clone();
    if rules.runs_commands {
        while let Some((start, end)) = command(&text) {
            sink.executes(value.span);
            text.replace_range(start..end, "");
        }
    }
    expand::expand(sink.dialect.expansion, &text, &|name| sink.look(name))
}

/// The first `$(…)` without parentheses inside.
fn command(text: &str) -> Option<(usize, usize)> {
    let start = text.find("$(")?;
    let end = start + text[start..].find(')')? + 1;
    Some((start, end))
}

struct Value {
    span: Span,
    text: String,
    quote: Option<char>,
}

enum Step {
    End,
    Skipped(Span, &'static str),
    Refused(Span, &'static str),
    Bare(Span),
    Pair(Span, Value),
}

/// Where reading stands.
pub(super) struct Reader<'t, 'r> {
    pub(super) text: &'t str,
    pub(super) rules: &'r Assignments,
    pub(super) at: usize,
}

const SKIPPED: &str = "the line is skipped: it is no `KEY=value`";

impl Reader<'_, '_> {
    fn next(&mut self) -> Step {
        self.skip_to_statement();
        if self.at >= self.text.len() {
            return Step::End;
        }
        let start = self.at;
        match self.key() {
            Key::Found(key, value) => self.value(start, key, value),
            Key::Odd(key, value) => match self.value(start, key, value) {
                Step::Pair(..) => Step::Skipped(key, "the line has no `=` and takes the next key along"),
                other => other,
            },
            Key::Bare(key, after) => {
                self.at = after;
                Step::Bare(key)
            }
            Key::Skip(span, after) => {
                self.at = after;
                Step::Skipped(span, SKIPPED)
            }
            Key::Never(span) => Step::Refused(span, "nothing is read from here on: the line has no key"),
            Key::Refuse(span, message) => Step::Refused(span, message),
        }
    }

    fn skip_to_statement(&mut self) {
        let unindented = self.rules.key == KeyRule::UpToEquals { one_line: false };
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            // Node 20 takes an indented `#` for the start of a key.
            let comment = !unindented || self.at == 0 || self.text[..self.at].ends_with('\n');
            if !comment || !self.text[self.at..].starts_with('#') {
                return;
            }
            self.at = self.next_line(self.at);
        }
    }

    pub(super) fn line_end(&self, from: usize) -> usize {
        self.text[from..].find('\n').map_or(self.text.len(), |length| from + length)
    }

    pub(super) fn next_line(&self, from: usize) -> usize {
        (self.line_end(from) + 1).min(self.text.len())
    }

    pub(super) fn is_blank(&self, character: char) -> bool {
        match self.rules.blanks {
            Some(blanks) => blanks.contains(character),
            None => character.is_whitespace() && character != '\n',
        }
    }

    pub(super) fn skip_blanks(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        from + rest.len() - rest.trim_start_matches(|character| self.is_blank(character)).len()
    }

    fn value(&mut self, line_start: usize, key: Span, from: usize) -> Step {
        let from = self.behind_blank_lines(from);
        let quoted_at = if self.rules.key == KeyRule::Word {
            self.text.len() - self.text[from..].trim_start().len()
        } else {
            self.skip_blanks(from)
        };
        let quote = self.text[quoted_at..].chars().next().filter(|&first| self.rules.quotes.contains(first));
        let Some(quote) = quote else { return self.plain(key, from) };
        for close in self.closings(quoted_at, quote) {
            let tail = self.skip_blanks(close + 1);
            let ends = matches!(self.text[tail..].chars().next(), None | Some('\n' | '#'));
            match self.rules.after {
                AfterQuote::NextStatement => self.at = close + 1,
                AfterQuote::Ignored => self.at = self.next_line(close + 1),
                _ if ends => self.at = self.next_line(close + 1),
                AfterQuote::Unquotes => continue,
                AfterQuote::SkipsLine => {
                    self.at = self.next_line(close + 1);
                    let span = Span::new(line_start, self.line_end(close));
                    return Step::Skipped(span, "the line is skipped: text follows the closing quote");
                }
            }
            let inner = &self.text[quoted_at + 1..close];
            let text = self.unquoted(quote, inner);
            return Step::Pair(
                key,
                Value { span: Span::new(quoted_at, close + 1), text, quote: Some(quote) },
            );
        }
        if self.rules.after == AfterQuote::Unquotes {
            return self.plain(key, from);
        }
        self.unterminated(line_start, key, quoted_at)
    }

    /// Where Node 24 looks for the value: blanks behind `=` take the line ends that follow along.
    fn behind_blank_lines(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        if self.rules.key != (KeyRule::UpToEquals { one_line: true }) || !rest.starts_with([' ', '\t']) {
            return from;
        }
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n']).len();
        if rest[..blanks].contains('\n') { from + blanks } else { from }
    }

    /// What becomes of a value whose quote at `quoted_at` is never closed.
    fn unterminated(&mut self, line_start: usize, key: Span, quoted_at: usize) -> Step {
        match self.rules.unterminated {
            Unterminated::Refuses => {
                Step::Refused(Span::new(quoted_at, self.line_end(quoted_at)), "the quote is never closed")
            }
            Unterminated::Unquotes if self.is_left_over(quoted_at) => {
                self.at = quoted_at;
                Step::Skipped(key, "the key is lost: its quote is never closed and the file ends")
            }
            Unterminated::Unquotes => {
                let span = Span::new(quoted_at, self.line_end(quoted_at));
                self.at = self.next_line(quoted_at);
                let mut text = &self.text[span.start..span.end];
                // Node 24 cuts the blanks at the end of the file before it reads anything.
                let last = self.text[span.end..].trim().is_empty();
                if last && self.rules.key == (KeyRule::UpToEquals { one_line: true }) {
                    text = text.trim_end_matches(|character| self.is_blank(character));
                }
                Step::Pair(key, Value { span, text: text.to_owned(), quote: None })
            }
            Unterminated::SkipsLine => {
                let span = Span::new(line_start, self.line_end(quoted_at));
                self.at = self.next_line(quoted_at);
                Step::Skipped(span, "the line is skipped: the quote is never closed")
            }
        }
    }

    /// Whether Node 20 reads what begins at `from` again, as a key: an open quote on a last line that
    /// has no end.
    fn is_left_over(&self, from: usize) -> bool {
        self.rules.key == KeyRule::UpToEquals { one_line: false } && !self.text[from..].contains('\n')
    }

    /// The quotes that may close the one at `open`, the best first.
    fn closings(&self, open: usize, quote: char) -> Vec<usize> {
        let bytes = self.text.as_bytes();
        let quote = quote as u8;
        let mut escaped_ones = Vec::new();
        let mut at = open + 1;
        while let Some(found) =
            self.text.get(at..).and_then(|rest| memchr::memchr2(quote, b'\\', rest.as_bytes()))
        {
            let here = at + found;
            at = here + 1;
            let is_quote = bytes.get(here) == Some(&quote);
            match self.rules.close {
                Close::NotAfterBackslash if is_quote && bytes.get(here - 1) == Some(&b'\\') => {}
                Close::First | Close::Unescaped | Close::NotAfterBackslash if is_quote => return vec![here],
                Close::Unescaped => at = self.behind_character(here + 1),
                Close::Searching if is_quote => {
                    escaped_ones.push(here);
                    break;
                }
                Close::Searching if bytes.get(here + 1) == Some(&quote) => {
                    escaped_ones.push(here + 1);
                    at = here + 2;
                }
                _ => {}
            }
        }
        escaped_ones.reverse();
        if self.rules.after == AfterQuote::SkipsLine {
            escaped_ones.truncate(1);
        }
        escaped_ones
    }

    fn behind_character(&self, at: usize) -> usize {
        at + self.text[at..].chars().next().map_or(0, char::len_utf8)
    }

    fn unquoted(&self, quote: char, inner: &str) -> String {
        // godotenv takes every quote off both ends, not just one.
        let inner =
            if self.rules.close == Close::NotAfterBackslash { inner.trim_matches(quote) } else { inner };
        match quote {
            '"' => unescaped(self.rules.double, inner),
            '\'' => unescaped(self.rules.single, inner),
            _ => inner.to_owned(),
        }
    }

    fn plain(&mut self, key: Span, from: usize) -> Step {
        let end = self.line_end(from);
        let line = &self.text[from..end];
        let first = line.len() - line.trim_start_matches(|character| self.is_blank(character)).len();
        let blank_before = |at: usize| line[..at].chars().next_back().is_some_and(|last| self.is_blank(last));
        let mut hashes = line.match_indices('#').map(|(at, _)| at);
        let cut = match self.rules.comment {
            Comment::Anywhere => hashes.next(),
            Comment::AfterSpace => line[first..].find(" #").map(|at| at + first),
            Comment::AfterBlank => hashes.find(|&at| blank_before(at)),
            Comment::AfterLastBlank => hashes.rfind(|&at| at > first && blank_before(at)),
        };
        let value = &line[..cut.unwrap_or(line.len())];
        let start = first.min(value.len());
        let trimmed = value[start..].trim_end_matches(|character| match self.rules.blanks {
            Some(_) => self.is_blank(character),
            None => character.is_whitespace(),
        });
        let span = Span::new(from + start, from + start + trimmed.len());
        self.at = (end + 1).min(self.text.len());
        let quote = trimmed
            .chars()
            .next()
            .filter(|&first| self.rules.strips_outer && self.rules.quotes.contains(first));
        Step::Pair(key, Value { span, text: self.stripped(trimmed), quote })
    }

    /// An unquoted value after the last rites that some loaders give it.
    fn stripped(&self, value: &str) -> String {
        let Some(quote) = value.chars().next().filter(|&first| self.rules.quotes.contains(first)) else {
            return value.to_owned();
        };
        if !self.rules.strips_outer {
            return value.to_owned();
        }
        let inner = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(value);
        self.unquoted(quote, inner)
    }
}

/// Resolves backslashes.
pub(super) fn unescaped(escapes: Escapes, raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(next) = after.chars().next() else {
            rest = &rest[at..];
            break;
        };
        let behind = &after[next.len_utf8()..];
        if let Some((_, meaning)) = escapes.known.iter().find(|(known, _)| *known == next) {
            out.push_str(meaning);
            rest = behind;
        } else if escapes.octal && next == '0' && octal(behind).is_some() {
            out.extend(octal(behind));
            rest = &behind[3..];
        } else if escapes.drops_others {
            if escapes.kept.contains(next) {
                out.push('\\');
            }
            out.push(next);
            rest = behind;
        } else {
            out.push('\\');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn octal(digits: &str) -> Option<char> {
    let digits = digits.get(..3)?;
    let code =
        u32::from_str_radix(digits, 8).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    u8::try_from(code).ok().map(char::from)
}
