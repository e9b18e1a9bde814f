//! The lines of a Makefile as make takes them: continued, without comments, with what they assign.
//!
//! Not here: what they mean; recipes, whose lines are the shell's.

/// How a line assigns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `=`
    Recursive,
    /// `:=`, `::=`
    Simple,
    /// `+=`
    Append,
    /// `?=`
    Default,
    /// `!=`
    Shell,
}

/// Name, way and value of a line that assigns.
pub(super) fn assignment(line: &str) -> Option<(&str, How, &str)> {
    let (before, value) = line.split_once('=')?;
    let (name, how) = match before.as_bytes().last() {
        Some(b'+') => (before.trim_end_matches('+'), How::Append),
        Some(b'?') => (before.trim_end_matches('?'), How::Default),
        Some(b'!') => (before.trim_end_matches('!'), How::Shell),
        Some(b':') => (before.trim_end_matches(':'), How::Simple),
        _ => (before, How::Recursive),
    };
    let name = name.trim();
    let plain = !name.is_empty() && !name.contains([' ', '\t', ':', '$', '(', '{', '"', '\'']);
    plain.then(|| (name, how, value.trim_start_matches([' ', '\t'])))
}

/// Whether a command names the file as a word of its own.
pub(super) fn names_file(command: &str, path: &str) -> bool {
    command
        .split([' ', '\t', ')', '}', '"', '\'', '<', '|'])
        .any(|word| word.trim_start_matches("./") == path.trim_start_matches("./"))
}

/// A line with those that continue it, as one. Make passes over what stands behind a NUL, and over a byte order mark.
pub(super) fn joined(raw: &str) -> String {
    let mut line = String::new();
    let raw = raw.split('\0').next().unwrap_or_default();
    let raw = raw.strip_prefix('\u{feff}').unwrap_or(raw);
    for (at, piece) in raw.split_inclusive('\n').enumerate() {
        let (piece, ended) = piece.strip_suffix('\n').map_or((piece, false), |piece| (piece, true));
        let piece = piece.strip_suffix('\r').filter(|_| ended).unwrap_or(piece);
        let piece = if at == 0 { piece } else { piece.trim_start_matches([' ', '\t']) };
        match piece.strip_suffix('\\').filter(|_| ended && is_odd(piece)) {
            Some(piece) => {
                line.push_str(piece);
                line.truncate(line.trim_end_matches([' ', '\t']).len());
                line.push(' ');
            }
            None => line.push_str(piece),
        }
    }
    line
}

/// Whether an odd number of backslashes ends the text: the last stands for itself no more.
fn is_odd(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}
