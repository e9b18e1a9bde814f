//! The secrets that an env file really holds: placeholders, defaults and references left out.
//!
//! Not here: whether they are good ones.

use std::borrow::Cow;

use super::uses::is_plainly_no_secret;
use super::{File, Project};
use crate::document::env::{Entry, EnvFile};
use crate::secrets::weak::{is_template, weakness};

/// One secret of an env file. There is no `Debug`: the value must not be shown.
pub struct Held<'a> {
    /// Its line.
    pub entry: &'a Entry,
    /// Its value, quotes off.
    pub value: Cow<'a, str>,
}

/// The fewest characters of a value that is worth keeping.
const SHORTEST: usize = 8;

/// The secrets of a file, as [`Project::is_secret`] knows them, in its order; of equal keys the last one.
#[must_use]
pub fn held<'a>(project: &Project<'_>, file: &'a File, env: &'a EnvFile) -> Vec<Held<'a>> {
    let text = file.source.text();
    let mut seen = std::collections::BTreeSet::new();
    let last = env.entries.iter().rev().filter(|entry| seen.insert(entry.key.as_str()));
    let mut held: Vec<Held<'a>> = last
        .filter(|entry| project.is_secret(&entry.key) && !entry.unterminated)
        .map(|entry| Held { entry, value: entry.plain(text) })
        .filter(|held| is_real(&held.value))
        .collect();
    held.reverse();
    held
}

fn is_real(value: &str) -> bool {
    value.chars().count() >= SHORTEST
        && !is_template(value)
        && !is_plainly_no_secret(value)
        && weakness(value).is_none()
}
