//! Lines between two marks: put into a text, found in it, and taken out again byte for byte.
//!
//! Not here: what the lines are.

/// What the first mark says where the text before it had no line end of its own.
const JOINED: &str = " (and the line end before them)";

fn begin(hook: &str) -> String {
    format!("# envgate begin {hook}: `envgate hook uninstall {hook}` takes these lines out")
}

fn end(hook: &str) -> String {
    format!("# envgate end {hook}")
}

/// Whether the lines of `hook` are in the text.
pub(in crate::commands::hook) fn is_in(text: &str, hook: &str) -> bool {
    span(text, hook).is_some()
}

/// Puts `lines` (each with its line end) into `text` at the byte `at`, between marks indented by `indent`.
pub(super) fn insert(text: &str, at: usize, hook: &str, indent: &str, lines: &str) -> String {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let (separator, joined) =
        if before.is_empty() || before.ends_with('\n') { ("", "") } else { ("\n", JOINED) };
    let (begin, end) = (begin(hook), end(hook));
    format!("{before}{separator}{indent}{begin}{joined}\n{lines}{indent}{end}\n{after}")
}

/// Takes the lines of `hook` out; `None` where they are not in the text.
pub(super) fn remove(text: &str, hook: &str) -> Option<String> {
    let (start, end) = span(text, hook)?;
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    Some([before, after].concat())
}

/// From the first mark's line to the end of the second's, with the line end before where that came along.
fn span(text: &str, hook: &str) -> Option<(usize, usize)> {
    let (begin, end) = (begin(hook), end(hook));
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        let trimmed = line.trim();
        if trimmed == begin {
            start = Some(at);
        } else if trimmed.strip_prefix(begin.as_str()) == Some(JOINED) {
            start = Some(at.saturating_sub(1));
        } else if trimmed == end
            && let Some(start) = start
        {
            return Some((start, next));
        }
        at = next;
    }
    None
}
