//! What the output may use: language, colour, width, characters.

use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::sync::OnceLock;

use supports_hyperlinks::Stream;

use crate::cli::{Language, Look, When};
use crate::lang::Lang;
use crate::render::{Options, folded, pages};

/// The language that was asked for; a process speaks one.
static SPOKEN: OnceLock<Lang> = OnceLock::new();

/// The variables that name a locale, the strongest first.
const LOCALES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// From now on everything for people is said in this language; without one, in that of the environment.
pub(super) fn speak(asked: Option<Language>) {
    let lang = match asked {
        Some(Language::En) => Lang::English,
        Some(Language::Es) => Lang::Spanish,
        None => language(),
    };
    // Whoever spoke first in this process goes on.
    let _ = SPOKEN.set(lang);
}

/// The language to speak.
pub(super) fn lang() -> Lang {
    SPOKEN.get().copied().unwrap_or_default()
}

/// Writes a line for people, in their language.
///
/// # Errors
///
/// Those of `out`.
pub(super) fn said(out: &mut dyn Write, text: &str) -> io::Result<()> {
    line(out, &lang().text(text))
}

/// Writes a line as it is, broken where the terminal ends; whole where no terminal is.
///
/// # Errors
///
/// Those of `out`.
pub(super) fn line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    match columns() {
        Some(columns) => writeln!(out, "{}", folded(text, columns)),
        None => writeln!(out, "{text}"),
    }
}

/// `writeln!` in the reader's language. The text is one that the catalogue has, with places for what changes.
macro_rules! say {
    ($out:expr, $($text:tt)+) => {
        $crate::commands::terminal::said(&mut *$out, &format!($($text)+))
    };
}
pub(super) use say;

/// The language of the environment, for where none is asked for.
#[expect(clippy::disallowed_methods, reason = "a locale is a word about the reader, not about the check")]
#[must_use]
pub fn language() -> Lang {
    let mut names = LOCALES.iter().filter_map(std::env::var_os).filter(|name| !name.is_empty());
    names.next().map_or(Lang::English, |name| Lang::of_locale(&name.to_string_lossy()))
}

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

/// Colour on a terminal alone, unless it was asked for; never where `NO_COLOR` is set or the terminal is a dumb one. As wide as the terminal.
pub(super) fn options(color: When) -> Options {
    let terminal = stdout().is_terminal();
    #[expect(
        clippy::disallowed_methods,
        reason = "NO_COLOR is a word about the terminal, not about the check"
    )]
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    #[expect(clippy::disallowed_methods, reason = "so is TERM")]
    let dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal && !plain && !dumb,
    };
    let width = columns().map_or(Options::default().width, |columns| columns.min(WIDEST));
    let links = pages().filter(|_| color && supports_hyperlinks::on(Stream::Stdout));
    Options { color, width, links, lang: lang(), ..Options::default() }
}

/// How wide the terminal is; `None` where the output goes elsewhere.
pub(super) fn columns() -> Option<usize> {
    known(terminal_size::terminal_size_of(stdout()))
}

/// The same of the terminal that mistakes are told on.
pub(super) fn columns_of_errors() -> Option<usize> {
    known(terminal_size::terminal_size_of(stderr()))
}

fn known(size: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<usize> {
    size.map(|(width, _)| usize::from(width.0)).filter(|columns| *columns > 0)
}
