//! The findings as workflow commands, which GitHub shows as annotations beside the changed lines.
//!
//! Not here: the summary of a step; that is Markdown. GitHub shows ten errors and ten warnings of a step,
//! and looks for the files from the top of the repository.

use std::io::{self, Write};

use super::visible::{visible, visible_lines};
use crate::diagnostic::{Finding, Report, Severity};

/// Writes a command for each finding.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        annotation(finding, report, out)?;
    }
    Ok(())
}

fn annotation(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &finding.diagnostic;
    let (start, end) = (finding.region.start, finding.region.end);
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message()),
        None => finding.message().into_owned(),
    };
    write!(
        out,
        "::{command} file={},line={}",
        property(&visible(&report.from_top(&diagnostic.path))),
        start.line
    )?;
    write!(out, ",endLine={}", end.line)?;
    // GitHub takes columns for findings of one line only.
    if start.line == end.line {
        // Its last column is the last character, not the place after it.
        let last = end.column.saturating_sub(1).max(start.column);
        write!(out, ",col={},endColumn={last}", start.column)?;
    }
    let title = format!("{} {}", diagnostic.meta.code, diagnostic.meta.name);
    writeln!(out, ",title={}::{}", property(&title), data(&visible_lines(&message)))
}

/// Text behind the command.
fn data(text: &str) -> String {
    escaped(text, |character| matches!(character, '%' | '\r' | '\n'))
}

/// The value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    escaped(text, |character| matches!(character, '%' | '\r' | '\n' | ':' | ','))
}

fn escaped(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if special(character) {
            written.push_str(&format!("%{:02X}", u32::from(character)));
        } else {
            written.push(character);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_ends_a_command_is_escaped() {
        let cases = [
            ("50%, a:b", "50%25, a:b", "50%25%2C a%3Ab"),
            ("one\r\n::error::two", "one%0D%0A::error::two", "one%0D%0A%3A%3Aerror%3A%3Atwo"),
            ("%0A", "%250A", "%250A"),
            ("ñ 漢", "ñ 漢", "ñ 漢"),
        ];
        for (text, as_data, as_property) in cases {
            assert_eq!((data(text).as_str(), property(text).as_str()), (as_data, as_property), "{text:?}");
        }
    }
}
