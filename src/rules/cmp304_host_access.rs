//! CMP304: a production service that can take over its host: docker's socket, `privileged`, the host's
//! network.
//!
//! Not here: what the program in it does with that.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::compose::{Mount, Value};
use crate::project::layers::{Layered, services};
use crate::project::resolve::Environment;
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct HostAccess;

impl Rule for HostAccess {
    fn meta(&self) -> &'static Meta {
        meta!("CMP304", "host-access", Error, Certain, "a production service can take over its host")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in project.environments.iter().filter(|one| one.is_production()) {
            for service in services(project, environment).iter().filter(|service| !service.disabled) {
                for said in said(environment, service).into_iter().filter(|said| said.file.checked) {
                    if !seen.insert((said.file.source.path(), said.span)) {
                        continue;
                    }
                    let message = said.message.replace("{}", service.name);
                    found
                        .push_in(said.file.source.path(), said.span, message)
                        .service(service.name)
                        .severity(said.severity)
                        .help(said.help);
                }
            }
        }
    }
}

struct Said<'a> {
    file: &'a File,
    span: Span,
    message: &'static str,
    help: &'static str,
    severity: Severity,
}

fn said<'a>(environment: &Environment, service: &Layered<'a>) -> Vec<Said<'a>> {
    let names = |name: &str| environment.names.held(name);
    let text = |value: &Value| value.template.fill(&names).map(|filled| filled.text).unwrap_or_default();
    let mut all = Vec::new();
    if let Some((file, value)) = service.value("privileged").filter(|(_, value)| text(value) == "true") {
        let message = "`{}` is privileged: whoever gets into it is root on the host";
        let help =
            "take `privileged` away and add the capability or device that it needs: `cap_add`, `devices`";
        all.push(Said { file, span: value.span, message, help, severity: Severity::Error });
    }
    if let Some((file, value)) = service.value("network_mode").filter(|(_, value)| text(value) == "host") {
        let message = "`{}` is on the host's network: everything it listens on is open, and all of the host's is open to it";
        let help = "publish the ports that are needed with `ports`, and let it use the project's network";
        all.push(Said { file, span: value.span, message, help, severity: Severity::Warning });
    }
    for (file, entry) in service.entries("volumes") {
        for mount in Mount::list(file.source.text(), &entry.value) {
            let socket = mount.fill(&names).is_some_and(|mounted| mounted.source.ends_with("/docker.sock"));
            if socket {
                let message =
                    "`{}` has docker's socket: whoever gets into it is root on the host, also with `:ro`";
                let help = "put a socket proxy between them that lets through the few calls that it needs";
                all.push(Said { file, span: mount.span, message, help, severity: Severity::Error });
            }
        }
    }
    all
}
