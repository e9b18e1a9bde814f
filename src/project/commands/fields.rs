//! The fields that words become, as far as the variables in them are known.
//!
//! Not here: which variables are known where.

use super::state::State;
use crate::document::shell::{Parameter, Piece, Quote, Word};

/// The text of a word as one field, where all of it is known.
pub(super) fn text(word: &Word, state: &State) -> Option<String> {
    let mut text = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Literal { text: literal, .. } => text.push_str(literal),
            Piece::Parameter(parameter) => text.push_str(&value(parameter, state)?.join(" ")),
            Piece::Substitution(_) | Piece::Arithmetic { .. } => return None,
        }
    }
    (text.len() <= 4096).then_some(text)
}

/// What is known of a word before the first thing in it that is not.
pub(super) fn beginning(word: &Word, state: &State) -> String {
    let mut known = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Literal { text, .. } => known.push_str(text),
            Piece::Parameter(parameter) => match value(parameter, state) {
                Some(words) => known.push_str(&words.join(" ")),
                None => break,
            },
            Piece::Substitution(_) | Piece::Arithmetic { .. } => break,
        }
    }
    known
}

fn value<'a>(parameter: &Parameter, state: &'a State) -> Option<&'a Vec<String>> {
    let plain =
        matches!(parameter.operation.as_str(), "" | "[@]" | "[*]") || parameter.operation.starts_with(":-");
    state.variables.get(&parameter.name).filter(|_| plain)
}

/// The fields that a word becomes; `None` for a field that is not known.
pub(super) fn expand(word: &Word, state: &State, fields: &mut Vec<Option<String>>) {
    if let Some(parameter) = word.parameter() {
        let Some(values) = value(parameter, state) else {
            fields.push(None);
            return;
        };
        if parameter.quote == Quote::None {
            let split = values.iter().flat_map(|value| value.split_whitespace());
            fields.extend(split.map(|field| Some(field.to_owned())));
        } else {
            fields.extend(values.iter().cloned().map(Some));
        }
        return;
    }
    fields.push(text(word, state));
}
