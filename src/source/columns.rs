//! How many characters stand before a place, told without reading a long line from its beginning each time.
//!
//! Not here: lines.

use std::sync::OnceLock;

/// How many bytes lie between two places that are known. Few lines of a text that a person wrote are longer.
const STEP: usize = 1 << 16;

/// How many characters stand before each `STEP`th byte; counted when somebody asks for a column that far out.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns(OnceLock<Vec<usize>>);

impl Columns {
    /// How many characters begin in `start..end` of `text`.
    pub(super) fn characters(&self, text: &str, start: usize, end: usize) -> usize {
        let bytes = text.as_bytes();
        if end - start <= STEP {
            return begin(&bytes[start..end]);
        }
        let marks = self.0.get_or_init(|| marks(bytes));
        let before = |at: usize| marks[at / STEP] + begin(&bytes[at - at % STEP..at]);
        before(end) - before(start)
    }
}

fn marks(bytes: &[u8]) -> Vec<usize> {
    let mut marks = vec![0];
    for step in bytes.chunks(STEP) {
        marks.push(marks[marks.len() - 1] + begin(step));
    }
    marks
}

/// How many characters begin in these bytes of a text: each does with a byte that continues none.
fn begin(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count()
}

#[cfg(test)]
mod tests {
    use super::{Columns, STEP};

    #[test]
    fn characters_are_counted_from_any_place_to_any() {
        let text = "aé🚀".repeat(STEP / 2);
        let columns = Columns::default();
        for (start, end) in
            [(0, 0), (0, 7), (7, STEP + 7), (7 * 9000, 7 * 9362), (0, text.len()), (STEP, 3 * STEP)]
        {
            let floor = |at: usize| at - at % 7;
            let (start, end) = (floor(start), floor(end));
            assert_eq!(
                columns.characters(&text, start, end),
                text[start..end].chars().count(),
                "{start}..{end}"
            );
        }
        let exact = "a".repeat(2 * STEP);
        assert_eq!(Columns::default().characters(&exact, 0, 2 * STEP), 2 * STEP);
    }
}
