//! Texts that a script compares something with: `[[ $1 == text ]]`, `[ "$x" = text ]`, `case $x in text)`.
//!
//! A script that asks for a password compares with it, so these are not shown. Not here: assignments and
//! options (see [`super::values`]).

use super::tree::{Command, CommandKind};
use super::values::secret_name;
use super::word::{Piece, Word};
use crate::source::Span;

/// What may stand between the two sides.
const OPERATORS: &[&str] = &["=", "==", "!=", "=~"];

/// Texts of this many letters are modes and answers (`y`, `main`, `start`), unless a secret is compared with.
const SHORT: usize = 7;

/// Adds the places of the texts that a command compares with and that may be secret.
pub(super) fn compared(command: &Command, spans: &mut Vec<Span>) {
    match &command.kind {
        CommandKind::Test(words) => sides(words, spans),
        CommandKind::Simple(simple) if matches!(simple.name(), Some("[" | "test")) => {
            sides(&simple.words, spans);
        }
        CommandKind::Case { word, arms } => {
            for pattern in arms.iter().flat_map(|(patterns, _)| patterns) {
                literals(pattern, word, spans);
            }
        }
        _ => {}
    }
}

fn sides(words: &[Word], spans: &mut Vec<Span>) {
    for triple in words.windows(3) {
        let [left, operator, right] = triple else { continue };
        if OPERATORS.contains(&operator.raw.as_str()) {
            literals(right, left, spans);
            literals(left, right, spans);
        }
    }
}

fn literals(word: &Word, other: &Word, spans: &mut Vec<Span>) {
    let secret = other.parameters().iter().any(|one| secret_name(&one.name));
    for piece in &word.pieces {
        if let Piece::Literal { text, span, .. } = piece
            && (secret || !is_plain(text))
        {
            spans.push(*span);
        }
    }
}

/// Whether a text is no secret by its looks: a short word, an option, a number, a path, a pattern.
fn is_plain(text: &str) -> bool {
    let word = |text: &str| text.len() <= SHORT && text.chars().all(|letter| letter.is_ascii_alphabetic());
    let number = text.chars().all(|digit| digit.is_ascii_digit() || digit == '.') && text.len() <= SHORT;
    // Words side by side are a sentence, or a pass phrase.
    let several = text.len() > SHORT && text.contains(char::is_whitespace);
    let mut parts = text.split(|separator: char| !separator.is_ascii_alphanumeric());
    number || (!several && parts.all(|part| word(part) || part.len() <= 3))
}
