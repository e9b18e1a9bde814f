//! Places as editors count them: lines from 0, and in a line UTF-16 units from 0.
//!
//! Not here: what editors are told.

use super::{Source, Span};

/// A place as the Language Server Protocol counts it by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utf16Position {
    /// The line, from 0.
    pub line: usize,
    /// The UTF-16 units before it in the line.
    pub column: usize,
}

impl Source {
    /// Where an offset stands, as editors count.
    #[must_use]
    pub fn utf16_position(&self, offset: usize) -> Utf16Position {
        let line = self.line(offset);
        let start = self.line_span(line).start;
        let before = self.slice(Span::new(start, offset));
        Utf16Position { line: line - 1, column: before.encode_utf16().count() }
    }

    /// The offset of a place as editors count; a place beyond its line is the end of the line.
    #[must_use]
    pub fn utf16_offset(&self, place: Utf16Position) -> usize {
        let span = self.line_span(place.line.saturating_add(1));
        let mut units = 0;
        let text = self.slice(span);
        let inside = text.char_indices().find(|(_, character)| {
            let here = units;
            units += character.len_utf16();
            here >= place.column
        });
        inside.map_or(span.end, |(at, _)| span.start + at)
    }
}

#[cfg(test)]
mod tests {
    use super::Utf16Position;
    use crate::source::Source;

    #[test]
    fn units_are_neither_bytes_nor_characters() {
        let source = Source::new("x", "aé🚀b\r\nc");
        for (offset, line, column) in
            [(0, 0, 0), (1, 0, 1), (3, 0, 2), (7, 0, 4), (8, 0, 5), (10, 1, 0), (11, 1, 1)]
        {
            assert_eq!(source.utf16_position(offset), Utf16Position { line, column }, "{offset}");
            assert_eq!(source.utf16_offset(Utf16Position { line, column }), offset, "{line}:{column}");
        }
        assert_eq!(source.utf16_offset(Utf16Position { line: 0, column: 99 }), 8, "before the line end");
        assert_eq!(source.utf16_offset(Utf16Position { line: 9, column: 0 }), 11, "at the end");
    }
}
