//! CMP302: a datastore's port that production publishes on every interface of the host.
//!
//! Not here: whether a firewall stands before it; docker's rules come before most of them.

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::{Mapping, Port};
use crate::project::Project;
use crate::project::image::Image;
use crate::project::layers::{Layered, services};
use crate::project::resolve::Environment;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct OpenDatastore;

impl Rule for OpenDatastore {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP302",
            "open-datastore",
            Error,
            Certain,
            "production publishes a datastore on every interface"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for environment in project.environments.iter().filter(|one| one.is_production()) {
            for service in services(project, environment).iter().filter(|service| !service.disabled) {
                check(service, environment, found);
            }
        }
    }
}

/// What several commands publish is said once all the same: the engine keeps one of several findings at a place.
fn check(service: &Layered<'_>, environment: &Environment, found: &mut Findings<'_>) {
    let names = |name: &str| environment.names.held(name);
    let Some(image) =
        service.value("image").and_then(|(_, image)| image.template.fill_known(&names).ok().map(|f| f.text))
    else {
        return;
    };
    let Some(ports) = Image::parse(&image).datastore() else { return };
    for (file, entry) in service.entries("ports") {
        for port in Port::list(file.source.text(), &entry.value) {
            let Some(mapping) = port.fill(&names).filter(|mapping| open(mapping, ports)) else { continue };
            if file.checked {
                let target = &mapping.target;
                let host = if mapping.published.is_empty() { "" } else { &mapping.published };
                let message = format!(
                    "port {target} of the datastore `{}` is published on every interface",
                    service.name
                );
                found.push_in(file.source.path(), port.span, message).service(service.name).help(format!(
                    "take the port out, services of the project reach it by its name; or bind it to the host alone: `127.0.0.1:{host}:{target}`"
                ));
            }
        }
    }
}

fn open(mapping: &Mapping, ports: &[u16]) -> bool {
    mapping.everywhere() && mapping.target.parse().is_ok_and(|target| ports.contains(&target))
}
