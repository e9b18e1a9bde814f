//! ENV106: a value is not of the kind that its reader, its schema or the configuration declares.
//!
//! Not here: lists, and what is too short.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::document::env_schema::{Given, SchemaFile};
use crate::project::belonging::{speaks_for_file, speaks_for_services};
use crate::project::schema::{By, Expectation, Voice};
use crate::project::uses::arrivals;
use crate::project::{File, Project, Role};
use crate::secrets::weak::{Weakness, is_template, weakness};

pub(super) struct WrongKind;

impl Rule for WrongKind {
    fn meta(&self) -> &'static Meta {
        meta!("ENV106", "wrong-kind", Error, Certain, "a value is not of the kind that is declared for it")
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for entry in &env.entries {
            let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
            let Some(inner) = entry.inner_span.filter(|_| counts) else { continue };
            // What follows a quote is read differently by every loader, and reported as that.
            if entry.unterminated || entry.after_quote.is_some() {
                continue;
            }
            let value = entry.plain(file.source.text());
            let open = file.role == Role::Example && (value.is_empty() || is_placeholder(&value));
            let Some(wrong) = wrong(project, &entry.key, &value).filter(|_| !open) else { continue };
            let span = if inner.is_empty() { entry.key_span } else { inner };
            let speaks = wrong.is_sure() || speaks_for_file(project, &entry.key, file.source.path());
            wrong.explain(found.push(span, wrong.message(&entry.key)), &entry.key, speaks);
        }
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for arrival in arrivals(project) {
            let Some(wrong) = wrong(project, arrival.key, arrival.value) else { continue };
            let message =
                format!("{}, and arrives so in {}", wrong.message(arrival.key), arrival.services_text());
            let diagnostic = found.push_in(arrival.path.clone(), arrival.span, message);
            diagnostic.service(arrival.services.first().copied().unwrap_or_default());
            let speaks = wrong.is_sure() || speaks_for_services(project, &arrival);
            wrong.explain(diagnostic, arrival.key, speaks);
        }
        for file in project.files.iter().filter(|file| file.checked) {
            if let Document::EnvSchema(schema) = &file.document {
                own_values(schema, file, project, found);
            }
        }
    }
}

/// The values that a schema gives its variables itself.
fn own_values(schema: &SchemaFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
    for item in &schema.items {
        let Given::Text(span) = item.given else { continue };
        let value = file.source.slice(span);
        let Some(wrong) = wrong(project, &item.key, value).filter(|_| !value.is_empty()) else { continue };
        let diagnostic = found.push_in(file.source.shared_path(), span, wrong.message(&item.key));
        wrong.explain(diagnostic, &item.key, true);
    }
}

fn is_placeholder(value: &str) -> bool {
    weakness(value) == Some(Weakness::Placeholder)
}

/// What is wrong with a value, and who says so.
struct Wrong<'a> {
    /// As in `is not a port from 1 to 65535`.
    what: String,
    /// What to write instead.
    example: Option<Cow<'a, str>>,
    by: &'a By,
}

fn wrong<'a>(project: &'a Project<'_>, name: &str, value: &str) -> Option<Wrong<'a>> {
    let expectation = project.schema().get(name)?;
    if is_template(value) || expectation.nones.iter().any(|none| none == value) {
        return None;
    }
    if value.is_empty() {
        return empty(expectation);
    }
    if let Some(said) = expectation.kind.as_ref().filter(|said| !said.by.voice.takes(&said.what, value)) {
        let what = format!("is not {}", said.what);
        return Some(Wrong { what, example: said.what.example().map(Cow::Borrowed), by: &said.by });
    }
    expectation.limits.iter().find_map(|said| {
        let what = said.what.fault(value)?;
        Some(Wrong { what, example: Some(Cow::Owned(said.what.remedy())), by: &said.by })
    })
}

fn empty(expectation: &Expectation) -> Option<Wrong<'_>> {
    let said = expectation.kind.as_ref().filter(|_| expectation.refuses_empty())?;
    let what = format!("is empty where {} is read", said.what);
    Some(Wrong { what, example: said.what.example().map(Cow::Borrowed), by: &said.by })
}

impl Wrong<'_> {
    fn message(&self, key: &str) -> String {
        format!("`{key}` {}", self.what)
    }

    /// Whether it holds wherever the variable is set.
    fn is_sure(&self) -> bool {
        self.by.voice != Voice::Settings
    }

    /// `speaks` says whether the one who says so speaks for the place.
    fn explain(&self, diagnostic: &mut Diagnostic, key: &str, speaks: bool) {
        let says = match self.by.voice {
            Voice::Configuration => "`envgate.yaml` says so".to_owned(),
            Voice::Schema => format!("the schema in `{}` says so", self.by.path),
            Voice::Settings if !speaks => {
                diagnostic.severity(Severity::Warning);
                format!(
                    "the settings in `{}` would read it so, and this may be another program's",
                    self.by.path
                )
            }
            Voice::Settings => format!("the settings in `{}` read it so", self.by.path),
            Voice::Example => format!("the comment in `{}` says so", self.by.path),
        };
        let help = match &self.example {
            Some(example) => format!("write {example}: {says}"),
            None => says,
        };
        diagnostic.key(key).help(help);
        if !self.by.path.is_empty() && diagnostic.path != self.by.path {
            diagnostic.label(Arc::clone(&self.by.path), self.by.span, "declared here");
        }
    }
}
