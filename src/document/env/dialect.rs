//! What can tell one loader of env files from another.
//!
//! Not here: the loaders' rows (see [`super::dialects`]), and reading.

use super::expand::Expansion;
use super::normal::FirstPass;

/// One loader's ways.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) first_pass: FirstPass,
    pub(super) nul: Nul,
    pub(super) not_utf8: NotUtf8,
    pub(super) grammar: Grammar,
    pub(super) expansion: Expansion,
    /// What `${X}` asks.
    pub(super) lookup: Lookup,
    /// Whether a refused line takes the keys before it along.
    pub(super) refuses_whole: bool,
}

/// Whom a reference to a variable asks, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    EnvironmentFirst,
    FileFirst,
    FileOnly,
}

/// What a NUL does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nul {
    Kept,
    EndsValue,
    RefusesFile,
}

/// What bytes that are not UTF-8 do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotUtf8 {
    Kept,
    RefusesFile,
    SkipsKey,
}

/// Which reader reads it.
#[derive(Debug)]
pub(super) enum Grammar {
    /// Assignments with quoted values.
    Assignments(Assignments),
    /// One assignment a line, the value is the rest of it.
    Lines(Lines),
    /// Shell commands.
    Shell { bash: bool },
    /// `export $(grep -v '^#' file | xargs)`.
    Xargs,
    /// The word grammar of dotenvy.
    Words,
    /// systemd's states.
    Unit,
    /// Make's variables.
    Make,
}

/// How a key is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyRule {
    /// Everything up to a blank, `#` or `=`; a line that goes on otherwise is skipped.
    Blankless,
    /// `[A-Za-z0-9_.-]+`, then `=` or `: `; a line that is not so is skipped.
    Word,
    /// Everything up to `=`, on this line or the next ones.
    UpToEquals { one_line: bool },
    /// Letters and digits up to `=`, `:` or the line end; anything else refuses the file.
    Letters { more: &'static str, bare: bool, bytes: bool },
}

/// Which quote ends a quoted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// The first one without a backslash; failing that, the last one with.
    Searching,
    /// The first one that an unescaped backslash does not stand before.
    Unescaped,
    /// The first one without a backslash just before.
    NotAfterBackslash,
    /// The first one.
    First,
}

/// What happens with text between the closing quote and the line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterQuote {
    /// The line is skipped.
    SkipsLine,
    /// The whole is read as an unquoted value.
    Unquotes,
    /// It is ignored.
    Ignored,
    /// It is read as the next assignment.
    NextStatement,
}

/// What a quote without an end does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unterminated {
    SkipsLine,
    Unquotes,
    Refuses,
}

/// Where a comment starts in an unquoted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comment {
    /// At the first `#` after a space.
    AfterSpace,
    /// At the first `#` after a blank, the blanks before the value included.
    AfterBlank,
    /// At the last `#` after a blank.
    AfterLastBlank,
    /// At the first `#`.
    Anywhere,
}

/// What backslashes mean between quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escapes {
    /// Pairs of the character after the backslash and what the two stand for.
    pub(super) known: &'static [(char, &'static str)],
    /// Whether the backslash goes before any other character; those in `kept` excepted.
    pub(super) drops_others: bool,
    /// Characters before which the backslash stays although it goes before others.
    pub(super) kept: &'static str,
    /// Whether `\0` and up to three octal digits stand for a character.
    pub(super) octal: bool,
}

/// The rules of the reader of assignments.
#[derive(Debug)]
pub(super) struct Assignments {
    pub(super) key: KeyRule,
    pub(super) quotes: &'static str,
    pub(super) close: Close,
    pub(super) after: AfterQuote,
    pub(super) unterminated: Unterminated,
    pub(super) double: Escapes,
    pub(super) single: Escapes,
    pub(super) comment: Comment,
    /// The blanks around a value; `None` for all that Unicode calls white.
    pub(super) blanks: Option<&'static str>,
    /// Whether an unquoted value that begins and ends with the same quote loses both.
    pub(super) strips_outer: bool,
    /// Which quotes keep `$` as it is.
    pub(super) literal_quotes: &'static str,
    /// Whether `$(…)` is run.
    pub(super) runs_commands: bool,
    /// Whether of equal keys only the last value is worked out, at the place of the first one.
    pub(super) collapses: bool,
}

/// The rules of the reader of whole lines.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of a table, not the states of a machine")]
pub(super) struct Lines {
    /// Whether a line may be indented.
    pub(super) indent: bool,
    /// Whether `export ` before the key is taken off.
    pub(super) export: bool,
    /// Whether a key that is not `[A-Za-z0-9_]+` skips its line.
    pub(super) word_keys: bool,
    /// Whether a key with a blank, or no key, refuses the file, and a bare key is inherited.
    pub(super) strict: bool,
    /// Whether key and value are trimmed.
    pub(super) trims: bool,
    /// What backslashes mean in a value in double quotes; `None` where quotes are characters.
    pub(super) quotes: Option<Escapes>,
    /// Whether a value that begins with `$` names another variable.
    pub(super) proxies: bool,
}
