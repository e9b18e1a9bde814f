//! What the compose files of a deploy say of its services, one file over the other.
//!
//! Not here: compose's merging in full (see [`crate::project::resolve`]): images, builds, names and a few variables
//! are all that is needed to write a first configuration.

use std::fmt;

use crate::document::Document;
use crate::document::compose::{ComposeFile, Service, Value};
use crate::project::Project;
use crate::project::commands::ComposeCommand;
use crate::source::{file_name, join, parent};

/// The stack.
#[derive(Debug, Default)]
pub struct Stack {
    /// The compose project's name, where the files say it.
    pub name: Option<String>,
    /// The files, in order.
    pub files: Vec<String>,
    /// The env file that compose is told of.
    pub env_file: Option<String>,
    /// The services in order.
    pub services: Vec<Running>,
}

/// A service.
#[derive(Default)]
pub struct Running {
    /// Its name.
    pub name: String,
    /// Its container's name.
    pub container: Option<String>,
    /// Its image, with every variable at its fallback.
    pub image: Option<String>,
    /// How it is built.
    pub build: Option<Built>,
    /// Its variables, with every variable in them at its fallback.
    variables: Vec<(String, String)>,
}

/// How a service's image is built; paths relative to the working directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The folder.
    pub context: String,
    /// The Dockerfile.
    pub dockerfile: String,
    /// The stage of it.
    pub target: Option<String>,
}

/// What its variables fall back to may be secret.
impl fmt::Debug for Running {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Running").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Running {
    /// The variable that says which database is meant: its name, and whether it holds a URL that ends in it.
    #[must_use]
    pub fn says_database(&self, database: &str) -> Option<(&str, bool)> {
        let ends = |value: &str| value.contains("://") && value.ends_with(&format!("/{database}"));
        let named = self.variables.iter().find(|(_, value)| value == database);
        let url = self.variables.iter().find(|(_, value)| ends(value));
        let named = named.map(|(name, _)| (name.as_str(), false));
        named.or_else(|| url.map(|(name, _)| (name.as_str(), true)))
    }
}

impl Stack {
    /// The service whose name or whose container's name this is.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Running> {
        let by_container = |one: &&Running| one.container.as_deref() == Some(name);
        self.services.iter().find(by_container).or_else(|| {
            let composed =
                |one: &&Running| name.strip_suffix("-1").is_some_and(|name| name.ends_with(&one.name));
            self.services.iter().find(|one| one.name == name).or_else(|| self.services.iter().find(composed))
        })
    }
}

/// Reads the files of `command`; without one, the only compose file that there is, or those in one folder that an
/// override lies beside.
pub(super) fn read(project: &Project<'_>, command: Option<&ComposeCommand>) -> Stack {
    let files = command.map_or_else(|| alone(project), |command| command.files.clone());
    let env_file = command.and_then(|command| {
        let loaded = command.sourced.first().map(|sourced| &sourced.path);
        command.env_files.first().or(loaded).cloned()
    });
    let mut stack = Stack { files, env_file, ..Stack::default() };
    let paths = stack.files.clone();
    // Paths in all files start where the first one lies.
    let top = paths.first().map(|path| parent(path)).unwrap_or_default();
    for path in &paths {
        if let Some(file) = project.file(path)
            && let Document::Compose(compose) = &file.document
        {
            stack.merge(compose, top);
        }
    }
    stack
}

fn alone(project: &Project<'_>) -> Vec<String> {
    let compose =
        |file: &&crate::project::File| matches!(file.document, Document::Compose(_)) && file.checked;
    let all = || project.files.iter().filter(compose).map(|file| file.source.path().to_owned());
    let plain = |path: &String| {
        matches!(
            file_name(path),
            "compose.yaml" | "compose.yml" | "docker-compose.yml" | "docker-compose.yaml"
        )
    };
    all().find(plain).or_else(|| all().next()).into_iter().collect()
}

fn text(value: &Value) -> String {
    value.template.unset_text()
}

impl Stack {
    fn merge(&mut self, file: &ComposeFile, top: &str) {
        if let Some(name) = file.name.as_ref().map(text).filter(|name| !name.is_empty()) {
            self.name = Some(name);
        }
        for service in &file.services {
            let at = self.services.iter().position(|one| one.name == service.name.value);
            let at = at.unwrap_or_else(|| {
                self.services.push(Running { name: service.name.value.clone(), ..Running::default() });
                self.services.len() - 1
            });
            if let Some(one) = self.services.get_mut(at) {
                one.merge(service, top);
            }
        }
    }
}

impl Running {
    fn merge(&mut self, service: &Service, top: &str) {
        if let Some(image) = service.image.as_ref().map(text).filter(|image| !image.is_empty()) {
            self.image = Some(image);
        }
        if let Some(name) = service.node.get("container_name").and_then(|node| node.as_str()) {
            self.container = Some(name.to_owned());
        }
        if let Some(context) = service.build.as_ref().and_then(|build| build.context.as_ref()) {
            let context = join(top, &text(context));
            let word = |key: &str| {
                let node = service.node.at(&["build", key])?;
                node.as_str().filter(|text| !text.contains('$')).map(str::to_owned)
            };
            let dockerfile = word("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
            let dockerfile = join(&context, &dockerfile);
            self.build = Some(Built { context, dockerfile, target: word("target") });
        }
        for setting in &service.environment {
            let Some(value) = &setting.value else { continue };
            self.variables.retain(|(name, _)| *name != setting.key);
            self.variables.push((setting.key.clone(), text(value)));
        }
    }
}
