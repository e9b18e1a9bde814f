//! What templates evaluate to.
//!
//! Not here: where values come from.

use super::{Operator, Piece, Template, TemplateError, Variable};
use crate::source::Span;

/// How long a filled-in text may get, in bytes.
const LENGTH_LIMIT: usize = 1 << 20;

/// Why compose refuses a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is written wrong.
    Invalid(TemplateError),
    /// A `?` variable is missing.
    Missing {
        /// The variable.
        name: String,
        /// Its place.
        span: Span,
    },
    /// It fills in to more than any value is.
    TooLong,
}

/// A filled-in template.
#[derive(Clone, Default)]
pub struct Filled<'template> {
    /// The text.
    pub text: String,
    /// Every variable that was looked at, words that were not used included.
    pub looked_at: Vec<&'template Variable>,
    /// The pieces that the text is made of, with the length each gave: literals, and variables whose
    /// own value was taken. A word that was taken stands here with its own pieces.
    pub made_of: Vec<(&'template Piece, usize)>,
}

impl Template {
    /// Fills the variables in.
    ///
    /// # Errors
    /// As compose refuses: a mistake anywhere, or a `?` variable that is missing.
    pub fn fill(&self, value_of: &dyn Fn(&str) -> Option<String>) -> Result<Filled<'_>, Refusal> {
        let mut filled = Filled::default();
        for piece in &self.pieces {
            match piece {
                Piece::Literal { text, .. } => {
                    filled.text.push_str(text);
                    filled.made_of.push((piece, text.len()));
                }
                Piece::Variable(variable) => fill_variable(piece, variable, value_of, &mut filled)?,
            }
            if filled.text.len() > LENGTH_LIMIT {
                return Err(Refusal::TooLong);
            }
        }
        self.error.clone().map_or(Ok(filled), |error| Err(Refusal::Invalid(error)))
    }
}

fn fill_variable<'template>(
    piece: &'template Piece,
    variable: &'template Variable,
    value_of: &dyn Fn(&str) -> Option<String>,
    filled: &mut Filled<'template>,
) -> Result<(), Refusal> {
    filled.looked_at.push(variable);
    let value = value_of(&variable.name);
    let set = |empty: bool| value.as_ref().is_some_and(|value| !empty || !value.is_empty());
    let takes_word = match variable.operator {
        Some(Operator::Default { empty }) => !set(empty),
        Some(Operator::Alternative { empty }) => set(empty),
        _ => false,
    };
    let required = variable.word.error.is_none().then(|| variable.word.fill(value_of)).transpose()?;
    if let Some(error) = &variable.word.error {
        return Err(Refusal::Invalid(error.clone()));
    }
    if let Some(Operator::Required { empty }) = variable.operator
        && !set(empty)
    {
        return Err(Refusal::Missing { name: variable.name.clone(), span: variable.span });
    }
    let word = required.unwrap_or_default();
    filled.looked_at.extend(word.looked_at);
    if takes_word {
        filled.text.push_str(&word.text);
        filled.made_of.extend(word.made_of);
    } else {
        let value = value.unwrap_or_default();
        filled.made_of.push((piece, value.len()));
        filled.text.push_str(&value);
    }
    Ok(())
}
