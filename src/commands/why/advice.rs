//! The one line at the end of a story: what to do about what is wrong.
//!
//! Not here: the story.

use crate::project::names::is_secret;
use crate::project::resolve::{Environment, Layer, OriginKind, Variable};
use crate::project::shape::{Kind, Shape};

/// What the story has told.
pub(super) struct Told<'a> {
    pub(super) key: &'a str,
    pub(super) environment: &'a Environment,
    pub(super) variable: &'a Variable,
    /// The fewest characters that it needs.
    pub(super) needed: Option<usize>,
    /// A file that its readers do not agree on.
    pub(super) disagreeing: Option<String>,
}

/// What to do first; `None` where nothing is wrong.
pub(super) fn advice(told: &Told<'_>) -> Option<String> {
    let key = told.key;
    let arrives = &told.variable.arrives;
    let kind = Shape::of(arrives.value.as_deref().unwrap_or_default()).kind;
    let file = told.variable.shadows.iter().find(|layer| layer.origin.kind == OriginKind::EnvFile);
    if told.environment.troubles.iter().any(|trouble| trouble.about == key) {
        return Some(format!("set `{key}`: without it compose starts nothing"));
    }
    if arrives.is_unknown() {
        return None;
    }
    if let (OriginKind::Fallback, Some(layer)) = (arrives.origin.kind, file) {
        return Some(hand_over(told, layer, "the fallback hides"));
    }
    let unset = told.variable.inputs.iter().any(|input| input.layer.is_none());
    if arrives.origin.kind == OriginKind::None || (kind == Kind::Empty && unset) {
        return Some(match file {
            Some(layer) => hand_over(told, layer, "the blank hides"),
            None => {
                format!("set `{key}` in a file that `--env-file` names, and write `${{{key}:?set {key}}}`")
            }
        });
    }
    if kind == Kind::BareList {
        return Some(match &arrives.origin {
            origin if origin.kind == OriginKind::Shell && !origin.path.is_empty() => format!(
                "a shell loaded `{0}` and ate the quotes: give the command `--env-file {0}` and do not source \
                 it, or put single quotes around the list there",
                origin.path
            ),
            _ => {
                format!("write `{key}` as JSON in single quotes: its items have lost their quotes on the way")
            }
        });
    }
    let length = arrives.value.as_deref().unwrap_or_default().chars().count();
    if let Some(needed) = told.needed.filter(|needed| length < *needed) {
        return Some(format!("give `{key}` {needed} characters or more: `openssl rand -base64 {needed}`"));
    }
    if arrives.origin.kind == OriginKind::Fallback && is_secret(key) {
        return Some(format!("everybody can read this fallback: write `${{{key}:?set {key}}}`"));
    }
    let path = told.disagreeing.as_ref()?;
    if told.environment.command.make.included.iter().any(|included| included.path == *path) {
        return Some(format!(
            "make keeps quotes, and cuts at `#` and `$`: give the command `--env-file {path}` and do not include it"
        ));
    }
    Some(format!("put single quotes around the value of `{key}` in `{path}`, so that all read the same"))
}

/// A good value stands in an `env_file`, and what is written under `environment` hides it.
fn hand_over(told: &Told<'_>, layer: &Layer, what: &str) -> String {
    let key = told.key;
    format!(
        "{what} `{path}`, since `${{{key}}}` is never filled from `env_file`: delete the line under \
         `environment`, or give the command `--env-file {path}` and write `${{{key}:?set {key}}}`",
        path = layer.origin.path
    )
}
