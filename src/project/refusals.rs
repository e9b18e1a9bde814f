//! What compose refuses once all files of a command are laid over each other: a service that is nothing, one
//! that waits for itself.
//!
//! Not here: what one file has wrong by itself, keys with nothing behind them ([`super::nothing`]), and names that
//! nothing declares.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;

use super::File;
use super::layers::{Layered, Part};
use super::resolve::Names;

/// Something that compose refuses.
#[derive(Debug, Clone)]
pub struct Refused<'a> {
    /// The service.
    pub service: &'a str,
    /// The file that has the last word.
    pub file: &'a File,
    /// The place in it.
    pub span: Span,
    /// What is wrong.
    pub why: Why,
}

/// Why compose refuses a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It has neither an image nor a build.
    NoImage,
    /// It has no build, and the name of its image is filled in to a blank.
    BlankImage,
    /// It waits for itself by this way, from service to service.
    Cycle(Vec<String>),
    /// It has a network mode and networks.
    BothNetworks,
    /// It depends on a service that is not there, or that a profile switches off.
    NoService(String),
    /// This key has nothing behind it.
    Nothing(String),
}

impl Why {
    /// The fact, for a message about `service`.
    #[must_use]
    pub fn message(&self, service: &str) -> String {
        match self {
            Self::NoImage => {
                format!("`{service}` has neither `image` nor `build`, and compose refuses the project")
            }
            Self::BlankImage => {
                format!("the image of `{service}` is a blank, and compose refuses the project")
            }
            Self::Cycle(way) => {
                let mut shown: Vec<String> = way.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
                if way.len() > SHOWN {
                    shown.push(format!("… → `{service}`"));
                }
                format!("{} wait for each other, and compose refuses the project", shown.join(" → "))
            }
            Self::BothNetworks => {
                format!("`{service}` has both `network_mode` and `networks`, and compose refuses the project")
            }
            Self::NoService(other) => format!("`{service}` depends on `{other}`, which does not start"),
            Self::Nothing(key) => format!("`{key}` has nothing behind it, and compose refuses the file"),
        }
    }
}

/// How many services of a cycle are named.
const SHOWN: usize = 6;

/// What compose refuses of these services, the disabled ones left out.
#[must_use]
pub fn refused<'a>(services: &[Layered<'a>], names: &Names) -> Vec<Refused<'a>> {
    let enabled: Vec<&Layered<'a>> = services.iter().filter(|service| !service.disabled).collect();
    let known: BTreeSet<&str> = services.iter().map(|service| service.name).collect();
    let running: BTreeSet<&str> = enabled.iter().map(|service| service.name).collect();
    let mut found = Vec::new();
    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for service in &enabled {
        let Some(part) = service.own().or(service.parts.last()) else { continue };
        let mut add = |file, span, why| found.push(Refused { service: service.name, file, span, why });
        if service.whole && is_nothing(service, names) {
            let why = if service.last("image").is_some() { Why::BlankImage } else { Why::NoImage };
            add(part.file, part.service.name.span, why);
        }
        let (mode, networks) = (service.last("network_mode"), service.entries("networks"));
        let some = networks.iter().any(|(_, entry)| {
            entry.value.items().is_some_and(|items| !items.is_empty()) || !entry.value.entries().is_empty()
        });
        if let Some((file, entry)) = mode.filter(|_| some) {
            add(file, entry.key.span, Why::BothNetworks);
        }
        for (file, other, required, span) in dependencies(service) {
            if running.contains(other) {
                graph.entry(service.name).or_default().push(other);
            } else if required || !known.contains(other) {
                add(file, span, Why::NoService(other.to_owned()));
            }
        }
    }
    found.extend(cycle(&enabled, &graph));
    found
}

/// Whether nothing says what the service runs.
fn is_nothing(service: &Layered<'_>, names: &Names) -> bool {
    if service.last("build").is_some() || service.last("provider").is_some() {
        return false;
    }
    // What is of the wrong kind is refused for that.
    let kinds = |part: &Part<'_>| part.service.node.is_mapping() || part.service.node.is_null();
    let other = service.last("image").is_some_and(|(_, entry)| entry.value.as_str().is_none());
    if other || !service.parts.iter().all(kinds) {
        return false;
    }
    service.value("image").is_none_or(|(_, image)| {
        image.template.fill(&|name| names.value(name)).is_ok_and(|filled| filled.text.is_empty())
    })
}

/// The services that one waits for, whether it needs them, and where that is written.
fn dependencies<'a>(service: &Layered<'a>) -> Vec<(&'a File, &'a str, bool, Span)> {
    let mut found: BTreeMap<&str, (&'a File, &'a str, bool, Span)> = BTreeMap::new();
    for (part, _) in service.placed("depends_on") {
        for other in &part.service.depends_on {
            let name = other.name.value.as_str();
            found.insert(name, (part.file, name, other.required, other.name.span));
        }
    }
    if let Some((file, entry)) = service.last("network_mode")
        && let Some(other) = entry.value.as_str().and_then(|mode| mode.strip_prefix("service:"))
        && !other.contains('$')
    {
        found.insert(other, (file, other, true, entry.value.span));
    }
    found.into_values().collect()
}

/// The first way on which a service waits for itself.
fn cycle<'a>(services: &[&Layered<'a>], graph: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Refused<'a>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for service in services {
        // The way from the start, each with the dependency that is looked at next.
        let mut way: Vec<(&str, usize)> = vec![(service.name, 0)];
        let mut on_way: BTreeSet<&str> = BTreeSet::from([service.name]);
        while let Some((name, next)) = way.last_mut() {
            let dependency = graph.get(name).and_then(|all| all.get(*next));
            *next += 1;
            match dependency {
                Some(other) if on_way.contains(other) => return close(services, &way, other),
                Some(other) if !done.contains(other) => {
                    on_way.insert(other);
                    way.push((other, 0));
                }
                Some(_) => {}
                None => {
                    let ended = way.pop().map_or("", |(name, _)| name);
                    on_way.remove(ended);
                    done.insert(ended);
                }
            }
        }
    }
    None
}

fn close<'a>(services: &[&Layered<'a>], way: &[(&'a str, usize)], back: &str) -> Option<Refused<'a>> {
    let names = way.iter().map(|(name, _)| *name).skip_while(|name| *name != back);
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    let last = services.iter().find(|service| Some(service.name) == names.last().map(String::as_str))?;
    let (file, _, _, span) = dependencies(last).into_iter().find(|(_, other, ..)| *other == back)?;
    names.push(back.to_owned());
    Some(Refused { service: last.name, file, span, why: Why::Cycle(names) })
}
