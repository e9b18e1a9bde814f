//! CMP104: a compose file refers to something that is not there.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Findings, Meta, Severity};
use crate::document::Document;
use crate::document::compose::{ComposeFile, ResourceKind, Service, Value};
use crate::project::layers::beside;
use crate::project::made::Made;
use crate::project::resolve::{Environment, TroubleKind};
use crate::project::{File, Project, Role};
use crate::source::{Span, file_name, is_further_up, join, parent, relative};

use super::{Rule, meta};

/// The names that compose looks for by itself.
const DEFAULTS: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The rule.
#[derive(Debug)]
pub(super) struct MissingReference;

impl Rule for MissingReference {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP104",
            "missing-reference",
            Error,
            Certain,
            "a compose file refers to something that is not there"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut made = Made::default();
        for environment in &project.environments {
            check_command(project, environment, &mut made, found);
        }
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        let path = file.source.path();
        let uses = |environment: &&Environment| environment.uses(path);
        let environments: Vec<&Environment> = project.environments.iter().filter(uses).collect();
        let (mut seen, mut made) = (HashSet::new(), Made::default());
        for environment in &environments {
            let whole = Whole { project, environment };
            let mut missing = whole.missing(compose, path);
            missing.retain(|one| {
                // What a command that somebody wrote misses is missing; guesses must agree.
                !environment.assumed()
                    || environments.iter().all(|other| {
                        Whole { project, environment: other }.missing(compose, path).contains(one)
                    })
            });
            let command = &environment.command;
            let mut is_made = |path: &String| made.by(project, &command.path, &command.directory, path);
            missing.retain(|one| !one.path.as_ref().is_some_and(&mut is_made));
            for one in missing {
                if seen.insert(one.span) {
                    one.report(project, found);
                }
            }
        }
    }
}

/// Something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Missing {
    span: Span,
    service: Option<String>,
    message: String,
    help: String,
    /// The path, for files that a template can stand for.
    path: Option<String>,
    /// Whether another file, which nobody named here, may have it.
    guess: bool,
}

impl Missing {
    fn report(self, project: &Project<'_>, found: &mut Findings<'_>) {
        let example = self.path.as_deref().and_then(|path| example(project, path));
        let ignored = self.path.as_deref().is_some_and(|path| project.tree.is_ignored(path));
        let finding: &mut Diagnostic = found.push(self.span, self.message);
        // What git passes over is not in a clone, and is there where this runs.
        if self.guess || ignored {
            finding.severity(Severity::Warning);
        }
        if let Some(service) = self.service {
            finding.service(service);
        }
        match example {
            Some(example) => finding
                .severity(Severity::Warning)
                .help(format!("create it from `{example}` where this runs")),
            None => finding.help(self.help),
        };
    }
}

/// The example that a missing file is to be made from: `.env.example` for `.env`, else the only kind
/// of env example in that directory.
fn example<'project>(project: &'project Project<'_>, path: &str) -> Option<&'project str> {
    let name = file_name(path);
    let beside: Vec<&str> = project
        .files
        .iter()
        .filter(|file| file.role == Role::Example)
        .map(|file| file.source.path())
        .filter(|other| parent(other) == parent(path))
        .collect();
    let exact = beside.iter().find(|other| file_name(other).starts_with(name));
    exact.or_else(|| beside.first().filter(|_| name.contains("env"))).copied()
}

/// A file that a command names and that is not there.
fn check_command(
    project: &Project<'_>,
    environment: &Environment,
    made: &mut Made,
    found: &mut Findings<'_>,
) {
    let command = &environment.command;
    // On another machine other files may lie about.
    let known = project.file(&command.path).is_some_and(|file| file.checked);
    if command.remote || !known {
        return;
    }
    for trouble in environment.troubles.iter().filter(|trouble| trouble.kind == TroubleKind::NoFile) {
        let path = &trouble.about;
        let filled_in = path.contains(['$', '`', '*']) || is_further_up(path, &command.path);
        if filled_in
            || project.tree.kind(path).is_some()
            || made.by(project, &command.path, &command.directory, path)
        {
            continue;
        }
        let message = format!("this command names `{path}`, which is not there, and compose stops");
        let finding = found.push_in(command.path.as_str(), trouble.span, message);
        if project.tree.is_ignored(path) {
            finding.severity(Severity::Warning);
        }
        match example(project, path) {
            Some(example) => finding
                .severity(Severity::Warning)
                .help(format!("create it from `{example}` where this runs")),
            None => finding.help("create it, or correct the path: it starts from where the command runs"),
        };
    }
}

/// One command's files together.
struct Whole<'a, 'project> {
    project: &'a Project<'project>,
    environment: &'a Environment,
}

impl Whole<'_, '_> {
    fn missing(&self, compose: &ComposeFile, path: &str) -> Vec<Missing> {
        let mut missing = self.env_files(path);
        // The paths of a part start elsewhere, and of what is extended only what the other service takes counts.
        if self.environment.files.iter().any(|own| own == path) {
            self.contexts(compose, path, &mut missing);
            self.resource_files(compose, &mut missing);
        } else if !self.environment.included_files.iter().any(|included| included == path) {
            return missing;
        }
        // What lies beside its own compose file is not missing but looked for elsewhere: CMP103's.
        missing.retain(|one| {
            let written = one.path.as_deref().map(|path| relative(&self.environment.project_directory, path));
            written.is_none_or(|text| beside(self.project, self.environment, path, &text).is_none())
        });
        let unknown =
            |kind| matches!(kind, TroubleKind::NotResolved | TroubleKind::NoFile | TroubleKind::Unreadable);
        if !self.environment.troubles.iter().any(|trouble| unknown(trouble.kind)) {
            self.names(compose, &mut missing);
        }
        missing
    }

    fn files(&self) -> impl Iterator<Item = (&str, &ComposeFile)> {
        self.environment.files.iter().filter_map(|path| match &self.project.file(path)?.document {
            Document::Compose(compose) => Some((path.as_str(), compose)),
            _ => None,
        })
    }

    fn env_files(&self, path: &str) -> Vec<Missing> {
        let troubles = self.environment.troubles.iter();
        let parts = troubles.clone().filter(|trouble| trouble.kind == TroubleKind::MissingPart);
        let parts = parts.filter(|trouble| trouble.path == path).map(|trouble| Missing {
            span: trouble.span,
            service: None,
            message: format!("{}, and compose stops", trouble.about),
            help: "create it, or correct the path: it starts from the directory of the first `-f` file, in an extended or included file from that file's own".to_owned(),
            path: None,
            guess: false,
        });
        let missing =
            troubles.filter(|trouble| trouble.kind == TroubleKind::MissingEnvFile && trouble.path == path);
        // What lies outside of the project is there where this runs, or not: nobody can say from here.
        let missing = missing.filter(|trouble| {
            !trouble.about.starts_with(['/', '~', '$']) && !is_further_up(&trouble.about, path)
        });
        parts
            .chain(missing.map(|trouble| Missing {
                span: trouble.span,
                service: None,
                message: format!("the env file `{}` is not there, and compose stops", trouble.about),
                help: "create it, correct the path (it starts from the directory of the first `-f` file), or say `required: false`".to_owned(),
                path: Some(trouble.about.clone()),
                guess: false,
            }))
            .collect()
    }

    /// A path of this project as written, joined to the project directory; `None` for everything else.
    fn path(&self, value: &Value) -> Option<String> {
        let names = &self.environment.names;
        let text = value.template.fill(&|name| names.held(name)).ok()?.text;
        let elsewhere = text.is_empty()
            || text.contains("://")
            || text.starts_with(['/', '~'])
            || text.starts_with("git@")
            || text.starts_with("github.com/")
            || text.ends_with(".git");
        let path = join(&self.environment.project_directory, &text);
        let outside = elsewhere || is_further_up(&path, &self.environment.project_directory);
        (!outside && !path.is_empty()).then_some(path)
    }

    fn contexts(&self, compose: &ComposeFile, path: &str, missing: &mut Vec<Missing>) {
        for service in &compose.services {
            let context = service.build.as_ref().and_then(|build| build.context.as_ref());
            let Some((value, directory)) = context.and_then(|value| Some((value, self.path(value)?))) else {
                continue;
            };
            let written = relative(&self.environment.project_directory, &directory);
            if self.project.tree.kind(&directory).is_some()
                || self.replaced(service, path)
                || beside(self.project, self.environment, path, &written).is_some()
            {
                continue;
            }
            missing.push(Missing {
                span: value.span,
                service: Some(service.name.value.clone()),
                message: format!("the build context `{directory}` is not there"),
                help: "correct the path: it starts from the directory of the first `-f` file".to_owned(),
                path: None,
                guess: self.project.tree.is_ignored(&directory),
            });
        }
    }

    /// Whether a later file takes the build away or gives another context.
    fn replaced(&self, service: &Service, path: &str) -> bool {
        let later = self.files().skip_while(|(known, _)| *known != path).skip(1);
        later.filter_map(|(_, compose)| compose.service(&service.name.value)).any(|service| {
            service.build.as_ref().is_some_and(|build| build.tag.is_some() || build.context.is_some())
        })
    }

    fn resource_files(&self, compose: &ComposeFile, missing: &mut Vec<Missing>) {
        for resource in &compose.resources {
            let Some(value) = &resource.file else { continue };
            let Some(path) = self.path(value).filter(|path| self.project.tree.kind(path).is_none()) else {
                continue;
            };
            missing.push(Missing {
                span: value.span,
                service: None,
                message: format!(
                    "the file `{path}` of the {} `{}` is not there, and `up` fails",
                    resource.kind.as_str(),
                    resource.name.value
                ),
                help: "create it where this runs, or correct the path: it starts from the directory of the first `-f` file".to_owned(),
                path: Some(path),
                guess: false,
            });
        }
    }

    fn names(&self, compose: &ComposeFile, missing: &mut Vec<Missing>) {
        for service in &compose.services {
            for used in &service.uses {
                let (kind, name) = (used.kind, &used.name.value);
                let given = kind == ResourceKind::Network && name == "default";
                if given || self.declares(kind, name) {
                    continue;
                }
                missing.push(Missing {
                    span: used.name.span,
                    service: Some(service.name.value.clone()),
                    message: format!("the {} `{name}` is declared nowhere, and compose stops", kind.as_str()),
                    help: format!("declare it under `{}:`", kind.key()),
                    path: None,
                    guess: self.guess(),
                });
            }
            self.dependencies(service, missing);
        }
    }

    /// Whether the command is a guess about a file that compose would not look for by itself: it may be a part
    /// of others.
    fn guess(&self) -> bool {
        let first = self.environment.files.first();
        self.environment.assumed() && first.is_none_or(|first| !DEFAULTS.contains(&file_name(first)))
    }

    /// Whether a file of the command declares the name; where it includes others, any file of the project.
    fn declares(&self, kind: ResourceKind, name: &str) -> bool {
        let includes = self.files().any(|(_, file)| !file.includes.is_empty());
        let others = self.project.files.iter().filter(|_| includes);
        let others = others.filter_map(|file| match &file.document {
            Document::Compose(compose) => Some(compose),
            _ => None,
        });
        self.files().map(|(_, file)| file).chain(others).any(|file| file.resource(kind, name).is_some())
    }

    fn dependencies(&self, service: &Service, missing: &mut Vec<Missing>) {
        let off = self.environment.service(&service.name.value).is_some_and(|service| service.disabled);
        for other in service.depends_on.iter().filter(|_| !off) {
            let name = &other.name.value;
            let (message, help) = match self.environment.service(name) {
                None => (
                    format!("`depends_on` names `{name}`, which is no service, and compose stops"),
                    "correct the name, or take it out",
                ),
                Some(known) if known.disabled && other.required => (
                    format!("`depends_on` names `{name}`, which its profiles switch off, and compose stops"),
                    "give both the same profiles, or say `required: false`",
                ),
                Some(_) => continue,
            };
            let (span, service) = (other.name.span, Some(service.name.value.clone()));
            let (help, guess) = (help.to_owned(), self.guess());
            missing.push(Missing { span, service, message, help, path: None, guess });
        }
    }
}
