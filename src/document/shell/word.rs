//! What words are made of; every span is an offset into the file.
//!
//! Not here: how they are read (see [`super::words`]).

use super::tree::List;
use crate::source::Span;

/// A word: pieces side by side.
#[derive(Debug, Default, Clone)]
pub struct Word {
    /// As written (decoded where the script is nested in another).
    pub raw: String,
    /// What it is made of, cut wherever the quoting changes.
    pub pieces: Vec<Piece>,
    /// The text that the shell makes of it, where that needs no expansion.
    pub plain: Option<String>,
    /// The whole of it, quotes included.
    pub span: Span,
}

/// How a piece is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Not at all: split into fields and matched against file names.
    None,
    /// By a backslash, `'…'` or `$'…'`.
    Single,
    /// By `"…"`.
    Double,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text that stands for itself.
    Literal {
        /// The text, quotes and backslashes removed.
        text: String,
        /// How it is quoted.
        quote: Quote,
        /// Its place, without quotes, with a backslash.
        span: Span,
    },
    /// `$name`, `${name…}`
    Parameter(Parameter),
    /// `$(…)`, `` `…` ``, `<(…)`, `>(…)`
    Substitution(Substitution),
    /// `$((…))`
    Arithmetic {
        /// What stands between.
        text: String,
        /// The whole.
        span: Span,
    },
}

/// A parameter's expansion.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name, digit or sign.
    pub name: String,
    /// What follows the name within braces, as written: `:-x`, `%.*`, `,,`, `[@]`.
    pub operation: String,
    /// The pieces within [`Parameter::operation`].
    pub operand: Vec<Piece>,
    /// The whole as written.
    pub raw: String,
    /// How it is quoted.
    pub quote: Quote,
    /// The whole.
    pub span: Span,
}

/// What a substitution is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubstitutionKind {
    /// `$(…)`
    Dollar,
    /// `` `…` ``
    Backquote,
    /// `<(…)`
    ProcessIn,
    /// `>(…)`
    ProcessOut,
}

/// A command list within a word.
#[derive(Debug, Clone)]
pub struct Substitution {
    /// How it is written.
    pub kind: SubstitutionKind,
    /// Its commands.
    pub body: std::sync::Arc<List>,
    /// How it is quoted.
    pub quote: Quote,
    /// The whole.
    pub span: Span,
    /// Without the delimiters.
    pub inner: Span,
}

impl Word {
    /// The text that the shell makes of it, where that needs no expansion.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        self.plain.as_deref()
    }

    /// A word of these pieces.
    pub(super) fn new(raw: &str, mut pieces: Vec<Piece>, span: Span) -> Self {
        pieces.shrink_to_fit();
        let plain = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect::<Option<String>>();
        Self { raw: raw.to_owned(), pieces, plain, span }
    }

    /// The one parameter that it consists of, as in `$x`, `"$x"`, `"${x}"`.
    #[must_use]
    pub fn parameter(&self) -> Option<&Parameter> {
        match self.pieces.as_slice() {
            [Piece::Parameter(parameter)] => Some(parameter),
            _ => None,
        }
    }

    /// The parameters in it, those inside other expansions' operands included.
    #[must_use]
    pub fn parameters(&self) -> Vec<&Parameter> {
        let mut found = Vec::new();
        collect_parameters(&self.pieces, &mut found);
        found
    }

    /// The substitutions in it, those inside parameters' operands included.
    #[must_use]
    pub fn substitutions(&self) -> Vec<&Substitution> {
        let mut found = Vec::new();
        collect_substitutions(&self.pieces, &mut found);
        found
    }

    /// Whether an unquoted `*`, `?` or `[` stands in it.
    #[must_use]
    pub fn has_glob(&self) -> bool {
        self.pieces.iter().any(|piece| {
            matches!(piece, Piece::Literal { text, quote: Quote::None, .. } if text.contains(['*', '?', '[']))
        })
    }

    /// The name and the length of `name=` (or `name+=`) that it begins with, unquoted.
    #[must_use]
    pub fn assigned(&self) -> Option<(&str, usize)> {
        let end = self.raw.find('=')?;
        let name = self.raw.get(..end)?;
        let name = name.strip_suffix('+').unwrap_or(name);
        is_name(name).then_some((name, end + 1))
    }
}

/// Whether `text` can be a variable's name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.bytes()
        .enumerate()
        .all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()))
        && !text.is_empty()
}

fn collect_parameters<'a>(pieces: &'a [Piece], found: &mut Vec<&'a Parameter>) {
    for piece in pieces {
        if let Piece::Parameter(parameter) = piece {
            found.push(parameter);
            collect_parameters(&parameter.operand, found);
        }
    }
}

fn collect_substitutions<'a>(pieces: &'a [Piece], found: &mut Vec<&'a Substitution>) {
    for piece in pieces {
        match piece {
            Piece::Substitution(substitution) => found.push(substitution),
            Piece::Parameter(parameter) => collect_substitutions(&parameter.operand, found),
            Piece::Literal { .. } | Piece::Arithmetic { .. } => {}
        }
    }
}
