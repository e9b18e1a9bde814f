//! CMP101: a null or an empty list in an override, which changes nothing.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::Document;
use crate::document::compose::ComposeFile;
use crate::document::yaml::{Entry, Kind, Node};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The keys for which compose was seen to keep the base's value; `command: null` does clear it.
const KEPT: &[&str] = &[
    "build",
    "image",
    "ports",
    "volumes",
    "environment",
    "labels",
    "healthcheck",
    "depends_on",
    "networks",
    "restart",
    "user",
    "deploy",
];

/// The lists and mappings that compose was seen to keep under an empty one; `command: []` and
/// `entrypoint: []` do clear them.
const ADDED_TO: &[&str] = &[
    "ports",
    "volumes",
    "environment",
    "env_file",
    "labels",
    "healthcheck",
    "depends_on",
    "networks",
    "expose",
    "dns",
    "extra_hosts",
    "tmpfs",
    "secrets",
    "configs",
    "devices",
    "cap_add",
    "group_add",
    "security_opt",
    "sysctls",
    "ulimits",
];

/// The rule.
#[derive(Debug)]
pub(super) struct NoEffectOverride;

impl Rule for NoEffectOverride {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP101",
            "no-effect-override",
            Error,
            Certain,
            "a null or an empty list in an override changes nothing"
        )
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        let path = file.source.path();
        let mut seen: HashSet<Span> = HashSet::new();
        for environment in &project.environments {
            let before = environment.files.iter().take_while(|used| *used != path);
            let before: Vec<&File> = before.filter_map(|path| project.file(path)).collect();
            if before.len() == environment.files.len() {
                continue;
            }
            for service in &compose.services {
                for entry in
                    service.node.raw_entries().iter().filter(|entry| is_null(entry) || is_empty(entry))
                {
                    let base = base_of(&before, &service.name.value, entry.name());
                    if let Some((base, image, kept)) = base.filter(|_| seen.insert(entry.value.span)) {
                        let image = image || service.image.is_some();
                        report(entry, &service.name.value, (base, kept), image, found);
                    }
                }
            }
        }
    }
}

/// An explicit null; a key with nothing behind it mostly has its lines commented out.
fn is_null(entry: &Entry) -> bool {
    KEPT.contains(&entry.name())
        && entry.value.is_null()
        && entry.value.tag.is_none()
        && entry.value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_empty(entry: &Entry) -> bool {
    let list = entry.value.items().is_some_and(<[_]>::is_empty);
    let mapping = entry.value.is_mapping() && entry.value.raw_entries().is_empty();
    ADDED_TO.contains(&entry.name()) && entry.value.tag.is_none() && (list || mapping)
}

/// The last file before that gives the key a value, whether an image is named there, and the place.
fn base_of<'files>(before: &[&'files File], service: &str, key: &str) -> Option<(&'files File, bool, Span)> {
    let mut found = None;
    let mut image = false;
    for file in before {
        let Document::Compose(compose) = &file.document else { continue };
        let Some(service) = compose.service(service) else { continue };
        image |= service.image.is_some();
        if let Some(entry) = service.node.entry(key).filter(|entry| !entry.value.is_null()) {
            let gone = entry.value.tag_name() == Some("!reset");
            found = (!gone).then_some((*file, entry.key.span));
        }
    }
    found.map(|(file, span)| (file, image, span))
}

fn report(entry: &Entry, service: &str, (base, kept): (&File, Span), image: bool, found: &mut Findings<'_>) {
    let (key, path) = (entry.name(), base.source.path());
    let node: &Node = &entry.value;
    // Without an image a service needs its build: taking it away is for a person to decide.
    let safety = if key == "build" && image { Safety::Safe } else { Safety::Unsafe };
    let written = match &node.target().kind {
        Kind::Sequence(_) => "[]",
        Kind::Mapping(_) => "{}",
        _ => "null",
    };
    found
        .push(
            node.span,
            format!("`{key}: {written}` does nothing: `{service}` keeps the `{key}` of `{path}`"),
        )
        .service(service)
        .help(format!("write `{key}: !reset null`, which takes the `{key}` away"))
        .label(path, kept, "this stays in force")
        .fix(Fix::replace(format!("reset `{key}`"), safety, node.span, "!reset null"));
}
