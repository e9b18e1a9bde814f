//! CMP106: services that should share a secret get different values of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Findings, Meta, Severity};
use crate::project::Project;
use crate::project::resolve::{Environment, OriginKind, Service, Variable};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct DifferentSecret;

impl Rule for DifferentSecret {
    fn meta(&self) -> &'static Meta {
        meta!("CMP106", "different-secret", Error, Certain, "services get different values of one secret")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            let mut keys: BTreeMap<&str, Vec<(&Service, &Variable)>> = BTreeMap::new();
            for service in environment.services.iter().filter(|service| !service.disabled) {
                let known = service.variables.iter().filter(|variable| !variable.arrives.is_unknown());
                for variable in known.filter(|variable| project.is_secret(&variable.key)) {
                    keys.entry(&variable.key).or_default().push((service, variable));
                }
            }
            for (key, holders) in keys {
                let values: BTreeSet<Option<&str>> =
                    holders.iter().map(|(_, variable)| variable.arrives.value.as_deref()).collect();
                if values.len() < 2 || !share_a_source(&holders) {
                    continue;
                }
                let Some(odd) = odd_one(&holders) else { continue };
                let place = (key.to_owned(), odd.1.set_at.path.clone(), odd.1.set_at.span);
                let checked = project.file(&odd.1.set_at.path).is_some_and(|file| file.checked);
                if checked && seen.insert(place) {
                    report(environment, key, &holders, odd, found);
                }
            }
        }
    }
}

/// Whether two services with different values know the same file's, or fill the same name in:
/// services with secrets of their own may well call them alike.
fn share_a_source(holders: &[(&Service, &Variable)]) -> bool {
    let mut first: BTreeMap<(bool, &str), Option<&str>> = BTreeMap::new();
    for (_, variable) in holders {
        let value = variable.arrives.value.as_deref();
        let layers = std::iter::once(&variable.arrives).chain(&variable.shadows);
        let files = layers.filter(|layer| layer.origin.kind == OriginKind::EnvFile);
        let files = files.map(|layer| (true, layer.origin.path.as_str()));
        let names = variable.inputs.iter().map(|input| (false, input.name.as_str()));
        for source in files.chain(names) {
            if *first.entry(source).or_insert(value) != value {
                return true;
            }
        }
    }
    false
}

/// The one to point at: set in `environment`, with the value that the fewest have.
fn odd_one<'all>(holders: &[(&'all Service, &'all Variable)]) -> Option<(&'all Service, &'all Variable)> {
    let count = |variable: &Variable| {
        holders.iter().filter(|(_, other)| other.arrives.value == variable.arrives.value).count()
    };
    let rank = |(_, variable): &&(&Service, &Variable)| {
        (variable.set_at.kind != OriginKind::Environment, count(variable))
    };
    holders.iter().min_by_key(rank).copied()
}

fn report(
    environment: &Environment,
    key: &str,
    holders: &[(&Service, &Variable)],
    (service, variable): (&Service, &Variable),
    found: &mut Findings<'_>,
) {
    let others: Vec<&(&Service, &Variable)> =
        holders.iter().filter(|(_, other)| other.arrives.value != variable.arrives.value).collect();
    let names = others.iter().take(3).map(|(other, _)| format!("`{}`", other.name)).collect::<Vec<_>>();
    let more = if others.len() > 3 { format!(" and {} more", others.len() - 3) } else { String::new() };
    let message = format!(
        "`{}` gets another `{key}` than {}{more}: {} against {}",
        service.name,
        names.join(", "),
        origin(variable),
        others.first().map_or_else(String::new, |(_, other)| origin(other)),
    );
    let finding = found.push_in(variable.set_at.path.as_str(), variable.set_at.span, message);
    finding.key(key).service(service.name.clone());
    finding.help(format!(
        "let all of them take `{key}` from one place: the same `env_file`, or the same `${{{key}:?…}}`"
    ));
    let mut labelled = HashSet::new();
    for (other, theirs) in others {
        if labelled.len() < 3 && labelled.insert((theirs.set_at.path.as_str(), theirs.set_at.span)) {
            let text = format!("what `{}` gets", other.name);
            finding.label(theirs.set_at.path.as_str(), theirs.set_at.span, text);
        }
    }
    if environment.assumed() {
        finding.severity(Severity::Warning);
    }
}

fn origin(variable: &Variable) -> String {
    let path = &variable.arrives.origin.path;
    match variable.arrives.origin.kind {
        _ if variable.arrives.value.as_deref() == Some("") => "a blank".to_owned(),
        OriginKind::Fallback => "the fallback".to_owned(),
        OriginKind::None => "nothing".to_owned(),
        OriginKind::Environment => "a value written in `environment`".to_owned(),
        // Nothing else is filled in that no file says.
        _ if path.is_empty() => "the project's name".to_owned(),
        _ => format!("the value of `{path}`"),
    }
}
