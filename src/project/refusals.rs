//! What compose refuses once all files of a command are laid over each other: a service that is nothing, one
//! that waits for itself.
//!
//! Not here: what one file has wrong by itself, keys with nothing behind them ([`super::nothing`]), and names that
//! nothing declares.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::yaml::Node;
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
    NoService {
        /// The key that says so.
        key: &'static str,
        /// The other service.
        name: String,
        /// Whether its profiles switch it off.
        off: bool,
    },
    /// The list of its health check begins with no word that says what it is.
    NoCheck,
    /// A variable in this list has a blank behind its name.
    BlankName(&'static str),
    /// Its container is called as that of this other service.
    SameContainer(String),
    /// Its container has a name, and there are to be several.
    NamedReplicas,
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
            Self::NoService { key, name, off: false } => {
                format!("`{key}` of `{service}` names `{name}`, which is no service, and compose stops")
            }
            Self::NoService { key, name, off: true } => {
                format!(
                    "`{key}` of `{service}` names `{name}`, which its profiles switch off, and compose stops"
                )
            }
            Self::NoCheck => format!(
                "the health check of `{service}` is a list that begins with none of `CMD`, `CMD-SHELL` and `NONE`, and compose refuses the project"
            ),
            Self::BlankName(key) => format!(
                "a variable in `{key}` of `{service}` has a blank behind its name, and compose refuses the project"
            ),
            Self::SameContainer(other) => format!(
                "`{service}` and `{other}` have the same `container_name`, and compose refuses the project"
            ),
            Self::NamedReplicas => format!(
                "`{service}` has a `container_name` and more than one replica, and compose refuses the project"
            ),
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
        for Dependency { file, key, name, required, span } in dependencies(service) {
            let off = known.contains(name);
            if running.contains(name) {
                graph.entry(service.name).or_default().push(name);
            } else if required || !off {
                add(file, span, Why::NoService { key, name: name.to_owned(), off });
            }
        }
        for (file, span, why) in lists(service) {
            add(file, span, why);
        }
    }
    found.extend(containers(&enabled, names));
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
        image.template.fill(&|name| names.held(name)).is_ok_and(|filled| filled.text.is_empty())
    })
}

/// A service that another one waits for.
struct Dependency<'a> {
    file: &'a File,
    key: &'static str,
    name: &'a str,
    required: bool,
    span: Span,
}

/// The services that one waits for, whether it needs them, and where that is written.
fn dependencies<'a>(service: &Layered<'a>) -> Vec<Dependency<'a>> {
    let mut found: BTreeMap<&str, Dependency<'a>> = BTreeMap::new();
    for (part, _) in service.placed("depends_on") {
        for other in &part.service.depends_on {
            let (name, span) = (other.name.value.as_str(), other.name.span);
            let (file, key, required) = (part.file, "depends_on", other.required);
            found.insert(name, Dependency { file, key, name, required, span });
        }
    }
    let mut others: Vec<(&File, &'static str, &str, Span)> = Vec::new();
    for key in ["network_mode", "pid", "ipc"] {
        if let Some((file, entry)) = service.last(key)
            && let Some(name) = entry.value.as_str().and_then(|mode| mode.strip_prefix("service:"))
        {
            others.push((file, key, name, entry.value.span));
        }
    }
    for key in ["links", "volumes_from"] {
        for (file, entry) in service.entries(key) {
            for item in entry.value.items().unwrap_or_default() {
                let text = item.as_str().filter(|text| key == "links" || !text.starts_with("container:"));
                let name = text.and_then(|text| text.split(':').next());
                others.extend(name.map(|name| (file, key, name, item.span)));
            }
        }
    }
    for (file, key, name, span) in others.into_iter().filter(|(_, _, name, _)| !name.contains('$')) {
        found.entry(name).or_insert(Dependency { file, key, name, required: true, span });
    }
    found.into_values().collect()
}

/// What is wrong in the lists of a service, each of which counts by itself.
fn lists<'a>(service: &Layered<'a>) -> Vec<(&'a File, Span, Why)> {
    let mut found = Vec::new();
    if let Some((file, test)) = service.at("healthcheck", &["test"])
        && let Some(first) = test.items().and_then(|items| items.first())
        && let Some(word) = first.as_str()
        && !word.contains('$')
        && !matches!(word, "CMD" | "CMD-SHELL" | "NONE")
    {
        found.push((file, first.span, Why::NoCheck));
    }
    let variables = service.entries("environment").into_iter();
    let variables = variables.map(|(file, entry)| ("environment", file, &*entry.value));
    let build = service.entries("build").into_iter();
    let arguments = build.filter_map(|(file, entry)| Some(("build.args", file, entry.value.get("args")?)));
    for (key, file, list) in variables.chain(arguments) {
        for item in list.items().unwrap_or_default() {
            let name = item.as_str().and_then(|text| text.split('=').next()).unwrap_or_default();
            if name.ends_with(char::is_whitespace) && !name.contains('$') {
                found.push((file, item.span, Why::BlankName(key)));
            }
        }
    }
    found
}

/// Containers whose name another one has, or several are to have.
fn containers<'a>(services: &[&Layered<'a>], names: &Names) -> Vec<Refused<'a>> {
    let (mut found, mut known) = (Vec::new(), BTreeMap::<String, &str>::new());
    for service in services {
        let Some((file, entry)) = service.last("container_name") else { continue };
        let (name, span) = (service.name, entry.value.span);
        let several = |node: Option<(&File, &Node)>| {
            let count = node.and_then(|(_, node)| node.as_str()?.parse::<u64>().ok());
            count.is_some_and(|count| count > 1)
        };
        if several(service.at("scale", &[])) || several(service.at("deploy", &["replicas"])) {
            found.push(Refused { service: name, file, span, why: Why::NamedReplicas });
        }
        let filled = service.value("container_name").and_then(|(_, value)| {
            value.template.fill(&|name| names.held(name)).ok().map(|filled| filled.text)
        });
        let Some(filled) = filled else { continue };
        if let Some(other) = known.get(&filled) {
            let why = Why::SameContainer((*other).to_owned());
            found.push(Refused { service: name, file, span, why });
        }
        known.insert(filled, name);
    }
    found
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
    let found = dependencies(last).into_iter().find(|other| other.name == back)?;
    let (file, span) = (found.file, found.span);
    names.push(back.to_owned());
    Some(Refused { service: last.name, file, span, why: Why::Cycle(names) })
}
