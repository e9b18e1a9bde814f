//! Simple commands, assignments, redirections and here-documents.
//!
//! Not here: compound commands (see [`super::grammar`]).

use super::lexer::{Parsed, Parser};
use super::nested;
use super::text::Mapped;
use super::tree::{Assignment, Command, CommandKind, Heredoc, Redirect, Simple, Value};
use super::word::{Piece, Quote, Word, is_name};
use super::words::Mode;
use crate::source::Spanned;

/// The commands whose arguments are assignments.
pub(super) const DECLARATIONS: &[&str] = &["export", "local", "declare", "readonly", "typeset"];

impl Parser<'_> {
    pub(super) fn simple(&mut self) -> Parsed<Command> {
        let start = self.at;
        let mut end = self.at;
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        loop {
            self.blank();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                end = self.at;
                continue;
            }
            let before = self.at;
            if self.peek() == Some(b'(') && simple.words.len() == 1 && simple.assignments.is_empty() {
                return self.function(start, &simple);
            }
            let declares = simple.name().is_some_and(|name| DECLARATIONS.contains(&name));
            if (simple.words.is_empty() || declares)
                && let Some(length) = self.assignment_head()
            {
                let assignment = self.assignment(length)?;
                end = self.at;
                if declares {
                    simple.words.push(self.declared_word(before, &assignment));
                    simple.declared.push(assignment);
                } else {
                    simple.assignments.push(assignment);
                }
                continue;
            }
            let word = self.word(Mode::Word)?;
            if self.at == before {
                break;
            }
            end = self.at;
            simple.words.push(word);
        }
        if end == start {
            return self.fail("a command is missing here");
        }
        let span = self.span(start, end);
        nested::find(&mut simple, &redirects, self.depth);
        Ok(Command { kind: CommandKind::Simple(simple), redirects, span })
    }

    fn function(&mut self, start: usize, simple: &Simple) -> Parsed<Command> {
        self.at += 1;
        self.blank();
        self.expect_byte(b')', "`(` does not belong here")?;
        let name = simple.words.first().map(|word| word.raw.clone()).unwrap_or_default();
        let kind = self.function_body(name, None)?;
        Ok(Command { kind, redirects: Vec::new(), span: self.span(start, self.at) })
    }

    fn declared_word(&self, start: usize, assignment: &Assignment) -> Word {
        let raw = self.slice(start, self.at);
        let head = assignment.name.value.clone() + "=";
        let head_span = assignment.name.span;
        let mut pieces = vec![Piece::Literal { text: head, quote: Quote::None, span: head_span }];
        match &assignment.value {
            Value::Scalar(word) => pieces.extend(word.pieces.iter().cloned()),
            Value::Array(words) => pieces.extend(words.iter().flat_map(|word| word.pieces.iter().cloned())),
        }
        Word::new(raw, pieces, self.span(start, self.at))
    }

    /// The length of `name=`, `name+=` or `name[index]=` here.
    fn assignment_head(&self) -> Option<usize> {
        let rest = self.bytes().get(self.at..)?;
        let mut length =
            rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
        if !is_name(self.slice(self.at, self.at + length)) {
            return None;
        }
        if rest.get(length) == Some(&b'[') {
            let end = rest.iter().skip(length).take(200).position(|byte| matches!(byte, b']' | b'\n'))?;
            length += end;
            if rest.get(length) != Some(&b']') {
                return None;
            }
            length += 1;
        }
        if rest.get(length) == Some(&b'+') {
            length += 1;
        }
        (rest.get(length) == Some(&b'=')).then_some(length + 1)
    }

    fn assignment(&mut self, length: usize) -> Parsed<Assignment> {
        let start = self.at;
        let head = self.slice(start, start + length);
        let name_length = head.find(['[', '+', '=']).unwrap_or(length);
        let name = Spanned::new(
            head.get(..name_length).unwrap_or("").to_owned(),
            self.span(start, start + name_length),
        );
        let append = head.ends_with("+=");
        self.at += length;
        let value = if self.peek() == Some(b'(') {
            self.at += 1;
            Value::Array(self.array()?)
        } else {
            Value::Scalar(self.word(Mode::Word)?)
        };
        Ok(Assignment { name, append, value, span: self.span(start, self.at) })
    }

    fn array(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blank_lines();
            if self.peek() == Some(b')') {
                self.at += 1;
                return Ok(words);
            }
            let before = self.at;
            words.push(self.word(Mode::Word)?);
            if self.at == before {
                return self.fail("an array is not closed");
            }
        }
    }

    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let start = self.at;
        let rest = self.bytes().get(start..).unwrap_or(&[]);
        let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let descriptor = self.slice(start, start + digits).parse().ok();
        self.at += digits;
        let operators = ["&>>", "&>", "<<<", "<<-", "<<", "<>", "<&", "<", ">>", ">&", ">|", ">"];
        let found = operators.into_iter().find(|operator| self.looking_at(operator));
        let process = matches!(found, Some("<" | ">")) && self.peek_at(1) == Some(b'(');
        let Some(operator) = found.filter(|operator| !process && (digits == 0 || !operator.starts_with('&')))
        else {
            self.at = start;
            return Ok(None);
        };
        self.at += operator.len();
        self.blank();
        let before = self.at;
        let target = self.word(Mode::Word)?;
        if self.at == before {
            return self.fail("a redirection without its target");
        }
        let span = self.span(start, self.at);
        let heredoc = matches!(operator, "<<" | "<<-").then(|| self.heredoc(&target, operator == "<<-"));
        Ok(Some(Redirect { descriptor, operator: operator.to_owned(), target, heredoc, span }))
    }

    /// Reads the body that begins after this line (or after the line's last here-document).
    fn heredoc(&mut self, delimiter: &Word, strip: bool) -> Heredoc {
        let expands = !delimiter.raw.contains(['\'', '"', '\\']);
        let wanted = delimiter.literal().unwrap_or(&delimiter.raw);
        let line_end = self.heredocs.map(|(line_end, _)| line_end).or_else(|| self.end_of_line());
        // Without a line end there are no bodies; remembered, or each one would look for it again.
        let line_end = line_end.unwrap_or(self.bytes().len());
        let start = self.heredocs.map_or(line_end, |(_, resume)| resume);
        let bytes = self.bytes();
        let mut body = Mapped::default();
        let mut at = start;
        let mut body_end = bytes.len();
        let mut resume = bytes.len();
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let next = at + memchr::memchr(b'\n', rest).map_or(rest.len(), |length| length + 1);
            let line = self.slice(at, next);
            let stripped = if strip { line.trim_start_matches('\t') } else { line };
            if stripped.trim_end_matches(['\n', '\r']) == wanted {
                body_end = at;
                resume = next;
                break;
            }
            body.push_part(self.text, next - stripped.len(), next);
            at = next;
        }
        self.heredocs = Some((line_end, resume));
        let span = self.span(start.min(body_end), body_end);
        Heredoc { expands, word: heredoc_word(&body, expands, self.depth), span }
    }

    /// The place after the line end that ends this command line: quotes may hold line ends of their own.
    fn end_of_line(&self) -> Option<usize> {
        let mut quote = None;
        let mut escaped = false;
        for (at, byte) in self.bytes().iter().enumerate().skip(self.at) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quote != Some(b'\'') => escaped = true,
                b'\'' | b'"' => match quote {
                    None => quote = Some(*byte),
                    Some(open) if open == *byte => quote = None,
                    Some(_) => {}
                },
                b'\n' if quote.is_none() => return Some(at + 1),
                _ => {}
            }
        }
        None
    }
}

fn heredoc_word(body: &Mapped, expands: bool, depth: usize) -> Word {
    let span = body.span(0, body.text().len());
    let literal = || vec![Piece::Literal { text: body.text().to_owned(), quote: Quote::Single, span }];
    if !expands {
        return Word::new(body.text(), literal(), span);
    }
    let mut parser = Parser::new(body, depth);
    let mut pieces = Vec::new();
    let read = parser.descend(|parser| parser.double(false, &mut pieces));
    Word::new(body.text(), if read.is_ok() { pieces } else { literal() }, span)
}
