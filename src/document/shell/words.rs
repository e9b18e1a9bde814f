//! Words: quotes, parameters, substitutions, each with its place.
//!
//! Not here: commands, although a substitution asks for them.

use std::sync::Arc;

use super::lexer::{Parsed, Parser};
use super::text::Mapped;
use super::word::{Parameter, Piece, Quote, Substitution, SubstitutionKind, Word};

/// Where a word ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At blanks and operators.
    Word,
    /// At blanks outside of parentheses: the right side of `=~`.
    Regex,
    /// At `}`: inside `${…}` without quotes.
    Operand,
}

impl Parser<'_> {
    pub(super) fn word(&mut self, mode: Mode) -> Parsed<Word> {
        let start = self.at;
        let pieces = self.pieces(mode)?;
        Ok(Word::new(self.slice(start, self.at), pieces, self.span(start, self.at)))
    }

    pub(super) fn pieces(&mut self, mode: Mode) -> Parsed<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut parentheses = 0_usize;
        let mut run = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' | b'\'' | b'"' | b'`' | b'$' => {
                    self.literal(run, Quote::None, &mut pieces);
                    self.quoted_piece(byte, &mut pieces)?;
                    run = self.at;
                }
                b'<' | b'>' if self.peek_at(1) == Some(b'(') && mode == Mode::Word => {
                    self.literal(run, Quote::None, &mut pieces);
                    let kind =
                        if byte == b'<' { SubstitutionKind::ProcessIn } else { SubstitutionKind::ProcessOut };
                    pieces.push(self.substitution(kind, Quote::None)?);
                    run = self.at;
                }
                b'(' if self.extended_glob(run, mode) || (mode == Mode::Regex) || parentheses > 0 => {
                    parentheses += 1;
                    self.at += 1;
                }
                b')' if parentheses > 0 => {
                    parentheses -= 1;
                    self.at += 1;
                }
                _ if parentheses == 0 && self.ends_word(byte, mode) => break,
                _ => self.at += 1,
            }
        }
        if parentheses > 0 {
            return self.fail("`(` is not closed");
        }
        self.literal(run, Quote::None, &mut pieces);
        Ok(pieces)
    }

    fn ends_word(&self, byte: u8, mode: Mode) -> bool {
        match mode {
            Mode::Operand => byte == b'}',
            Mode::Regex => matches!(byte, b' ' | b'\t' | b'\n') || self.line_end() > 0,
            Mode::Word => {
                matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
                    || self.line_end() > 0
            }
        }
    }

    /// `@(…)`, `!(…)`, `?(…)`, `*(…)`, `+(…)`: the sign stands just before.
    fn extended_glob(&self, run: usize, mode: Mode) -> bool {
        mode == Mode::Word
            && self.at > run
            && self
                .bytes()
                .get(self.at - 1)
                .is_some_and(|sign| matches!(sign, b'@' | b'!' | b'?' | b'*' | b'+'))
    }

    fn literal(&self, start: usize, quote: Quote, pieces: &mut Vec<Piece>) {
        if self.at > start {
            let text = self.slice(start, self.at).to_owned();
            pieces.push(Piece::Literal { text, quote, span: self.span(start, self.at) });
        }
    }

    fn quoted_piece(&mut self, byte: u8, pieces: &mut Vec<Piece>) -> Parsed<()> {
        match byte {
            b'\\' => self.escape(pieces),
            b'\'' => {
                self.at += 1;
                let start = self.at;
                let rest = self.bytes().get(start..).unwrap_or(&[]);
                let Some(length) = memchr::memchr(b'\'', rest) else {
                    return self.fail("`'` is not closed");
                };
                self.at += length;
                self.literal(start, Quote::Single, pieces);
                self.at += 1;
            }
            b'"' => {
                self.at += 1;
                self.double(true, pieces)?;
            }
            b'`' => pieces.push(self.backquote(Quote::None)?),
            _ => self.dollar(Quote::None, pieces)?,
        }
        Ok(())
    }

    fn escape(&mut self, pieces: &mut Vec<Piece>) {
        let start = self.at;
        self.at += 1;
        let line_end = self.line_end();
        if line_end > 0 {
            self.at += line_end;
            return;
        }
        let length = self.slice(self.at, self.bytes().len()).chars().next().map_or(0, char::len_utf8);
        let text = self.slice(self.at, self.at + length).to_owned();
        self.at += length;
        pieces.push(Piece::Literal { text, quote: Quote::Single, span: self.span(start, self.at) });
    }

    /// What stands between `"` and `"` (or in a here-document, to the end), the opening already passed.
    pub(super) fn double(&mut self, closed: bool, pieces: &mut Vec<Piece>) -> Parsed<()> {
        let mut run = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' if closed => {
                    self.literal(run, Quote::Double, pieces);
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    let length = self.double_escape(closed);
                    if length == 0 {
                        self.at += 1;
                        continue;
                    }
                    self.literal(run, Quote::Double, pieces);
                    let start = self.at;
                    self.at += length;
                    let text = self.slice(start + 1, self.at).to_owned();
                    if !text.ends_with('\n') {
                        let span = self.span(start, self.at);
                        pieces.push(Piece::Literal { text, quote: Quote::Double, span });
                    }
                    run = self.at;
                }
                b'$' | b'`' => {
                    self.literal(run, Quote::Double, pieces);
                    if byte == b'$' {
                        self.dollar(Quote::Double, pieces)?;
                    } else {
                        pieces.push(self.backquote(Quote::Double)?);
                    }
                    run = self.at;
                }
                _ => self.at += 1,
            }
        }
        if closed {
            return self.fail("`\"` is not closed");
        }
        self.literal(run, Quote::Double, pieces);
        Ok(())
    }

    /// The length of the escape here; 0 where the backslash stands for itself.
    fn double_escape(&self, closed: bool) -> usize {
        match self.peek_at(1) {
            Some(b'\n' | b'$' | b'`' | b'\\') => 2,
            Some(b'"') if closed => 2,
            Some(b'\r') if self.peek_at(2) == Some(b'\n') => 3,
            _ => 0,
        }
    }

    fn dollar(&mut self, quote: Quote, pieces: &mut Vec<Piece>) -> Parsed<()> {
        let start = self.at;
        match self.peek_at(1) {
            Some(b'(') => {
                if self.peek_at(2) == Some(b'(')
                    && let Some(end) = self.arithmetic_end(start + 3)
                {
                    let text = self.slice(start + 3, end).to_owned();
                    self.at = end + 2;
                    pieces.push(Piece::Arithmetic { text, span: self.span(start, self.at) });
                } else {
                    pieces.push(self.substitution(SubstitutionKind::Dollar, quote)?);
                }
            }
            Some(b'{') => pieces.push(self.descend(|parser| parser.braces(quote))?),
            Some(b'\'') if quote == Quote::None => self.ansi_c(pieces)?,
            Some(b'"') if quote == Quote::None => {
                self.at += 2;
                self.double(true, pieces)?;
            }
            Some(byte) if byte == b'_' || byte.is_ascii_alphabetic() => {
                let rest = self.bytes().get(start + 1..).unwrap_or(&[]);
                let length =
                    rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
                self.at = start + 1 + length;
                pieces.push(self.parameter(start, quote));
            }
            Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!' | b'0'..=b'9') => {
                self.at = start + 2;
                pieces.push(self.parameter(start, quote));
            }
            _ => {
                self.at += 1;
                self.literal(start, quote, pieces);
            }
        }
        Ok(())
    }

    fn parameter(&self, start: usize, quote: Quote) -> Piece {
        let raw = self.slice(start, self.at);
        Piece::Parameter(Parameter {
            name: raw.get(1..).unwrap_or("").to_owned(),
            operation: String::new(),
            operand: Vec::new(),
            raw: raw.to_owned(),
            quote,
            span: self.span(start, self.at),
        })
    }

    /// `${…}`
    fn braces(&mut self, quote: Quote) -> Parsed<Piece> {
        let start = self.at;
        self.at += 2;
        let sign = self.peek().filter(|byte| matches!(byte, b'#' | b'!'));
        if sign.is_some()
            && self.peek_at(1).is_some_and(|byte| !matches!(byte, b'}' | b':' | b'-' | b'+' | b'='))
        {
            self.at += 1;
        }
        let name_start = self.at;
        let rest = self.bytes().get(name_start..).unwrap_or(&[]);
        let length = rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
        self.at += length.max(usize::from(rest.first().is_some_and(|byte| b"@*#?-$!".contains(byte))));
        let name = self.slice(name_start, self.at).to_owned();
        let operation_start = self.at;
        let operand = self.operand(quote, operation_start)?;
        let operation = self.slice(operation_start, self.at).to_owned();
        self.expect_byte(b'}', "`${` is not closed")?;
        let raw = self.slice(start, self.at).to_owned();
        Ok(Piece::Parameter(Parameter {
            name,
            operation,
            operand,
            raw,
            quote,
            span: self.span(start, self.at),
        }))
    }

    fn operand(&mut self, quote: Quote, start: usize) -> Parsed<Vec<Piece>> {
        // Within double quotes `'` stands for itself in `${x:-…}`, but quotes in `${x#…}` and its kin.
        let pattern = matches!(self.bytes().get(start), Some(b'#' | b'%' | b'/' | b'^' | b','));
        let colon = usize::from(self.peek() == Some(b':'));
        if matches!(self.peek_at(colon), Some(b'-' | b'=' | b'?' | b'+')) {
            self.at += colon + 1;
        }
        if quote == Quote::None || pattern {
            return self.pieces(Mode::Operand);
        }
        let mut pieces = Vec::new();
        let mut run = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => break,
                b'\\' => self.at += 1 + usize::from(self.peek_at(1).is_some_and(|next| next.is_ascii())),
                b'"' | b'$' | b'`' => {
                    self.literal(run, quote, &mut pieces);
                    match byte {
                        b'"' => {
                            self.at += 1;
                            self.double(true, &mut pieces)?;
                        }
                        b'$' => self.dollar(quote, &mut pieces)?,
                        _ => pieces.push(self.backquote(quote)?),
                    }
                    run = self.at;
                }
                _ => self.at += 1,
            }
        }
        self.literal(run, quote, &mut pieces);
        Ok(pieces)
    }

    fn ansi_c(&mut self, pieces: &mut Vec<Piece>) -> Parsed<()> {
        self.at += 2;
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' => {
                    self.literal(start, Quote::Single, pieces);
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at = self.bytes().len();
        self.fail("`$'` is not closed")
    }

    /// The end of an arithmetic expression that begins at `start`, if it closes as one.
    pub(super) fn arithmetic_end(&self, start: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut escaped = false;
        for (at, byte) in self.bytes().iter().enumerate().skip(start) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b')' => return (self.bytes().get(at + 1) == Some(&b')')).then_some(at),
                _ => {}
            }
        }
        None
    }

    pub(super) fn substitution(&mut self, kind: SubstitutionKind, quote: Quote) -> Parsed<Piece> {
        let start = self.at;
        self.at += 2;
        let body = self.descend(Parser::list)?;
        let end = self.at;
        self.expect_byte(b')', "`$(` is not closed")?;
        Ok(Piece::Substitution(Substitution {
            kind,
            body: Arc::new(body),
            quote,
            span: self.span(start, self.at),
            inner: self.span(start + 2, end),
        }))
    }

    fn backquote(&mut self, quote: Quote) -> Parsed<Piece> {
        let start = self.at;
        self.at += 1;
        let mut inner = Mapped::default();
        let mut run = self.at;
        loop {
            match self.peek() {
                None => return self.fail("`` ` `` is not closed"),
                Some(b'`') => break,
                Some(b'\\') => {
                    let unescaped = match self.peek_at(1) {
                        Some(b'`' | b'\\' | b'$') => true,
                        Some(b'"') => quote == Quote::Double,
                        _ => false,
                    };
                    if unescaped {
                        inner.push_part(self.text, run, self.at);
                        inner.push(self.slice(self.at + 1, self.at + 2), self.span(self.at, self.at + 2));
                        self.at += 2;
                        run = self.at;
                    } else {
                        self.at += 1;
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        inner.push_part(self.text, run, self.at);
        let end = self.at;
        self.at += 1;
        let body = self.descend(|parser| {
            let mut within = Parser::new(&inner, parser.depth);
            let body = within.list()?;
            if within.peek().is_some() { within.fail("this is not the end of a command") } else { Ok(body) }
        })?;
        Ok(Piece::Substitution(Substitution {
            kind: SubstitutionKind::Backquote,
            body: Arc::new(body),
            quote,
            span: self.span(start, self.at),
            inner: self.span(start + 1, end),
        }))
    }
}
