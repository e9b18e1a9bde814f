//! The report as Checkstyle XML, which review tools and editors read.
//!
//! Not here: ends of regions and second places; the format has none.

use std::io::{self, Write};

use super::markup::attribute;
use crate::diagnostic::{Finding, Report};

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"10.0\">")?;
    for file in report.findings.chunk_by(|one, two| one.diagnostic.path == two.diagnostic.path) {
        let Some(first) = file.first() else { continue };
        writeln!(out, "  <file name=\"{}\">", attribute(&first.diagnostic.path))?;
        for finding in file {
            error(finding, out)?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

fn error(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &finding.diagnostic;
    let text = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    writeln!(
        out,
        "    <error line=\"{}\" column=\"{}\" severity=\"{}\" message=\"{}\" source=\"envgate.{}.{}\"/>",
        finding.region.start.line,
        finding.region.start.column,
        diagnostic.severity,
        attribute(&text),
        diagnostic.meta.code,
        diagnostic.meta.name,
    )
}
