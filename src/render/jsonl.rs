//! The findings as JSON, one object a line, for programs that read line by line.
//!
//! Not here: what stands in an object; `json` says it, and it is the same there.

use std::io::{self, Write};

use super::json::{One, line};
use crate::diagnostic::Report;

/// Writes a line for each finding; no findings are no lines.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        line(&One::new(finding), out)?;
    }
    Ok(())
}
