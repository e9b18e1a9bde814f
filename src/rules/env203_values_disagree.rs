//! ENV203: values that must fit together, as the configuration says, do not.
//!
//! Not here: which values those are; nothing is guessed from names.

use std::collections::BTreeSet;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::relations::{Comparison, Relation, Side, Term, amount, setting};
use crate::project::resolve::Environment;
use crate::project::{File, Project, Role};
use crate::secrets::weak::is_template;
use crate::source::Span;

pub(super) struct ValuesDisagree;

impl Rule for ValuesDisagree {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV203",
            "values-disagree",
            Error,
            Heuristic,
            "values that must fit together do not, by what `agree` in envgate.yaml says"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        if project.expectations.relations.is_empty() {
            return;
        }
        let mut seen = BTreeSet::new();
        let services = project.environments.iter().map(|one| Scope::Environment(project, one));
        let files =
            project.files.iter().filter(|file| file.checked).filter_map(|file| match &file.document {
                Document::Env(env) => Some(Scope::File(project, file, env)),
                _ => None,
            });
        for scope in services.chain(files) {
            for (nth, relation) in project.expectations.relations.iter().enumerate() {
                for (left, right) in broken(relation, &scope) {
                    let mut places: Vec<&Place<'_>> = left.places.iter().chain(&right.places).collect();
                    let own = |place: &&Place<'_>| project.file(place.path).is_some_and(|file| file.checked);
                    let Some(at) = places.iter().rposition(own) else { continue };
                    let place = places.remove(at);
                    if seen.insert((nth, place.path.to_owned(), place.span)) {
                        report(relation, place, &places, project, found);
                    }
                }
            }
        }
    }
}

fn report(
    relation: &Relation,
    place: &Place<'_>,
    others: &[&Place<'_>],
    project: &Project<'_>,
    found: &mut Findings<'_>,
) {
    let message = format!("`{}` does not fit: `{}` does not hold", place.name, relation.text);
    let diagnostic = found
        .push_in(place.path, place.span, message)
        .key(place.name)
        .help("change one of the values, or what `agree` in envgate.yaml says of them");
    for other in others.iter().filter(|other| project.file(other.path).is_some()) {
        diagnostic.label(other.path, other.span, format!("`{}` is set here", other.name));
    }
}

/// Where values are looked for.
enum Scope<'a> {
    /// What one compose command makes of the project.
    Environment(&'a Project<'a>, &'a Environment),
    /// One env file, and what only one other file sets.
    File(&'a Project<'a>, &'a File, &'a EnvFile),
}

/// Where a value stands.
#[derive(Debug, Clone)]
struct Place<'a> {
    name: &'a str,
    path: &'a str,
    span: Span,
}

/// A side reckoned up.
struct Reckoned<'a> {
    amount: Option<f64>,
    /// The value itself where the side is one term; compared as it is, never shown.
    text: Option<String>,
    places: Vec<Place<'a>>,
}

/// The sides next to each other that do not stand as they must.
fn broken<'a>(relation: &'a Relation, scope: &Scope<'a>) -> Vec<(Reckoned<'a>, Reckoned<'a>)> {
    let mut broken = Vec::new();
    let mut before = &relation.first;
    for (comparison, side) in &relation.others {
        if let (Some(left), Some(right)) = (reckon(before, scope), reckon(side, scope)) {
            let holds = match (left.amount, right.amount) {
                (Some(one), Some(two)) => comparison.holds(one, two),
                // What is no number can be the same, and nothing else.
                _ if *comparison == Comparison::Equal && left.text.is_some() && right.text.is_some() => {
                    left.text == right.text
                }
                _ => true,
            };
            if !holds {
                broken.push((left, right));
            }
        }
        before = side;
    }
    broken
}

/// `None` where a value is nowhere to be found.
fn reckon<'a>(side: &'a Side, scope: &Scope<'a>) -> Option<Reckoned<'a>> {
    let mut places = Vec::new();
    let first = value(&side.first, scope, &mut places)?;
    let mut sum = amount(&first);
    for (operation, term) in &side.others {
        let next = amount(&value(term, scope, &mut places)?);
        sum = sum.zip(next).map(|(sum, next)| operation.apply(sum, next)).filter(|sum| sum.is_finite());
    }
    let text = side.others.is_empty().then_some(first);
    Some(Reckoned { amount: sum, text, places })
}

fn value<'a>(term: &'a Term, scope: &Scope<'a>, places: &mut Vec<Place<'a>>) -> Option<String> {
    const LARGEST: usize = 1 << 20;
    match term {
        Term::Number(number) => Some(number.to_string()),
        Term::Setting { path, name } => {
            let bytes = scope.project().tree.read(path).ok().filter(|bytes| bytes.len() <= LARGEST)?;
            setting(&String::from_utf8_lossy(&bytes), name)
        }
        Term::Variable(name) => {
            let (value, path, span) = scope.variable(name)?;
            places.push(Place { name, path, span });
            (!value.is_empty() && !is_template(&value)).then_some(value)
        }
    }
}

impl<'a> Scope<'a> {
    fn project(&self) -> &'a Project<'a> {
        match self {
            Self::Environment(project, _) | Self::File(project, ..) => project,
        }
    }

    fn variable(&self, name: &str) -> Option<(String, &'a str, Span)> {
        match self {
            Self::Environment(project, environment) => {
                let services = environment.services.iter().filter(|service| !service.disabled);
                let arrives = services.filter_map(|service| service.variable(name)).map(|one| &one.arrives);
                let layer = arrives.chain(environment.names.get(name)).find(|layer| layer.value.is_some());
                let Some(layer) = layer else { return only(project, name) };
                Some((layer.value.clone()?, layer.origin.path.as_str(), layer.origin.span))
            }
            Self::File(project, file, env) => {
                let own = |name: &str| assignment(file, env, name);
                own(name).or_else(|| only(project, name))
            }
        }
    }
}

fn assignment<'a>(file: &'a File, env: &'a EnvFile, name: &str) -> Option<(String, &'a str, Span)> {
    let entry = env.entry(name)?;
    Some((entry.plain(file.source.text()).into_owned(), file.source.path(), entry.raw_span?))
}

/// The variable where one env file alone sets it.
fn only<'a>(project: &'a Project<'_>, name: &str) -> Option<(String, &'a str, Span)> {
    let envs = project.files.iter().filter(|file| file.role != Role::Example);
    let mut set = envs.filter_map(|file| match &file.document {
        Document::Env(env) => assignment(file, env, name),
        _ => None,
    });
    let first = set.next()?;
    set.next().is_none().then_some(first)
}
