//! A service's environment at the end: its env files read, and its `environment` laid over them.
//!
//! Not here: how files merge.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::document::compose::template::Held;
use crate::document::env::Loader;
use crate::project::Project;

use super::draft::{Draft, DraftEnvFile, Placed};
use super::names::{load_known, presence, refusal, written};
use super::{
    Environment, Layer, Origin, OriginKind, Presence, Service, ServiceEnvFile, Trouble, TroubleKind, Variable,
};

/// Puts the service together; `None` where that takes more than the rest of the budget.
pub(super) fn finish(
    project: &Project<'_>,
    environment: &mut Environment,
    name: &str,
    draft: Draft,
    profiles: &[String],
    budget: &mut usize,
) -> Option<Service> {
    let texts = draft.env_files.iter().filter_map(|file| project.file(&file.path));
    let bytes = texts.fold(0_usize, |sum, file| sum.saturating_add(file.source.text().len()));
    *budget = budget.checked_sub(bytes.saturating_add(draft.settings.len() * 100))?;
    let wanted = |profile: &String| profiles.iter().any(|name| name == "*" || name == profile);
    let disabled = !draft.profiles.is_empty() && !draft.profiles.iter().any(wanted);
    let passed = pass_on(draft.settings, environment);
    let mut from_files: BTreeMap<String, Vec<Layer>> = BTreeMap::new();
    let mut env_files = Vec::new();
    for file in &draft.env_files {
        let presence = presence(project, &file.path);
        env_files.push(ServiceEnvFile {
            path: file.path.clone(),
            presence,
            required: file.required,
            raw: file.format.as_deref() == Some("raw"),
            named_in: file.named_in.clone(),
            span: file.span,
        });
        match presence {
            Presence::Read => read(project, environment, file, &passed, &mut from_files),
            Presence::Unread => environment.unread.push(file.path.clone()),
            Presence::Missing if file.required && !disabled => environment.troubles.push(Trouble {
                kind: TroubleKind::MissingEnvFile,
                path: file.named_in.clone(),
                span: file.span,
                about: file.path.clone(),
            }),
            Presence::Missing => {}
        }
    }
    *budget = budget.checked_sub(from_files.len() * 100)?;
    let (variables, refused) = variables(passed, from_files);
    let name = name.to_owned();
    Some(Service { name, path: draft.path, span: draft.span, disabled, variables, env_files, refused })
}

/// Bare names take their value from what `${…}` is filled from.
fn pass_on(settings: BTreeMap<String, Placed>, environment: &Environment) -> BTreeMap<String, Placed> {
    let mut settings = settings;
    for (key, placed) in &mut settings {
        if placed.value.is_none() {
            let nobody =
                || Layer { value: None, origin: Origin { kind: OriginKind::None, ..placed.set_at.clone() } };
            placed.value = Some(Some(environment.names.get(key).cloned().unwrap_or_else(nobody)));
        }
    }
    settings
}

fn read(
    project: &Project<'_>,
    environment: &mut Environment,
    file: &DraftEnvFile,
    settings: &BTreeMap<String, Placed>,
    found: &mut BTreeMap<String, Vec<Layer>>,
) {
    let Some(read) = project.file(&file.path) else { return };
    let loader = match file.format.as_deref() {
        Some("raw") => Loader::ComposeRaw,
        _ => Loader::ComposeEnvFile,
    };
    let outside = |name: &str| {
        let known = |layer: &&Layer| layer.value.is_some() || layer.is_unknown();
        let set = || settings.get(name)?.value.as_ref()?.as_ref().filter(known);
        environment.names.get(name).or_else(set).cloned()
    };
    let held = |name: &str| match outside(name) {
        None => Held::Nothing,
        Some(layer) => layer.value.map_or(Held::Unknown, Held::Value),
    };
    let text = read.source.text();
    let (loaded, open) = load_known(text, loader, &held, &|| first_values(found));
    let mut last = BTreeMap::new();
    for variable in &loaded.variables {
        let origin = Origin { kind: OriginKind::EnvFile, path: file.path.clone(), span: variable.value_span };
        let written = written(variable.value.clone(), open.contains(&variable.value_span), origin);
        // A bare name takes what is known outside, over a value that stands before it.
        if let Some(layer) = written.or_else(|| outside(&variable.key)) {
            last.insert(variable.key.clone(), layer);
        }
    }
    for (key, layer) in last {
        found.entry(key).or_default().insert(0, layer);
    }
    refusal(&file.path, &loaded, environment);
}

/// The value of each name that counts.
pub(super) fn first_values(layers: &BTreeMap<String, Vec<Layer>>) -> HashMap<String, String> {
    let value = |layers: &Vec<Layer>| layers.first()?.value.clone();
    layers.iter().filter_map(|(name, layers)| Some((name.clone(), value(layers)?))).collect()
}

fn variables(
    mut settings: BTreeMap<String, Placed>,
    mut from_files: BTreeMap<String, Vec<Layer>>,
) -> (Vec<Variable>, Vec<String>) {
    let keys: BTreeSet<String> = settings.keys().chain(from_files.keys()).cloned().collect();
    let (mut variables, mut refused) = (Vec::new(), Vec::new());
    for key in keys {
        let mut layers = from_files.remove(&key).unwrap_or_default();
        if let Some(placed) = settings.remove(&key) {
            match placed.value.flatten() {
                Some(arrives) => variables.push(Variable {
                    key,
                    arrives,
                    set_at: placed.set_at,
                    shadows: layers,
                    inputs: placed.inputs,
                }),
                None => refused.push(key),
            }
        } else if !layers.is_empty() {
            let arrives = layers.remove(0);
            let set_at = arrives.origin.clone();
            variables.push(Variable { key, arrives, set_at, shadows: layers, inputs: Vec::new() });
        }
    }
    (variables, refused)
}
