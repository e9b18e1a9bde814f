//! What is expected of each variable, merged of all who speak of it, with the place that says so.
//!
//! In this order, each part by the first who says it: `envgate.yaml`, `.env.schema`, the settings classes, the
//! example file. Not here: whether a value is as expected, and what is built in by name.

mod demands;
mod examples;
mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expectations::{Expectations, Tier};
use super::{Project, Role};
use crate::document::Document;
use crate::document::env_schema::{Item, SchemaFile};
use crate::document::kinds::{Limit, ValueKind};
use crate::document::python_settings::{Field, ListShape, is_test};
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

impl Voice {
    /// Whether `value` is of `kind` for him: a settings class and a schema take more than one should write.
    #[must_use]
    pub fn takes(self, kind: &ValueKind, value: &str) -> bool {
        match self {
            Self::Configuration => kind.fits(value),
            Self::Schema | Self::Example => kind.is_taken_by_schema(value),
            Self::Settings => kind.is_read_from(value),
        }
    }
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
    /// The texts that those who read it take for `None`, which they allow.
    pub nones: Vec<String>,
    /// Whether JSON that is read as a list has to be one, and no object.
    pub brackets: bool,
    /// Who speaks of it first.
    pub first: Option<Voice>,
}

impl Expectation {
    /// Whether somebody says outright that it is a secret, or that it is none.
    #[must_use]
    pub fn says_secret(&self) -> Option<bool> {
        let typed = self.kind.as_ref().is_some_and(|said| said.what == ValueKind::Secret);
        if typed { Some(true) } else { self.secret.as_ref().map(|said| said.what) }
    }
}

/// Those who speak.
#[derive(Debug, Clone)]
pub struct Voices<'a> {
    /// `envgate.yaml`.
    pub expectations: &'a Expectations,
    schemas: Vec<(Arc<str>, &'a SchemaFile)>,
    settings: Vec<(Arc<str>, &'a Field)>,
    examples: Vec<(Arc<str>, &'a SchemaFile)>,
    /// The declarations by their name in upper case.
    declared: BTreeMap<String, Vec<usize>>,
}

impl Expectation {
    /// Whether nothing at all is no value of its kind: a settings class that reads a number does not start with
    /// it. For a schema and the configuration it is a variable that is not set.
    #[must_use]
    pub fn refuses_empty(&self) -> bool {
        let read = self.kind.as_ref().filter(|said| said.by.voice == Voice::Settings);
        !self.ignores_empty && read.is_some_and(|said| !said.what.is_read_from(""))
    }
}

impl<'a> Voices<'a> {
    /// Listens to the configuration, the schemas, the declarations of settings classes, and the example files
    /// (read as schemas), each with its path.
    #[must_use]
    pub fn new(
        expectations: &'a Expectations,
        schemas: Vec<(Arc<str>, &'a SchemaFile)>,
        settings: Vec<(Arc<str>, &'a Field)>,
        examples: Vec<(Arc<str>, &'a SchemaFile)>,
    ) -> Self {
        let mut declared: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, (_, field)) in settings.iter().enumerate() {
            declared.entry(field.variable.to_ascii_uppercase()).or_default().push(at);
        }
        Self { expectations, schemas, settings, examples, declared }
    }

    /// Whether an example has the variable `name`.
    #[must_use]
    pub fn is_in_example(&self, name: &str) -> bool {
        self.in_examples(name).next().is_some()
    }

    /// The other variables that do as well as `name` for those who demand it.
    #[must_use]
    pub fn alternatives(&self, name: &str) -> Vec<String> {
        let fields: Vec<&Field> = self.in_settings(name).map(|(_, field)| field).collect();
        let demanded = fields.iter().any(|field| field.required);
        let counts = fields.iter().filter(|field| field.required == demanded);
        counts.flat_map(|field| field.alternatives.iter().cloned()).collect()
    }

    /// Whether a settings class reads the variable `name` whatever the case that it is written in.
    #[must_use]
    pub fn is_read_in_any_case(&self, name: &str) -> bool {
        self.in_settings(name).any(|(_, field)| !field.exact)
    }

    /// Whether somebody says with a word of his own that the variable `name` may be left out, and nobody demands
    /// it.
    #[must_use]
    pub fn is_optional(&self, name: &str, expectation: &Expectation) -> bool {
        let said = expectation.required.as_ref();
        let demanded = said.is_some_and(|said| said.what);
        let fields = || self.settings.iter().map(|(_, field)| field).filter(|field| field.answers_to(name));
        let none = fields().next().is_some() && fields().all(|field| field.may_be_none);
        !demanded
            && (none
                || self.in_examples(name).any(|(_, item)| item.said_optional)
                || said.is_some() && demands::is_outright(self, name))
    }

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
        let places = self.declared.get(&name.to_ascii_uppercase()).map(Vec::as_slice).unwrap_or_default();
        let fields = places.iter().filter_map(|at| self.settings.get(*at));
        fields.filter(move |(_, field)| field.answers_to(name)).map(|(path, field)| (path, *field))
    }
}

/// Every variable's expectation, and who demands what.
#[derive(Debug, Default)]
pub struct Schema {
    variables: BTreeMap<String, Expectation>,
    demands: Vec<Demand>,
    /// The demanded variables, in upper case.
    demanded: BTreeSet<String>,
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
        let (mut schemas, mut settings) = (Vec::new(), Vec::new());
        for file in &project.files {
            let path = file.source.shared_path();
            match &file.document {
                Document::EnvSchema(schema) => schemas.push((path, schema)),
                Document::PythonSettings(classes) if file.checked && !is_test(&path) => {
                    settings.extend(classes.fields.iter().map(|field| (Arc::clone(&path), field)));
                }
                _ => {}
            }
        }
        let examples = examples.iter().map(|(path, file)| (Arc::clone(path), file)).collect();
        let voices = Voices::new(&project.expectations, schemas, settings, examples);
        let variables = voices.names().into_iter().map(|name| {
            let expectation = voices.of(&name);
            (name, expectation)
        });
        let variables = variables.collect();
        let demands = demands::demands(&voices, &variables);
        let demanded = demands.iter().map(|demand| demand.variable.to_ascii_uppercase()).collect();
        Self { variables, demands, demanded }
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

    /// Whether somebody demands outright that the variable `name` is set.
    #[must_use]
    pub fn is_demanded(&self, name: &str) -> bool {
        self.demanded.contains(&name.to_ascii_uppercase())
    }

    /// Who demands that which variable is set.
    #[must_use]
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }
}

#[cfg(test)]
mod tests;
