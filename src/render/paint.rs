//! The few colours that there are.
//!
//! Not here: whether to use them; [`super::Options::color`] says so.

use std::fmt::{self, Display};

use crate::diagnostic::Severity;

/// What a piece of text is, which decides how it looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    /// A heading or a file's name.
    Heading,
    /// Something bad, as bad as this.
    Level(Severity),
    /// Code inside running text.
    Code,
    /// Something said in passing.
    Faint,
    /// All is well.
    Good,
}

impl Role {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Heading => "\u{1b}[1m",
            Self::Level(Severity::Error) => "\u{1b}[1;31m",
            Self::Level(Severity::Warning) => "\u{1b}[1;33m",
            Self::Level(Severity::Info) | Self::Code => "\u{1b}[36m",
            Self::Faint => "\u{1b}[2m",
            Self::Good => "\u{1b}[32m",
        }
    }
}

/// Text in the look of its role, or plain.
pub(super) struct Painted<T> {
    text: T,
    role: Option<Role>,
}

/// Paints `text` if colours are wanted.
pub(super) fn paint<T: Display>(color: bool, role: Role, text: T) -> Painted<T> {
    Painted { text, role: color.then_some(role) }
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(role) = self.role else { return self.text.fmt(formatter) };
        formatter.write_str(role.sequence())?;
        self.text.fmt(formatter)?;
        formatter.write_str("\u{1b}[0m")
    }
}
