//! The report as GitLab's code quality artifact, a part of Code Climate's issues.
//!
//! Not here: excerpts. GitLab shows one line of text for each finding and tells them apart by fingerprint.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::json::object;
use super::visible::visible;
use crate::diagnostic::{Finding, Report, Severity};

/// Writes the array and a line end.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Value> = report.findings.iter().map(|finding| issue(finding, report)).collect();
    object(&issues, out)
}

fn issue(finding: &Finding, report: &Report) -> Value {
    let diagnostic = &finding.diagnostic;
    let description = match &diagnostic.help {
        Some(help) => format!("{}; {help}", finding.message()),
        None => finding.message().into_owned(),
    };
    json!({
        "description": visible(&description.replace('\n', " ")),
        "check_name": format!("{} {}", diagnostic.meta.code, diagnostic.meta.name),
        "fingerprint": finding.fingerprint,
        "severity": match diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        "location": {
            "path": report.from_top(&diagnostic.path),
            "lines": { "begin": finding.region.start.line, "end": finding.region.end.line },
        },
    })
}
