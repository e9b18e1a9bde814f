//! A large file cut down to the lines that somebody points at, under their true numbers.
//!
//! Not here: which lines those are. An abridged text is for showing, never for reading anew.

use super::{Source, Span};

/// A run of whole lines that was kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// The 0-based line of the kept text that it begins on.
    index: usize,
    /// The 1-based line of the file that it begins on.
    line: usize,
    /// Where it begins in the kept text.
    at: usize,
    /// Where it stood in the file.
    original: Span,
}

/// A source that holds some lines of another one.
#[derive(Debug)]
pub struct Abridged {
    /// The lines that were kept; places and line numbers in it are those of the file.
    pub source: Source,
}

impl Abridged {
    /// A span of the file as a span of the kept text: what was kept of it; empty where nothing was.
    #[must_use]
    pub fn place(&self, span: Span) -> Span {
        let pieces = &self.source.pieces;
        let first = pieces.partition_point(|piece| piece.original.end < span.start);
        let after = pieces.partition_point(|piece| piece.original.start <= span.end);
        let offset = |piece: &Piece, place: usize| {
            place.clamp(piece.original.start, piece.original.end) - piece.original.start + piece.at
        };
        let start = pieces.get(first).map(|piece| offset(piece, span.start));
        let end = after.checked_sub(1).and_then(|last| pieces.get(last)).map(|piece| offset(piece, span.end));
        let start = start.unwrap_or(self.source.text().len());
        Span::new(start, end.unwrap_or(start).max(start))
    }
}

impl Source {
    /// The lines that `spans` start and end on, with the one before and the one after each.
    #[must_use]
    pub fn abridged(&self, spans: &[Span]) -> Abridged {
        let mut ranges: Vec<(usize, usize)> = spans
            .iter()
            .flat_map(|span| [span.start, span.end])
            .map(|offset| self.line(offset))
            .map(|line| (line.saturating_sub(1).max(1), (line + 1).min(self.line_count())))
            .collect();
        ranges.sort_unstable();
        let mut text = String::new();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut last = 0;
        let mut kept = 0;
        for (first, end) in ranges {
            for line in first.max(last + 1)..=end {
                let from = self.line_span(line).start;
                let to =
                    if line < self.line_count() { self.line_span(line + 1).start } else { self.text.len() };
                match pieces.last_mut() {
                    Some(piece) if piece.original.end == from => piece.original.end = to,
                    _ => {
                        let original = Span::new(from, to);
                        pieces.push(Piece { index: kept, line, at: text.len(), original });
                    }
                }
                text.push_str(self.slice(Span::new(from, to)));
                kept += 1;
                last = line;
            }
        }
        let invalid_utf8 = self.invalid_utf8;
        let source = Self { invalid_utf8, pieces: pieces.into(), ..Self::new(self.shared_path(), text) };
        Abridged { source }
    }

    /// The line of the file that a 0-based line of the text is.
    pub(super) fn line_number(&self, index: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.index <= index);
        let piece = next.checked_sub(1).and_then(|at| self.pieces.get(at));
        piece.map_or(index + 1, |piece| piece.line + (index - piece.index))
    }

    /// The 0-based line of the text that a line of the file is; `None` where it was not kept.
    pub(super) fn line_index(&self, line: usize) -> Option<usize> {
        if self.pieces.is_empty() {
            return line.checked_sub(1);
        }
        let next = self.pieces.partition_point(|piece| piece.line <= line);
        let piece = self.pieces.get(next.checked_sub(1)?)?;
        let index = piece.index + (line - piece.line);
        let kept = self.pieces.get(next).is_none_or(|next| index < next.index);
        kept.then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Position, Source, Span};

    fn lines(count: usize) -> String {
        (1..=count).flat_map(|line| ["line ".to_owned(), line.to_string(), "\n".to_owned()]).collect()
    }

    #[test]
    fn kept_lines_have_their_true_numbers() {
        let whole = Source::new("log", lines(100));
        let at = |needle: &str| {
            let at = whole.text().find(needle).expect("a line of the text");
            Span::new(at + 5, at + needle.len())
        };
        let spans = [at("line 70"), at("line 20"), at("line 22"), Span::new(0, 0)];
        let short = whole.abridged(&spans);
        assert_eq!(
            short.source.text(),
            "line 1\nline 2\nline 19\nline 20\nline 21\nline 22\nline 23\nline 69\nline 70\nline 71\n"
        );
        for span in spans {
            let placed = short.place(span);
            assert_eq!(short.source.slice(placed), whole.slice(span));
            assert_eq!(short.source.position(placed.start), whole.position(span.start));
            let line = whole.line(span.start);
            assert_eq!(short.source.slice(short.source.line_span(line)), whole.slice(whole.line_span(line)));
        }
        assert!(short.source.line_span(40).is_empty());
        assert_eq!(short.source.masked(&[]).position(0), Position { line: 1, column: 1 });
        let masked = short.source.masked(&[short.place(at("line 70"))]);
        assert_eq!(masked.slice(masked.line_span(70)), "line **");
    }

    #[test]
    fn an_empty_text_and_no_spans_are_no_trouble() {
        assert_eq!(Source::new("a", "").abridged(&[Span::new(0, 0)]).source.text(), "");
        let none = Source::new("a", "x\ny\n").abridged(&[]);
        assert_eq!((none.source.text(), none.place(Span::new(2, 3))), ("", Span::default()));
    }

    #[test]
    fn what_lies_between_the_kept_lines_is_gone() {
        let whole = Source::new("log", lines(50));
        let (begin, end) = (whole.line_span(10).start, whole.line_span(40).end);
        let short = whole.abridged(&[Span::new(begin, end)]);
        assert_eq!(
            short.source.slice(short.place(Span::new(begin, end))),
            "line 10\nline 11\nline 39\nline 40"
        );
        assert!(short.place(whole.line_span(20)).is_empty());
        assert!(short.place(whole.line_span(2)).is_empty() && short.place(whole.line_span(49)).is_empty());
    }
}
