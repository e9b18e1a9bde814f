//! What is expected of each variable, merged of all who speak of it, with the place that says so.
//!
//! In this order, each part by the first who says it: `envgate.yaml`, `.env.schema`, the settings classes, the
//! example file. Not here: whether a value is as expected, and what is built in by name.

mod demands;
mod examples;
mod merge;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expectations::{Expectations, Tier};
use super::{Project, Role};
use crate::document::Document;
use crate::document::env_schema::{Item, SchemaFile};
use crate::document::kinds::{Limit, ValueKind};
use crate::document::python_settings::{Field, ListShape};
use crate::source::Span;

pub use demands::Demand;
pub use examples::{blank_in_example, example_for, is_left_open};

/// Who speaks of a variable; the first beats the later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// `envgate.yaml`.
    Configuration,
    /// `.env.schema`.
    Schema,
    /// A settings class.
    Settings,
    /// An example file.
    Example,
}

/// Where something is said, and who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub voice: Voice,
    /// The file.
    pub path: Arc<str>,
    /// The place.
    pub span: Span,
}

/// Something said of a variable, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Said<T> {
    /// What.
    pub what: T,
    /// By whom.
    pub by: By,
}

/// All that is expected of one variable.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// Whether it must be set and not be empty.
    pub required: Option<Said<bool>>,
    /// What its value must look like.
    pub kind: Option<Said<ValueKind>>,
    /// The fewest characters of its value.
    pub min_length: Option<Said<usize>>,
    /// Further limits on its value, all of one voice.
    pub limits: Vec<Said<Limit>>,
    /// How a list is written.
    pub list: Option<Said<ListShape>>,
    /// Whether it is a secret, where that is said outright.
    pub secret: Option<Said<bool>>,
    /// What it is for.
    pub description: Option<Said<String>>,
    /// How much it matters, where that is said.
    pub tier: Option<Said<Tier>>,
    /// Whether something stands in for it where nobody sets it: a value in the schema, a default in the
    /// settings class.
    pub has_default: bool,
    /// Whether those who read it take a variable with nothing in it for one that is not set.
    pub ignores_empty: bool,
    /// Who speaks of it first.
    pub first: Option<Voice>,
}

/// Those who speak.
#[derive(Debug, Clone)]
pub struct Voices<'a> {
    /// `envgate.yaml`.
    pub expectations: &'a Expectations,
    /// The schemas, by path.
    pub schemas: Vec<(Arc<str>, &'a SchemaFile)>,
    /// The declarations of the settings classes, by path.
    pub settings: Vec<(Arc<str>, &'a Field)>,
    /// The example files, read as schemas, by path.
    pub examples: Vec<(Arc<str>, &'a SchemaFile)>,
}

impl Voices<'_> {
    /// What is expected of the variable `name`; nothing where nobody speaks of it.
    #[must_use]
    pub fn of(&self, name: &str) -> Expectation {
        merge::merge(self, name)
    }

    /// The name of every variable that anybody speaks of, once each, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let files = self.schemas.iter().chain(&self.examples);
        let items = files.flat_map(|(_, file)| &file.items).map(|item| item.key.as_str());
        let configured = self.expectations.variables.keys().map(String::as_str);
        let declared = self.settings.iter().map(|(_, field)| field.variable.as_str());
        let mut names: Vec<String> = items.chain(configured).chain(declared).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What schemas say of a variable.
    fn in_schemas(&self, name: &str) -> impl Iterator<Item = (&Arc<str>, &Item)> {
        self.schemas.iter().filter_map(move |(path, schema)| Some((path, schema.item(name)?)))
    }

    /// What examples say of a variable.
    fn in_examples(&self, name: &str) -> impl Iterator<Item = (&Arc<str>, &Item)> {
        self.examples.iter().filter_map(move |(path, schema)| Some((path, schema.item(name)?)))
    }

    /// What settings classes say of a variable.
    fn in_settings(&self, name: &str) -> impl Iterator<Item = (&Arc<str>, &Field)> {
        self.settings
            .iter()
            .filter(move |(_, field)| field.answers_to(name))
            .map(|(path, field)| (path, *field))
    }
}

/// Every variable's expectation, and who demands what.
#[derive(Debug, Default)]
pub struct Schema {
    variables: BTreeMap<String, Expectation>,
    demands: Vec<Demand>,
}

impl Schema {
    /// Listens to all who speak in a project.
    #[must_use]
    pub fn of(project: &Project<'_>) -> Self {
        let examples: Vec<(Arc<str>, SchemaFile)> = project
            .files
            .iter()
            .filter(|file| file.role == Role::Example && matches!(file.document, Document::Env(_)))
            .map(|file| (file.source.shared_path(), SchemaFile::parse(file.source.text())))
            .collect();
        let mut voices = Voices {
            expectations: &project.expectations,
            schemas: Vec::new(),
            settings: Vec::new(),
            examples: examples.iter().map(|(path, file)| (Arc::clone(path), file)).collect(),
        };
        for file in &project.files {
            let path = file.source.shared_path();
            match &file.document {
                Document::EnvSchema(schema) => voices.schemas.push((path, schema)),
                Document::PythonSettings(settings) if file.checked => {
                    voices.settings.extend(settings.fields.iter().map(|field| (Arc::clone(&path), field)));
                }
                _ => {}
            }
        }
        let variables = voices.names().into_iter().map(|name| {
            let expectation = voices.of(&name);
            (name, expectation)
        });
        let variables = variables.collect();
        Self { demands: demands::demands(&voices, &variables), variables }
    }

    /// What is expected of the variable `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Expectation> {
        // Settings read their names without regard to case, and are listed in upper case.
        self.variables.get(name).or_else(|| {
            let upper = self.variables.get(&name.to_ascii_uppercase())?;
            (upper.first == Some(Voice::Settings)).then_some(upper)
        })
    }

    /// All variables, by name.
    #[must_use]
    pub const fn variables(&self) -> &BTreeMap<String, Expectation> {
        &self.variables
    }

    /// Who demands that which variable is set.
    #[must_use]
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }
}

#[cfg(test)]
mod tests;
