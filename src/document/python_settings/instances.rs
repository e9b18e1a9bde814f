//! Which classes a Python file makes instances of, and what it gives them by name.
//!
//! Not here: which classes these are.

use std::collections::{BTreeSet, HashMap};

use super::python::Python;

/// The most calls whose arguments are looked at; those of further ones count as none.
const MOST: usize = 500;

/// The names for which `is_class` holds that stand before a `(` somewhere, class and function statements left out,
/// each with the names of the arguments that every one of its calls gives.
pub(super) fn instances(
    python: &Python<'_>,
    is_class: impl Fn(&str) -> bool,
) -> HashMap<String, BTreeSet<String>> {
    let mut found: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut calls = 0;
    for statement in &python.statements {
        let code = python.code(statement.span);
        if code.starts_with("class ") || code.starts_with("def ") {
            continue;
        }
        for (at, _) in code.match_indices('(') {
            let before = code.get(..at).unwrap_or_default();
            let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let start = before.rfind(|c: char| !letters(c)).map_or(0, |end| end + 1);
            let Some(name) = before.get(start..).filter(|name| is_class(name)) else { continue };
            calls += 1;
            let given = if calls > MOST { BTreeSet::new() } else { named(python, statement.span.start + at) };
            match found.get_mut(name) {
                Some(known) => known.retain(|name| given.contains(name)),
                None => {
                    found.insert(name.to_owned(), given);
                }
            }
        }
    }
    found
}

/// The arguments that a call gives by name.
fn named(python: &Python<'_>, open: usize) -> BTreeSet<String> {
    python.arguments(open).into_iter().map(|(name, _)| name).filter(|name| !name.is_empty()).collect()
}
