//! What can be said of a secret without showing it: its length, and whether it would pass.
//!
//! Not here: where it stands.

use crate::secrets::weak::{Weakness, weakness};

use super::expectations::Expectations;

/// How a value would fare as the secret of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// Its length in characters.
    pub length: usize,
    /// The length that the name needs, where one is known.
    pub needed: Option<usize>,
    /// What speaks against it.
    pub weakness: Option<Weakness>,
}

impl Strength {
    /// Measures a value.
    #[must_use]
    pub fn of(expectations: &Expectations, name: &str, value: &str) -> Self {
        Self {
            length: value.chars().count(),
            needed: expectations.min_length(name),
            weakness: weakness(value),
        }
    }

    /// Whether a length check would let it through.
    #[must_use]
    pub fn long_enough(&self) -> bool {
        self.needed.is_none_or(|needed| self.length >= needed)
    }

    /// It in words: `31 characters where 32 are needed, a placeholder`.
    #[must_use]
    pub fn describe(&self) -> String {
        let plural = if self.length == 1 { "" } else { "s" };
        let text = match self.needed {
            None => format!("{} character{plural}", self.length),
            Some(needed) => format!("{} character{plural} where {needed} are needed", self.length),
        };
        let weakness = match self.weakness {
            Some(Weakness::Placeholder) => "a placeholder",
            Some(Weakness::KnownDefault) => "a well-known default",
            Some(Weakness::Guessable) => "guessable",
            None => return text,
        };
        // Length alone would have let it through: the interesting case.
        if self.needed.is_some() && self.long_enough() {
            format!("{text}, but {weakness}")
        } else {
            format!("{text}, {weakness}")
        }
    }
}

/// Whether a text can be a secret at all: switches, numbers of other things and paths cannot.
#[must_use]
pub fn may_be_secret(name: &str, value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let switch = matches!(
        lower.as_str(),
        "" | "0" | "1" | "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null"
    );
    let path = value.starts_with(['/', '~']) || value.starts_with("./") || value.starts_with("../");
    let number = value.bytes().all(|byte| byte.is_ascii_digit());
    let upper = name.to_ascii_uppercase();
    let password = ["PASS", "SECRET", "PWD"].iter().any(|word| upper.contains(word));
    !switch && !path && (password || !number)
}
