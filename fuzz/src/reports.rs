//! Every format of a report: well formed, without a value, without what drives a terminal or a page.
//!
//! Not here: what is found.

use std::sync::Arc;

use envgate::diagnostic::{Certainty, Diagnostic, Findings, Fix, Meta, Report, Safety, Severity};
use envgate::render::{self, Format};
use envgate::source::{Source, Span};
use serde_json::Value;

use super::{CANARY, NEXT_FILE, text};

/// A rule of no file of rules.
pub static META: Meta = Meta {
    code: "ENV008",
    name: "duplicate-key",
    severity: Severity::Error,
    certainty: Certainty::Certain,
    summary: "key is set more than once",
    page: "# ENV008 duplicate-key\n\nA key.\n\n## Why it matters\n\nIt does.\n",
};

/// What opens an element of a page; where it comes out as it went in, a page can be made to run something.
const ELEMENT: &str = "<zq7element ";

fn written(report: &Report, format: Format, full: bool) -> String {
    let options = render::Options { full, why: full, width: 60, ..render::Options::default() };
    let mut written = Vec::new();
    render::write(report, format, &options, &mut written).unwrap();
    String::from_utf8(written).unwrap()
}

/// All that the formats say of a report, which holds nothing raw, and is what its readers can read.
fn said_of(report: &Report) -> String {
    let mut all = String::new();
    for format in Format::ALL {
        for full in [false, true] {
            let said = written(report, format, full);
            let raw =
                said.chars().find(|character| character.is_control() && !matches!(character, '\n' | '\t'));
            assert!(raw.is_none(), "{format:?} holds a raw {raw:?}");
            well_formed(format, &said);
            all.push_str(&said);
        }
    }
    all
}

fn well_formed(format: Format, said: &str) {
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    match format {
        Format::Json | Format::Sarif | Format::Gitlab => assert!(is_json(said), "{format:?} is no JSON"),
        Format::Jsonl => assert!(said.lines().all(is_json), "a line is no JSON"),
        Format::Junit | Format::Checkstyle => {
            let options =
                roxmltree::ParsingOptions { allow_dtd: false, ..roxmltree::ParsingOptions::default() };
            let parsed = roxmltree::Document::parse_with_options(said, options);
            assert!(parsed.is_ok(), "{format:?} is no XML: {:?}", parsed.err());
        }
        Format::Github => {
            assert!(said.lines().all(|line| line.starts_with("::")), "a line is no command");
        }
        Format::Html | Format::Markdown => assert!(!said.contains(ELEMENT), "{format:?} holds an element"),
        Format::Human => {}
    }
}

/// The same of findings and the files that they stand in, each with what must not be shown.
pub fn written_in_every_format(
    findings: Vec<Diagnostic>,
    sources: &[(Source, Vec<Span>)],
    files: usize,
) -> String {
    let masked = sources.iter().map(|(source, masks)| (source, masks.clone()));
    said_of(&Report::new(findings, masked, files, 0))
}

/// A report of texts that nobody checked: the parts of the input are a path, a message, a remedy and a file, in which
/// a value stands that is masked.
pub fn reports(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == NEXT_FILE).map(text);
    let mut next = || parts.next().unwrap_or_default();
    let (numbers, path, message, help, before) = (next(), next(), next(), next(), next());
    let after = next();
    let whole = format!("{before}{ELEMENT}>{CANARY}{after}");
    let value = Span::new(before.len() + ELEMENT.len() + 1, whole.len() - after.len());
    let source = Source::new(path.as_str(), whole);
    let length = source.text().len();
    let mut place = numbers.bytes().map(|byte| usize::from(byte) * (length + 1) / 256);
    let mut found = Vec::new();
    let path: Arc<str> = source.shared_path();
    let mut findings = Findings::new(&META, Arc::clone(&path), &mut found);
    for nth in 0..3 {
        let (Some(one), Some(two)) = (place.next(), place.next()) else { break };
        let span = Span::new(one.min(two), one.max(two));
        findings
            .push(span, format!("{ELEMENT}{message}"))
            .help(format!("{ELEMENT}{help}"))
            .key(message.as_str())
            .service(help.as_str())
            .label(Arc::clone(&path), Span::new(nth, length), format!("{ELEMENT}{help}"))
            .label(format!("{ELEMENT}{path}"), Span::new(0, 0), message.as_str())
            .fix(Fix::replace(help.as_str(), Safety::Unsafe, span, message.as_str()));
    }
    let said = written_in_every_format(found, &[(source, vec![value])], 1);
    assert!(!said.contains(CANARY), "a masked value is told");
}
