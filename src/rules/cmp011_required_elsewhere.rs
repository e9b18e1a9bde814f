//! CMP011: a `${NAME:?}` in an `x-` field or in a service that is switched off, which stops the project all
//! the same.
//!
//! Not here: variables that a service which starts needs as well.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::yaml::Node;
use crate::project::Project;
use crate::project::layers::{Layered, services};
use crate::project::resolve::{Environment, Trouble, TroubleKind};
use crate::source::Span;

use super::{Rule, meta};

/// How many missing variables of one command are looked at.
const LIMIT: usize = 200;

/// The rule.
#[derive(Debug)]
pub(super) struct RequiredElsewhere;

impl Rule for RequiredElsewhere {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP011",
            "required-elsewhere",
            Warning,
            Certain,
            "a `:?` in a part that is not used stops the project"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            let missing: Vec<&Trouble> = environment
                .troubles
                .iter()
                .filter(|trouble| trouble.kind == TroubleKind::MissingVariable)
                .take(LIMIT)
                .collect();
            if missing.is_empty() {
                continue;
            }
            let services = services(project, environment);
            let used = used(&services);
            let needed: BTreeSet<&str> = missing
                .iter()
                .filter(|trouble| within(&used, trouble))
                .map(|trouble| trouble.about.as_str())
                .collect();
            for trouble in missing.iter().filter(|trouble| !needed.contains(trouble.about.as_str())) {
                let Some(place) = place(project, &services, trouble) else { continue };
                if !project.file(&trouble.path).is_some_and(|file| file.checked) {
                    continue;
                }
                if seen.insert((trouble.path.clone(), trouble.span)) {
                    report(environment, trouble, &place, found);
                }
            }
        }
    }
}

/// The places of every text that a service which starts is made of, by file.
fn used<'a>(services: &[Layered<'a>]) -> BTreeSet<(&'a str, Span)> {
    let mut used = BTreeSet::new();
    for service in services.iter().filter(|service| !service.disabled) {
        for part in &service.parts {
            let path = part.file.source.path();
            part.service.node.each_scalar(&mut |node| {
                if node.as_str().is_some_and(|text| text.contains('$')) {
                    used.insert((path, node.span));
                }
            });
        }
    }
    used
}

fn within(used: &BTreeSet<(&str, Span)>, trouble: &Trouble) -> bool {
    let after = (trouble.path.as_str(), Span::new(trouble.span.start, usize::MAX));
    let before = used.range(..=after).next_back();
    before.is_some_and(|(path, span)| *path == trouble.path && span.contains(trouble.span))
}

/// What the text belongs to: an `x-` field, or a service that is off. Nothing for all other places.
fn place(project: &Project<'_>, services: &[Layered<'_>], trouble: &Trouble) -> Option<Place> {
    let Document::Compose(compose) = &project.file(&trouble.path)?.document else { return None };
    let off = services.iter().filter(|service| service.disabled).find(|service| {
        let mut parts = service.parts.iter().filter(|part| part.file.source.path() == trouble.path);
        parts.any(|part| holds(&part.service.node, trouble.span))
    });
    if let Some(service) = off {
        return Some(Place::Service(service.name.to_owned()));
    }
    extension(compose, trouble.span).map(Place::Extension)
}

fn extension(compose: &ComposeFile, span: Span) -> Option<String> {
    let mut entries = compose.documents.iter().flat_map(|root| root.raw_entries());
    let entry = entries.find(|entry| entry.name().starts_with("x-") && holds(&entry.value, span))?;
    Some(entry.name().to_owned())
}

fn holds(node: &Node, span: Span) -> bool {
    let mut holds = false;
    node.each_scalar(&mut |scalar| holds |= scalar.span.contains(span));
    holds
}

enum Place {
    Service(String),
    Extension(String),
}

fn report(environment: &Environment, trouble: &Trouble, place: &Place, found: &mut Findings<'_>) {
    let name = &trouble.about;
    let what = match place {
        Place::Service(service) => format!("the switched-off service `{service}` asks for it"),
        Place::Extension(key) => format!("the unused `{key}` asks for it"),
    };
    let message = format!("a missing `{name}` stops every command, though only {what}");
    let finding = found.push_in(trouble.path.as_str(), trouble.span, message);
    finding.key(name.clone()).severity(Severity::Warning);
    if let Place::Service(service) = place {
        finding.service(service.clone());
    }
    finding.help(format!(
        "write `${{{name}:-}}` here and let the program say what it misses, or set `{name}` for every command: compose fills in the whole file before it looks at profiles"
    ));
    if !environment.assumed() {
        finding.label(environment.command.path.as_str(), environment.command.span, "with this command");
    }
}
