//! CMP105: the port that a service listens on, the one that is published and the one that its health check
//! asks do not agree.
//!
//! Not here: what an image listens on by itself.

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::Port;
use crate::project::container::runs;
use crate::project::layers::{Layered, services};
use crate::project::resolve::{Environment, OriginKind};
use crate::project::{File, Project};
use crate::source::Span;

use super::{Rule, meta};

/// The options of servers that name their port.
const OPTIONS: &[&str] = &["--port", "--http-port", "--server.port", "--bind"];

/// The rule.
#[derive(Debug)]
pub(super) struct PortMismatch;

impl Rule for PortMismatch {
    fn meta(&self) -> &'static Meta {
        meta!(
            "CMP105",
            "port-mismatch",
            Warning,
            Heuristic,
            "a service's port, its published port and its health check do not agree"
        )
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut seen = HashSet::new();
        for environment in &project.environments {
            for service in services(project, environment) {
                let Some(own) = listens(project, environment, &service) else { continue };
                let checked = project.file(own.path).is_some_and(|file| file.checked);
                if let Some(others) = disagreement(environment, &service, &own)
                    && checked
                    && seen.insert((own.path.to_owned(), own.span))
                {
                    report(service.name, &own, &others, found);
                }
            }
        }
    }
}

/// A port that a place names.
struct Claim<'a> {
    path: &'a str,
    span: Span,
    port: String,
}

/// The port that the service is told to listen on: by an option of its command, else by `PORT`.
fn listens<'a>(
    project: &Project<'_>,
    environment: &'a Environment,
    service: &Layered<'a>,
) -> Option<Claim<'a>> {
    if let Some((file, claim)) = by_command(environment, service) {
        return Some(Claim { path: file.source.path(), ..claim });
    }
    let variable = environment.service(service.name)?.variable("PORT")?;
    // A `PORT` from an env file is often shared by services of all kinds.
    let here =
        variable.set_at.kind == OriginKind::Environment && project.file(&variable.set_at.path).is_some();
    let port = variable.arrives.value.as_deref().filter(|value| here && is_port(value))?;
    Some(Claim { path: &variable.set_at.path, span: variable.set_at.span, port: port.to_owned() })
}

fn by_command<'a>(environment: &Environment, service: &Layered<'a>) -> Option<(&'a File, Claim<'a>)> {
    let (file, entry) = service.last("command")?;
    let part = service.parts.iter().rev().find(|part| std::ptr::eq(part.file, file))?;
    let run = runs(part.service, file)
        .into_iter()
        .find(|run| run.parts.first().is_some_and(|first| entry.value.target().span.contains(first.span)))?;
    let mut words: Vec<(String, Span)> = Vec::new();
    for value in &run.parts {
        let filled = value.template.fill(&|name| environment.names.held(name)).ok()?;
        words.extend(filled.text.split_whitespace().map(|word| (word.to_owned(), value.span)));
    }
    let mut found: Vec<(String, Span)> = Vec::new();
    for (at, (word, span)) in words.iter().enumerate() {
        let (option, attached) = word.split_once('=').map_or((word.as_str(), None), |(o, v)| (o, Some(v)));
        if OPTIONS.contains(&option) {
            let value = attached.or_else(|| words.get(at + 1).map(|(word, _)| word.as_str()))?;
            let port = value.rsplit(':').next().unwrap_or_default();
            if is_port(port) {
                found.push((port.to_owned(), *span));
            }
        }
    }
    let [(port, span)] = found.as_slice() else { return None };
    Some((file, Claim { path: "", span: *span, port: port.clone() }))
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The other places, where they do not fit.
struct Others<'a> {
    published: Option<Claim<'a>>,
    asked: Option<Claim<'a>>,
}

fn disagreement<'a>(environment: &Environment, service: &Layered<'a>, own: &Claim<'_>) -> Option<Others<'a>> {
    let names = |name: &str| environment.names.held(name);
    let mut targets: BTreeSet<String> = BTreeSet::new();
    let mut first = None;
    for (file, entry) in service.entries("ports") {
        for port in Port::list(file.source.text(), &entry.value) {
            // A range or an unknown port may be the right one.
            let mapping = port.fill(&names).filter(|mapping| is_port(&mapping.target))?;
            let (path, span) = (file.source.path(), port.span);
            first.get_or_insert(Claim { path, span, port: mapping.target.clone() });
            targets.insert(mapping.target);
        }
    }
    let asked = asked(environment, service).filter(|asked| {
        let several = targets.contains(&asked.port) && targets.contains(&own.port);
        asked.port != own.port && !several
    });
    let published = first.filter(|_| !targets.contains(&own.port));
    // A published port that the health check knows better, or nothing at all.
    (asked.is_some() || published.is_some()).then_some(Others { published, asked })
}

/// The port of this container that the health check asks.
fn asked<'a>(environment: &Environment, service: &Layered<'a>) -> Option<Claim<'a>> {
    let (file, node) = service.at("healthcheck", &["test"])?;
    let texts = node.items().map_or_else(|| vec![node], |items| items.iter().map(AsRef::as_ref).collect());
    for item in texts {
        let Some(value) = crate::document::compose::Value::read(file.source.text(), item) else { continue };
        let filled = value.template.fill(&|name| environment.names.held(name)).ok()?;
        for host in ["localhost:", "127.0.0.1:", "0.0.0.0:", "[::1]:"] {
            let Some((_, rest)) = filled.text.split_once(host) else { continue };
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if is_port(&port) {
                return Some(Claim { path: file.source.path(), span: value.span, port });
            }
        }
    }
    None
}

fn report(service: &str, own: &Claim<'_>, others: &Others<'_>, found: &mut Findings<'_>) {
    let port = &own.port;
    let published = others.published.as_ref().map(|claim| format!("`ports` lead to {}", claim.port));
    let asked = others.asked.as_ref().map(|claim| format!("the health check asks {}", claim.port));
    let what = [published, asked].into_iter().flatten().collect::<Vec<_>>().join(", and ");
    let message = format!("`{service}` is told to listen on port {port}, but {what}");
    let finding = found.push_in(own.path, own.span, message);
    finding.service(service).help(format!(
        "write one port in all of them: the one that the program listens on, {port} if it does what it is told here"
    ));
    for (claim, text) in [(&others.published, "published here"), (&others.asked, "asked here")] {
        if let Some(claim) = claim {
            finding.label(claim.path, claim.span, text);
        }
    }
}
