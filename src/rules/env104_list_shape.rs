//! ENV104: a list is written in a shape that its reader does not read.
//!
//! Not here: JSON that has lost its quotes; it is wrong for every reader.

use super::{Rule, meta};
use crate::diagnostic::{Diagnostic, Findings, Fix, Meta, Safety, Severity};
use crate::document::env::{Entry, EnvFile, Loader, line_reads_as};
use crate::document::python_settings::{Items, ListShape};
use crate::project::belonging::{speaks_for_file, speaks_for_services};
use crate::project::loading::{all_read, json_is_bare};
use crate::project::uses::{Decider, arrivals, list_wanted, settings_fields};
use crate::project::{File, Project, Role};
use crate::secrets::weak::is_template;
use crate::source::Span;

pub(super) struct WrongListShape;

impl Rule for WrongListShape {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV104",
            "list-shape",
            Error,
            Certain,
            "a list is written in a shape that its reader does not read"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for entry in &env.entries {
            let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
            let (Some(raw), Some(inner), true) = (entry.raw_span, entry.inner_span, counts) else { continue };
            if entry.unterminated || entry.after_quote.is_some() {
                continue;
            }
            let value = entry.plain(file.source.text());
            // An example leaves lists for others to fill.
            if value.is_empty() && file.role == Role::Example {
                continue;
            }
            let Some(wrong) = wrong(project, &entry.key, &value) else { continue };
            let span = if inner.is_empty() { entry.key_span } else { inner };
            let diagnostic = found.push(span, wrong.message(&entry.key));
            let speaks = wrong.is_sure() || speaks_for_file(project, &entry.key, file.source.path());
            wrong.explain(diagnostic, &entry.key, json_is_bare(project, file, &entry.key), speaks);
            if !speaks {
                continue;
            }
            if let Some(fix) = wrong
                .fix(entry, raw, &value, &|written, read| all_read(project, file, &entry.key, written, read))
            {
                diagnostic.fix(fix);
            }
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
            wrong.explain(diagnostic, arrival.key, false, speaks);
        }
    }
}

/// What is wrong with a list.
struct Wrong {
    wanted: ListShape,
    found: Found,
    decider: Decider,
    /// Whether a text may stand for every item.
    scalars: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Json,
    Object,
    Separated,
    Single,
    Empty,
}

/// The shape of a value; `None` for JSON without its quotes and for what is no list at all.
fn shape(value: &str) -> Option<Found> {
    let value = value.trim();
    if value.is_empty() {
        return Some(Found::Empty);
    }
    if value.starts_with(['[', '{']) {
        let found = if value.starts_with('[') { Found::Json } else { Found::Object };
        return serde_json::from_str::<serde_json::Value>(value).is_ok().then_some(found);
    }
    Some(if value.contains(',') { Found::Separated } else { Found::Single })
}

fn wrong(project: &Project<'_>, name: &str, value: &str) -> Option<Wrong> {
    if is_template(value) {
        return None;
    }
    let found = shape(value)?;
    let expectation = project.schema().get(name);
    let unset = expectation.is_some_and(|expectation| {
        value.is_empty() && expectation.ignores_empty || expectation.nones.iter().any(|none| none == value)
    });
    if unset {
        return None;
    }
    let (wanted, decider) = list_wanted(project, name)?;
    let wrong = match wanted {
        ListShape::Json if found == Found::Object => {
            matches!(decider, Decider::Settings(..))
                && expectation.is_some_and(|expectation| expectation.brackets)
        }
        ListShape::Json => found != Found::Json,
        ListShape::Csv => matches!(found, Found::Json | Found::Object),
        ListShape::Either => false,
    };
    let scalars = settings_fields(project, name).all(|(_, field)| field.items == Items::Scalars);
    wrong.then_some(Wrong { wanted, found, decider, scalars })
}

impl Wrong {
    fn message(&self, key: &str) -> String {
        let found = match self.found {
            Found::Json => "a JSON list",
            Found::Object => "a JSON object",
            Found::Separated => "a comma-separated list",
            Found::Single => "a single bare value",
            Found::Empty => "empty",
        };
        let wanted = if self.wanted == ListShape::Json { "a JSON list" } else { "a comma-separated list" };
        // By name alone it is a guess, and the message must not claim more.
        if self.decider == Decider::Name {
            return format!("`{key}` is {found}, and nothing here says that its reader decodes JSON");
        }
        format!("`{key}` is {found} where {wanted} is read")
    }

    /// Whether it holds wherever the variable is set.
    fn is_sure(&self) -> bool {
        !matches!(self.decider, Decider::Settings(..))
    }

    /// `bare` says that JSON has to stand without quotes around it, and `speaks` whether the one who decides speaks for
    /// the place.
    fn explain(&self, diagnostic: &mut Diagnostic, key: &str, bare: bool, speaks: bool) {
        let form = match self.wanted {
            ListShape::Json if bare => {
                format!("write a JSON list without quotes around it, as in `{key}=[\"a\",\"b\"]`")
            }
            ListShape::Json => format!("write a JSON list in single quotes, as in `{key}='[\"a\",\"b\"]'`"),
            _ => format!("write the items with commas and nothing else, as in `{key}=a,b`"),
        };
        let help = match &self.decider {
            Decider::Configuration => format!("{form}: `envgate.yaml` says that its reader wants that"),
            Decider::Schema(path, span) => {
                diagnostic.label(path.clone(), *span, "declared here");
                format!("{form}: the schema in `{path}` says so")
            }
            Decider::Settings(path, span) => {
                diagnostic.label(path.clone(), *span, "declared here");
                if speaks {
                    format!("{form}: the settings class in `{path}` says so")
                } else {
                    diagnostic.severity(Severity::Warning);
                    format!(
                        "{form}: the settings in `{path}` would read it so, and this may be another program's"
                    )
                }
            }
            Decider::Name => {
                diagnostic.severity(Severity::Warning);
                format!(
                    "declare `expect: json` for it in `envgate.yaml` where its reader decodes JSON; where it splits \
                     at commas, {form}"
                )
            }
        };
        diagnostic.key(key).help(help);
    }

    /// `reads` says whether everyone who reads the file takes what is written for what is to be read.
    fn fix(&self, entry: &Entry, raw: Span, value: &str, reads: &dyn Fn(&str, &str) -> bool) -> Option<Fix> {
        let (title, written, read) = if self.wanted == ListShape::Json {
            // Of what has a form of its own nobody knows what the text was to be.
            if !self.scalars || self.found == Found::Object {
                return None;
            }
            let items: Vec<&str> = value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
            let json = serde_json::to_string(&items).ok()?;
            ("write a JSON list", format!("'{json}'"), json)
        } else {
            let items: Vec<String> = serde_json::from_str(value).ok()?;
            let plain = !items.iter().any(|item| item.contains(',') || item.trim() != item);
            let joined = plain.then(|| items.join(","))?;
            ("write the items with commas", joined.clone(), joined)
        };
        let proved = line_reads_as(&entry.key, &written, &read, PROVED) && reads(&written, &read);
        let safety = if self.decider == Decider::Name { Safety::Unsafe } else { Safety::Safe };
        proved.then(|| Fix::replace(title, safety, raw, written))
    }
}

/// The loaders that a fix is proved with: all that take quotes off.
const PROVED: &[Loader] = &[
    Loader::PythonDotenv,
    Loader::DjangoEnviron,
    Loader::Decouple,
    Loader::NodeDotenv,
    Loader::Node20,
    Loader::Compose,
    Loader::ComposeEnvFile,
    Loader::Bash,
    Loader::Dash,
];
