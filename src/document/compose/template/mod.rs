//! Compose's `${…}` grammar: a text parsed to pieces, and what it evaluates to.
//!
//! Not here: where values come from. The grammar is the one that docker compose v2 has, with its
//! corners: the word after an operator runs to the brace that closes it as compose counts braces, may
//! not hold a line end, and is filled in even when it is not used.

mod fill;
mod read;

use crate::source::Span;

pub use fill::{Filled, Held, Refusal};
pub use read::{parse, parse_between, parse_range};

/// A text with variables in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// Its pieces in order; those after a mistake are missing.
    pub pieces: Vec<Piece>,
    /// The first mistake, which makes compose refuse the whole project.
    pub error: Option<TemplateError>,
}

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// What of the source is wrong: `${` up to where reading stopped.
    pub span: Span,
    /// The first character that does not fit.
    pub at: usize,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What can be wrong in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// No name after `${`.
    NoName,
    /// Something that is neither an operator nor `}` after the name.
    NoOperator,
    /// `${` is never closed.
    Unclosed,
    /// A line end inside of the braces.
    LineEnd,
    /// More words in words than anyone writes.
    TooDeep,
}

impl Mistake {
    /// The fact, for a message.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoName => "`${` needs a name of letters, digits and `_`",
            Self::NoOperator => "the name in `${…}` is followed by neither `}` nor an operator",
            Self::Unclosed => "`${` is never closed",
            Self::LineEnd => "a `${…}` with an operator may not run over a line end",
            Self::TooDeep => "`${…}` is nested too deep to be read",
        }
    }
}

/// A piece of a template.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands for itself; `$$` is in it as `$`.
    Literal {
        /// The text.
        text: String,
        /// Its place.
        span: Span,
    },
    /// A variable.
    Variable(Variable),
}

/// Literals may be secret: only their length is ever shown.
impl std::fmt::Debug for Piece {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal { text, span } => write!(formatter, "Literal({} bytes at {span:?})", text.len()),
            Self::Variable(variable) => variable.fmt(formatter),
        }
    }
}

/// `$NAME`, `${NAME}` or `${NAME<operator>word}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The name's place.
    pub name_span: Span,
    /// From `$` to the end.
    pub span: Span,
    /// The operator with its place, if there is one.
    pub operator: Option<Operator>,
    /// The operator's place; empty at the end of the name where there is none.
    pub operator_span: Span,
    /// What stands after the operator; empty where there is none.
    pub word: Template,
    /// The word's place.
    pub word_span: Span,
    /// Whether it is written with braces.
    pub braced: bool,
}

/// What happens when a variable is unset or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `:-` (empty counts) or `-`: the word instead.
    Default {
        /// Whether an empty value counts as unset.
        empty: bool,
    },
    /// `:?` (empty counts) or `?`: compose stops.
    Required {
        /// Whether an empty value counts as unset.
        empty: bool,
    },
    /// `:+` (empty counts) or `+`: the word when it *is* set.
    Alternative {
        /// Whether an empty value counts as unset.
        empty: bool,
    },
}

impl Template {
    /// A text without variables.
    #[must_use]
    pub fn literal(text: impl Into<String>, span: Span) -> Self {
        let text = text.into();
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Literal { text, span }] };
        Self { pieces, error: None }
    }

    /// The one variable that this is, with nothing around it.
    #[must_use]
    pub fn single(&self) -> Option<&Variable> {
        match self.pieces.as_slice() {
            [Piece::Variable(variable)] => Some(variable),
            _ => None,
        }
    }

    /// The text, when there is no variable in it.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal { text, .. }] => Some(text),
            _ => None,
        }
    }

    /// Every variable, words included, outer before inner.
    #[must_use]
    pub fn variables(&self) -> Vec<&Variable> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'template>(&'template self, found: &mut Vec<&'template Variable>) {
        for piece in &self.pieces {
            if let Piece::Variable(variable) = piece {
                found.push(variable);
                variable.word.collect(found);
            }
        }
    }

    /// Every variable whose value or word can become part of the text: the words of `?` are left out,
    /// which only make an error message.
    #[must_use]
    pub fn value_variables(&self) -> Vec<&Variable> {
        let mut found = Vec::new();
        for piece in &self.pieces {
            if let Piece::Variable(variable) = piece {
                found.push(variable);
                if !matches!(variable.operator, Some(Operator::Required { .. })) {
                    found.extend(variable.word.value_variables());
                }
            }
        }
        found
    }

    /// The text when every variable is unset.
    #[must_use]
    pub fn unset_text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal { text: literal, .. } => text.push_str(literal),
                Piece::Variable(variable) => {
                    if matches!(variable.operator, Some(Operator::Default { .. })) {
                        text.push_str(&variable.word.unset_text());
                    }
                }
            }
        }
        text
    }
}
