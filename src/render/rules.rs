//! The list of rules, as a table and as JSON.
//!
//! Not here: which rules there are; the caller hands their identities over.

use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use super::json::object;
use super::link::linked;
use super::paint::{Role, paint};
use super::width::width;
use super::wrap::wrap;
use crate::diagnostic::Meta;

/// A summary in fewer columns than this is a ladder, and stands below the rule's name instead.
const LEAST: usize = 40;

/// Writes a line a rule: code, name, severity, whether it knows or guesses, and what it says; where that has no room,
/// it has lines of its own.
///
/// # Errors
///
/// Those of `out`.
pub fn rules_table(rules: &[&Meta], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    let widest = |cell: fn(&Meta) -> &str, heading: &str| {
        let cells = rules.iter().map(|meta| width(lang.word(cell(meta))));
        cells.chain([width(lang.word(heading))]).max().unwrap_or_default()
    };
    let codes = widest(|meta| meta.code, "code");
    let names = widest(|meta| meta.name, "name");
    let severities = widest(|meta| meta.severity.as_str(), "severity");
    let certainties = widest(|meta| meta.certainty.as_str(), "certainty");
    let beside = codes + names + severities + certainties + 8;
    let below = options.columns() < beside + LEAST;
    let indent = if below { codes + 2 } else { beside };
    let room = options.columns().saturating_sub(indent).max(20);
    let heading = format!(
        "{:codes$}  {:names$}  {:severities$}  {:certainties$}  {}",
        lang.word("code"),
        lang.word("name"),
        lang.word("severity"),
        lang.word("certainty"),
        lang.word("summary"),
    );
    let heading = if below { in_two(&heading, indent) } else { heading };
    writeln!(out, "{}", paint(options.color, Role::Faint, heading))?;
    for meta in rules {
        let summary = wrap(&lang.summary(meta.code, meta.summary), room);
        let severity = format!("{:severities$}", lang.word(meta.severity.as_str()));
        let code = paint(options.color, Role::Heading, format!("{:codes$}", meta.code));
        write!(
            out,
            "{}  {:names$}  {}  {}",
            linked(options.links, meta, code),
            meta.name,
            paint(options.color, Role::Level(meta.severity), severity),
            lang.word(meta.certainty.as_str()),
        )?;
        for (nth, line) in summary.iter().enumerate() {
            if nth == 0 && !below {
                let gap = certainties - width(lang.word(meta.certainty.as_str())) + 2;
                writeln!(out, "{:gap$}{line}", "")?;
            } else {
                let end = if nth == 0 { "\n" } else { "" };
                writeln!(out, "{end}{:indent$}{line}", "")?;
            }
        }
    }
    Ok(())
}

/// The heading, with what stands below it in the rows below it here.
fn in_two(heading: &str, indent: usize) -> String {
    let (beside, summary) = heading.rsplit_once("  ").unwrap_or((heading, ""));
    format!("{}\n{:indent$}{summary}", beside.trim_end(), "")
}

#[derive(Serialize)]
struct Listed<'a> {
    schema: &'static str,
    rules: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    code: &'a str,
    name: &'a str,
    family: &'a str,
    severity: &'a str,
    certainty: &'a str,
    summary: &'a str,
}

/// Writes the same as one object, `envgate/rules/v1`.
///
/// # Errors
///
/// Those of `out`.
pub fn rules_json(rules: &[&Meta], out: &mut dyn Write) -> io::Result<()> {
    let rules = rules
        .iter()
        .map(|meta| One {
            code: meta.code,
            name: meta.name,
            family: meta.family(),
            severity: meta.severity.as_str(),
            certainty: meta.certainty.as_str(),
            summary: meta.summary,
        })
        .collect();
    object(&Listed { schema: "envgate/rules/v1", rules }, out)
}
