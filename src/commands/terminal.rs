//! What the output may use: colour, width, characters.

use std::io::{IsTerminal, stdout};

use crate::cli::When;
use crate::render::Options;

/// Colour on a terminal alone, unless it was asked for; never where `NO_COLOR` is set.
pub(super) fn options(color: When) -> Options {
    let terminal = stdout().is_terminal();
    #[expect(
        clippy::disallowed_methods,
        reason = "NO_COLOR is a word about the terminal, not about the check"
    )]
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !plain,
    };
    Options { color, ..Options::default() }
}
