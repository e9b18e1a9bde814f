//! Where a rule's page can be read in a browser, and how a terminal is told.
//!
//! Not here: whether the terminal knows links; [`super::Options::links`] says so.

use std::fmt::Display;

use crate::diagnostic::Meta;

/// From here on the codes of a family are declared patterns, which have no page of their own.
const PATTERNS: &str = "SEC100";

/// The address that the pages of this version lie under; `None` in a build that belongs to no repository.
#[must_use]
pub fn pages() -> Option<&'static str> {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let address = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/v", env!("CARGO_PKG_VERSION"));
    (!repository.is_empty()).then_some(address)
}

/// The address of a rule's page below `base`; `None` for a rule that a project declares.
pub(super) fn address(base: &str, meta: &Meta) -> Option<String> {
    if meta.is_own() {
        return None;
    }
    Some(if meta.family() == "SEC" && meta.code >= PATTERNS {
        format!("{base}/docs/rules.md")
    } else {
        format!("{base}/rules/{}.md", meta.code)
    })
}

/// The address of a rule's page; `None` in a build that belongs to no repository.
#[must_use]
pub fn page_address(meta: &Meta) -> Option<String> {
    pages().and_then(|base| address(base, meta))
}

/// `text`, which leads to the rule's page where the terminal knows links.
pub(super) fn linked(base: Option<&str>, meta: &Meta, text: impl Display) -> String {
    match base.and_then(|base| address(base, meta)) {
        Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
        None => text.to_string(),
    }
}
