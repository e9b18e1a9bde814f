//! CMP303: production runs what development does: the source mounted over the image, a server that reloads.
//!
//! Not here: mounted data and single configuration files.

use std::collections::HashSet;

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::{Mount, Mounted, Value};
use crate::project::layers::{Layered, services};
use crate::project::resolve::Environment;
use crate::project::{File, Project};
use crate::source::{PathKind, Span, join};

use super::{Rule, meta};

/// Words of a command that only development uses, one after the other.
const COMMANDS: &[&[&str]] = &[
    &["--reload"],
    &["nodemon"],
    &["npm", "run", "dev"],
    &["npm", "run", "start:dev"],
    &["yarn", "dev"],
    &["yarn", "start:dev"],
    &["pnpm", "dev"],
    &["pnpm", "run", "dev"],
    &["bun", "dev"],
    &["next", "dev"],
    &["ng", "serve"],
    &["flask", "--debug"],
    &["flask", "run", "--debug"],
    &["runserver"],
    &["webpack-dev-server"],
    &["fastapi", "dev"],
];

/// The rule.
#[derive(Debug)]
pub(super) struct DevelopmentInProduction;

impl Rule for DevelopmentInProduction {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP303",
            "development-in-production",
            Warning,
            Heuristic,
            "production mounts the source, or runs a development server"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in project.environments.iter().filter(|one| one.is_production()) {
            for service in services(project, environment).iter().filter(|service| !service.disabled) {
                let mounts = mounts(project, environment, service).into_iter();
                for (file, span, message, help) in mounts.chain(command(environment, service)) {
                    if file.checked && seen.insert((file.source.path(), span)) {
                        found.push_in(file.source.path(), span, message).service(service.name).help(help);
                    }
                }
            }
        }
    }
}

type Said<'a> = (&'a File, Span, String, &'static str);

/// The mounts of the build context, or of a part of it, into the container.
fn mounts<'a>(project: &Project<'_>, environment: &Environment, service: &Layered<'a>) -> Vec<Said<'a>> {
    let names = |name: &str| environment.names.held(name);
    let Some(context) = context(environment, service) else { return Vec::new() };
    let mut said = Vec::new();
    for (part, entry) in service.placed("volumes") {
        for mount in Mount::list(part.file.source.text(), &entry.value) {
            let Some(mounted) = mount.fill(&names).filter(Mounted::relative) else { continue };
            let source = join(&part.directory, &mounted.source);
            let inside =
                source == context || context.is_empty() || source.starts_with(&format!("{context}/"));
            let directory = project.tree.kind(&source) == Some(PathKind::Directory) || source == context;
            if inside && directory && is_source(&source, &context) {
                let message = format!(
                    "`{}` is mounted over what the image of `{}` was built with",
                    mounted.source, service.name
                );
                let help = "leave the mount to the development override: production runs the image as it was built and tested";
                said.push((part.file, mount.span, message, help));
            }
        }
    }
    said
}

/// The build context, relative to the working directory.
fn context(environment: &Environment, service: &Layered<'_>) -> Option<String> {
    let (part, entry) = service.placed("build").pop()?;
    let node = entry.value.get("context").unwrap_or(&entry.value);
    let value = Value::read(part.file.source.text(), node)?;
    let filled = value.template.fill(&|name| environment.names.held(name)).ok()?;
    Some(join(&part.directory, &filled.text))
}

/// Whether a directory holds source: the context itself, or one that is called so.
fn is_source(path: &str, context: &str) -> bool {
    let name = crate::source::file_name(path);
    path == context || ["src", "app", "lib", "source", "code", "packages"].contains(&name)
}

fn command<'a>(environment: &Environment, service: &Layered<'a>) -> Option<Said<'a>> {
    let (file, entry) = service.last("command")?;
    let node = entry.value.target();
    let source = file.source.text();
    let parts: Vec<Value> = match node.items() {
        Some(items) => items.iter().filter_map(|item| Value::read(source, item)).collect(),
        None => Value::read(source, node).into_iter().collect(),
    };
    let mut words = Vec::new();
    for part in &parts {
        let filled = part.template.fill(&|name| environment.names.held(name)).ok()?;
        words.extend(filled.text.split_whitespace().map(str::to_owned));
    }
    let has = |wanted: &&&[&str]| words.windows(wanted.len()).any(|window| window == **wanted);
    let wanted = COMMANDS.iter().find(has)?;
    let message =
        format!("`{}` runs a development server (`{}`) in production", service.name, wanted.join(" "));
    let help = "leave this command to the development override, and run the built program here";
    Some((file, node.span, message, help))
}
