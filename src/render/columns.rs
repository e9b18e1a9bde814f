//! A name on the left and text beside it, broken where the line ends.
//!
//! Not here: colours.

use std::io::{self, Write};

use super::width::width as columns_of;
use super::wrap::wrap;

/// Names longer than this get a line of their own.
const WIDEST: usize = 26;

/// How wide the left column must be for these names.
pub(super) fn width<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(columns_of).filter(|width| *width <= WIDEST).max().unwrap_or(0)
}

/// Where a row stands.
#[derive(Clone, Copy)]
pub(super) struct Column {
    /// The blanks before the name.
    pub(super) indent: usize,
    /// The width of the names.
    pub(super) names: usize,
    /// The columns there are.
    pub(super) columns: usize,
}

/// Writes `name` (already painted by `paint`) and `lines` beside it.
pub(super) fn row(
    out: &mut dyn Write,
    at: Column,
    name: &str,
    paint: impl FnOnce(&str) -> String,
    lines: &[String],
) -> io::Result<()> {
    let beside = at.indent + at.names + 2;
    let room = at.columns.saturating_sub(beside).max(24);
    let mut texts = lines.iter().flat_map(|line| wrap(line, room));
    let length = columns_of(name);
    write!(out, "{:1$}{2}", "", at.indent, paint(name))?;
    if length > at.names {
        writeln!(out)?;
    } else if let Some(first) = texts.next() {
        writeln!(out, "{:1$}  {first}", "", at.names - length)?;
    } else {
        writeln!(out)?;
    }
    for text in texts {
        writeln!(out, "{:beside$}{text}", "")?;
    }
    Ok(())
}
