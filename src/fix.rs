//! Edits applied to text: overlapping ones refused, every other byte kept.
//!
//! Not here: which findings offer them, whether the outcome is what was meant, and the disk.

use crate::diagnostic::{Edit, Fix};
use crate::source::{Source, Span};

/// A text with fixes applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The new text.
    pub text: String,
    /// For each fix in its order, whether it was applied; one that overlaps an earlier one is not.
    pub applied: Vec<bool>,
}

/// Applies `fixes` in their order. A text that is not the file's own bytes (they were not UTF-8) is not
/// touched, and neither is one whose edits lie outside of it: `None`.
#[must_use]
pub fn apply(source: &Source, fixes: &[&Fix]) -> Option<Fixed> {
    if source.invalid_utf8().is_some() {
        return None;
    }
    let text = source.text();
    let mut edits: Vec<&Edit> = Vec::new();
    let mut applied = Vec::with_capacity(fixes.len());
    for fix in fixes {
        // What ends before it begins is nowhere either.
        let inside = |span: Span| text.get(span.start..span.end).is_some();
        if !fix.edits.iter().all(|edit| inside(edit.span)) {
            return None;
        }
        let free = fix.edits.iter().all(|edit| edits.iter().all(|other| !touch(edit.span, other.span)));
        applied.push(free);
        if free {
            edits.extend(&fix.edits);
        }
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut fixed = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        fixed.push_str(text.get(from..edit.span.start)?);
        fixed.push_str(&edit.replacement);
        from = edit.span.end;
    }
    fixed.push_str(text.get(from..)?);
    Some(Fixed { text: fixed, applied })
}

/// Whether two edits could not both be made: they share bytes, or insert at the same place.
const fn touch(one: Span, other: Span) -> bool {
    one.overlaps(other) || (one.start == other.start && (one.is_empty() || other.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{apply, touch};
    use crate::diagnostic::{Fix, Safety};
    use crate::source::{Source, Span};

    fn replace(start: usize, end: usize, with: &str) -> Fix {
        Fix::replace("x", Safety::Safe, Span::new(start, end), with)
    }

    #[test]
    fn edits_keep_every_other_byte() {
        let source = Source::new("a", "A=1\r\nB=ñ # two\r\n");
        let fixed = apply(&source, &[&replace(7, 9, "n"), &replace(0, 0, "# top\n")]).unwrap();
        assert_eq!(fixed.text, "# top\nA=1\r\nB=n # two\r\n");
        assert_eq!(fixed.applied, [true, true]);
    }

    #[test]
    fn the_later_of_two_overlapping_ones_is_refused() {
        let source = Source::new("a", "abcdef");
        let fixed = apply(&source, &[&replace(1, 4, "X"), &replace(3, 5, "Y"), &replace(4, 5, "Z")]).unwrap();
        assert_eq!((fixed.text.as_str(), fixed.applied.as_slice()), ("aXZf", &[true, false, true][..]));
        let twice = apply(&source, &[&replace(2, 2, "X"), &replace(2, 2, "Y")]).unwrap();
        assert_eq!((twice.text.as_str(), twice.applied.as_slice()), ("abXcdef", &[true, false][..]));
    }

    #[test]
    fn edits_touch_where_they_share_bytes_or_a_place_to_insert_at() {
        for (one, other, expected) in [
            ((1, 3), (3, 5), false),
            ((1, 3), (2, 5), true),
            ((0, 0), (1, 4), false),
            ((1, 1), (1, 4), true),
            ((2, 2), (1, 4), true),
            ((4, 4), (1, 4), false),
            ((5, 5), (1, 4), false),
            ((2, 2), (2, 2), true),
            ((2, 2), (3, 3), false),
        ] {
            let (one, other) = (Span::new(one.0, one.1), Span::new(other.0, other.1));
            assert_eq!(touch(one, other), expected, "{one:?} {other:?}");
            assert_eq!(touch(other, one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_is_not_utf8_or_lies_outside_is_left_alone() {
        assert_eq!(apply(&Source::from_bytes("a", b"K=\xff".to_vec()), &[&replace(0, 1, "X")]), None);
        assert_eq!(apply(&Source::new("a", "K=ñ"), &[&replace(3, 4, "X")]), None, "half of a character");
        assert_eq!(apply(&Source::new("a", "K"), &[&replace(1, 9, "X")]), None);
    }
}
