//! What of the words of `grep` and its kin is an option, what the pattern, and what a file.
//!
//! Not here: which words are those of the program (see [`Simple::unwrapped`](super::Simple::unwrapped)).

use super::word::Word;
use crate::source::file_name;

/// The long options of GNU grep; those that end in `=` take a value, which may be the next word.
const LONG: &[&str] = &[
    "after-context=",
    "basic-regexp",
    "before-context=",
    "binary",
    "binary-files=",
    "byte-offset",
    "color",
    "colour",
    "context=",
    "count",
    "dereference-recursive",
    "devices=",
    "directories=",
    "exclude=",
    "exclude-dir=",
    "exclude-from=",
    "extended-regexp",
    "file=",
    "files-with-matches",
    "files-without-match",
    "fixed-strings",
    "group-separator=",
    "help",
    "ignore-case",
    "include=",
    "initial-tab",
    "invert-match",
    "label=",
    "line-buffered",
    "line-number",
    "line-regexp",
    "max-count=",
    "no-filename",
    "no-group-separator",
    "no-ignore-case",
    "no-messages",
    "null",
    "null-data",
    "only-matching",
    "perl-regexp",
    "quiet",
    "recursive",
    "regexp=",
    "silent",
    "text",
    "unix-byte-offsets",
    "version",
    "with-filename",
    "word-regexp",
];

/// Its short options without a value.
const FLAGS: &str = "EFGPivwxcLlqsbHhnTuUzaIrRoyV0123456789";

/// The words behind the name of a program that looks for a pattern.
#[derive(Debug, Default)]
pub struct Looking<'a> {
    /// The first word that is no option, where no option gives the pattern. It may begin with `-` in quotes: then it is
    /// meant for the pattern, and `grep` takes it for an option.
    pub pattern: Option<&'a Word>,
    /// Whether `--` stands before the pattern.
    pub protected: bool,
    /// What it reads.
    pub files: Vec<&'a Word>,
}

impl<'a> Looking<'a> {
    /// Takes the words apart, the first of which is the program's name; `None` where it looks for no pattern.
    #[must_use]
    pub fn of(words: &'a [Word]) -> Option<Self> {
        let name = words.first().and_then(Word::literal).map(file_name)?;
        let valued = match name {
            "grep" | "egrep" | "fgrep" | "zgrep" => "ABCDdefm",
            "rg" => "ABCEefgjMmrTt",
            "ag" => "ABCGgmp",
            "awk" | "gawk" | "mawk" => "Fvf",
            _ => return None,
        };
        let mut looking = Self::default();
        let (mut given, mut ended, mut value) = (false, false, false);
        for (at, word) in words.iter().enumerate().skip(1) {
            if std::mem::take(&mut value) {
                continue;
            }
            let text = word.literal().unwrap_or(&word.raw);
            if !ended && text == "--" {
                ended = true;
                looking.protected = looking.pattern.is_none();
            } else if !ended && is_meant_for_option(word, text, words.get(at + 1..)) {
                let (gives, takes) = effect(text, valued);
                given |= gives;
                value = takes;
            } else if given || looking.pattern.is_some() {
                looking.files.push(word);
            } else {
                looking.pattern = Some(word);
            }
        }
        // `-e` may also stand behind the first file.
        if let Some(first) = looking.pattern.take_if(|_| given) {
            looking.files.insert(0, first);
        }
        Some(looking)
    }
}

/// Whether `grep` has an option like this text: `--include=x`, `-rn`, `-A3`, but not `-----BEGIN`.
#[must_use]
pub fn is_grep_option(text: &str) -> bool {
    if let Some(long) = text.strip_prefix("--") {
        return long_option(long).is_some();
    }
    let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { return false };
    let rest = letters.trim_start_matches(|letter| FLAGS.contains(letter));
    // Behind the letter of an option that takes one, everything is its value.
    rest.is_empty() || rest.starts_with(['A', 'B', 'C', 'D', 'd', 'e', 'f', 'm'])
}

/// The long option of that name, which may be cut short, up to its `=`.
fn long_option(text: &str) -> Option<&'static str> {
    let name = text.split('=').next().filter(|name| !name.is_empty())?;
    LONG.iter().copied().find(|option| option.starts_with(name))
}

/// Without quotes a leading `-` is meant for an option. With quotes only where `grep` has such a one and what is meant for
/// the pattern is still to come.
fn is_meant_for_option(word: &Word, text: &str, rest: Option<&[Word]>) -> bool {
    if !text.starts_with('-') || text.len() == 1 {
        return false;
    }
    let quoted = word.raw.starts_with(['"', '\'']);
    let mut behind = rest.unwrap_or_default().iter().filter(|word| !word.raw.starts_with('-'));
    let comes = behind.next().is_some_and(|next| {
        behind.next().is_some() || (next.literal().is_some() && next.raw.starts_with(['"', '\'']))
    });
    !quoted || (text.starts_with("--") && is_grep_option(text)) || (comes && flags_only(text))
}

fn flags_only(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|letters| letters.chars().all(|letter| FLAGS.contains(letter)))
}

/// Whether an option gives the pattern, and whether its value is the next word.
fn effect(text: &str, valued: &str) -> (bool, bool) {
    if let Some(long) = text.strip_prefix("--") {
        let option = long_option(long).unwrap_or("");
        return (matches!(option, "regexp=" | "file="), option.ends_with('=') && !long.contains('='));
    }
    let letters = text.trim_start_matches('-');
    let Some(at) = letters.find(|letter| valued.contains(letter)) else { return (false, false) };
    let (_, found) = letters.split_at(at);
    (found.starts_with(['e', 'f']), found.chars().count() == 1)
}
