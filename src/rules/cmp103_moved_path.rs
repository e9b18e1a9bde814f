//! CMP103: a relative path in a later `-f` file, which leads from the first one's directory to nothing.
//!
//! Not here: paths that lead to nothing from either place (CMP104).

use std::collections::HashSet;

use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::Document;
use crate::document::compose::{ComposeFile, Mount, Mounted, Value};
use crate::project::layers::beside;
use crate::project::resolve::Environment;
use crate::project::{File, Project};
use crate::source::{Span, parent, relative};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct MovedPath;

impl Rule for MovedPath {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP103",
            "moved-path",
            Warning,
            Certain,
            "a relative path starts from the directory of another compose file"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in project.environments.iter().filter(|one| !one.assumed()) {
            for path in &environment.files {
                let Some(file) = project.file(path).filter(|file| file.checked) else { continue };
                let Document::Compose(compose) = &file.document else { continue };
                if parent(path) == environment.project_directory {
                    continue;
                }
                for one in paths(compose, file, environment) {
                    let Some(there) = beside(project, environment, path, &one.text) else { continue };
                    if seen.insert((path.as_str(), one.span)) {
                        report(environment, path, &one, &there, found);
                    }
                }
            }
        }
    }
}

/// A relative path.
struct Written {
    span: Span,
    text: String,
    /// Whether the place holds nothing but the path.
    whole: bool,
    /// Whether nothing starts without what it names: docker makes a directory for a mount, and compose passes over an
    /// env file that need not be there.
    needed: bool,
}

/// The relative paths of a file.
fn paths(compose: &ComposeFile, file: &File, environment: &Environment) -> Vec<Written> {
    let names = |name: &str| environment.names.held(name);
    let mut found = Vec::new();
    let mut add = |value: &Value, needed: bool| {
        if let Ok(filled) = value.template.fill(&names) {
            let whole = value.template.as_literal().is_some();
            found.push(Written { span: value.span, text: filled.text, whole, needed });
        }
    };
    for service in &compose.services {
        service.env_files.iter().for_each(|file| add(&file.path, file.required));
        service
            .build
            .iter()
            .filter_map(|build| build.context.as_ref())
            .for_each(|context| add(context, true));
    }
    compose.resources.iter().filter_map(|resource| resource.file.as_ref()).for_each(|file| add(file, true));
    for service in &compose.services {
        let Some(volumes) = service.node.get("volumes") else { continue };
        for mount in Mount::list(file.source.text(), volumes) {
            if let Some(mounted) = mount.fill(&names).filter(Mounted::relative) {
                found.push(Written { span: mount.span, text: mounted.source, whole: false, needed: false });
            }
        }
    }
    found
}

fn report(
    environment: &Environment,
    path: &str,
    Written { span, text, whole, needed }: &Written,
    there: &str,
    found: &mut Findings<'_>,
) {
    let command = &environment.command;
    let base = &environment.project_directory;
    let shown = if base.is_empty() { "." } else { base };
    let right = relative(base, there);
    // Compose takes a name without a dot for a volume.
    let right = if right.starts_with('.') { right } else { format!("./{right}") };
    let message =
        format!("`{text}` starts from `{shown}`, where it is not, and not from this file's directory");
    let finding = found.push_in(path, *span, message);
    if *needed {
        finding.severity(Severity::Error);
    }
    finding.help(format!(
        "write `{right}`: the paths of every `-f` file start from the directory of the first one"
    ));
    finding.label(command.path.as_str(), command.span, "this command decides where paths start");
    if *whole {
        finding.fix(Fix::replace("start the path from the project directory", Safety::Unsafe, *span, right));
    }
}
