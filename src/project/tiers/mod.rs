//! Which variables an env file has to have, and how much each matters: from the configuration, the
//! settings class, and the example file, in this order.
//!
//! Not here: whether the values are good; see [`super::env_check`].

use std::collections::BTreeSet;

use super::expectations::{Limit, Tier, ValueKind};
use super::names::{is_comma_list, is_secret};
use super::schema::{Expectation, Said, Voice, Voices};
use crate::document::python_settings::ListShape;
use crate::source::{file_name, parent};

/// The longest description that is shown, in characters.
const LONGEST: usize = 80;

/// What speaks about the variables of a project.
#[derive(Debug, Clone)]
pub struct Witnesses<'a> {
    /// The configuration, the schemas, the settings classes and the examples.
    pub voices: Voices<'a>,
    /// The variables that compose files write into a service's `environment`: an env file need not have
    /// them.
    pub given: &'a BTreeSet<String>,
}

/// A variable that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// How much it matters.
    pub tier: Tier,
    /// How much it matters what it is set to, where it is: a default of the settings class does not help there.
    pub tier_where_set: Tier,
    /// Whether a file without it, or with nothing in it, is wrong whatever the tier.
    pub required: bool,
    /// Who asks first: the configuration, a schema, the settings, an example; `None` where it only stands in
    /// the env file.
    pub asked: Option<Voice>,
    /// What it is for.
    pub description: Option<String>,
    /// What its value must look like.
    pub kind: Option<ValueKind>,
    /// Who says so.
    pub kind_by: Option<Voice>,
    /// Whether those who read it refuse nothing at all.
    pub refuses_empty: bool,
    /// Further limits on its value.
    pub limits: Vec<Limit>,
    /// Whether it is a secret, where somebody says so outright.
    pub secret: Option<bool>,
    /// The shape of a list, where somebody says one.
    pub list: Option<ListShape>,
    /// Whether JSON that is read as a list has to be one, and no object.
    pub brackets: bool,
    /// The texts that those who read it take for nothing, which they allow.
    pub nones: Vec<String>,
    /// Whether those who read it take a variable with nothing in it for one that is not set.
    pub ignores_empty: bool,
    /// Other variables that do as well.
    pub alternatives: Vec<String>,
    /// Whether its name counts in this case alone.
    pub exact: bool,
    /// Whether somebody says outright that it may be left out.
    pub optional: bool,
    /// The fewest characters of its value.
    pub min_length: Option<usize>,
    /// Whether something stands in for it where nobody sets it.
    pub has_default: bool,
}

impl Wanted {
    /// Whether it must not be known: as somebody says, else by its name.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.kind == Some(ValueKind::Secret) || self.secret.unwrap_or_else(|| is_secret(&self.name))
    }
}

impl Witnesses<'_> {
    /// Every variable that is asked for, ordered by name.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let configured = &self.voices.expectations.variables;
        let needed = |name: &String| !self.given.contains(name) || configured.contains_key(name);
        self.voices.names().iter().filter(|name| needed(name)).map(|name| self.variable(name)).collect()
    }

    /// What is known of the variable `name`, asked for or not.
    #[must_use]
    pub fn variable(&self, name: &str) -> Wanted {
        let expectation = self.voices.of(name);
        let required = expectation.required.as_ref().is_some_and(|said| said.what);
        let in_schema_with_value =
            expectation.required.as_ref().is_some_and(|said| said.by.voice == Voice::Schema)
                && expectation.has_default;
        let description = what(expectation.description.as_ref());
        let tier = self.tier(name, &expectation);
        let long = expectation.tier.is_none()
            && expectation.first == Some(Voice::Settings)
            && self.voices.expectations.min_length(name) >= Some(32);
        Wanted {
            name: name.to_owned(),
            tier,
            tier_where_set: if long { Tier::Critical } else { tier },
            required: required && !in_schema_with_value,
            asked: expectation.first,
            description: description.map(|text| text.chars().take(LONGEST).collect()),
            kind: what(expectation.kind.as_ref()),
            kind_by: expectation.kind.as_ref().map(|said| said.by.voice),
            refuses_empty: expectation.refuses_empty(),
            limits: expectation.limits.iter().map(|said| said.what.clone()).collect(),
            secret: what(expectation.secret.as_ref()),
            list: what(expectation.list.as_ref()),
            brackets: expectation.brackets,
            alternatives: self.voices.alternatives(name),
            exact: !self.voices.is_read_in_any_case(name),
            optional: self.voices.is_optional(name, &expectation),
            nones: expectation.nones,
            ignores_empty: expectation.ignores_empty,
            min_length: what(expectation.min_length.as_ref()).or(self.voices.expectations.min_length(name)),
            has_default: expectation.has_default,
        }
    }

    /// The tier: as said, else guessed.
    fn tier(&self, name: &str, expectation: &Expectation) -> Tier {
        if let Some(said) = &expectation.tier {
            return said.what;
        }
        let in_example = self.voices.is_in_example(name);
        let secret = what(expectation.secret.as_ref()).unwrap_or_else(|| is_secret(name));
        let required = expectation.required.as_ref();
        match expectation.first {
            // Without a default the service does not start.
            _ if required.is_some_and(|said| said.what && said.by.voice == Voice::Settings) => Tier::Critical,
            _ if required.is_some_and(|said| said.what) && !expectation.has_default => Tier::Critical,
            Some(Voice::Configuration) => Tier::Development,
            Some(Voice::Schema) if secret && !expectation.has_default => Tier::Important,
            Some(Voice::Schema) => Tier::Development,
            Some(Voice::Settings) if in_example || secret => Tier::Important,
            Some(Voice::Settings) => Tier::Development,
            _ if secret && (in_example || self.voices.expectations.min_length(name) >= Some(32)) => {
                Tier::Critical
            }
            // A list in the wrong shape stops a service as surely as a missing one.
            _ if in_example || secret || is_comma_list(name) => Tier::Important,
            _ => Tier::Development,
        }
    }
}

fn what<T: Clone>(said: Option<&Said<T>>) -> Option<T> {
    said.map(|said| said.what.clone())
}

/// The example that the env file at `path` is copied from: its namesake with one more part, such as
/// `.env.example` or `.env.sample.prod`, in the same directory; else the only example in that directory.
///
/// ```
/// use envgate::project::tiers::example_of;
/// let examples = ["envs/.env.example", "envs/.env.prod.example", ".env.example"];
/// assert_eq!(example_of("envs/.env.prod", &examples), Some("envs/.env.prod.example"));
/// assert_eq!(example_of("envs/.env.dev", &examples), None);
/// ```
#[must_use]
pub fn example_of<'paths>(path: &str, examples: &[&'paths str]) -> Option<&'paths str> {
    let beside: Vec<&str> =
        examples.iter().copied().filter(|example| parent(example) == parent(path)).collect();
    let namesake = |example: &&&str| {
        let parts: Vec<&str> = file_name(example).split('.').collect();
        (0..parts.len()).any(|at| {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part);
            others.eq(file_name(path).split('.'))
        })
    };
    match beside.as_slice() {
        [only] => Some(only),
        several => several.iter().find(namesake).copied(),
    }
}

#[cfg(test)]
mod tests;
