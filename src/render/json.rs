//! The report as one JSON object, `envgate/report/v1`: a promise to those who read it.
//!
//! Not here: fixes' texts, which may hold values.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use super::visible::is_unseen;
use crate::diagnostic::{Finding, Label, Region, Report, Severity};

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    tool: Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a str>,
    /// What was not looked at: with any, the check is not whole.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    incomplete: &'a [String],
    summary: Summary,
    findings: Vec<One<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    suppressed: usize,
    /// How many of the errors, warnings and notes are in these numbers and not in the list.
    #[serde(skip_serializing_if = "is_zero")]
    only_counted: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// One finding.
#[derive(Serialize)]
pub(super) struct One<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: Cow<'a, str>,
    help: Option<&'a str>,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    key: Option<&'a str>,
    service: Option<&'a str>,
    fingerprint: &'a str,
    fixable: bool,
    /// The other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
}

/// A second place of a finding.
#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'a> Related<'a> {
    fn new(label: &'a Label, region: Region) -> Self {
        Self {
            message: &label.message,
            path: &label.path,
            line: region.start.line,
            column: region.start.column,
            end_line: region.end.line,
            end_column: region.end.column,
        }
    }
}

impl<'a> One<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        Self {
            code: diagnostic.meta.code,
            name: diagnostic.meta.name,
            severity: diagnostic.severity.as_str(),
            message: finding.message(),
            help: diagnostic.help.as_deref(),
            path: &diagnostic.path,
            line: finding.region.start.line,
            column: finding.region.start.column,
            end_line: finding.region.end.line,
            end_column: finding.region.end.column,
            key: diagnostic.key.as_deref(),
            service: diagnostic.service.as_deref(),
            fingerprint: &finding.fingerprint,
            fixable: diagnostic.fix.is_some(),
            related: diagnostic
                .labels
                .iter()
                .zip(&finding.label_regions)
                .map(|(label, region)| Related::new(label, *region))
                .collect(),
        }
    }
}

/// Writes the object and a line end.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let whole = Whole {
        schema: "envgate/report/v1",
        tool: Tool { name: "envgate", version: env!("CARGO_PKG_VERSION") },
        shard: report.shard.as_deref(),
        incomplete: &report.incomplete,
        summary: Summary {
            files: report.files,
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            suppressed: report.suppressed,
            only_counted: report.only_counted(),
        },
        findings: report.findings.iter().map(One::new).collect(),
    };
    object(&whole, out)
}

/// Writes any value as indented JSON that is safe to look at in a terminal, and a line end.
pub(super) fn object(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    with(PrettyFormatter::new(), value, out)
}

/// The same on one line.
pub(super) fn line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    with(CompactFormatter, value, out)
}

fn with(formatter: impl Formatter, value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaping(formatter));
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// Another formatter, with everything unseen escaped; JSON itself asks for that below U+0020 only.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_unseen(*character)) {
            let (plain, tail) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = tail.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
