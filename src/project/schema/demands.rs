//! Who demands that a variable is set.
//!
//! Not here: whether it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::merge::has_value;
use super::{By, Expectation, Voice, Voices};
use crate::source::Span;

/// The demand that a variable is set and not empty.
#[derive(Debug, Clone)]
pub struct Demand {
    /// The variable.
    pub variable: String,
    /// Who demands it, and where.
    pub by: By,
    /// Other variables that do as well.
    pub alternatives: Vec<String>,
    /// Variables whose names begin so do as well.
    pub parted: Option<String>,
    /// Whether its name counts in this case alone.
    pub exact: bool,
    /// The variables that the one who demands it speaks of: they tell which env file is meant. Empty where
    /// any is.
    pub siblings: Arc<BTreeSet<String>>,
}

/// The demands of the configuration, the schemas and the settings classes, each variable's first one alone.
/// One who says outright that a variable may be left out silences those that he beats.
pub(super) fn demands(voices: &Voices<'_>, variables: &BTreeMap<String, Expectation>) -> Vec<Demand> {
    let mut all: Vec<Demand> = Vec::new();
    let anywhere = Arc::new(BTreeSet::new());
    for (name, expected) in &voices.expectations.variables {
        if expected.required == Some(true) {
            let (path, span) = expected.place.clone().unwrap_or_else(|| (Arc::from(""), Span::default()));
            let by = By { voice: Voice::Configuration, path, span };
            let siblings = Arc::clone(&anywhere);
            let alternatives = Vec::new();
            all.push(Demand {
                variable: name.clone(),
                by,
                alternatives,
                parted: None,
                exact: true,
                siblings,
            });
        }
    }
    for (path, schema) in &voices.schemas {
        let siblings = Arc::new(schema.items.iter().map(|item| item.key.clone()).collect());
        for item in schema.items.iter().filter(|item| item.required == Some(true) && !has_value(item)) {
            let span = item.required_span.unwrap_or(item.key_span);
            let by = By { voice: Voice::Schema, path: Arc::clone(path), span };
            let (variable, siblings) = (item.key.clone(), Arc::clone(&siblings));
            let alternatives = Vec::new();
            all.push(Demand { variable, by, alternatives, parted: None, exact: true, siblings });
        }
    }
    let mut by_file: BTreeMap<&Arc<str>, BTreeSet<String>> = BTreeMap::new();
    for (path, field) in &voices.settings {
        by_file.entry(path).or_default().insert(field.variable.clone());
    }
    let by_file: BTreeMap<_, _> = by_file.into_iter().map(|(path, names)| (path, Arc::new(names))).collect();
    for (path, field) in voices.settings.iter().filter(|(_, field)| field.required) {
        let by = By { voice: Voice::Settings, path: Arc::clone(path), span: field.span };
        let siblings = by_file.get(path).map_or_else(|| Arc::clone(&anywhere), Arc::clone);
        let (variable, alternatives) = (field.variable.clone(), field.alternatives.clone());
        let parted = field.parted.clone();
        all.push(Demand { variable, by, alternatives, parted, exact: field.exact, siblings });
    }
    let mut seen = BTreeSet::new();
    all.retain(|demand| {
        let said = variables.get(&demand.variable).and_then(|expectation| expectation.required.as_ref());
        // A schema that says nothing leaves a variable without a value optional; that is no word against it.
        let silenced = said.is_some_and(|said| {
            !said.what && said.by.voice < demand.by.voice && is_outright(voices, &demand.variable)
        });
        !silenced && seen.insert(demand.variable.clone())
    });
    all
}

/// Whether the configuration or a schema says with a word of its own that a variable may be left out.
pub(super) fn is_outright(voices: &Voices<'_>, name: &str) -> bool {
    let configured = voices.expectations.variables.get(name).is_some_and(|one| one.required == Some(false));
    configured
        || voices
            .in_schemas(name)
            .any(|(_, item)| item.required == Some(false) && item.required_span.is_some())
}
