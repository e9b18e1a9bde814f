//! The story of one variable, for a person who is tired.
//!
//! Not here: what happened; the caller tells it part by part.

use std::io::{self, Write};

use super::Options;
use super::columns::{Column, row, width};
use super::paint::{Role, paint};
use super::visible::visible_lines;
use super::wrap::wrap;
use crate::diagnostic::Severity;

/// A part of the story: what it is about, and what there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// A word or two.
    pub about: &'static str,
    /// A line a fact.
    pub lines: Vec<String>,
}

/// One variable in one service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Story {
    /// Who gets what, and by which command.
    pub title: String,
    /// In the order that it happens.
    pub parts: Vec<Part>,
    /// What to do where something is wrong.
    pub advice: Option<String>,
    /// Why it is not known whether something is wrong.
    pub open: Option<String>,
}

/// Writes it.
///
/// # Errors
///
/// Those of `out`.
pub fn story(story: &Story, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    for line in wrap(&visible_lines(&lang.text(&story.title)), options.columns()) {
        writeln!(out, "{}", paint(options.color, Role::Heading, line))?;
    }
    let names = width(story.parts.iter().map(|part| lang.word(part.about)));
    let at = Column { indent: 2, names, columns: options.columns() };
    for part in &story.parts {
        let lines: Vec<String> =
            part.lines.iter().map(|line| visible_lines(&lang.text(line)).into_owned()).collect();
        row(
            out,
            at,
            lang.word(part.about),
            |name| paint(options.color, Role::Faint, name).to_string(),
            &lines,
        )?;
    }
    let Some(advice) = &story.advice else {
        if let Some(open) = &story.open {
            return wrap(&visible_lines(&lang.text(open)), options.columns().saturating_sub(2))
                .iter()
                .try_for_each(|line| writeln!(out, "  {line}"));
        }
        return writeln!(
            out,
            "  {}",
            paint(options.color, Role::Good, lang.text("nothing is wrong with it"))
        );
    };
    let lead = format!("{}:", lang.word("do"));
    let indent = lead.chars().count();
    let room = options.columns().saturating_sub(indent + 5);
    for (nth, line) in wrap(&visible_lines(&lang.text(advice)), room).iter().enumerate() {
        let lead = format!("{:indent$}", if nth == 0 { lead.as_str() } else { "" });
        let lead = paint(options.color, Role::Level(Severity::Warning), lead);
        writeln!(out, "  {lead} {line}")?;
    }
    Ok(())
}
