//! What the readers of an env file make of each of its lines: one verdict a line, the gravest.
//!
//! Rules that look at loading share this, so that no line is reported twice for one reason. Not here: what is
//! wrong in every loader alike (quotes that are never closed, odd bytes), and whether a value is good.

mod compare;
mod lines;
mod report;

use std::collections::BTreeMap;

use super::Project;
use super::loaders::Reader;
use super::shape::Shape;
use crate::document::Document;
use crate::source::Span;

pub(super) use compare::filled_in;
pub use report::{all_read, json_is_bare, rewritten, who};

/// One line that somebody stumbles over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The place.
    pub span: Span,
    /// The variable; `None` for a line that is no assignment, a word without `=` included.
    pub key: Option<String>,
    /// What happens.
    pub verdict: Verdict,
}

/// What a shell makes of a line that it sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Harm {
    /// A part of the line is run as a command.
    Runs,
    /// `$(…)` or backticks are run.
    Substitutes,
    /// `<` or `>` opens files.
    Redirects,
    /// The quotes inside the value are gone.
    Quotes,
    /// The backslashes are gone.
    Backslashes,
}

/// Why a `#` is taken in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// It stands right behind the value.
    Glued,
    /// A tab stands before it.
    Tab,
    /// The value begins with it.
    First,
    /// It is a comment like any other.
    Comment,
    /// It is a comment, and the value before it is empty.
    Alone,
}

/// What is odd about the key or the `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Blanks before or after `=`.
    Blanks,
    /// No `=` at all.
    Bare,
    /// `KEY: value`
    Colon,
}

/// What happens to a line. `reader` is who does it; `None` where nobody is known to read the file, and any
/// loader could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The reader stops here.
    Stops {
        /// Who.
        reader: Reader,
        /// How many other variables are lost.
        dropped: usize,
        /// Whether those before the line are lost as well.
        whole: bool,
    },
    /// A shell does more than assign.
    Shell {
        /// Who.
        reader: Option<Reader>,
        /// What it does.
        harm: Harm,
    },
    /// The reader does not take the line.
    Refused {
        /// Who.
        reader: Option<Reader>,
    },
    /// xargs takes the value apart.
    Split {
        /// Who.
        reader: Reader,
        /// Whether a quote without a mate loses every variable behind it.
        stops: bool,
    },
    /// `$` in a secret is taken for a variable.
    Expanded {
        /// Who.
        reader: Reader,
        /// What is left.
        left: Option<Shape>,
    },
    /// The quotes become part of the value.
    QuotesKept {
        /// Who.
        reader: Reader,
    },
    /// A `#` begins a comment for one and not for the other.
    Hash {
        /// Which kind of `#`.
        hash: Hash,
        /// Who cuts the value there, or keeps the comment; `None` where nobody is known.
        reader: Option<Reader>,
        /// Who sees it otherwise, where two readers disagree.
        other: Option<Reader>,
    },
    /// Two readers get different values.
    Differs {
        /// The one, with what it gets.
        one: (Reader, Option<Shape>),
        /// The other.
        other: (Reader, Option<Shape>),
    },
    /// The key is no name that every reader takes.
    Unportable,
    /// The line is not `KEY=value` to the letter.
    Spacing(Spacing),
    /// `${NAME}` that is not set above.
    Reference {
        /// The name.
        name: String,
        /// Its place below, where the file sets it later.
        later: Option<Span>,
    },
}

/// Judges every checked env file.
#[must_use]
pub fn judge(project: &Project<'_>) -> BTreeMap<String, Vec<Line>> {
    let mut judged = BTreeMap::new();
    for file in project.files.iter().filter(|file| file.checked) {
        if let Document::Env(env) = &file.document {
            judged.insert(file.source.path().to_owned(), lines::judge(project, file, env));
        }
    }
    judged
}

/// The verdicts on a file.
#[must_use]
pub fn lines<'a>(project: &'a Project<'_>, path: &str) -> &'a [Line] {
    project.loading.get(path).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests;
