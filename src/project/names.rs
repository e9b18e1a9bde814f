//! What a variable's name says about its value; see [`crate::document::names`].
//!
//! Not here: what a value says about itself.

pub use crate::document::names::is_secret;

/// Whether a variable of this name holds a list of hosts or origins that is, by custom, separated by commas.
/// Products that are documented to read JSON are not among them.
///
/// ```
/// use envgate::project::names::is_comma_list;
/// assert!(is_comma_list("CORS_ORIGINS") && is_comma_list("ALLOWED_HOSTS"));
/// assert!(!is_comma_list("HOSTS_FILE") && !is_comma_list("ELASTICSEARCH_HOSTS"));
/// ```
#[must_use]
pub fn is_comma_list(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let ends = upper.ends_with("_ORIGINS") || upper.ends_with("_HOSTS");
    ends && !["ELASTICSEARCH_HOSTS", "OPENSEARCH_HOSTS"].contains(&upper.as_str())
}
