//! Script text that may have been decoded on its way (double-quote escapes, joined recipe lines, make
//! variables), and where each part of it stands in the file.
//!
//! Not here: what the text means.

use crate::source::Span;

/// One run of text that came from one run of the file.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// Where it begins in the decoded text.
    local: usize,
    /// Its length there.
    length: usize,
    /// Where it stands in the file.
    outer: Span,
}

impl Segment {
    /// Whether byte follows byte in both.
    const fn exact(self) -> bool {
        self.length == self.outer.end - self.outer.start
    }
}

/// A text with its places.
#[derive(Debug, Clone, Default)]
pub struct Mapped {
    text: String,
    segments: Vec<Segment>,
}

impl Mapped {
    /// The whole text of a file.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        let mut mapped = Self::default();
        mapped.push(text, Span::new(0, text.len()));
        mapped
    }

    /// Adds `text`, which stands for what is at `outer` in the file.
    pub fn push(&mut self, text: &str, outer: Span) {
        if text.is_empty() {
            return;
        }
        let added = Segment { local: self.text.len(), length: text.len(), outer };
        self.text.push_str(text);
        if let Some(last) = self.segments.last_mut()
            && last.exact()
            && added.exact()
            && last.outer.end == outer.start
        {
            last.length += added.length;
            last.outer.end = outer.end;
            return;
        }
        self.segments.push(added);
    }

    /// Adds the bytes `start..end` of `other` with their places.
    pub fn push_part(&mut self, other: &Self, start: usize, end: usize) {
        let mut index = other.segments.partition_point(|segment| segment.local + segment.length <= start);
        while let Some(segment) = other.segments.get(index).filter(|segment| segment.local < end) {
            let from = start.max(segment.local);
            let to = end.min(segment.local + segment.length);
            if let Some(text) = other.text.get(from..to) {
                self.push(text, other.span(from, to));
            }
            index += 1;
        }
    }

    /// The decoded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place in the file of the bytes `start..end` of the decoded text.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> Span {
        let from = self.start_of(start);
        if end <= start {
            return Span::new(from, from);
        }
        Span::new(from, self.end_of(end).max(from))
    }

    fn start_of(&self, local: usize) -> usize {
        let index = self.segments.partition_point(|segment| segment.local + segment.length <= local);
        match self.segments.get(index) {
            Some(segment) if segment.exact() => segment.outer.start + local.saturating_sub(segment.local),
            Some(segment) => segment.outer.start,
            None => self.segments.last().map_or(0, |segment| segment.outer.end),
        }
    }

    fn end_of(&self, local: usize) -> usize {
        let index = self.segments.partition_point(|segment| segment.local + segment.length < local);
        match self.segments.get(index) {
            Some(segment) if segment.exact() => segment.outer.start + local.saturating_sub(segment.local),
            Some(segment) => segment.outer.end,
            None => self.segments.last().map_or(0, |segment| segment.outer.end),
        }
    }
}
