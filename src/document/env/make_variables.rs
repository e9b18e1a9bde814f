//! The reader of a Makefile's `include`: recursively expanded variables.
//!
//! Not here: rules, recipes, conditionals, and functions other than by name.

use std::collections::HashMap;

use super::loader::Sink;
use crate::source::Span;

/// How deep references into references are followed, and how large a value may grow.
const DEEPEST: usize = 32;
const LARGEST: usize = 1 << 16;

struct Variable {
    key: String,
    key_span: Span,
    value: String,
    value_span: Span,
}

/// Reads the whole text into the sink.
pub(super) fn read(sink: &mut Sink<'_>) {
    let text = sink.text();
    let mut variables: Vec<Variable> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (content, end) = logical_line(text, at);
        let span = Span::new(at, end);
        at = (end + 1).min(text.len());
        let first = span.start + text[span.start..span.end].find('\n').unwrap_or(span.len());
        match line(&content, span).placed(first, span) {
            Line::Nothing => {}
            Line::Bad(message) => return sink.refuse(span, message),
            Line::Runs(variable) => {
                sink.executes(span);
                variables.push(variable);
            }
            Line::Set(variable) => variables.push(variable),
            Line::Export(name) => {
                let Some(key) = text.get(name.start..name.end).map(str::to_owned) else { continue };
                let known = variables.iter().any(|known| known.key == key) || sink.environ(&key).is_some();
                if !known && !key.contains([' ', '\t']) {
                    let value_span = Span::new(name.end, name.end);
                    variables.push(Variable { key, key_span: name, value: String::new(), value_span });
                }
            }
            Line::Append(mut variable) => {
                let before = variables.iter().rev().find(|known| known.key == variable.key);
                variable.value =
                    before.map(|known| format!("{} ", known.value)).unwrap_or_default() + &variable.value;
                variable.value.truncate(floor(&variable.value, LARGEST));
                variables.push(variable);
            }
        }
    }
    expand_all(sink, &variables);
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The line at `start` with its continuations joined by single spaces, and where it ends.
fn logical_line(text: &str, start: usize) -> (String, usize) {
    let mut content = String::new();
    let mut at = start;
    loop {
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
        let part =
            if content.is_empty() { &text[at..end] } else { text[at..end].trim_start_matches([' ', '\t']) };
        let backslashes = part.len() - part.trim_end_matches('\\').len();
        if backslashes % 2 == 0 || end >= text.len() {
            content.push_str(part);
            return (content, end);
        }
        content.push_str(part[..part.len() - 1].trim_end_matches([' ', '\t']));
        content.push(' ');
        at = end + 1;
    }
}

enum Line {
    Nothing,
    /// `export NAME`, which exports a blank where nothing has set the name.
    Export(Span),
    Set(Variable),
    Append(Variable),
    Runs(Variable),
    Bad(&'static str),
}

impl Line {
    /// Corrects the spans of a line with continuations: `content` and text are alike only up to the
    /// end of the first physical line at `first`.
    fn placed(mut self, first: usize, span: Span) -> Self {
        if let Self::Set(variable) | Self::Append(variable) | Self::Runs(variable) = &mut self
            && first < span.end
        {
            if variable.key_span.end > first {
                variable.key_span = span;
            }
            let start =
                if variable.value_span.start <= first { variable.value_span.start } else { span.start };
            variable.value_span = Span::new(start, span.end);
        }
        self
    }
}

fn line(whole: &str, span: Span) -> Line {
    let (content, written) = without_make_comment(whole);
    let place = |at: usize| (span.start + stood(whole, at)).min(span.end);
    if content.trim().is_empty() {
        return Line::Nothing;
    }
    let trimmed = content.trim_start();
    let mut indent = content.len() - trimmed.len();
    let mut body = trimmed;
    if let Some(rest) = body.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])) {
        body = rest.trim_start();
        indent = content.len() - body.len();
        if !body.contains('=') {
            return Line::Export(Span::new(place(indent), place(indent + body.trim_end().len())));
        }
    }
    let Some(equals) = body.find('=') else {
        return if body.contains(':') { rule(body) } else { Line::Bad("the line has no separator") };
    };
    let before = &body[..equals];
    let (before, operator) = match before.as_bytes().last() {
        Some(b'+' | b'?' | b':' | b'!') => before.split_at(before.len() - 1),
        _ => (before, ""),
    };
    let name = before.trim_end_matches([' ', '\t', ':']);
    if name.is_empty() {
        return Line::Bad("the line has no variable name");
    }
    if name.contains(':') {
        return rule(name);
    }
    if name.contains([' ', '\t']) {
        return Line::Bad("the line has no separator");
    }
    let value = &body[equals + 1..];
    let lead = value.len() - value.trim_start_matches([' ', '\t']).len();
    let value_start = place(indent + equals + 1 + lead);
    let variable = Variable {
        key: name.to_owned(),
        key_span: Span::new(place(indent), place(indent + name.len())),
        value: value[lead..].to_owned(),
        value_span: Span::new(value_start, (span.start + written).clamp(value_start, span.end)),
    };
    match operator {
        "+" => Line::Append(variable),
        "!" => Line::Runs(Variable { value: String::new(), ..variable }),
        _ => Line::Set(variable),
    }
}

fn rule(body: &str) -> Line {
    if body.trim_start().starts_with(':') {
        Line::Bad("the line is a rule without a target")
    } else {
        Line::Nothing
    }
}

/// Cuts at the first `#` that no odd number of backslashes stands before. Of the backslashes before any `#`
/// half are left. Also gives the length of what the rest was made from.
pub(in crate::document) fn without_make_comment(content: &str) -> (String, usize) {
    let mut out = String::new();
    let mut rest = content;
    while let Some(at) = rest.find('#') {
        let kept = rest[..at].trim_end_matches('\\');
        let backslashes = at - kept.len();
        out.push_str(kept);
        out.extend(std::iter::repeat_n('\\', backslashes / 2));
        if backslashes.is_multiple_of(2) {
            return (out, content.len() - rest.len() + at);
        }
        out.push('#');
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    (out, content.len())
}

/// Where something stood in `content` that stands at `at` in what [`without_make_comment`] makes of it.
fn stood(content: &str, at: usize) -> usize {
    let (mut made, mut from) = (0, 0);
    while let Some(hash) = content[from..].find('#') {
        let backslashes = hash - content[from..from + hash].trim_end_matches('\\').len();
        let placed = made + hash - backslashes + backslashes / 2;
        if at <= placed || backslashes.is_multiple_of(2) {
            break;
        }
        made = placed + 1;
        from += hash + 1;
    }
    from + (at - made)
}

/// Expands every value as if it were used after the whole file was read.
fn expand_all(sink: &mut Sink<'_>, variables: &[Variable]) {
    let values: HashMap<&str, &str> = variables.iter().map(|one| (&one.key[..], &one.value[..])).collect();
    for variable in variables {
        let mut expansion = Expansion { values: &values, sink, out: String::new(), runs: false };
        let result = expansion.expand(&variable.value, 0);
        let (runs, value) = (expansion.runs, expansion.out);
        if runs {
            sink.executes(variable.value_span);
        }
        if let Err(message) = result {
            return sink.refuse(variable.value_span, message);
        }
        sink.set(&variable.key, variable.key_span, Some(value), variable.value_span);
    }
}

struct Expansion<'a, 'b> {
    values: &'a HashMap<&'a str, &'a str>,
    sink: &'a Sink<'b>,
    out: String,
    runs: bool,
}

impl Expansion<'_, '_> {
    fn expand(&mut self, raw: &str, depth: usize) -> Result<(), &'static str> {
        if depth > DEEPEST {
            return Err("the variable refers to itself");
        }
        let mut rest = raw;
        while let Some(at) = rest.find('$') {
            self.out.push_str(&rest[..at]);
            if self.out.len() > LARGEST {
                return Err("the value grows without bounds when it is expanded");
            }
            let after = &rest[at + 1..];
            let Some(first) = after.chars().next() else {
                rest = "$";
                break;
            };
            let close = match first {
                '(' => Some(')'),
                '{' => Some('}'),
                _ => None,
            };
            let behind = &after[first.len_utf8()..];
            if first == '$' {
                self.out.push('$');
                rest = behind;
            } else if let Some(close) = close {
                let end = closing(behind, first, close).ok_or("a variable reference is never closed")?;
                self.reference(&behind[..end], depth)?;
                rest = &behind[end + 1..];
            } else {
                self.reference(&after[..first.len_utf8()], depth)?;
                rest = behind;
            }
        }
        self.out.push_str(rest);
        Ok(())
    }

    fn reference(&mut self, name: &str, depth: usize) -> Result<(), &'static str> {
        if name.starts_with("shell ") {
            self.runs = true;
            return Ok(());
        }
        if let Some(&value) = self.values.get(name) {
            return self.expand(value, depth + 1);
        }
        self.out.push_str(&self.sink.environ(name).unwrap_or_default());
        Ok(())
    }
}

fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}
