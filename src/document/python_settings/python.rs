//! Python text cut into statements and arguments, without a grammar of Python.
//!
//! Not here: what settings are.

use crate::source::Span;

/// A text with a mask of the same length in which comments and the insides of strings are blank.
pub(in crate::document) struct Python<'t> {
    pub(in crate::document) text: &'t str,
    pub(in crate::document) mask: String,
    pub(in crate::document) statements: Vec<Statement>,
}

/// No bracket reaches further.
const WIDEST: usize = 1 << 16;

/// One logical line.
#[derive(Debug, Clone, Copy)]
pub(in crate::document) struct Statement {
    pub(in crate::document) indent: usize,
    pub(in crate::document) span: Span,
}

impl<'t> Python<'t> {
    pub(in crate::document) fn new(text: &'t str) -> Self {
        let mask = mask(text);
        let statements = statements(&mask);
        Self { text, mask, statements }
    }

    /// The code of a span, comments and string contents blank.
    pub(in crate::document) fn code(&self, span: Span) -> &str {
        self.mask.get(span.start..span.end).unwrap_or_default()
    }

    /// The string literal that a span holds, if it is one and nothing else.
    pub(in crate::document) fn string(&self, span: Span) -> Option<&'t str> {
        let text = self.text.get(span.start..span.end)?.trim();
        let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains([quote, '\\', '\n'])).then_some(inner)
    }

    /// The text of a string literal, raw ones included; `None` for others and for escapes.
    pub(super) fn literal(&self, span: Span) -> Option<String> {
        let text = self.text.get(span.start..span.end)?.trim();
        let Some(raw) = text.strip_prefix(['r', 'R']) else { return self.string(span).map(str::to_owned) };
        let quote = raw.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let inner = raw.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains([quote, '\n'])).then(|| inner.to_owned())
    }

    /// The string literals anywhere in a span.
    pub(in crate::document) fn strings(&self, span: Span) -> Vec<&'t str> {
        let code = self.code(span);
        let mut found = Vec::new();
        let mut open: Option<usize> = None;
        for (at, _) in code.match_indices(['"', '\'']) {
            match open.take() {
                None => open = Some(at),
                Some(start) => found.extend(self.string(Span::new(span.start + start, span.start + at + 1))),
            }
        }
        found
    }

    /// The bracket that closes the one at `open`.
    pub(in crate::document) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, byte) in self.mask.bytes().enumerate().skip(open).take(WIDEST) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The parts of a span between `separator`s that stand in no bracket.
    pub(in crate::document) fn parts(&self, span: Span, separator: u8) -> Vec<Span> {
        let mut parts = Vec::new();
        let mut depth = 0_usize;
        let mut start = span.start;
        for (offset, byte) in self.code(span).bytes().enumerate() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ if byte == separator && depth == 0 => {
                    parts.push(self.trimmed(Span::new(start, span.start + offset)));
                    start = span.start + offset + 1;
                }
                _ => {}
            }
        }
        parts.push(self.trimmed(Span::new(start, span.end)));
        parts
    }

    /// The span without the blanks at its ends.
    pub(in crate::document) fn trimmed(&self, span: Span) -> Span {
        let code = self.code(span);
        let start = span.start + code.len() - code.trim_start().len();
        Span::new(start, (start + code.trim().len()).max(start))
    }

    /// The arguments of the call whose bracket opens at `open`: names (empty for positional ones) and
    /// the places of the values.
    pub(in crate::document) fn arguments(&self, open: usize) -> Vec<(String, Span)> {
        let Some(close) = self.closing(open) else { return Vec::new() };
        let parts = self.parts(Span::new(open + 1, close), b',');
        parts.into_iter().filter(|part| !part.is_empty()).map(|part| self.argument(part)).collect()
    }

    fn argument(&self, part: Span) -> (String, Span) {
        let code = self.code(part);
        let named =
            code.split_once('=').filter(|(name, value)| is_name(name.trim()) && !value.starts_with('='));
        match named {
            Some((name, _)) => {
                let value = Span::new(part.start + name.len() + 1, part.end);
                (name.trim().to_owned(), self.trimmed(value))
            }
            None => (String::new(), part),
        }
    }
}

/// Whether a text is a Python name.
pub(super) fn is_name(text: &str) -> bool {
    let first = text.starts_with(|first: char| first.is_alphabetic() || first == '_');
    first && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let blank = |out: &mut String, hidden: &str| {
        for byte in hidden.bytes() {
            out.push(if byte == b'\n' { '\n' } else { ' ' });
        }
    };
    while let Some(first) = rest.chars().next() {
        match first {
            '#' => {
                let end = rest.find('\n').unwrap_or(rest.len());
                blank(&mut out, &rest[..end]);
                rest = &rest[end..];
            }
            '"' | '\'' => {
                let triple = rest.as_bytes().get(1) == Some(&(first as u8))
                    && rest.as_bytes().get(2) == Some(&(first as u8));
                let quotes = if triple { 3 } else { 1 };
                let end = string_end(rest, quotes);
                // Of a triple quote one mark is kept on either side, so that marks always come in pairs.
                out.push(first);
                for byte in rest.bytes().take(end.saturating_sub(1)).skip(1) {
                    out.push(if byte == b'\n' && triple { '\u{1}' } else { ' ' });
                }
                if end > 1 {
                    out.push(first);
                }
                rest = &rest[end..];
            }
            _ if first.is_ascii() => {
                out.push(first);
                rest = &rest[1..];
            }
            _ => {
                // Names in other scripts are legal; as bytes they keep the offsets.
                blank(&mut out, &rest[..first.len_utf8()]);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// The length of the string literal at the start of `text`; to the line end where it is not closed.
fn string_end(text: &str, quotes: usize) -> usize {
    let mark = &text[..quotes];
    let mut at = quotes;
    while let Some(rest) = text.get(at..) {
        if rest.starts_with(mark) {
            return at + quotes;
        }
        match rest.chars().next() {
            None => return text.len(),
            Some('\n') if quotes == 1 => return at,
            Some('\\') => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(other) => at += other.len_utf8(),
        }
    }
    text.len()
}

/// The logical lines: a line goes on inside brackets and behind a backslash.
fn statements(mask: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut at = 0;
    for line in mask.split_inclusive('\n') {
        at += line.len();
        for byte in line.bytes() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth > 0 || line.trim_end_matches(['\n', '\r']).ends_with('\\') {
            continue;
        }
        let code = mask.get(start..at).unwrap_or_default();
        let indent = code.len() - code.trim_start().len();
        let solid = code.trim();
        if !solid.is_empty() {
            let span = Span::new(start + indent, start + indent + solid.len());
            let line_start =
                code.get(..indent).and_then(|blanks| blanks.rfind('\n')).map_or(0, |newline| newline + 1);
            statements.push(Statement { indent: indent - line_start, span });
        }
        start = at;
    }
    statements
}
