//! The characters of a script: blanks, comments, line ends, keywords, and the failure that ends a parse.
//!
//! Not here: words (see [`super::words`]) and commands (see [`super::grammar`]).

use super::text::Mapped;
use crate::source::Span;

/// How deep commands, expansions and scripts may stand inside each other.
pub(super) const MAX_DEPTH: usize = 48;

/// Why a text is no script.
#[derive(Debug)]
pub(super) struct Failure {
    /// Where, in the file.
    pub(super) span: Span,
    /// What.
    pub(super) message: &'static str,
}

/// The outcome of every step.
pub(super) type Parsed<T> = Result<T, Failure>;

/// A parse under way.
#[derive(Debug)]
pub(super) struct Parser<'t> {
    pub(super) text: &'t Mapped,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// The line end after which here-documents stand, and where the line after them begins.
    pub(super) heredocs: Option<(usize, usize)>,
    pub(super) comments: Vec<Span>,
}

impl<'t> Parser<'t> {
    pub(super) const fn new(text: &'t Mapped, depth: usize) -> Self {
        Self { text, at: 0, depth, heredocs: None, comments: Vec::new() }
    }

    pub(super) fn bytes(&self) -> &'t [u8] {
        self.text.text().as_bytes()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes().get(self.at + ahead).copied()
    }

    pub(super) fn looking_at(&self, wanted: &str) -> bool {
        self.bytes().get(self.at..).is_some_and(|rest| rest.starts_with(wanted.as_bytes()))
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.text().get(start..end).unwrap_or("")
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.text.span(start, end)
    }

    pub(super) fn fail<T>(&self, message: &'static str) -> Parsed<T> {
        let end = (self.at + 1).min(self.bytes().len());
        Err(Failure { span: self.span(self.at, end), message })
    }

    /// One level down; refused where nobody writes and only attackers go.
    pub(super) fn descend<T>(&mut self, step: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.fail("nested too deep to be read");
        }
        self.depth += 1;
        let outcome = step(self);
        self.depth -= 1;
        outcome
    }

    /// The length of the line end here: 1 for LF, 2 for CRLF, 0 for none.
    pub(super) fn line_end(&self) -> usize {
        match self.peek() {
            Some(b'\n') => 1,
            Some(b'\r') if self.peek_at(1) == Some(b'\n') => 2,
            _ => 0,
        }
    }

    /// Passes blanks, continued lines and a comment; only called between tokens.
    pub(super) fn blank(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'\\') if self.peek_at(1) == Some(b'\r') && self.peek_at(2) == Some(b'\n') => {
                    self.at += 3;
                }
                Some(b'#') => {
                    let start = self.at;
                    let rest = self.bytes().get(start..).unwrap_or(&[]);
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    if self.at > start
                        && self.bytes().get(self.at - 1) == Some(&b'\r')
                        && self.peek().is_some()
                    {
                        self.at -= 1;
                    }
                    self.comments.push(self.span(start, self.at));
                }
                _ => return,
            }
        }
    }

    /// Passes a line end, and the here-documents behind it.
    pub(super) fn newline(&mut self) -> bool {
        let length = self.line_end();
        if length == 0 {
            return false;
        }
        let end = self.at + length;
        self.at = match self.heredocs {
            Some((line_end, resume)) if line_end <= end => {
                self.heredocs = None;
                resume.max(end)
            }
            _ => end,
        };
        true
    }

    pub(super) fn blank_lines(&mut self) {
        loop {
            self.blank();
            if !self.newline() {
                return;
            }
        }
    }

    /// The plain word that begins here, if it ends like a word: candidates for keywords only.
    pub(super) fn plain_word(&self) -> &'t str {
        let rest = self.bytes().get(self.at..).unwrap_or(&[]);
        let length = rest
            .iter()
            .take(10)
            .take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'{' | b'}' | b'[' | b']' | b'!'))
            .count();
        let ends = rest.get(length).is_none_or(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' | b'\\'
            )
        });
        if ends { self.slice(self.at, self.at + length) } else { "" }
    }

    /// Passes the keyword `wanted`, or fails.
    pub(super) fn expect_word(&mut self, wanted: &str, message: &'static str) -> Parsed<()> {
        self.blank_lines();
        if self.plain_word() != wanted {
            return self.fail(message);
        }
        self.at += wanted.len();
        Ok(())
    }

    pub(super) fn expect_byte(&mut self, wanted: u8, message: &'static str) -> Parsed<()> {
        if self.peek() != Some(wanted) {
            return self.fail(message);
        }
        self.at += 1;
        Ok(())
    }
}
