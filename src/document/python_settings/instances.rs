//! Which classes a Python file makes instances of, and what it gives them by name.
//!
//! Not here: which classes these are.

use std::collections::{BTreeSet, HashMap};
use std::mem;

use super::python::Python;

/// The most calls whose arguments are looked at; those of further ones count as none.
const MOST: usize = 500;

/// Stands among the names of arguments for all that a call may give: `Settings(**more)`.
pub(super) const ANYTHING: &str = "**";

/// What two calls both give.
pub(super) fn in_both(known: &mut BTreeSet<String>, given: BTreeSet<String>) {
    if known.contains(ANYTHING) {
        *known = given;
    } else if !given.contains(ANYTHING) {
        *known = mem::take(known).intersection(&given).cloned().collect();
    }
}

/// Class methods that make an instance of what they are given.
const MAKERS: &[&str] =
    &["model_validate", "model_validate_json", "model_construct", "parse_obj", "construct"];

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
            let word = |before: &str| before.rfind(|c: char| !letters(c)).map_or(0, |end| end + 1);
            let mut name = before.get(word(before)..).unwrap_or_default();
            let maker = before.strip_suffix(name).and_then(|rest| rest.strip_suffix('.'));
            let maker = maker.filter(|_| MAKERS.contains(&name));
            if let Some(class) = maker {
                name = class.get(word(class)..).unwrap_or_default();
            }
            if !is_class(name) {
                continue;
            }
            calls += 1;
            let given = match maker {
                Some(_) => BTreeSet::from([ANYTHING.to_owned()]),
                None if calls > MOST => BTreeSet::new(),
                None => named(python, statement.span.start + at),
            };
            match found.get_mut(name) {
                Some(known) => in_both(known, given),
                None => {
                    found.insert(name.to_owned(), given);
                }
            }
        }
    }
    found
}

/// The arguments that a call gives by name. A call that spreads what it was given, or says where values come from,
/// may give anything.
fn named(python: &Python<'_>, open: usize) -> BTreeSet<String> {
    let arguments = python.arguments(open).into_iter();
    let name = |(name, value): (String, _)| match name.as_str() {
        "" => python.code(value).starts_with("**").then(|| ANYTHING.to_owned()),
        "_secrets_dir" | "_env_prefix" | "_cli_parse_args" | "_build_sources" => Some(ANYTHING.to_owned()),
        _ => Some(name),
    };
    arguments.filter_map(name).collect()
}
