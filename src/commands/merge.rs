//! `envgate merge`: the reports of the parts of one search, as one.
//!
//! Not here: searching. A finding that several parts report in the same words stands once.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value};

use crate::cli::{FailOn, Merge, Shard};
use crate::files;
use crate::render;

use super::incomplete::Incomplete;
use super::{Error, Status, working_directory};

/// What a report calls itself.
const SCHEMA: &str = "envgate/report/v1";

pub(super) fn run(arguments: &Merge, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    let mut merged = Merged::default();
    for path in &arguments.reports {
        let shown = path.display().to_string();
        let bytes = files::read(&here.join(path))?;
        let report: Option<Value> = serde_json::from_slice(&bytes).ok();
        let report = report.filter(|report| report.get("schema").and_then(Value::as_str) == Some(SCHEMA));
        let report = report.ok_or_else(|| Error::NoReport { path: shown.clone() })?;
        let gap = report.get("incomplete").and_then(|gaps| gaps.get(0));
        if let Some(what) = gap.and_then(Value::as_str) {
            return Err(Incomplete { path: shown, what: what.to_owned() }.into());
        }
        merged.add(&report);
    }
    merged.refuse_gaps()?;
    let failed = merged.findings.values().any(|finding| {
        let severity = finding.get("severity").and_then(Value::as_str).unwrap_or_default();
        match arguments.fail_on {
            FailOn::Error => severity == "error",
            FailOn::Warning => severity != "info",
        }
    });
    render::report_json(&merged.report(), out)?;
    out.flush()?;
    Ok(if failed { Status::Findings } else { Status::Clean })
}

#[derive(Default)]
struct Merged {
    tool: Value,
    files: u64,
    suppressed: u64,
    /// The parts that the reports say they are of: of how many, which ones, and how often.
    shards: BTreeMap<u64, BTreeMap<u64, usize>>,
    // By place, then by what they say: in the order of a report.
    findings: BTreeMap<(String, u64, u64, String, String), Value>,
}

impl Merged {
    fn add(&mut self, report: &Value) {
        let number = |name: &str| report.pointer(&format!("/summary/{name}")).and_then(Value::as_u64);
        self.files += number("files").unwrap_or_default();
        self.suppressed += number("suppressed").unwrap_or_default();
        let shard = report.get("shard").and_then(Value::as_str).and_then(|text| text.parse::<Shard>().ok());
        if let Some(shard) = shard {
            *self.shards.entry(shard.count).or_default().entry(shard.index).or_default() += 1;
        }
        if let Some(tool) = report.get("tool") {
            self.tool = tool.clone();
        }
        for finding in report.get("findings").and_then(Value::as_array).into_iter().flatten() {
            let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let number = |name: &str| finding.get(name).and_then(Value::as_u64).unwrap_or_default();
            let key = (text("path"), number("line"), number("column"), text("code"), text("fingerprint"));
            self.findings.entry(key).or_insert_with(|| finding.clone());
        }
    }

    /// Refuses parts that are not each there once: the whole would be clean where nobody has looked.
    fn refuse_gaps(&self) -> Result<(), Error> {
        for (count, parts) in &self.shards {
            if let Some((index, _)) = parts.iter().find(|(_, times)| **times > 1) {
                return Err(Error::PartTwice { part: format!("{index}/{count}") });
            }
            // The parts are in order: the first that is not in its place is missing.
            let gap = (1..=*count).zip(parts.keys().map(Some).chain(std::iter::repeat(None)));
            if let Some((index, _)) = gap.into_iter().find(|(index, part)| *part != Some(index)) {
                return Err(Error::PartMissing { part: format!("{index}/{count}") });
            }
        }
        Ok(())
    }

    fn report(self) -> Value {
        let count = |severity: &str| {
            let is = |finding: &&Value| finding.get("severity").and_then(Value::as_str) == Some(severity);
            self.findings.values().filter(is).count()
        };
        let summary = [
            ("files", Value::from(self.files)),
            ("errors", Value::from(count("error"))),
            ("warnings", Value::from(count("warning"))),
            ("suppressed", Value::from(self.suppressed)),
        ];
        let object = |fields: Vec<(&str, Value)>| {
            Value::Object(
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
            )
        };
        object(vec![
            ("schema", Value::from(SCHEMA)),
            ("tool", self.tool.clone()),
            ("summary", object(summary.to_vec())),
            ("findings", Value::Array(self.findings.values().cloned().collect())),
        ])
    }
}
