//! What templates evaluate to.
//!
//! Not here: where values come from.

use super::{Operator, Piece, Template, TemplateError, Variable};
use crate::source::Span;

/// How long a filled-in text may get, in bytes.
const LENGTH_LIMIT: usize = 1 << 20;

/// What a name has where a template is filled in.
#[derive(Clone, PartialEq, Eq)]
pub enum Held {
    /// Nobody sets it.
    Nothing,
    /// It is set, to something that is only known elsewhere.
    Unknown,
    /// Its value.
    Value(String),
}

impl From<Option<String>> for Held {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

/// Values may be secret: only the length is ever shown.
impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => formatter.write_str("Nothing"),
            Self::Unknown => formatter.write_str("Unknown"),
            Self::Value(value) => write!(formatter, "Value({} bytes)", value.len()),
        }
    }
}

/// Why a template gives no text: compose refuses it, or nobody can know from here what compose makes of it.
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
    /// The value of a variable in it is not known.
    Unknown,
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
    /// Whether the text hangs on a value that is not known; nothing stands in its place.
    pub unknown: bool,
}

impl Template {
    /// Fills the variables in.
    ///
    /// # Errors
    /// As compose refuses: a mistake anywhere, or a `?` variable that is missing. Also where a value is not known.
    pub fn fill<H: Into<Held>>(&self, value_of: &dyn Fn(&str) -> H) -> Result<Filled<'_>, Refusal> {
        let filled = self.fill_known(&|name| value_of(name).into())?;
        if filled.unknown { Err(Refusal::Unknown) } else { Ok(filled) }
    }

    /// Fills in what is known.
    ///
    /// # Errors
    /// As compose refuses.
    pub fn fill_known(&self, value_of: &dyn Fn(&str) -> Held) -> Result<Filled<'_>, Refusal> {
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
    value_of: &dyn Fn(&str) -> Held,
    filled: &mut Filled<'template>,
) -> Result<(), Refusal> {
    filled.looked_at.push(variable);
    let value = value_of(&variable.name);
    // What is not known has some value, which may be a blank: then a fallback after `:-` would be taken.
    let set = |empty: bool| match &value {
        Held::Nothing => false,
        Held::Unknown => true,
        Held::Value(value) => !empty || !value.is_empty(),
    };
    let takes_word = match variable.operator {
        Some(Operator::Default { empty }) => !set(empty),
        Some(Operator::Alternative { empty }) => set(empty),
        _ => false,
    };
    let required = variable.word.error.is_none().then(|| variable.word.fill_known(value_of)).transpose()?;
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
    let open = matches!(variable.operator, Some(Operator::Alternative { empty: true }));
    if value == Held::Unknown && (!takes_word || open) {
        filled.made_of.push((piece, 0));
        filled.unknown = true;
    } else if takes_word {
        filled.unknown |= word.unknown;
        filled.text.push_str(&word.text);
        filled.made_of.extend(word.made_of);
    } else {
        let value = if let Held::Value(value) = value { value } else { String::new() };
        filled.made_of.push((piece, value.len()));
        filled.text.push_str(&value);
    }
    Ok(())
}
