//! What is expected of variables: from configuration, or built in by name.
//!
//! Not here: reading `envgate.yaml`; the configuration hands these over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::relations::Relation;
pub use crate::document::kinds::{Limit, Pattern, ValueKind};
use crate::document::python_settings::ListShape;
use crate::source::Span;

/// How much it matters that a variable is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tier {
    /// The service does not start without it.
    Critical,
    /// The service runs, but worse.
    Important,
    /// Only developers need it.
    #[default]
    Development,
}

/// What `envgate.yaml` says of one variable.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Whether it must be set, and not be empty, where that is said.
    pub required: Option<bool>,
    /// What it must look like.
    pub kind: Option<ValueKind>,
    /// The fewest characters.
    pub min_length: Option<usize>,
    /// Further limits.
    pub limits: Vec<Limit>,
    /// The shape of a list.
    pub list: Option<ListShape>,
    /// What it is for, in a few words.
    pub description: Option<String>,
    /// How much it matters, where that is said.
    pub tier: Option<Tier>,
    /// The configuration's path, and the place of the name in it.
    pub place: Option<(Arc<str>, Span)>,
}

/// All that is expected, by variable name.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// By name, as configured.
    pub variables: BTreeMap<String, Expected>,
    /// Values that must fit together.
    pub relations: Vec<Relation>,
    /// Whether images are pinned by their digests.
    pub digests: bool,
}

impl Expectations {
    /// The fewest characters that a variable of this name needs, or `None` where any length will do.
    ///
    /// Configuration first; else 32 for `SECRET_KEY`, `*_SECRET_KEY` and `JWT_*` secrets, 12 for
    /// passwords.
    #[must_use]
    pub fn min_length(&self, name: &str) -> Option<usize> {
        if let Some(length) = self.variables.get(name).and_then(|expected| expected.min_length) {
            return Some(length);
        }
        let upper = name.to_ascii_uppercase();
        let secret = super::names::is_secret(name);
        if upper == "SECRET_KEY" || upper.ends_with("_SECRET_KEY") || (secret && upper.starts_with("JWT_")) {
            // S3-compatible stores call a password of eight characters a secret key.
            let storage = ["MINIO_", "AWS_", "S3_", "R2_"].iter().any(|prefix| upper.starts_with(prefix));
            return Some(if storage { 12 } else { 32 });
        }
        let password = ["PASSWORD", "PASSWD", "_PASS", "_PWD"].iter().any(|ending| upper.ends_with(ending));
        (secret && password).then_some(12)
    }
}
