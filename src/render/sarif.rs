//! The report as SARIF 2.1.0, for code hosts and editors.
//!
//! Not here: fixes and excerpts, which may hold values or their shape.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json::object;
use super::link::page_address;
use crate::diagnostic::{Certainty, Finding, Meta, Region, Report, Severity};

/// Writes the log and a line end. The results are made one by one while they are written: together they would
/// take several times the memory of the report.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules(report);
    let driver = json!({
        "name": "envgate",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|meta| rule(meta)).collect::<Vec<_>>(),
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": driver }),
            column_kind: "unicodeCodePoints",
            invocations: invocation(report),
            results: Results { report, rules: &rules },
        }],
    };
    object(&log, out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    column_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invocations: Option<Value>,
    results: Results<'a>,
}

struct Results<'a> {
    report: &'a Report,
    rules: &'a [&'static Meta],
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings = self.report.findings.iter();
        serializer.collect_seq(findings.map(|finding| result(finding, self.report, self.rules)))
    }
}

/// Says how many findings are no results, and what was not looked at, where there are any.
fn invocation(report: &Report) -> Option<Value> {
    let note = |level: &str, text: &str| json!({ "level": level, "message": { "text": text } });
    let mut notes: Vec<Value> = report.incomplete.iter().map(|text| note("error", text)).collect();
    let more = report.only_counted();
    if more > 0 {
        let text = format!("{more} more findings are only counted: there are too many to list");
        notes.push(note("warning", &text));
    }
    let whole = report.incomplete.is_empty();
    (!notes.is_empty())
        .then(|| json!([{ "executionSuccessful": whole, "toolExecutionNotifications": notes }]))
}

/// The rules that found something, in the order of their codes.
fn rules(report: &Report) -> Vec<&'static Meta> {
    let mut rules: Vec<&'static Meta> =
        report.findings.iter().map(|finding| finding.diagnostic.meta).collect();
    rules.sort_by_key(|meta| meta.code);
    rules.dedup_by_key(|meta| meta.code);
    rules
}

fn rule(meta: &Meta) -> Value {
    let mut rule = json!({
        "id": meta.code,
        "name": meta.name,
        "shortDescription": { "text": meta.summary },
        "help": { "text": meta.page, "markdown": meta.page },
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": {
            "tags": [meta.family()],
            "precision": match meta.certainty {
                Certainty::Certain => "very-high",
                Certainty::Heuristic => "medium",
            },
        },
    });
    if let (Some(address), Value::Object(fields)) = (page_address(meta), &mut rule) {
        fields.insert("helpUri".to_owned(), Value::from(address));
    }
    rule
}

fn result(finding: &Finding, report: &Report, rules: &[&'static Meta]) -> Value {
    let diagnostic = &finding.diagnostic;
    let text = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", finding.message()),
        None => finding.message().into_owned(),
    };
    let mut result = json!({
        "ruleId": diagnostic.meta.code,
        "ruleIndex": rules.partition_point(|meta| meta.code < diagnostic.meta.code),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": physical(&report.from_top(&diagnostic.path), finding.region) }],
        "partialFingerprints": { "envgate/v1": finding.fingerprint },
    });
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .zip(&finding.label_regions)
        .enumerate()
        .map(|(id, (label, region))| {
            json!({
                "id": id,
                "physicalLocation": physical(&report.from_top(&label.path), *region),
                "message": { "text": label.message },
            })
        })
        .collect();
    let named = [("key", &diagnostic.key), ("service", &diagnostic.service)];
    let properties: serde_json::Map<String, Value> = named
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value.clone()?))))
        .collect();
    if let Value::Object(fields) = &mut result {
        if !related.is_empty() {
            fields.insert("relatedLocations".to_owned(), Value::Array(related));
        }
        if !properties.is_empty() {
            fields.insert("properties".to_owned(), Value::Object(properties));
        }
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn physical(path: &str, region: Region) -> Value {
    json!({
        "artifactLocation": { "uri": uri(path) },
        "region": {
            "startLine": region.start.line,
            "startColumn": region.start.column,
            "endLine": region.end.line,
            "endColumn": region.end.column,
        },
    })
}

/// A path as a URI reference: relative ones stay so, absolute ones get their scheme.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let digit =
                |nibble: u8| char::from_digit(u32::from(nibble), 16).map(|it| it.to_ascii_uppercase());
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].into_iter().filter_map(digit));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uri_references() {
        let cases = [
            ("infra/docker-compose.yml", "infra/docker-compose.yml"),
            ("mi config/ñ #1?.env", "mi%20config/%C3%B1%20%231%3F.env"),
            ("c:x/100%", "c%3Ax/100%25"),
            ("../a[1]", "../a%5B1%5D"),
            ("/srv/app/.env", "file:///srv/app/.env"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }
}
