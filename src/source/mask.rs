//! A source with the spans of its values blotted out, for everything that people or files get to see.
//!
//! Not here: which spans are values; documents and the engine say that.

use std::sync::Arc;

use super::{Source, Span};

impl Source {
    /// The same source with every byte under `spans` turned into `*`.
    ///
    /// Line ends stay, and a character that a span cuts is blotted out whole. Byte for byte the text
    /// keeps its length, so spans and lines mean the same in both; columns do too, except to the right
    /// of a masked character that is longer than one byte: take those from the original.
    #[must_use]
    pub fn masked(&self, spans: &[Span]) -> Self {
        let mut bytes = self.text.as_bytes().to_vec();
        for span in spans {
            let start = self.floor(span.start);
            let end = self.ceiling(span.end);
            for byte in bytes.get_mut(start..end).unwrap_or_default() {
                if !matches!(byte, b'\n' | b'\r') {
                    *byte = b'*';
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self {
            invalid_utf8: self.invalid_utf8,
            pieces: Arc::clone(&self.pieces),
            ..Self::new(self.shared_path(), text)
        }
    }

    fn ceiling(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset += 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Source, Span};

    fn masked(text: &str, spans: &[(usize, usize)]) -> String {
        let spans: Vec<Span> = spans.iter().map(|&(start, end)| Span::new(start, end)).collect();
        Source::new("a", text).masked(&spans).text().to_owned()
    }

    #[test]
    fn blots_out_what_is_covered_and_nothing_else() {
        let cases = [
            ("K=value\nL=x", &[(2, 7)][..], "K=*****\nL=x"),
            ("K=\"a\r\nb\"\n", &[(2, 8)], "K=**\r\n**\n"),
            ("K=señal!", &[(2, 8)], "K=******!"),
            // A span that cuts the two bytes of `ñ`, from either side.
            ("ñx", &[(1, 3)], "***"),
            ("xñ", &[(0, 2)], "***"),
            // Overlapping, empty, reversed and outside.
            ("abcdef", &[(0, 3), (2, 4)], "****ef"),
            ("abc", &[(1, 1), (3, 2), (7, 90)], "abc"),
        ];
        for (text, spans, expected) in cases {
            assert_eq!(masked(text, spans), expected, "{text:?} {spans:?}");
        }
    }

    #[test]
    fn keeps_the_geometry_and_the_path() {
        let source = Source::from_bytes("p/q", b"A=\xff\nB=2".to_vec());
        let masked = source.masked(&[Span::new(0, source.text().len())]);
        assert_eq!(masked.text().len(), source.text().len());
        assert_eq!(masked.line_span(2), source.line_span(2));
        assert_eq!((masked.path(), masked.invalid_utf8()), ("p/q", Some(2)));
    }
}
