//! Paths and places in the editor's terms.
//!
//! Not here: counting, which is `source`'s.

use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

use lsp_types::{Position, Range, Uri};

use crate::source::{Source, Span, Utf16Position};

/// A span as the editor counts.
pub(super) fn range(source: &Source, span: Span) -> Range {
    Range { start: position(source, span.start), end: position(source, span.end) }
}

fn position(source: &Source, offset: usize) -> Position {
    let Utf16Position { line, column } = source.utf16_position(offset);
    Position { line: narrow(line), character: narrow(column) }
}

/// An offset from what the editor counts.
pub(super) fn offset(source: &Source, position: Position) -> usize {
    let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    source.utf16_offset(Utf16Position { line: wide(position.line), column: wide(position.character) })
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The address of a path; `None` where it cannot be written as one.
pub(super) fn uri(path: &Path) -> Option<Uri> {
    let mut text = String::from("file://");
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    let shown = whole.to_str()?.replace('\\', "/");
    if !shown.starts_with('/') {
        text.push('/');
    }
    for byte in shown.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri::from_str(&text).ok()
}

/// The path of an address; `None` for what is no file.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.get(rest.find('/')?..)?;
    let mut bytes = Vec::with_capacity(rest.len());
    let mut coming = rest.bytes();
    while let Some(byte) = coming.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || coming.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high << 4 | low).ok()?);
    }
    let text = String::from_utf8(bytes).ok()?;
    // `/c:/folder` on systems with drives.
    let drive = text.as_bytes().get(2) == Some(&b':') && cfg!(windows);
    Some(PathBuf::from(if drive { text.trim_start_matches('/') } else { &text }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{path, uri};

    #[test]
    fn addresses_lead_back() {
        for (from, address) in [
            ("/srv/app/.env", "file:///srv/app/.env"),
            ("/srv/mi app/ñ#1%.env", "file:///srv/mi%20app/%C3%B1%231%25.env"),
        ] {
            let made = uri(Path::new(from)).expect("it is one");
            assert_eq!(made.as_str(), address);
            assert_eq!(path(&made).as_deref(), Some(Path::new(from)));
        }
        assert_eq!(uri(Path::new("/a/b/../c")).expect("it is one").as_str(), "file:///a/c");
        let other = "untitled:Untitled-1".parse().expect("it is one");
        assert_eq!(path(&other), None);
    }
}
