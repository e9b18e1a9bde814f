//! A file's text, its byte spans, and the only place where an offset becomes a line and a column.
//!
//! Not here: what the text means, and where it was read from. [`Tree`] is the one question that
//! others may ask about the world around a file.

mod abridge;
mod columns;
mod folder;
mod mask;
mod names;
mod utf16;
mod utf16_text;

use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use abridge::Abridged;
use abridge::Piece;
use columns::Columns;
pub use folder::{Folder, above, ascent, folded, is_further_up, is_top};
pub use names::{is_env_name, is_lock_name, is_text_name};
pub use utf16::Utf16Position;
pub use utf16_text::{from_utf16, is_utf16};

/// A half-open range of byte offsets into a [`Source`]'s text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The number of bytes covered.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether no byte is covered.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The same span in a text that begins `offset` bytes earlier.
    #[must_use]
    pub const fn shifted(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }

    /// The first character of the span in its text, for what is too long to be marked whole; empty where it is.
    ///
    /// ```
    /// use envgate::source::Span;
    /// assert_eq!(Span::new(0, 8).head("año: 2024"), Span::new(0, 1));
    /// assert_eq!(Span::new(1, 8).head("año: 2024"), Span::new(1, 3));
    /// assert_eq!(Span::new(1, 1).head("año: 2024"), Span::new(1, 1));
    /// ```
    #[must_use]
    pub fn head(self, text: &str) -> Self {
        let first = text.get(self.start..self.end).and_then(|text| text.chars().next());
        Self::new(self.start, self.start + first.map_or(0, char::len_utf8))
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two spans share at least one byte.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place in the source.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value to its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A place as people and SARIF count it: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// A file's text under its path.
///
/// The path is relative to the working directory with `/` separators. Bytes that are not UTF-8
/// stand in the text as U+FFFD; [`Source::invalid_utf8`] says where the first one is, and such a
/// text is never written back.
#[derive(Debug, Clone)]
pub struct Source {
    path: Arc<str>,
    // A `String`, so that a text read from a file is not copied into the source, and can be had back.
    text: Arc<String>,
    invalid_utf8: Option<usize>,
    line_starts: OnceLock<Vec<usize>>,
    columns: Columns,
    // What of the file stands in `text`; none where all of it does.
    pieces: Arc<[Piece]>,
}

impl Source {
    /// A source of valid text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: Arc::new(text.into()),
            invalid_utf8: None,
            line_starts: OnceLock::new(),
            columns: Columns::default(),
            pieces: Arc::default(),
        }
    }

    /// A source of whatever bytes stand in the file.
    pub fn from_bytes(path: impl Into<Arc<str>>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::new(path, text),
            Err(error) => {
                let invalid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Self { invalid_utf8: Some(invalid), ..Self::new(path, text) }
            }
        }
    }

    /// The same text under another path.
    #[must_use]
    pub fn renamed(&self, path: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), ..self.clone() }
    }

    /// The memory of the text, to read the next file into; empty where somebody else holds the text.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        Arc::try_unwrap(self.text).map(String::into_bytes).unwrap_or_default()
    }

    /// The path, relative to the working directory, with `/` separators.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path, shared.
    #[must_use]
    pub fn shared_path(&self) -> Arc<str> {
        Arc::clone(&self.path)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The offset of the first byte that is not UTF-8, if any.
    #[must_use]
    pub const fn invalid_utf8(&self) -> Option<usize> {
        self.invalid_utf8
    }

    /// The text under a span; spans that lie outside or cut a character give what they cover whole.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        &self.text[start..end]
    }

    /// Where an offset stands; one past the end is the place after the last character.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset);
        let start = starts[line - 1];
        Position {
            line: self.line_number(line - 1),
            column: self.columns.characters(&self.text, start, offset) + 1,
        }
    }

    /// The 1-based line that an offset stands on.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        let offset = self.floor(offset);
        // No column: counting it for each finding costs the square of a long line.
        self.line_number(self.line_starts().partition_point(|&start| start <= offset) - 1)
    }

    /// How many lines there are; a text without a line end has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }

    /// The span of a 1-based line without its line end; empty at the end for a line that is not there.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Span {
        let starts = self.line_starts();
        let index = self.line_index(line);
        let Some(&start) = index.and_then(|index| starts.get(index)) else {
            return Span::new(self.text.len(), self.text.len());
        };
        let next = index.and_then(|index| starts.get(index + 1));
        let end = next.copied().unwrap_or(self.text.len());
        let end = start + self.text[start..end].trim_end_matches(['\n', '\r']).len();
        Span::new(start, end)
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0).chain(ends.map(|end| end + 1)).collect()
        })
    }

    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, socket, FIFO, or a link that leads out of the tree: never opened.
    Other,
}

/// The tree that files were read from: a working directory, a git index, a commit.
pub trait Tree: Sync {
    /// What stands at `path` (relative to the working directory), or `None` where nothing does.
    fn kind(&self, path: &str) -> Option<PathKind>;

    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// Where there is no such regular file in the tree, or it cannot be read.
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Err(io::Error::new(io::ErrorKind::NotFound, format!("`{path}` is not in this tree")))
    }

    /// The same into memory that is there already; what stood in `buffer` is gone.
    ///
    /// # Errors
    ///
    /// As [`Tree::read`].
    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        *buffer = self.read(path)?;
        Ok(())
    }

    /// Whether git would pass over a file at `path`, which need not be there; `false` where nobody knows.
    fn is_ignored(&self, _path: &str) -> bool {
        false
    }

    /// How many bytes the file at `path` has, where that is known without reading it.
    fn length(&self, _path: &str) -> Option<u64> {
        None
    }
}

/// Joins `path` to the directory `base`, resolving `.` and `..` by the text alone.
///
/// ```
/// assert_eq!(envgate::source::join("infra", "../envs/.env"), "envs/.env");
/// assert_eq!(envgate::source::join("", "../a"), "../a");
/// assert_eq!(envgate::source::join("x", "/etc/hosts"), "/etc/hosts");
/// ```
#[must_use]
pub fn join(base: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{base}/{path}") };
    let absolute = whole.starts_with('/') && (path.starts_with('/') || base.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

/// The path at `path` as somebody in the directory `base` writes it; the way back of [`join`].
///
/// ```
/// use envgate::source::relative;
/// assert_eq!(relative("infra", "envs/.env"), "../envs/.env");
/// assert_eq!(relative("infra", "infra/a/b"), "a/b");
/// assert_eq!(relative("", "envs/.env"), "envs/.env");
/// assert_eq!(relative("a", "a"), ".");
/// assert_eq!(relative("..", "../envs/.env"), "envs/.env");
/// ```
#[must_use]
pub fn relative(base: &str, path: &str) -> String {
    // The way back from what lies further up has names that the text alone does not know.
    if path.starts_with('/') || base.starts_with('/') || ascent(base).len() > ascent(path).len() {
        return path.to_owned();
    }
    let parts = |text: &'_ str| {
        text.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect()
    };
    let (base, path): (Vec<String>, Vec<String>) = (parts(base), parts(path));
    let common = base.iter().zip(&path).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", base.len() - common);
    let down = path.iter().skip(common).map(String::as_str);
    let written = up.chain(down).collect::<Vec<_>>().join("/");
    if written.is_empty() { ".".to_owned() } else { written }
}

/// The directory part of a path, empty for a bare name.
#[must_use]
pub fn parent(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(slash) => &path[..slash],
        None => "",
    }
}

/// The last part of a path.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path of any bytes as text: bytes that are no UTF-8 are written as `\\xNN`, so that two names stay two.
///
/// ```
/// assert_eq!(envgate::source::shown_name(b"latin\xf1.txt"), "latin\\xf1.txt");
/// ```
#[must_use]
pub fn shown_name(name: &[u8]) -> String {
    let mut shown = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}
