//! Which variables of env files the rest of the project mentions by name.
//!
//! Not here: what a mention is for. A second reading of the tree, so it is done only where it is asked for.

use std::collections::{BTreeSet, HashSet};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::document::Document;
use crate::project::{Project, Role};
use crate::source::Tree;

use super::{Input, classify};

/// No larger file is read for its words.
const LARGEST: usize = 1 << 20;

/// The names of env files' variables that some file other than an env file has as a word, in any case.
pub(super) fn find(inputs: &[Input], project: &Project<'_>, tree: &dyn Tree) -> BTreeSet<String> {
    let names: HashSet<String> = project
        .files
        .iter()
        .filter(|file| file.role != Role::Example)
        .filter_map(|file| if let Document::Env(env) = &file.document { Some(env) } else { None })
        .flat_map(|env| env.entries.iter().map(|entry| entry.key.to_ascii_uppercase()))
        .collect();
    if names.is_empty() {
        return BTreeSet::new();
    }
    let env = project.files.iter().filter(|file| matches!(file.document, Document::Env(_)));
    let env: HashSet<&str> = env.map(|file| file.source.path()).collect();
    let is_other = |path: &str| !classify::is_env_path(path) && !env.contains(path);
    let readable = inputs.par_iter().filter(|input| is_other(&input.path));
    readable
        .map(|input| {
            let bytes = tree.read(&input.path).unwrap_or_default();
            if bytes.len() > LARGEST || classify::is_binary(&bytes) {
                return BTreeSet::new();
            }
            let words = bytes.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
            words
                .filter(|word| word.len() > 1)
                .filter_map(|word| std::str::from_utf8(word).ok())
                .map(str::to_ascii_uppercase)
                .filter(|word| names.contains(word))
                .collect()
        })
        .reduce(BTreeSet::new, |mut one: BTreeSet<String>, other| {
            one.extend(other);
            one
        })
}
