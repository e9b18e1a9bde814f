//! A text as a loader sees it after its first pass (byte order mark, line ends, NULs), with the way
//! back to the offsets of the file.
//!
//! Not here: keys and values.

use crate::source::Span;

/// What a loader does with carriage returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carriage {
    /// `\r\n` and a lone `\r` both end a line.
    EndsLine,
    /// `\r\n` ends a line, a lone `\r` is an ordinary character.
    BeforeNewline,
    /// Every `\r` vanishes.
    Vanishes,
    /// An ordinary character, also before `\n`.
    Kept,
}

/// What a loader does before it looks at lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct FirstPass {
    /// Whether a byte order mark is skipped.
    pub(super) skips_mark: bool,
    /// Carriage returns.
    pub(super) carriage: Carriage,
    /// Whether NULs vanish.
    pub(super) drops_nul: bool,
    /// Whether form feeds and the like end a line.
    pub(super) separators_end_lines: bool,
}

/// The text after the first pass.
pub(super) struct Normal {
    /// What the loader reads.
    pub(super) text: String,
    /// Before which offsets of `text` one byte of the file was left out, in order.
    removed: Vec<usize>,
}

const MARK: &str = "\u{feff}";

impl Normal {
    /// Does the first pass over `text`.
    pub(super) fn new(text: &str, pass: FirstPass) -> Self {
        let mut normal = Self { text: String::with_capacity(text.len()), removed: Vec::new() };
        let mut rest = text;
        if pass.skips_mark && rest.starts_with(MARK) {
            normal.removed.extend([0; MARK.len()]);
            rest = &rest[MARK.len()..];
        }
        let mut characters = rest.chars().peekable();
        while let Some(character) = characters.next() {
            let before_newline = characters.peek() == Some(&'\n');
            match character {
                '\r' => match pass.carriage {
                    Carriage::EndsLine | Carriage::BeforeNewline if before_newline => normal.leave_out(),
                    Carriage::EndsLine => normal.text.push('\n'),
                    Carriage::Vanishes => normal.leave_out(),
                    Carriage::BeforeNewline | Carriage::Kept => normal.text.push('\r'),
                },
                '\0' if pass.drops_nul => normal.leave_out(),
                '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' if pass.separators_end_lines => {
                    normal.text.push('\n');
                }
                _ => normal.text.push(character),
            }
        }
        normal
    }

    fn leave_out(&mut self) {
        self.removed.push(self.text.len());
    }

    /// The span of the file that a span of `text` was read from.
    pub(super) fn original(&self, span: Span) -> Span {
        let start = span.start + self.removed.partition_point(|&offset| offset <= span.start);
        let end = span.end + self.removed.partition_point(|&offset| offset < span.end);
        Span::new(start, end.max(start))
    }
}
