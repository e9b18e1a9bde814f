//! The example that an env file is copied from, and what it leaves to be filled in.
//!
//! Not here: examples that merely lie nearby.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::merge::has_value;
use super::{By, Demand, Voice};
use crate::document::Document;
use crate::document::env_schema::{Item, SchemaFile};
use crate::project::{File, Project, Role};
use crate::source::{file_name, parent};

/// The example of the env file at `path`, read as a schema: in the same directory, and called like it but for
/// one more word.
#[must_use]
pub fn example_for<'a>(project: &'a Project<'_>, path: &str) -> Option<(&'a File, SchemaFile)> {
    let file = project.files.iter().find(|file| {
        file.role == Role::Example
            && matches!(file.document, Document::Env(_))
            && parent(file.source.path()) == parent(path)
            && is_namesake(file_name(file.source.path()), file_name(path))
    })?;
    Some((file, SchemaFile::parse(file.source.text())))
}

/// Whether one name is the other with one more part: `.env.example`, `.env.sample.prod`, `example.env`.
fn is_namesake(example: &str, name: &str) -> bool {
    let parts: Vec<&str> = example.split('.').filter(|part| !part.is_empty()).collect();
    let wanted: Vec<&str> = name.split('.').filter(|part| !part.is_empty()).collect();
    (0..parts.len()).any(|at| {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part);
        others.eq(wanted.iter().copied())
    })
}

/// What the example of the env file at `path` leaves blank and does not call optional, as demands. Variables
/// that have a default elsewhere are none.
#[must_use]
pub fn blank_in_example(project: &Project<'_>, path: &str) -> Vec<Demand> {
    let Some((file, example)) = example_for(project, path) else { return Vec::new() };
    let siblings = Arc::new(BTreeSet::new());
    let blank = example.items.iter().filter(|item| is_left_open(item));
    let open = blank.filter(|item| {
        let expectation = project.schema().get(&item.key);
        !expectation
            .is_some_and(|one| one.has_default || one.required.as_ref().is_some_and(|said| !said.what))
    });
    open.map(|item| Demand {
        variable: item.key.clone(),
        by: By { voice: Voice::Example, path: file.source.shared_path(), span: item.key_span },
        alternatives: Vec::new(),
        parted: None,
        exact: true,
        siblings: Arc::clone(&siblings),
    })
    .collect()
}

/// Whether an example leaves a variable to be filled in.
#[must_use]
pub fn is_left_open(item: &Item) -> bool {
    let outright = item.required.filter(|_| item.required_span.is_some());
    !has_value(item) && outright.unwrap_or(!item.said_optional)
}
