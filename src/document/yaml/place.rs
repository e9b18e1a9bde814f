//! Where a scalar's text stands in the source: offsets in a value turned into byte spans.
//!
//! Not here: how scalars are read.

use super::{Node, Style};
use crate::source::Span;

/// The way back from offsets in a scalar's value to offsets in the source.
#[derive(Debug, Clone)]
pub enum Places {
    /// The value stands in the source as it is, from this offset.
    Straight(usize),
    /// The source offset of every byte of the value, and of its end.
    Mapped(Vec<usize>),
}

impl Places {
    /// The way back for `node`, a scalar of the source `text`.
    #[must_use]
    pub fn new(text: &str, node: &Node) -> Self {
        let node = node.target();
        let value = node.as_str().unwrap_or_default();
        let raw = text.get(node.span.start..node.span.end).unwrap_or_default();
        let quoted = matches!(node.style(), Some(Style::SingleQuoted | Style::DoubleQuoted));
        let (start, inner) = if quoted && raw.len() >= 2 {
            (1, raw.get(1..raw.len() - 1).unwrap_or_default())
        } else {
            (0, raw)
        };
        let start = node.span.start + start;
        if inner == value {
            return Self::Straight(start);
        }
        Self::Mapped(align(value, inner, start, node.style().unwrap_or(Style::Plain)))
    }

    /// The source offset of an offset in the value.
    #[must_use]
    pub fn offset(&self, offset: usize) -> usize {
        match self {
            Self::Straight(start) => start + offset,
            Self::Mapped(map) => map.get(offset).or(map.last()).copied().unwrap_or_default(),
        }
    }

    /// The source span of a range in the value.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let start = self.offset(start);
        Span::new(start, self.offset(end).max(start))
    }
}

/// Walks value and source together; they can differ in escapes, folds and indentation only.
fn align(value: &str, raw: &str, start: usize, style: Style) -> Vec<usize> {
    let mut map = Vec::with_capacity(value.len() + 1);
    let mut at = 0;
    for character in value.chars() {
        let rest = raw.get(at..).unwrap_or_default();
        let skipped = if rest.starts_with(character) || rest.starts_with('\\') { 0 } else { blanks(rest) };
        let rest = rest.get(skipped..).unwrap_or_default();
        let (from, length) = if style == Style::DoubleQuoted && rest.starts_with('\\') {
            let folded = rest.get(1..).is_some_and(|next| next.starts_with(['\n', '\r']));
            let skipped_fold = if folded { 1 + blanks(rest.get(1..).unwrap_or_default()) } else { 0 };
            let rest = rest.get(skipped_fold..).unwrap_or_default();
            (
                at + skipped + skipped_fold,
                if rest.starts_with('\\') { escape(rest) } else { character.len_utf8() },
            )
        } else if style == Style::SingleQuoted && character == '\'' && rest.starts_with("''") {
            (at + skipped, 2)
        } else if rest.starts_with(character) {
            (at + skipped, character.len_utf8())
        } else {
            // A folded line end: one blank in the value for the blanks just skipped.
            (at, skipped)
        };
        map.extend(std::iter::repeat_n(start + from.min(raw.len()), character.len_utf8()));
        at = (from + length).min(raw.len());
        while !raw.is_char_boundary(at) {
            at += 1;
        }
    }
    map.push(start + at);
    map
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

fn escape(text: &str) -> usize {
    match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        Some(_) => 1 + text.chars().nth(1).map_or(1, char::len_utf8),
        None => 1,
    }
}
