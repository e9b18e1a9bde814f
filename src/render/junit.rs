//! The report as JUnit XML, which every CI server shows as tests: a suite for each file, a failed test for
//! each finding.
//!
//! Not here: passed tests for what was not found; but a report without any test is an error to some servers,
//! so that a clean check is one passed test.

use std::io::{self, Write};

use super::markup::{attribute, escaped};
use crate::diagnostic::{Finding, Report, Severity};

const CLEAN: &str = "<testsuites name=\"envgate\" tests=\"1\" failures=\"0\" errors=\"0\">
  <testsuite name=\"envgate\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">
    <testcase name=\"no findings\" classname=\"envgate\" time=\"0\"/>
  </testsuite>
</testsuites>
";

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    if report.findings.is_empty() {
        return out.write_all(CLEAN.as_bytes());
    }
    let (tests, failures) = counts(&report.findings);
    writeln!(out, "<testsuites name=\"envgate\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    for file in report.findings.chunk_by(|one, two| one.diagnostic.path == two.diagnostic.path) {
        suite(file, out)?;
    }
    writeln!(out, "</testsuites>")
}

/// How many tests these findings are, and how many of them fail: an info is worth knowing and no failure.
fn counts(findings: &[Finding]) -> (usize, usize) {
    let failed = |finding: &&Finding| finding.diagnostic.severity > Severity::Info;
    (findings.len(), findings.iter().filter(failed).count())
}

fn suite(file: &[Finding], out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = file.first() else { return Ok(()) };
    let (tests, failures) = counts(file);
    let path = attribute(&first.diagnostic.path);
    writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )?;
    for finding in file {
        case(finding, &path, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn case(finding: &Finding, path: &str, out: &mut dyn Write) -> io::Result<()> {
    let diagnostic = &finding.diagnostic;
    let (meta, start) = (diagnostic.meta, finding.region.start);
    writeln!(
        out,
        "    <testcase name=\"{} {} at {}:{}\" classname=\"{path}\" file=\"{path}\" line=\"{}\" time=\"0\">",
        meta.code, meta.name, start.line, start.column, start.line,
    )?;
    let mut text = format!("{}:{}:{}: {}", diagnostic.path, start.line, start.column, diagnostic.message);
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("\nhelp: {help}"));
    }
    let text = escaped(&text);
    if diagnostic.severity > Severity::Info {
        writeln!(
            out,
            "      <failure message=\"{}\" type=\"{}\">{text}</failure>",
            attribute(&diagnostic.message),
            diagnostic.severity,
        )?;
    } else {
        writeln!(out, "      <system-out>{text}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}
