//! What the output may use: colour, width, characters.

use std::io::{IsTerminal, stdout};

use crate::cli::{Look, When};
use crate::render::Options;

/// Lines longer than this are hard to read, however wide the terminal is.
const WIDEST: usize = 120;

/// The same as [`options`], with what was asked for.
pub(super) fn look(color: When, look: &Look) -> Options {
    let by_default = options(color);
    Options {
        unicode: !look.ascii,
        width: look.width.map_or(by_default.width, usize::from),
        full: look.verbose,
        quiet: look.quiet,
        why: look.explain || look.verbose,
        ..by_default
    }
}

/// Colour on a terminal alone, unless it was asked for; never where `NO_COLOR` is set. As wide as the terminal.
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
    let columns = terminal_size::terminal_size_of(stdout()).map(|(width, _)| usize::from(width.0));
    let width = columns
        .filter(|columns| *columns > 0)
        .map_or(Options::default().width, |columns| columns.min(WIDEST));
    Options { color, width, ..Options::default() }
}
