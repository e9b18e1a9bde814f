//! The lines of a Makefile as make takes them: continued, without comments, with what they assign.
//!
//! Not here: what they mean; recipes, whose lines are the shell's.

/// A line with what stands before its first word of weight.
pub(super) struct Line<'t> {
    pub(super) whole: &'t str,
    /// The first word behind `override` and its like, and what follows.
    pub(super) word: &'t str,
    pub(super) rest: &'t str,
    body: &'t str,
    modifiers: &'t str,
}

/// What may stand before an assignment or a `define`.
const MODIFIERS: &[&str] = &["export", "override", "private"];

impl<'t> Line<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let whole = text.trim_start();
        let mut body = whole;
        while let Some(rest) = MODIFIERS.iter().find_map(|word| after(body, word)) {
            body = rest;
        }
        // `export NAME` is a line of its own.
        if assignment(body).is_none() && after(body, "define").is_none() {
            body = whole;
        }
        let modifiers = whole.get(..whole.len() - body.len()).unwrap_or_default();
        let end = body.find([' ', '\t', '(', '"', '\'', '$']).unwrap_or(body.len());
        let end = if end == 0 { body.len().min(2) } else { end };
        let (word, rest) = body.split_at_checked(end).unwrap_or((body, ""));
        Self { whole, word, rest: rest.trim_start(), body, modifiers }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// Whether the line belongs to a condition, which may stand in a rule.
    pub(super) fn is_condition(&self) -> bool {
        matches!(self.word, "ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif")
    }

    /// Name, way and value where it assigns.
    pub(super) fn assigns(&self) -> Option<(&'t str, How, &'t str)> {
        assignment(self.body)
    }

    /// Whether what it assigns is exported.
    pub(super) fn exports(&self) -> bool {
        self.modifiers.contains("export")
    }

    /// Whether what it assigns is not what counts everywhere, or counts whatever is assigned later.
    pub(super) fn overrides(&self) -> bool {
        self.modifiers.contains("override") || self.modifiers.contains("private")
    }
}

/// What stands behind a word at the head of a text.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.strip_prefix(word).filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start)
}

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
fn assignment(line: &str) -> Option<(&str, How, &str)> {
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

/// Whether a command plainly prints the names that an env file assigns, all of them.
pub(super) fn lists_names_of(command: &str) -> bool {
    let cuts = command.contains("s/=.*//") || command.contains("cut ") && command.contains("-f1");
    let chooses = command.contains("grep") && !command.contains("grep -v");
    cuts && !chooses && !command.contains("head") && !command.contains("tail")
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
