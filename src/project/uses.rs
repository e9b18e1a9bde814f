//! How variables are used: who sources an env file, where values arrive, which shape a list must have.
//!
//! Not here: rules, and how values are resolved.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::commands::Sourced;
use super::names::is_comma_list;
use super::resolve::OriginKind;
use super::schema::Voice;
use super::{File, Project};
use crate::document::Document;
use crate::document::python_settings::{Field, ListShape, is_test};
use crate::source::{Span, file_name, parent};

/// Where a script sources an env file.
#[derive(Debug)]
pub struct SourcedAt<'a> {
    /// The script or Makefile.
    pub script: &'a str,
    /// How.
    pub sourced: &'a Sourced,
}

/// The first place where the project loads the env file at `path` into a shell.
#[must_use]
pub fn sourced_at<'a>(project: &'a Project<'_>, path: &str) -> Option<SourcedAt<'a>> {
    project.commands.iter().find_map(|command| {
        let sourced = command.sourced.iter().find(|sourced| sourced.path == path)?;
        Some(SourcedAt { script: &command.path, sourced })
    })
}

/// A value that arrives in services, by the place that it is written at.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// The variable.
    pub key: &'a str,
    /// What arrives.
    pub value: &'a str,
    /// What kind of place it is written at.
    pub kind: OriginKind,
    /// The checked file that holds the place.
    pub path: Arc<str>,
    /// The place.
    pub span: Span,
    /// The services that get it, ordered by name, each once.
    pub services: Vec<&'a str>,
}

impl Arrival<'_> {
    /// The services for a message: the first one, and how many more.
    ///
    /// Shape: `` `backend` `` or `` `backend` and 2 other services ``.
    #[must_use]
    pub fn services_text(&self) -> String {
        let first = self.services.first().copied().unwrap_or_default();
        match self.services.len() {
            0 | 1 => format!("`{first}`"),
            2 => format!("`{first}` and 1 other service"),
            more => format!("`{first}` and {} other services", more - 1),
        }
    }
}

/// The values that arrive in enabled services and are written in checked files other than env files:
/// literals and fallbacks in compose files. Each place comes once.
#[must_use]
pub fn arrivals<'a>(project: &'a Project<'_>) -> Vec<Arrival<'a>> {
    let mut found: BTreeMap<(&str, Span, &str), Arrival<'a>> = BTreeMap::new();
    let services = project.environments.iter().flat_map(|environment| &environment.services);
    for service in services.filter(|service| !service.disabled) {
        for variable in &service.variables {
            let origin = &variable.arrives.origin;
            let Some(value) = variable.arrives.value.as_deref() else { continue };
            let Some(file) = project.file(&origin.path).filter(|file| file.checked) else { continue };
            if matches!(file.document, Document::Env(_)) {
                continue;
            }
            let place = (origin.path.as_str(), origin.span, variable.key.as_str());
            let arrival = found.entry(place).or_insert_with(|| Arrival {
                key: &variable.key,
                value,
                kind: origin.kind,
                path: file.source.shared_path(),
                span: origin.span,
                services: Vec::new(),
            });
            if !arrival.services.contains(&service.name.as_str()) {
                arrival.services.push(&service.name);
            }
        }
    }
    let mut arrivals: Vec<_> = found.into_values().collect();
    for arrival in &mut arrivals {
        arrival.services.sort_unstable();
    }
    arrivals
}

/// The fields of the project's settings classes that read a variable, with their files.
pub fn settings_fields<'a>(
    project: &'a Project<'_>,
    name: &str,
) -> impl Iterator<Item = (&'a File, &'a Field)> {
    let speaks = |file: &&File| file.checked && !is_test(file.source.path());
    let settings = project.files.iter().filter(speaks).filter_map(|file| match &file.document {
        Document::PythonSettings(settings) => Some((file, settings)),
        _ => None,
    });
    let name = name.to_owned();
    settings.flat_map(move |(file, settings)| {
        let name = name.clone();
        settings.fields.iter().filter(move |field| field.answers_to(&name)).map(move |field| (file, field))
    })
}

/// Who says which shape a list must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    /// The configuration.
    Configuration,
    /// The schema at this place.
    Schema(Arc<str>, Span),
    /// The settings class at this place.
    Settings(Arc<str>, Span),
    /// The variable's name, by custom.
    Name,
}

/// The shape that a list in the variable `name` must have, and who says so; `None` where nothing says
/// that it is a list.
#[must_use]
pub fn list_wanted(project: &Project<'_>, name: &str) -> Option<(ListShape, Decider)> {
    if let Some(said) = project.schema().get(name).and_then(|expectation| expectation.list.as_ref()) {
        match said.by.voice {
            Voice::Configuration => return Some((said.what, Decider::Configuration)),
            Voice::Schema | Voice::Example => {
                return Some((said.what, Decider::Schema(Arc::clone(&said.by.path), said.by.span)));
            }
            // A class that reads it as no list speaks as well, and so they are heard one by one.
            Voice::Settings => {}
        }
    }
    let mut fields = settings_fields(project, name).peekable();
    if fields.peek().is_some() {
        let (file, field) = fields.next()?;
        let shape = field.list?;
        let agree = fields.all(|(_, other)| other.list == Some(shape));
        let decider = Decider::Settings(file.source.shared_path(), field.span);
        return Some((if agree { shape } else { ListShape::Either }, decider));
    }
    is_comma_list(name).then_some((ListShape::Csv, Decider::Name))
}

/// The fewest characters that a variable needs: as somebody says (see [`super::schema`]), else what is built
/// in by name for secrets.
#[must_use]
pub fn min_length(project: &Project<'_>, name: &str) -> Option<usize> {
    let expectation = project.schema().get(name);
    if let Some(said) = expectation.and_then(|expectation| expectation.min_length.as_ref()) {
        return Some(said.what);
    }
    let public = expectation.is_some_and(|expectation| expectation.says_secret() == Some(false));
    project.expectations.min_length(name).filter(|_| !public)
}

/// Which surroundings an env file's name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// Automatic tests.
    Test,
    /// A developer's machine.
    Development,
    /// Anything else, production included.
    Other,
}

const DEVELOPMENT: &[&str] = &["dev", "devel", "development", "local"];

/// Which surroundings the env file at `path` is for, by the words of its name, and by its folder where that is
/// called so and nothing else.
///
/// ```
/// use envgate::project::uses::{Surroundings, surroundings};
/// assert_eq!(surroundings("envs/.env.test"), Surroundings::Test);
/// assert_eq!(surroundings(".env.local"), Surroundings::Development);
/// assert_eq!(surroundings(".envs/.local/.postgres"), Surroundings::Development);
/// assert_eq!(surroundings(".env"), Surroundings::Other);
/// ```
#[must_use]
pub fn surroundings(path: &str) -> Surroundings {
    let name = file_name(path).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['.', '-', '_']).collect();
    let any = |known: &[&str]| words.iter().any(|word| known.contains(word));
    let folder = file_name(parent(path)).trim_start_matches('.');
    if any(&["test", "tests", "testing", "ci", "e2e"]) {
        Surroundings::Test
    } else if any(DEVELOPMENT) || (DEVELOPMENT.contains(&folder) && !any(&["prod", "production", "live"])) {
        Surroundings::Development
    } else {
        Surroundings::Other
    }
}

/// Whether a value can be no secret whatever its variable is called: a switch, a number, a path, a word for
/// nothing.
#[must_use]
pub fn is_plainly_no_secret(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let word = ["true", "false", "yes", "no", "on", "off"].contains(&lower.as_str());
    let number = value.len() < 6 && value.parse::<f64>().is_ok();
    let path = ["/run/", "/etc/", "/var/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    word || number || path || is_word_for_nothing(value)
}

/// Whether a value says that there is none: a service without a password has `null`.
#[must_use]
pub fn is_word_for_nothing(value: &str) -> bool {
    ["null", "(null)", "none"].iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// Whether a value can be no secret in a variable that needs so many characters: a key that signs cannot be left out, as a
/// password can.
#[must_use]
pub fn is_no_secret_of(value: &str, needed: Option<usize>) -> bool {
    let key = needed.is_some_and(|needed| needed >= KEY);
    is_plainly_no_secret(value) && !(key && is_word_for_nothing(value))
}

/// From so many characters on that a name asks for it is that of a key.
const KEY: usize = 32;
