//! Keys that still have nothing behind them when compose looks for mistakes: after each of the command's files and
//! of the included ones was laid over those before.
//!
//! Not here: which keys want something ([`ComposeFile::empty`] of one file).

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::document::compose::{ComposeFile, Service};
use crate::source::Span;

use super::layers::{Part, tagged};
use super::refusals::{Refused, Why};
use super::resolve::{Environment, Laid, Names, again};
use super::{File, Project};

/// The keys of services of which compose makes a list or a mapping as soon as two files have them, whatever is
/// in them.
const JOINED: &[&str] = &[
    "annotations",
    "build",
    "depends_on",
    "dns",
    "dns_opt",
    "dns_search",
    "env_file",
    "environment",
    "extra_hosts",
    "label_file",
    "labels",
    "models",
    "networks",
    "sysctls",
    "tmpfs",
];
/// The same one level below.
const JOINED_BELOW: &[(&str, &[&str])] =
    &[("build", &["args", "additional_contexts", "extra_hosts", "labels"]), ("deploy", &["labels"])];

/// The way of keys from a service to one with nothing behind it.
type Way<'a> = &'a [String];

/// What a service has of empty keys.
#[derive(Default)]
struct Empties<'a> {
    open: BTreeMap<Way<'a>, (&'a File, Span)>,
    /// What gives values, each with the keys that tags took away from it.
    services: Vec<(&'a Service, BTreeSet<&'a str>)>,
    found: Vec<(Way<'a>, &'a File, Span)>,
    unknown: bool,
}

impl<'a> Laid<'a> for Empties<'a> {
    fn written(part: Part<'a>, _names: &Names) -> Self {
        let name = part.service.name.value.as_str();
        let mut empties = Self { services: vec![(part.service, BTreeSet::new())], ..Self::default() };
        if let Document::Compose(compose) = &part.file.document {
            for empty in &compose.empty {
                if let [first, owner, way @ ..] = empty.path.as_slice()
                    && first == "services"
                    && owner == name
                    && !way.is_empty()
                {
                    empties.open.insert(way, (part.file, empty.span));
                }
            }
        }
        empties
    }

    fn take_away(&mut self, above: &'a Service) {
        for key in tagged(above) {
            self.open.retain(|way, _| way.first().is_none_or(|first| first != key));
            for (_, taken) in &mut self.services {
                taken.insert(key);
            }
        }
    }

    fn lay(&mut self, above: Self) {
        let mut open = BTreeMap::new();
        for (way, place) in &above.open {
            if !self.has(way) || self.open.contains_key(way) && !is_joined(way) {
                open.insert(*way, *place);
            }
        }
        for (way, place) in &self.open {
            if !above.has(way) {
                open.insert(way, *place);
            }
        }
        self.open = open;
        self.services.extend(above.services);
        self.found.extend(above.found);
        self.unknown |= above.unknown;
    }

    fn lacks(&mut self) {
        self.unknown = true;
    }

    fn checked(&mut self) {
        let open = std::mem::take(&mut self.open);
        if !self.unknown {
            self.found.extend(open.into_iter().map(|(way, (file, span))| (way, file, span)));
        }
    }
}

impl Empties<'_> {
    /// Whether the key is there, with something behind it or not.
    fn has(&self, way: Way<'_>) -> bool {
        let keys: Vec<&str> = way.iter().map(String::as_str).collect();
        let first = keys.first().copied().unwrap_or_default();
        self.services.iter().any(|(service, taken)| {
            let own = service.tag_of(first) != Some("!reset") && !taken.contains(first);
            own && service.node.at(&keys).is_some()
        })
    }
}

fn is_joined(way: Way<'_>) -> bool {
    match way {
        [key] => JOINED.contains(&key.as_str()),
        [key, below] => {
            JOINED_BELOW.iter().any(|(name, keys)| *name == key.as_str() && keys.contains(&below.as_str()))
        }
        _ => false,
    }
}

/// The keys of a command's files that have nothing behind them and to which nothing gives a value in time.
#[must_use]
pub fn nothing<'a>(project: &'a Project<'_>, environment: &Environment) -> Vec<Refused<'a>> {
    let mut found = top(project, environment);
    let services: BTreeMap<&str, Empties<'_>> = again(project, environment);
    // What many services extend is refused once.
    let mut told: BTreeSet<(&str, Span)> = BTreeSet::new();
    for (service, empties) in services {
        for (way, file, span) in empties.found {
            if told.insert((file.source.path(), span)) {
                let key = way.last().cloned().unwrap_or_default();
                found.push(Refused { service, file, span, why: Why::Nothing(key) });
            }
        }
    }
    found
}

/// The same outside of services.
fn top<'a>(project: &'a Project<'_>, environment: &Environment) -> Vec<Refused<'a>> {
    let mut found = Vec::new();
    let mut before: Vec<&ComposeFile> = Vec::new();
    for file in environment.files.iter().filter_map(|path| project.file(path)) {
        let Document::Compose(compose) = &file.document else { continue };
        for empty in &compose.empty {
            let way: Vec<&str> = empty.path.iter().map(String::as_str).collect();
            if matches!(way.as_slice(), ["services", _, _, ..]) {
                continue;
            }
            let gives = |one: &&ComposeFile| {
                one.documents.iter().any(|root| root.at(&way).is_some_and(|node| !node.is_null()))
            };
            if !before.iter().any(gives) {
                let key = way.last().copied().unwrap_or_default().to_owned();
                let service = empty.path.get(1).map_or("", String::as_str);
                found.push(Refused { service, file, span: empty.span, why: Why::Nothing(key) });
            }
        }
        before.push(compose);
    }
    found
}
