//! CMP102: a port of an override that is published beside the base's, where it was meant to replace it.
//!
//! Not here: lists that are emptied in vain (CMP101), and volumes, which replace each other by their path.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::{Mapping, Port};
use crate::project::layers::{Layered, services};
use crate::project::resolve::Environment;
use crate::project::{File, Project};

use super::{Rule, meta};

/// How many published ports of one service are compared with each other.
const LIMIT: usize = 200;

/// The rule.
#[derive(Debug)]
pub(super) struct AppendedPorts;

impl Rule for AppendedPorts {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP102",
            "appended-ports",
            Warning,
            Heuristic,
            "a port of an override is published beside the base's"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            for service in services(project, environment) {
                check(&service, environment, &mut seen, found);
            }
        }
    }
}

/// A port of one file.
struct Published<'a> {
    file: &'a File,
    part: usize,
    port: Port,
    mapping: Mapping,
}

fn check(
    service: &Layered<'_>,
    environment: &Environment,
    seen: &mut HashSet<(String, usize)>,
    found: &mut Findings<'_>,
) {
    let names = |name: &str| environment.names.held(name);
    let mut ports: Vec<Published<'_>> = Vec::new();
    for (part, (file, entry)) in service.entries("ports").into_iter().enumerate() {
        for port in Port::list(file.source.text(), &entry.value) {
            let Some(mapping) = port.fill(&names).filter(|mapping| !mapping.published.is_empty()) else {
                continue;
            };
            ports.push(Published { file, part, port, mapping });
        }
    }
    ports.truncate(LIMIT);
    for later in &ports {
        let same = |earlier: &&Published<'_>| {
            earlier.part < later.part
                && earlier.mapping.target == later.mapping.target
                && earlier.mapping.protocol == later.mapping.protocol
        };
        let known = ports.iter().any(|one| one.part < later.part && one.mapping == later.mapping);
        let Some(earlier) = ports.iter().find(same).filter(|_| later.file.checked && !known) else {
            continue;
        };
        if seen.insert((later.file.source.path().to_owned(), later.port.span.start)) {
            report(service.name, earlier, later, found);
        }
    }
}

fn report(service: &str, earlier: &Published<'_>, later: &Published<'_>, found: &mut Findings<'_>) {
    let target = &later.mapping.target;
    let both = earlier.mapping.published == later.mapping.published;
    let overlap = both && (earlier.mapping.everywhere() || later.mapping.everywhere());
    let message = if overlap {
        format!(
            "port {target} of `{service}` is published twice on the same port of the host, and `up` fails"
        )
    } else {
        format!("port {target} of `{service}` is published once more; the earlier one stays open")
    };
    let finding = found.push_in(later.file.source.path(), later.port.span, message);
    finding.service(service);
    finding.label(earlier.file.source.path(), earlier.port.span, "this one stays published");
    finding.help(
        "`ports` of several files are added up: write `ports: !override` to replace those before, or take the port out of the base",
    );
}
