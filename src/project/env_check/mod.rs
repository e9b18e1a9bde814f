//! One env file held against what is asked for: what is missing, empty, too short, a placeholder, or of the
//! wrong shape.
//!
//! Not here: reading files, writing the result, and how loaders differ. A value is looked at and never kept:
//! what comes out knows lengths and faults alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::env::{Entry, EnvFile};
use crate::document::names::is_usual;
use crate::document::python_settings::ListShape;
use crate::secrets::weak::{Weakness, asks_to_be_replaced, is_template, weakness};
use crate::source::Span;

use super::expectations::{Tier, ValueKind};
use super::names::is_comma_list;
use super::schema::Voice;
use super::tiers::{Wanted, Witnesses};
use super::uses::is_no_secret_of;

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
    let mut known: BTreeSet<String> = wanted.iter().map(|one| one.name.clone()).collect();
    let places = Places::new(&entries, text);
    // What is written in another case and read all the same has its row by the name that it is asked for.
    wanted.retain(|one| match places.in_another_case(one) {
        Some(key) if known.contains(key) => false,
        Some(key) => {
            known.insert(key.to_owned());
            true
        }
        None => true,
    });
    // A word without `=` may be a line of a secret that lost its quotes.
    let named = entries.values().filter(|entry| entry.raw_span.is_some() || is_usual(&entry.key));
    let unknown = named.map(|entry| entry.key.as_str()).filter(|name| !known.contains(*name));
    wanted.extend(unknown.map(|name| witnesses.variable(name)));
    let mut rows: Vec<Row> = wanted
        .into_iter()
        .map(|wanted| {
            let name = places.in_another_case(&wanted).unwrap_or(&wanted.name);
            let Some(entry) = entries.get(name) else {
                let missing = is_needed(&wanted) && !places.has_alternative(&wanted);
                let faults = if missing { vec![Fault::Missing] } else { Vec::new() };
                return Row { wanted, length: None, span: None, faults };
            };
            let value = entry.plain(text);
            let wanted = Wanted { tier: wanted.tier_where_set, ..wanted };
            let faults = faults(&value, &wanted);
            Row { wanted, length: Some(value.chars().count()), span: Some(entry.key_span), faults }
        })
        .collect();
    rows.sort_by(|one, two| (one.wanted.tier, &one.wanted.name).cmp(&(two.wanted.tier, &two.wanted.name)));
    rows
}

/// Where the variables of a file stand.
struct Places<'a> {
    exact: BTreeSet<&'a str>,
    /// The names as they are written, by their names in upper case.
    upper: BTreeMap<String, &'a str>,
    /// Those with something in them, in upper case.
    filled: BTreeSet<String>,
}

impl<'a> Places<'a> {
    fn new(entries: &BTreeMap<&'a str, &Entry>, text: &str) -> Self {
        let upper = entries.keys().map(|name| (name.to_ascii_uppercase(), *name)).collect();
        let filled = entries.iter().filter(|(_, entry)| !entry.plain(text).trim().is_empty());
        Self {
            exact: entries.keys().copied().collect(),
            upper,
            filled: filled.map(|(name, _)| name.to_ascii_uppercase()).collect(),
        }
    }

    /// The name under which a variable stands that is written otherwise than it is asked for.
    fn in_another_case(&self, wanted: &Wanted) -> Option<&'a str> {
        let sought = !wanted.exact && !self.exact.contains(wanted.name.as_str());
        sought.then(|| self.upper.get(&wanted.name.to_ascii_uppercase()).copied()).flatten()
    }

    /// Whether another variable that does as well has something in it.
    fn has_alternative(&self, wanted: &Wanted) -> bool {
        wanted.alternatives.iter().any(|name| {
            self.filled.contains(&name.to_ascii_uppercase())
                && (!wanted.exact || self.exact.contains(name.as_str()))
        })
    }
}

/// Whether a file without the variable is wrong.
fn is_needed(wanted: &Wanted) -> bool {
    if wanted.optional {
        return false;
    }
    let matters = matches!(wanted.tier, Tier::Critical | Tier::Important);
    wanted.required || (matters && wanted.asked.is_some())
}

/// All that is wrong with a value.
fn faults(value: &str, wanted: &Wanted) -> Vec<Fault> {
    if value.trim().is_empty() {
        // Nothing at all is no JSON, and stops its reader.
        let json = wanted.list == Some(ListShape::Json) && !wanted.ignores_empty;
        let matters = wanted.tier == Tier::Critical && !wanted.optional;
        let wrong = json || wanted.refuses_empty || is_needed(wanted) || matters;
        return if wrong { vec![Fault::Empty] } else { Vec::new() };
    }
    // What stands here is filled in elsewhere.
    if is_template(value) || wanted.nones.iter().any(|none| none == value) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let length = value.chars().count();
    let plainly_none = is_no_secret_of(value, wanted.min_length);
    if let Some(needed) = wanted.min_length.filter(|needed| !plainly_none && length < *needed) {
        faults.push(Fault::TooShort { length, needed });
    }
    let secret = !plainly_none && wanted.is_secret();
    let list = list_fault(value, wanted);
    // Only of a secret is it wrong to be guessable; elsewhere a word such as `none` or `sample` is a value, and
    // only what asks to be replaced is a placeholder.
    let weak = weakness(value).filter(|weakness| {
        secret || (*weakness == Weakness::Placeholder && list.is_none() && asks_to_be_replaced(value))
    });
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
    let object = !wanted.brackets && trimmed.starts_with('{') && ValueKind::Json.fits(trimmed);
    let lost = brackets && !array && trimmed.ends_with(']');
    match wanted.list.or_else(|| is_comma_list(&wanted.name).then_some(ListShape::Csv)) {
        Some(_) if lost => Some(Fault::LostQuotes),
        Some(ListShape::Json) if !array && !object => Some(Fault::Shape(ListShape::Json)),
        Some(ListShape::Csv) if brackets => Some(Fault::Shape(ListShape::Csv)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
