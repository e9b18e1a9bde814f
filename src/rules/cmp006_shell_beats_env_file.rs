//! CMP006: a variable that the script exports beats the one in its own `--env-file`.
//!
//! Not here: one file that is both sourced and given by `--env-file`, and `NAME=value docker compose …`,
//! which says what it wants.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::project::resolve::{Environment, Layer, OriginKind};
use crate::project::{File, Project};
use crate::source::{Span, file_name};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct ShellBeatsEnvFile;

impl Rule for ShellBeatsEnvFile {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP006",
            "shell-beats-env-file",
            Error,
            Certain,
            "an exported variable beats the one in the command's own `--env-file`"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            let command = &environment.command;
            let Some(script) = project.file(&command.path).filter(|file| file.checked) else { continue };
            if command.env_files.is_empty() {
                continue;
            }
            let used = used(project, environment);
            for (span, beaten) in beaten(environment, script, &used) {
                if seen.insert((command.path.as_str(), span)) {
                    report(environment, span, &beaten, found);
                }
            }
        }
    }
}

/// A name with the value in the env file that does not count.
struct Beaten<'a> {
    name: &'a str,
    file: &'a Layer,
    /// The file that was sourced; `None` for an `export`.
    sourced: Option<&'a str>,
    /// Whether both values are known, and differ.
    known: bool,
}

/// What the script's exports and sourced files beat, by the place in the script.
fn beaten<'a>(
    environment: &'a Environment,
    script: &File,
    used: &BTreeSet<&str>,
) -> BTreeMap<Span, Vec<Beaten<'a>>> {
    let command = &environment.command;
    let mut found: BTreeMap<Span, Vec<Beaten<'a>>> = BTreeMap::new();
    for (name, layers) in environment.names.iter().filter(|(name, _)| used.contains(name)) {
        let file = layers.iter().find(|layer| layer.origin.kind == OriginKind::CommandEnvFile);
        let Some((first, file)) = layers.first().zip(file) else { continue };
        let unknown = command.exported.iter().find(|one| one.name == name && one.value.is_none());
        if let Some(one) = unknown {
            // What is cut out of that very file is mostly the same value.
            let from_it = script.source.slice(one.span).contains(file_name(&file.origin.path));
            if !from_it {
                found.entry(one.span).or_default().push(Beaten { name, file, sourced: None, known: false });
            }
            continue;
        }
        let shell = first.origin.kind == OriginKind::Shell;
        if !shell || first.value == file.value || first.origin.path == file.origin.path {
            continue;
        }
        let exported = command.exported.iter().find(|one| one.name == name && one.span == first.origin.span);
        let sourced = command.sourced.iter().find(|one| one.path == first.origin.path);
        match (exported, sourced) {
            (Some(one), _) if !one.prefix => {
                found.entry(one.span).or_default().push(Beaten { name, file, sourced: None, known: true });
            }
            (None, Some(one)) => {
                let sourced = Some(one.path.as_str());
                found.entry(one.span).or_default().push(Beaten { name, file, sourced, known: true });
            }
            (None, None) => {
                let path = Some(first.origin.path.as_str());
                let mut made = command.make.variables.iter();
                if let Some(one) = made.find(|one| one.name == name && one.path.as_deref() == path) {
                    let sourced = path.filter(|path| *path != command.path);
                    let known = one.value.is_some();
                    found.entry(one.at).or_default().push(Beaten { name, file, sourced, known });
                }
            }
            _ => {}
        }
    }
    found
}

/// The names that the compose files fill in or pass on.
fn used<'a>(project: &'a Project<'_>, environment: &Environment) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    for path in &environment.files {
        let Some(Document::Compose(compose)) = project.file(path).map(|file| &file.document) else {
            continue;
        };
        for value in &compose.templates {
            used.extend(value.template.variables().into_iter().map(|variable| variable.name.as_str()));
        }
        let settings = compose.services.iter().flat_map(|service| &service.environment);
        used.extend(settings.filter(|setting| setting.value.is_none()).map(|setting| setting.key.as_str()));
    }
    used
}

fn report(environment: &Environment, span: Span, beaten: &[Beaten<'_>], found: &mut Findings<'_>) {
    let Some(first) = beaten.first() else { return };
    let path = &first.file.origin.path;
    let shown = beaten.iter().take(3).map(|one| format!("`{}`", one.name)).collect::<Vec<_>>().join(", ");
    let more = if beaten.len() > 3 { format!(" and {} more", beaten.len() - 3) } else { String::new() };
    let beat = if beaten.len() > 1 { "beat" } else { "beats" };
    let message = match first.sourced {
        Some(sourced) => format!(
            "{shown}{more} of `{sourced}` {beat} what `--env-file {path}` says, since the shell comes first"
        ),
        None => format!(
            "the exported {shown}{more} {beat} what `--env-file {path}` says, since the shell comes first"
        ),
    };
    let help = match first.sourced {
        Some(sourced) => format!(
            "do not load `{sourced}` into the shell before compose runs, or set the names in one of the two files only"
        ),
        None => format!(
            "take the `export` away, or `unset {}` before compose runs; to overrule the file on purpose write `{}=… docker compose …`",
            first.name, first.name
        ),
    };
    let finding = found.push_in(environment.command.path.as_str(), span, message);
    finding.key(first.name).help(help);
    if !first.known {
        finding.severity(Severity::Warning);
    }
    finding.label(path.as_str(), first.file.origin.span, "this value does not count");
    finding.label(environment.command.path.as_str(), environment.command.span, "for this command");
}
