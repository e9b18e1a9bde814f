//! Env files: a neutral lexer with spans, and what each loader makes of the file.
//!
//! Not here: which loaders a project uses, and whether a value is good.

mod assignment_keys;
mod assignments;
mod dialect;
mod dialects;
mod dotenvy_words;
mod expand;
mod loader;
mod make_variables;
mod neutral;
mod normal;
mod remarks;
mod shell_source;
mod shell_words;
mod systemd_unit;
mod whole_lines;
mod xargs_words;

use std::borrow::Cow;

pub(super) use make_variables::without_make_comment;

pub use loader::{Loaded, LoadedVariable, Loader, line_reads_as, load, load_after};

use super::Problem;
use crate::source::Span;

/// An env file, read neutrally (the shape of its lines) with the text kept by spans.
#[derive(Debug, Default)]
pub struct EnvFile {
    /// The assignments in the order of the file.
    pub entries: Vec<Entry>,
    /// Lines that are neither assignment, comment nor blank.
    pub problems: Vec<Problem>,
    /// The byte order mark at the start.
    pub mark: Option<Span>,
    /// The carriage returns that stand before a line end, the first thousand of them.
    pub carriage_returns: Vec<Span>,
    /// The NULs, the first thousand of them.
    pub nuls: Vec<Span>,
    /// The no-break spaces and their like outside comments, the first thousand of them.
    pub no_break_spaces: Vec<Span>,
    /// The entries that count, the last of each key, in the order of their keys. A map would hold each key again.
    last: Vec<usize>,
}

/// The quotes around a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `` `…` ``
    Backtick,
}

/// One `KEY=value` line (or lines, where a quoted value runs on).
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key's name.
    pub key: String,
    /// The key's place.
    pub key_span: Span,
    /// The place of the value as written, quotes included, comment and blanks left out; `None` for a
    /// bare key. An unterminated quote runs to the end of its line.
    pub raw_span: Option<Span>,
    /// The quotes around the value; `None` where it is not quoted or the quote is never closed.
    pub quote: Option<Quote>,
    /// The place of the value without its quotes; `None` for a bare key.
    pub inner_span: Option<Span>,
    /// Whether `export` stands before the key.
    pub exported: bool,
    /// Whether the value's first quote is never closed.
    pub unterminated: bool,
    /// Text between the closing quote and the end of the line that is no comment.
    pub after_quote: Option<Span>,
    /// The comment behind the value, from its `#` on.
    pub comment_span: Option<Span>,
    /// The line, or lines, without the line end.
    pub line_span: Span,
}

impl Entry {
    /// The value under the most common reading: quotes off, and in double quotes `\"`, `\\` and `\$`
    /// resolved. Empty for a bare key. `text` is the text that the entry was read from.
    #[must_use]
    pub fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let inner = self.inner_span.and_then(|span| text.get(span.start..span.end)).unwrap_or_default();
        if self.quote != Some(Quote::Double) || !inner.contains('\\') {
            return Cow::Borrowed(inner);
        }
        Cow::Owned(
            inner.replace("\\\\", "\u{0}").replace("\\\"", "\"").replace("\\$", "$").replace('\u{0}', "\\"),
        )
    }
}

impl EnvFile {
    /// Reads the text of an env file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut file = neutral::parse(text);
        // Asked for each key of a file, a search from its end would cost the square of its length.
        file.last = last_of_each_key(&file.entries);
        file
    }

    /// The spans of all values, inline comments of unquoted values left out. A word without `=` counts as one:
    /// it may be a line of a secret that lost its quotes.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        let raw = self.entries.iter().filter_map(|entry| entry.raw_span);
        let after = self.entries.iter().filter_map(|entry| entry.after_quote);
        let bare = self.entries.iter().filter(|entry| entry.raw_span.is_none() && !entry.exported);
        let mut spans: Vec<Span> = raw
            .chain(after)
            .chain(bare.map(|entry| entry.key_span))
            .chain(self.problems.iter().map(|problem| problem.span))
            .collect();
        spans.sort_unstable();
        spans
    }

    /// The spans of words in comments that nobody writes in prose; `text` is the text that this was read from.
    #[must_use]
    pub fn odd_words(&self, text: &str) -> Vec<Span> {
        remarks::odd_words(self, text)
    }

    /// The entry of that key which counts: the last one.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let at = self.last.binary_search_by(|&at| self.entries[at].key.as_str().cmp(key)).ok()?;
        self.entries.get(self.last[at])
    }
}

/// The places of the last entry of each key, in the order of the keys.
fn last_of_each_key(entries: &[Entry]) -> Vec<usize> {
    let mut last: Vec<usize> = (0..entries.len()).rev().collect();
    // Stable: of one key's entries the last one stays in front.
    last.sort_by(|&one, &other| entries[one].key.cmp(&entries[other].key));
    last.dedup_by(|later, kept| entries[*later].key == entries[*kept].key);
    last
}
