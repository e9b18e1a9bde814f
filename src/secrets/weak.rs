//! Values that are no secrets: placeholders, well-known defaults, things that anyone can guess.
//!
//! Not here: lengths that a variable needs, and names.

/// Why a value is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// It says that it is to be replaced: `CHANGE_ME`, `your-…-here`, `<…>`, `xxxx`.
    Placeholder,
    /// It is a well-known default: `minioadmin`, `postgres`, `changeit`.
    KnownDefault,
    /// It can be guessed: words, years, keyboard rows, repetition.
    Guessable,
}

/// Why `value` is no secret, or `None` where nothing speaks against it.
#[must_use]
pub fn weakness(_value: &str) -> Option<Weakness> {
    None
}
