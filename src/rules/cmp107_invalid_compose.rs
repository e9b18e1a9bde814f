//! CMP107: what compose refuses: broken YAML, a key twice, keys and kinds that it does not know, services that
//! cannot start together.
//!
//! Not here: templates (CMP001) and names that nothing declares (CMP104).

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::compose::{ComposeFile, Dependency, Value};
use crate::document::yaml::Node;
use crate::project::image::Image;
use crate::project::layers::{Layered, services};
use crate::project::nothing::nothing;
use crate::project::refusals::{Refused, Why, refused};
use crate::project::resolve::Environment;
use crate::project::{File, Project};
use crate::source::{Span, file_name, join};

use super::{Rule, meta};

/// The names that compose looks for by itself.
const DEFAULTS: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The rule.
#[derive(Debug)]
pub(super) struct InvalidCompose;

impl Rule for InvalidCompose {
    fn meta(&self) -> &'static Meta {
        meta!("CMP107", "invalid-compose", Error, Certain, "compose refuses the file")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for problem in &compose.problems {
            found
                .push(problem.span, &problem.message)
                .help("`docker compose config` stops here too; nothing behind this place is checked");
        }
        for duplicate in &compose.duplicates {
            let help = if duplicate.key == "<<" {
                "write both into one list, `<<: [*one, *other]`; compose refuses the file as it is"
            } else {
                "keep one of the two; compose refuses the file as it is"
            };
            found
                .push(duplicate.second, format!("`{}` stands twice in the same mapping", duplicate.key))
                .label(file.source.shared_path(), duplicate.first, "it stands here first")
                .help(help);
        }
        if is_compose(file, project) {
            for misfit in &compose.misfits {
                found.push(misfit.span, &misfit.message).help(&misfit.help);
            }
        }
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        let mut together = Vec::new();
        // What a file says that cannot be read to its end is not known.
        let whole = |path: &String| {
            project
                .file(path)
                .is_none_or(|file| !matches!(&file.document, Document::Compose(one) if one.broken))
        };
        for environment in project.environments.iter().filter(|one| one.files.iter().all(whole)) {
            let services = services(project, environment);
            let mut refused = refused(&services, &environment.names);
            // One place is refused once: a service with nothing behind it has no image either.
            let known: HashSet<Place<'_>> = refused.iter().map(place).collect();
            let empty = nothing(project, environment).into_iter();
            refused.extend(empty.filter(|one| !known.contains(&place(one))));
            check_health(project, environment, &services, &mut seen, found);
            together.push((environment, refused));
        }
        // What a guessed command is refused for counts where every command with the file is.
        let (mut using, mut refusing) = (BTreeMap::<&str, usize>::new(), BTreeMap::<Place<'_>, usize>::new());
        for (environment, refused) in &together {
            for path in &environment.files {
                *using.entry(path).or_default() += 1;
            }
            let has =
                |one: &&Refused<'_>| environment.files.iter().any(|used| used == one.file.source.path());
            for one in refused.iter().filter(has) {
                *refusing.entry(place(one)).or_default() += 1;
            }
        }
        for (environment, refused) in &together {
            let first = environment.files.first().is_some_and(|first| DEFAULTS.contains(&file_name(first)));
            for one in refused.iter().filter(|one| one.file.checked) {
                let all = using
                    .get(one.file.source.path())
                    .is_none_or(|using| refusing.get(&place(one)).is_some_and(|refusing| refusing == using));
                if (!environment.assumed() || (first && all)) && seen.insert(place(one)) {
                    report(one, found);
                }
            }
        }
    }
}

type Place<'a> = (&'a str, Span);

fn place<'a>(one: &Refused<'a>) -> Place<'a> {
    (one.file.source.path(), one.span)
}

/// Whether the file is surely one of compose's: by its name, or because a command uses it. Other programs
/// have files with `services:` too.
fn is_compose(file: &File, project: &Project<'_>) -> bool {
    let path = file.source.path();
    let mut commands = project.environments.iter().filter(|one| !one.assumed());
    file_name(path).contains("compose") || commands.any(|one| one.files.iter().any(|used| used == path))
}

fn report(one: &Refused<'_>, found: &mut Findings<'_>) {
    let help = match &one.why {
        // What `depends_on` names is CMP104's.
        Why::NoService { key: "depends_on", .. } => return,
        Why::NoService { off: false, .. } => "correct the name, or take it out",
        Why::NoService { off: true, .. } => "give both the same profiles",
        Why::NoCheck => {
            "begin it with `CMD`, or write one text for a shell: `test: curl -f http://localhost/`"
        }
        Why::BlankName(_) => "write `NAME=value`: the name ends right before the `=`",
        Why::SameContainer(_) => {
            "give each its own, or none: compose makes one of the project's and the service's names"
        }
        Why::NamedReplicas => "take `container_name` out, or let there be one replica",
        // A name that is set where this runs.
        Why::BlankImage => return,
        Why::NoImage => {
            "give it an `image` or a `build`; if another file does, it has to be named with `-f` too"
        }
        Why::Cycle(_) => {
            "take one of these dependencies away: the one that can try again until the other is there"
        }
        Why::Nothing(_) => "take the key out, or write `[]` or `{}` behind it; a comment is nothing",
        Why::BothNetworks => "take one of the two away: `network_mode` replaces the networks",
    };
    let path = one.file.source.path();
    found.push_in(path, one.span, one.why.message(one.service)).service(one.service).help(help);
}

/// Services that wait for the health of one that never tells it: `up` fails.
fn check_health<'a>(
    project: &'a Project<'_>,
    environment: &Environment,
    services: &[Layered<'a>],
    seen: &mut HashSet<Place<'a>>,
    found: &mut Findings<'_>,
) {
    let by_name: BTreeMap<&str, &Layered<'_>> = services.iter().map(|one| (one.name, one)).collect();
    for service in services.iter().filter(|service| !service.disabled) {
        for (part, _) in service.placed("depends_on") {
            let waits = |other: &&Dependency| {
                other.condition.as_ref().is_some_and(|condition| condition.value == "service_healthy")
            };
            for other in part.service.depends_on.iter().filter(waits).filter(|_| part.file.checked) {
                let Some(target) = by_name.get(other.name.value.as_str()) else { continue };
                let Some(severity) = unhealthy(project, environment, target) else { continue };
                if seen.insert((part.file.source.path(), other.name.span)) {
                    let name = target.name;
                    let message = format!(
                        "`{}` waits until `{name}` is healthy, and `{name}` has no health check",
                        service.name
                    );
                    found.push_in(part.file.source.path(), other.name.span, message)
                        .service(service.name)
                        .severity(severity)
                        .help(format!(
                            "give `{name}` a `healthcheck`, or wait for `condition: service_started`: `up` fails as it is"
                        ));
                }
            }
        }
    }
}

/// Whether a service has no health check: surely, as far as its Dockerfile says, or not known.
fn unhealthy(project: &Project<'_>, environment: &Environment, service: &Layered<'_>) -> Option<Severity> {
    if let Some((_, check)) = service.last("healthcheck").map(|(file, entry)| (file, &entry.value)) {
        let test = service.at("healthcheck", &["test"]).map(|(_, node)| node);
        let first = test.and_then(|node| node.items()).and_then(|items| items.first());
        let none = first.is_some_and(|first| first.as_str() == Some("NONE"));
        let off = check.get("disable").and_then(Node::as_bool) == Some(true);
        // Without a test the image's own is used.
        return (none || off).then_some(Severity::Error);
    }
    if !service.whole {
        return None;
    }
    if service.last("build").is_some() {
        let dockerfile = dockerfile(project, environment, service)?;
        return (!dockerfile.contains("HEALTHCHECK")).then_some(Severity::Warning);
    }
    let (_, image) = service.value("image")?;
    let filled = image.template.fill_known(&|name| environment.names.held(name)).ok()?;
    Image::parse(&filled.text).without_healthcheck().then_some(Severity::Error)
}

/// The text of the Dockerfile that the service is built from, where it is at hand.
fn dockerfile(project: &Project<'_>, environment: &Environment, service: &Layered<'_>) -> Option<String> {
    let (part, entry) = service.placed("build").pop()?;
    let text = |node: &Node| {
        let value = Value::read(part.file.source.text(), node)?;
        value.template.fill(&|name| environment.names.held(name)).ok().map(|filled| filled.text)
    };
    let context = text(entry.value.get("context").unwrap_or(&entry.value))?;
    let name = entry.value.get("dockerfile").map_or_else(|| Some("Dockerfile".to_owned()), text)?;
    let path = join(&join(&part.directory, &context), &name);
    let bytes = project.tree.read(&path).ok()?;
    String::from_utf8(bytes).ok()
}
