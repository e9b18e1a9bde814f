//! Lines between two marks: put into a text, found in it, and taken out again byte for byte.
//!
//! Not here: what the lines are.

use memchr::memmem;

const FIRST_WORDS: &str = "# envgate begin ";
const LAST_WORDS: &str = " takes these lines out";

/// What the first mark says where the text before it had no line end of its own.
const JOINED: &str = " (and the line end before them)";

/// What it says where there was no file.
const MADE: &str = " (and the file, if nothing else is in it)";

/// What it says before the mode that the file had, in octal digits.
const MODE: &str = " (and gives back mode ";

/// What stood there before: kept in the first mark, so that nothing else has to remember it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::commands::hook) struct Before {
    /// There was no file.
    pub(in crate::commands::hook) absent: bool,
    /// The permission bits, where they are changed.
    pub(in crate::commands::hook) mode: Option<u32>,
}

/// Where lines go, and whose they are.
pub(super) struct Place<'a> {
    /// The byte in the text.
    pub(super) at: usize,
    /// The hook.
    pub(super) hook: &'a str,
    /// What stands before each mark.
    pub(super) indent: &'a str,
    /// What stood there before.
    pub(super) before: Before,
}

fn begin(hook: &str) -> String {
    format!("{FIRST_WORDS}{hook}: `envgate hook uninstall {hook}`{LAST_WORDS}")
}

fn end(hook: &str) -> String {
    format!("# envgate end {hook}")
}

/// Whether the lines of `hook` are in the text.
pub(in crate::commands::hook) fn is_in(text: &[u8], hook: &str) -> bool {
    find(text, hook).is_some()
}

/// Whether the lines of any hook are in the text, and the file was not there before them.
pub(super) fn made(text: &[u8]) -> bool {
    let mut marks = text.split(|byte| *byte == b'\n');
    marks.any(|line| is_first(line) && memmem::find(line, MADE.as_bytes()).is_some())
}

/// Puts `lines` (each with its line end) into `text`, between marks.
pub(super) fn insert(text: &[u8], place: &Place<'_>, lines: &str) -> Vec<u8> {
    let (before, after) = text.split_at_checked(behind_ours(text, place.at)).unwrap_or((text, b""));
    let (separator, joined) =
        if before.is_empty() || before.ends_with(b"\n") { ("", "") } else { ("\n", JOINED) };
    let made = if place.before.absent || made(text) { MADE } else { "" };
    let mode = place.before.mode.map_or_else(String::new, |mode| format!("{MODE}{mode:o})"));
    let (indent, begin, end) = (place.indent, begin(place.hook), end(place.hook));
    let block = format!("{separator}{indent}{begin}{joined}{made}{mode}\n{lines}{indent}{end}\n");
    [before, block.as_bytes(), after].concat()
}

/// Takes the lines of `hook` out, and says what stood there before; `None` where they are not in the text.
pub(super) fn remove(text: &[u8], hook: &str) -> Option<(Vec<u8>, Before)> {
    let found = find(text, hook)?;
    let (before, after) = (text.get(..found.start)?, text.get(found.end..)?);
    if !found.joined || after.is_empty() {
        return Some(([before, after].concat(), found.before));
    }
    // What came behind these lines still needs a line of its own, and is now what brought the line end.
    let next = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let rest = if is_first(next) && memmem::find(next, JOINED.as_bytes()).is_none() {
        let at = memmem::find(next, LAST_WORDS.as_bytes()).map_or(next.len(), |at| at + LAST_WORDS.len());
        let (mark, rest) = after.split_at_checked(at)?;
        [mark, JOINED.as_bytes(), rest].concat()
    } else {
        after.to_vec()
    };
    Some(([before, b"\n", rest.as_slice()].concat(), found.before))
}

fn is_first(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(FIRST_WORDS.as_bytes())
}

/// The end of the lines of ours that begin at `at`: new ones go behind them.
fn behind_ours(text: &[u8], at: usize) -> usize {
    let mut end = at;
    let mut inside = false;
    let mut next = at;
    for line in text.get(at..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
        next += line.len();
        if is_first(line) {
            inside = true;
        } else if !inside {
            break;
        } else if line.trim_ascii_start().starts_with(b"# envgate end ") {
            inside = false;
            end = next;
        }
    }
    end
}

struct Found {
    start: usize,
    end: usize,
    joined: bool,
    before: Before,
}

/// From the first mark's line to the end of the second's, with the line end before where that came along.
fn find(text: &[u8], hook: &str) -> Option<Found> {
    let (begin, end) = (begin(hook), end(hook));
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let next = at + line.len();
        let trimmed = line.trim_ascii();
        if let Some(notes) = trimmed.strip_prefix(begin.as_bytes()) {
            let notes = String::from_utf8_lossy(notes);
            let mode = notes.split_once(MODE).and_then(|(_, rest)| rest.split(')').next());
            let mode = mode.and_then(|digits| u32::from_str_radix(digits, 8).ok());
            let joined = notes.starts_with(JOINED);
            let first = if joined { at.saturating_sub(1) } else { at };
            start = Some((first, joined, Before { absent: notes.contains(MADE), mode }));
        } else if trimmed == end.as_bytes()
            && let Some((start, joined, before)) = start
        {
            return Some(Found { start, end: next, joined, before });
        }
        at = next;
    }
    None
}
