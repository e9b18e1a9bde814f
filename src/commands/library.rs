//! What the library offers: a folder checked, and what its services get, as the command does both.
//!
//! Not here: anything else. The command and the language server stand on the same `prepare`, `check` and `gather`.

use std::fmt;
use std::path::PathBuf;

use crate::cli::{Check, Scope};
use crate::diagnostic::Report;
use crate::engine;
use crate::project::resolve::Layer;
use crate::source::Tree;

use super::check::{self, Prepared};
use super::{Error, baseline, working_directory};

/// A folder of files, with the configuration and the baseline that are in it or above it.
#[derive(Debug, Clone)]
pub struct Project {
    scope: Scope,
}

impl Project {
    /// The folder at `path`, absolute or from the working directory.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { scope: Scope { paths: vec![path.into()], ..Scope::default() } }
    }

    /// Runs these rules alone: codes, names, or families such as `ENV`.
    #[must_use]
    pub fn only<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.scope.only.extend(words.into_iter().map(Into::into));
        self
    }

    /// Leaves these rules out.
    #[must_use]
    pub fn ignore<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.scope.ignore.extend(words.into_iter().map(Into::into));
        self
    }

    fn prepared(&self) -> Result<(Prepared, PathBuf), Error> {
        let here = working_directory()?;
        let prepared = check::prepare(&self.scope, &here)?;
        match &prepared.loaded.source {
            Some(source) if prepared.loaded.is_mistaken() => {
                Err(Error::Config { path: source.path().to_owned() })
            }
            _ => Ok((prepared, here)),
        }
    }
}

/// A value that a service gets. It may be secret: what shows it, and how long, is the caller's to answer for.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(String);

impl Value {
    /// The value as it is.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Only the length.
impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Value").field("bytes", &self.0.len()).finish()
    }
}

/// One variable of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What arrives; `None` for a name that is passed on and set nowhere, and where it is only known when a script runs.
    pub value: Option<Value>,
    /// The file that gives it its value, from the working directory; `None` where none does.
    pub path: Option<String>,
    /// The 1-based line in that file.
    pub line: Option<usize>,
}

/// One service, as one compose command starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// The command's name in `envgate.yaml`; `None` for one that was found.
    pub environment: Option<String>,
    /// The command's compose files, in order.
    pub files: Vec<String>,
    /// The service's name.
    pub name: String,
    /// What it gets.
    pub variables: Vec<Variable>,
}

/// Checks a project as `envgate check FOLDER` does. Paths in the report are told from the working directory.
///
/// # Errors
///
/// Where the folder, a file in it, its configuration or its baseline cannot be read or used, or it holds nothing to
/// check: a check that could not look at everything is none.
pub fn check(project: &Project) -> Result<Report, Error> {
    let (prepared, here) = project.prepared()?;
    let outcome = engine::check(&prepared.files, &mut prepared.settings(), &prepared.tree)?;
    if !outcome.broken.is_empty() {
        return Err(Error::Broken { paths: outcome.broken.join("`, `") });
    }
    let (mut report, _) = check::collected(&prepared.loaded, &outcome);
    let arguments = Check { scope: project.scope.clone(), staged: false, ..Check::of_index() };
    baseline::honour(&mut report, &arguments, &prepared.loaded, &here)?;
    Ok(report)
}

/// What each service of a project gets from each compose command that is configured or found, as `envgate resolve` says.
///
/// # Errors
///
/// As for [`check()`].
pub fn resolve(project: &Project) -> Result<Vec<Service>, Error> {
    let (prepared, _) = project.prepared()?;
    let tree: &dyn Tree = &prepared.tree;
    let gathered = engine::gather(&prepared.files, &mut prepared.settings(), tree)?;
    let mut services = Vec::new();
    for environment in &gathered.environments {
        for service in environment.services.iter().filter(|service| !service.disabled) {
            let variable = |name: &String, layer: &Layer| {
                let file = gathered.file(&layer.origin.path);
                Variable {
                    name: name.clone(),
                    value: layer.value.clone().map(Value),
                    path: file.map(|_| layer.origin.path.clone()),
                    line: file.map(|file| file.source.line(layer.origin.span.start)),
                }
            };
            services.push(Service {
                environment: environment.command.name.clone(),
                files: environment.files.clone(),
                name: service.name.clone(),
                variables: service.variables.iter().map(|one| variable(&one.key, &one.arrives)).collect(),
            });
        }
    }
    Ok(services)
}
