//! A report to where it is wanted: files in their formats, then the standard output.
//!
//! Not here: what is in it.

use std::io::{self, Write};

use crate::cli::{Format, Look, When};
use crate::diagnostic::Report;
use crate::files;
use crate::render;

use super::{Error, terminal};

/// Writes the files that were asked for, in the language of the standard output. They are there even where nobody
/// reads that.
///
/// # Errors
///
/// Where a file cannot be written; the others before it are.
pub(super) fn files(report: &Report, look: &Look) -> Result<(), Error> {
    for output in &look.output {
        let mut bytes = Vec::new();
        let options = render::Options { lang: terminal::lang(), ..render::Options::default() };
        render::write(report, format(output.format), &options, &mut bytes)?;
        files::write_atomically(&output.path, &bytes)?;
    }
    Ok(())
}

/// Writes the report to `out` as it was asked for. One that has closed is no error.
///
/// # Errors
///
/// Those of `out`.
pub(super) fn print(report: &Report, look: &Look, color: When, out: &mut dyn Write) -> Result<(), Error> {
    let written = render::write(report, format(look.format), &terminal::look(color, look), out);
    match written.and_then(|()| out.flush()) {
        // A reader that has seen enough changes nothing about what was found.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

const fn format(typed: Format) -> render::Format {
    match typed {
        Format::Human => render::Format::Human,
        Format::Json => render::Format::Json,
        Format::Jsonl => render::Format::Jsonl,
        Format::Sarif => render::Format::Sarif,
        Format::Github => render::Format::Github,
        Format::Gitlab => render::Format::Gitlab,
        Format::Junit => render::Format::Junit,
        Format::Checkstyle => render::Format::Checkstyle,
        Format::Markdown => render::Format::Markdown,
        Format::Html => render::Format::Html,
    }
}
