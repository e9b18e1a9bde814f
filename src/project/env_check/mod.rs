//! One env file held against what is asked for: what is missing, empty, too short, a placeholder, or of the
//! wrong shape.
//!
//! Not here: reading files, writing the result, and how loaders differ. A value is looked at and never kept:
//! what comes out knows lengths and faults alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::env::EnvFile;
use crate::document::names::is_usual;
use crate::document::python_settings::ListShape;
use crate::secrets::weak::{Weakness, is_template, weakness};
use crate::source::Span;

use super::expectations::{Tier, ValueKind};
use super::names::is_comma_list;
use super::schema::Voice;
use super::tiers::{Wanted, Witnesses};
use super::uses::is_plainly_no_secret;

/// What is wrong with a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The file does not have it.
    Missing,
    /// It is set to nothing.
    Empty,
    /// It has fewer characters than it needs.
    TooShort {
        /// The characters it has.
        length: usize,
        /// The characters it needs.
        needed: usize,
    },
    /// It is no secret.
    Weak(Weakness),
    /// It is a list in another shape than the one that is read.
    Shape(ListShape),
    /// It is a JSON array whose quotes are gone.
    LostQuotes,
    /// It is not of its kind.
    Kind(ValueKind),
    /// It goes beyond a limit, as in `has 70 characters, 64 at most`.
    Limit(String),
}

/// One variable's row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is asked of it.
    pub wanted: Wanted,
    /// The value's length in characters; `None` where the file does not have the variable.
    pub length: Option<usize>,
    /// The place of its name, where the file has it; the last one counts.
    pub span: Option<Span>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// How strict a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Faults are told; those of critical variables fail.
    #[default]
    Warn,
    /// Everything is told; nothing fails.
    Info,
    /// Faults are told; those of critical and important variables fail.
    Strict,
}

impl Mode {
    /// Whether a fault of a variable of this tier fails the check.
    #[must_use]
    pub const fn fails(self, tier: Tier) -> bool {
        match self {
            Self::Info => false,
            Self::Warn => matches!(tier, Tier::Critical),
            Self::Strict => matches!(tier, Tier::Critical | Tier::Important),
        }
    }
}

/// Looks at every variable that is asked for and every one that is there: by tier, then by name.
#[must_use]
pub fn evaluate(file: &EnvFile, text: &str, witnesses: &Witnesses<'_>) -> Vec<Row> {
    // Of a key that is set twice the last one counts.
    let entries: BTreeMap<&str, _> = file.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
    let mut wanted = witnesses.wanted();
    let known: BTreeSet<String> = wanted.iter().map(|one| one.name.clone()).collect();
    // A word without `=` may be a line of a secret that lost its quotes.
    let named = entries.values().filter(|entry| entry.raw_span.is_some() || is_usual(&entry.key));
    let unknown = named.map(|entry| entry.key.as_str()).filter(|name| !known.contains(*name));
    wanted.extend(unknown.map(|name| witnesses.variable(name)));
    let mut rows: Vec<Row> = wanted
        .into_iter()
        .map(|wanted| {
            let Some(entry) = entries.get(wanted.name.as_str()) else {
                let faults = if is_needed(&wanted) { vec![Fault::Missing] } else { Vec::new() };
                return Row { wanted, length: None, span: None, faults };
            };
            let value = entry.plain(text);
            let faults = faults(&value, &wanted);
            Row { wanted, length: Some(value.chars().count()), span: Some(entry.key_span), faults }
        })
        .collect();
    rows.sort_by(|one, two| (one.wanted.tier, &one.wanted.name).cmp(&(two.wanted.tier, &two.wanted.name)));
    rows
}

/// Whether a file without the variable is wrong.
fn is_needed(wanted: &Wanted) -> bool {
    let matters = matches!(wanted.tier, Tier::Critical | Tier::Important);
    wanted.required || (matters && wanted.asked.is_some())
}

/// All that is wrong with a value.
fn faults(value: &str, wanted: &Wanted) -> Vec<Fault> {
    if value.trim().is_empty() {
        // Nothing at all is no JSON, and stops its reader.
        let json = wanted.list == Some(ListShape::Json);
        let wrong = json || wanted.refuses_empty || is_needed(wanted) || wanted.tier == Tier::Critical;
        return if wrong { vec![Fault::Empty] } else { Vec::new() };
    }
    // What stands here is filled in elsewhere.
    if is_template(value) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let length = value.chars().count();
    let plainly_none = is_plainly_no_secret(value);
    if let Some(needed) = wanted.min_length.filter(|needed| !plainly_none && length < *needed) {
        faults.push(Fault::TooShort { length, needed });
    }
    let secret = !plainly_none && wanted.is_secret();
    let list = list_fault(value, wanted);
    // Only of a secret is it wrong to be guessable; a placeholder is wrong anywhere, but a list in brackets
    // only looks like one.
    let weak =
        weakness(value).filter(|weakness| secret || (*weakness == Weakness::Placeholder && list.is_none()));
    faults.extend(weak.map(Fault::Weak));
    faults.extend(list);
    let takes = |kind: &ValueKind| wanted.kind_by.unwrap_or(Voice::Configuration).takes(kind, value);
    if let Some(kind) = wanted.kind.as_ref().filter(|kind| weak.is_none() && !takes(kind)) {
        faults.push(Fault::Kind(kind.clone()));
    } else if weak.is_none() {
        faults.extend(wanted.limits.iter().filter_map(|limit| limit.fault(value)).map(Fault::Limit));
    }
    faults
}

fn list_fault(value: &str, wanted: &Wanted) -> Option<Fault> {
    let trimmed = value.trim();
    let brackets = trimmed.starts_with('[');
    let array = brackets && serde_json::from_str::<Vec<serde_json::Value>>(trimmed).is_ok();
    let lost = brackets && !array && trimmed.ends_with(']');
    match wanted.list.or_else(|| is_comma_list(&wanted.name).then_some(ListShape::Csv)) {
        Some(_) if lost => Some(Fault::LostQuotes),
        Some(ListShape::Json) if !array => Some(Fault::Shape(ListShape::Json)),
        Some(ListShape::Csv) if brackets => Some(Fault::Shape(ListShape::Csv)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
