//! The reader of `source file` in bash and `. file` in dash: an env file taken as a script.
//!
//! Not here: real scripts. Only assignments and `export` are followed; every other command is a span
//! that would run.

use super::expand::name_length;
use super::loader::Sink;
use super::shell_words::{Broken, Word, Words};
use crate::source::Span;

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>, bash: bool) {
    let mut at = 0;
    while at < sink.text().len() {
        let line = match Line::read(sink, bash, at) {
            Ok(line) => line,
            Err((Broken::Required, span)) => {
                // The shell itself ends, and with it all that was set before.
                sink.refuse(span, "the shell ends here: a variable that `${…?}` requires is missing");
                sink.forget();
                return;
            }
            Err((Broken::TooMuch, span)) => return sink.refuse(span, "the value grows without bounds"),
            Err((Broken::Unterminated, span)) => {
                return sink
                    .refuse(span, "the file breaks off here: a quote, brace or parenthesis has no mate");
            }
        };
        if line.end <= at {
            return;
        }
        at = line.end;
        let fatal = line.fatal;
        line.apply(sink);
        if let Some(span) = fatal {
            return sink.refuse(span, "dash ends here: `export` is given what is no name of a variable");
        }
    }
}

/// One assignment that a line makes.
struct Assigned {
    key: String,
    key_span: Span,
    value: Option<String>,
    value_span: Span,
}

/// What one complete line (the shell reads it whole before it runs any of it) does.
struct Line {
    end: usize,
    assigned: Vec<Assigned>,
    runs: Vec<Span>,
    /// Where dash gives up on an `export`.
    fatal: Option<Span>,
}

/// What ends a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Sequence,
    /// `&` and `|`: the command runs in a process of its own.
    Apart,
}

/// What stands before a command, where a line that ends there goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    None,
    /// `|`: what follows runs in a process of its own as well.
    Pipe,
    /// `&&` and `||`
    Logic,
}

impl Operator {
    const fn of(sign: char, double: bool) -> Self {
        match (sign, double) {
            (_, true) => Self::Logic,
            ('|', false) => Self::Pipe,
            _ => Self::None,
        }
    }
}

/// One command while it is read.
#[derive(Default)]
struct Command {
    words: Vec<Word>,
    redirected: Option<Span>,
    /// Whether a file is read from, which must be there for dash.
    reads: bool,
}

type Failure = (Broken, Span);

/// What is open, or stands in a wrong place, at the character at `at`.
fn unterminated(text: &str, at: usize) -> Failure {
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    (Broken::Unterminated, Span::new(at, at + length))
}

impl Line {
    fn read(sink: &Sink<'_>, bash: bool, start: usize) -> Result<Self, Failure> {
        let text = sink.text();
        let mut line = Self { end: start, assigned: Vec::new(), runs: Vec::new(), fatal: None };
        let mut pending: Vec<(String, String)> = Vec::new();
        let mut command = Command::default();
        let mut at = start;
        // The operator that the next command stands behind.
        let mut operator = Operator::None;
        loop {
            at += text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len();
            let rest = &text[at..];
            let broken = |at: usize| unterminated(text, at);
            let unfinished = command.is_empty() && operator != Operator::None;
            match rest.chars().next() {
                None if unfinished => return Err(broken(start)),
                None => break,
                Some('\n') => {
                    at += 1;
                    if !unfinished {
                        break;
                    }
                }
                Some('#') => at += rest.find('\n').unwrap_or(rest.len()),
                Some('\\') if rest.starts_with("\\\n") => at += 2,
                Some('(') if bash && command.ends_in_equals(at) => {
                    at = array(text, at).ok_or(broken(at))?;
                    // An array is not exported.
                    command.words.pop();
                }
                Some('(' | ')') => return Err(broken(at)),
                Some(sign @ (';' | '&' | '|')) => {
                    if command.is_empty() {
                        return Err(broken(at));
                    }
                    let double = rest[1..].starts_with(sign) && sign != ';';
                    let apart = operator == Operator::Pipe || !(double || sign == ';');
                    let ending = if apart { Ending::Apart } else { Ending::Sequence };
                    command.finish(sink, bash, ending, &mut line, &mut pending);
                    operator = Operator::of(sign, double);
                    at += if double { 2 } else { 1 };
                }
                Some('<' | '>') => at = command.redirect(sink, &pending, at)?.ok_or(broken(at))?,
                Some(_) => {
                    let word = read_word(sink, &pending, at)?;
                    at = word.end;
                    command.words.push(word);
                }
            }
        }
        let ending = if operator == Operator::Pipe { Ending::Apart } else { Ending::Sequence };
        command.finish(sink, bash, ending, &mut line, &mut pending);
        line.end = at;
        Ok(line)
    }

    fn apply(self, sink: &mut Sink<'_>) {
        for span in self.runs {
            sink.executes(span);
        }
        // `export NAME` passes on what it has by then.
        let known = |one: &Assigned, sink: &Sink<'_>| one.value.is_none() && sink.known(&one.key).is_some();
        for one in self.assigned {
            if known(&one, sink) {
                continue;
            }
            sink.set(&one.key, one.key_span, one.value, one.value_span);
        }
    }
}

fn read_word(sink: &Sink<'_>, pending: &[(String, String)], at: usize) -> Result<Word, Failure> {
    let text = sink.text();
    let mut words = Words { sink, pending, text, at };
    words.word().map_err(|broken| {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        (broken, Span::new(at, end))
    })
}

/// Where bash goes on behind an array that is opened at `open`: behind its bracket, or in the next line where a
/// sign stands in it that cannot. `None` where it is never closed.
fn array(text: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    let mut characters = text.get(open + 1..)?.char_indices();
    while let Some((offset, character)) = characters.next() {
        let at = open + 1 + offset;
        match (quote, character) {
            (Some(sign), _) if sign == character => quote = None,
            (None | Some('"'), '\\') => {
                characters.next();
            }
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, ')') => return Some(at + 1),
            (None, '(' | '|' | '&' | ';' | '<' | '>') => {
                return Some(text[at..].find('\n').map_or(text.len(), |length| at + length));
            }
            _ => {}
        }
    }
    None
}

impl Command {
    /// Reads the redirection at `at`; gives where it ends, `None` where it has no target.
    fn redirect(
        &mut self,
        sink: &Sink<'_>,
        pending: &[(String, String)],
        at: usize,
    ) -> Result<Option<usize>, Failure> {
        let text = sink.text();
        let rest = &text[at..];
        let sign = rest.len() - rest.trim_start_matches(['<', '>', '&', '|']).len();
        let target = rest[sign..].trim_start_matches([' ', '\t']);
        if target.is_empty() || target.starts_with(['\n', ';', '(', ')']) {
            return Ok(None);
        }
        let begin = text.len() - target.len();
        let word = read_word(sink, pending, begin)?;
        self.redirected = Some(Span::new(at, word.end));
        self.reads |= rest.starts_with('<');
        Ok(Some(word.end.max(begin + 1)))
    }

    /// Whether its last word is `NAME=`, up to `at`.
    fn ends_in_equals(&self, at: usize) -> bool {
        self.words.last().is_some_and(|word| word.end == at && word.text.ends_with('='))
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.redirected.is_none()
    }

    /// Takes the command apart into what it assigns and what it runs, and leaves an empty one.
    fn finish(
        &mut self,
        sink: &Sink<'_>,
        bash: bool,
        ending: Ending,
        line: &mut Line,
        pending: &mut Vec<(String, String)>,
    ) {
        let command = std::mem::take(self);
        line.runs.extend(command.redirected);
        let known = |name: &str| {
            let mine = pending.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            mine.or_else(|| sink.known(name).cloned()).unwrap_or_default()
        };
        let assignments: Vec<Option<Assigned>> =
            command.words.iter().map(|word| assignment(word, bash, &known)).collect();
        let first = assignments.iter().position(Option::is_none);
        let exports = first.is_some_and(|at| command.words.get(at).is_some_and(|word| word.text == "export"));
        line.runs.extend(
            command.words.iter().filter(|word| word.runs).map(|word| Span::new(word.start, word.end)),
        );
        let lost = ending == Ending::Apart || (command.reads && !bash);
        if let (Some(at), false) = (first, exports) {
            // A `\r` on a line of its own names no command that anyone would fear.
            let word = command.words.get(at).filter(|word| word.text != "\r");
            line.runs.extend(word.map(|word| Span::new(word.start, word.end)));
        }
        if lost || (first.is_some() && !exports) {
            return;
        }
        for (word, assigned) in command.words.iter().zip(assignments).skip(first.unwrap_or(0)) {
            let bare = || exports.then(|| bare(word)).flatten();
            let Some(assigned) = assigned.or_else(bare) else {
                let vanishes = word.text.is_empty() && !word.quoted;
                let bad = exports && !bash && word.text != "export" && !vanishes;
                line.fatal = line.fatal.or(bad.then_some(Span::new(word.start, word.end)));
                continue;
            };
            if let Some(value) = &assigned.value {
                pending.push((assigned.key.clone(), value.clone()));
            }
            line.assigned.push(assigned);
        }
    }
}

fn assignment(word: &Word, bash: bool, known: &dyn Fn(&str) -> String) -> Option<Assigned> {
    let length = name_length(&word.text);
    let (name, rest) = word.text.split_at(length);
    if name.is_empty() || word.quoted_key {
        return None;
    }
    let (value, sign) = match rest.strip_prefix('=') {
        Some(value) => (value.to_owned(), 1),
        None => (known(name) + rest.strip_prefix("+=").filter(|_| bash)?, 2),
    };
    let key_span = Span::new(word.start, word.start + length);
    let value_span = Span::new((key_span.end + sign).min(word.end), word.end);
    Some(Assigned { key: name.to_owned(), key_span, value: Some(value), value_span })
}

/// A name that `export` passes on.
fn bare(word: &Word) -> Option<Assigned> {
    let is_name =
        !word.text.is_empty() && name_length(&word.text) == word.text.len() && word.text != "export";
    let key_span = Span::new(word.start, word.end);
    let value_span = Span::new(word.end, word.end);
    is_name.then(|| Assigned { key: word.text.clone(), key_span, value: None, value_span })
}
