//! What the editor asks about a place: what a name resolves to, where that stands, which names there are.
//!
//! Not here: values. What is said of them is their length and shape, as everywhere.

use std::collections::BTreeMap;

use lsp_types::{CompletionItem, CompletionItemKind};

use crate::document::Document;
use crate::document::env::Entry;
use crate::document::names::is_usual;
use crate::project::resolve::{Environment, Layer, OriginKind};
use crate::project::shape::Shape;
use crate::project::{Project, Role};
use crate::render::visible;
use crate::source::{Source, Span, file_name};

/// The name that an offset stands in or behind, with its place.
pub(super) fn name_at(source: &Source, offset: usize) -> Option<(String, Span)> {
    let line = source.line_span(source.line(offset));
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = source.slice(Span::new(line.start, offset));
    let after = source.slice(Span::new(offset, line.end));
    let start = offset - (before.len() - before.trim_end_matches(inside).len());
    let end = offset + (after.len() - after.trim_start_matches(inside).len());
    let name = source.slice(Span::new(start, end));
    let variable = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    variable.then(|| (name.to_owned(), Span::new(start, end)))
}

/// What a name resolves to, in Markdown: a part for each compose command that knows it. Paths are told from `top`.
pub(super) fn told(name: &str, project: &Project<'_>, top: &str) -> Option<String> {
    let parts: Vec<String> = project
        .environments
        .iter()
        .filter_map(|environment| of_environment(name, environment, project, top))
        .collect();
    (!parts.is_empty()).then(|| format!("**{name}**\n\n{}", parts.join("\n\n")))
}

fn of_environment(name: &str, environment: &Environment, project: &Project<'_>, top: &str) -> Option<String> {
    let mut lines = Vec::new();
    if let Some(layer) = environment.names.get(name) {
        lines.push(format!("- `${{{name}}}`: {}", words(layer, project, top)));
    }
    for service in &environment.services {
        let Some(variable) = service.variable(name) else { continue };
        let hidden = match variable.hidden().count() {
            0 => String::new(),
            count => format!(", hides {count} other{}", if count == 1 { "" } else { "s" }),
        };
        let service = visible(&service.name);
        lines.push(format!("- in `{service}`: {}{hidden}", words(&variable.arrives, project, top)));
    }
    (!lines.is_empty()).then(|| format!("{}\n{}", command(environment, top), lines.join("\n")))
}

/// What runs: the environment's name, or the compose files.
fn command(environment: &Environment, top: &str) -> String {
    let files: Vec<String> =
        environment.files.iter().map(|file| visible(below(top, file)).into_owned()).collect();
    let files = files.join("`, `");
    match &environment.command.name {
        Some(name) => format!("{} (`{files}`):", visible(name)),
        None => format!("`{files}`:"),
    }
}

/// A path as it is told from `top`, where it lies below.
fn below<'p>(top: &str, path: &'p str) -> &'p str {
    if top.is_empty() {
        return path;
    }
    path.strip_prefix(top).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}

fn words(layer: &Layer, project: &Project<'_>, top: &str) -> String {
    let shape = match layer.value.as_deref() {
        Some(value) => Shape::of(value).to_string(),
        None if layer.is_unknown() => "only known when it runs".to_owned(),
        None => "no value".to_owned(),
    };
    let kind = match layer.origin.kind {
        OriginKind::Shell => "from the shell",
        OriginKind::CommandEnvFile => "from `--env-file`",
        OriginKind::Dotenv => "from `.env`",
        OriginKind::EnvFile => "from `env_file`",
        OriginKind::Environment => "written in `environment`",
        OriginKind::Fallback => "the fallback",
        OriginKind::None => "set nowhere",
    };
    let place = project.file(&layer.origin.path).map(|file| {
        let line = file.source.line(layer.origin.span.start);
        format!(", `{}` line {line}", visible(below(top, &layer.origin.path)))
    });
    format!("{shape}, {kind}{}", place.unwrap_or_default())
}

/// Where a name gets its value: the places of all commands and services, each once.
pub(super) fn places(name: &str, project: &Project<'_>) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    for environment in &project.environments {
        let variables = environment.services.iter().filter_map(|service| service.variable(name));
        let layers =
            environment.names.get(name).into_iter().chain(variables.map(|variable| &variable.arrives));
        for origin in layers.map(|layer| &layer.origin) {
            let place = (origin.path.clone(), origin.span);
            if origin.kind != OriginKind::None
                && project.file(&origin.path).is_some()
                && !found.contains(&place)
            {
                found.push(place);
            }
        }
    }
    found
}

/// The names that fit where the editor's cursor stands: keys at the beginning of a line of an env file, names
/// behind `${` elsewhere.
pub(super) fn names(source: &Source, offset: usize, project: &Project<'_>) -> Vec<CompletionItem> {
    let line = source.line_span(source.line(offset));
    let before = source.slice(Span::new(line.start, offset));
    let file = project.file(source.path());
    if let Some(Document::Env(env)) = file.map(|file| &file.document) {
        let key = before.trim_start().trim_start_matches("export ");
        if !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Vec::new();
        }
        let typed = |name: &str| env.entries.iter().any(|entry| entry.key == name);
        let known = known(project).into_iter().filter(|(name, _)| !typed(name));
        return known.map(|(name, from)| item(&name, format!("{name}="), from)).collect();
    }
    match before.rfind("${") {
        Some(open) if !before.get(open..).unwrap_or_default().contains('}') => {
            known(project).into_iter().map(|(name, from)| item(&name, name.clone(), from)).collect()
        }
        _ => Vec::new(),
    }
}

fn item(name: &str, text: String, from: String) -> CompletionItem {
    CompletionItem {
        label: name.to_owned(),
        kind: Some(CompletionItemKind::VARIABLE),
        detail: Some(from),
        insert_text: Some(text),
        ..CompletionItem::default()
    }
}

/// Every name that the project knows, with who says so first: the configuration, settings, examples, env files.
fn known(project: &Project<'_>) -> BTreeMap<String, String> {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for (name, expected) in &project.expectations.variables {
        let said = expected.description.clone().unwrap_or_else(|| "envgate.yaml".to_owned());
        known.insert(name.clone(), visible(&said).into_owned());
    }
    let rank = |file: &&crate::project::File| match (&file.document, file.role) {
        (Document::PythonSettings(_), _) => 0,
        (_, Role::Example) => 1,
        _ => 2,
    };
    let mut files: Vec<_> = project.files.iter().collect();
    files.sort_by_key(rank);
    for file in files {
        let said = visible(file_name(file.source.path())).into_owned();
        let names: Vec<&str> = match &file.document {
            Document::PythonSettings(settings) => {
                settings.fields.iter().map(|field| field.variable.as_str()).collect()
            }
            Document::Env(env) => {
                let named = |entry: &&Entry| entry.raw_span.is_some() || is_usual(&entry.key);
                env.entries.iter().filter(named).map(|entry| entry.key.as_str()).collect()
            }
            _ => Vec::new(),
        };
        for name in names {
            known.entry(name.to_owned()).or_insert_with(|| said.clone());
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::name_at;
    use crate::source::Source;

    #[test]
    fn names_around_a_place() {
        let text = "  KEY_1: ${OTHER:-x} 9a\n";
        for (at, expected) in [
            (2, Some("KEY_1")),
            (4, Some("KEY_1")),
            (7, Some("KEY_1")),
            (11, Some("OTHER")),
            (13, Some("OTHER")),
            (0, None),
            (21, None),
            (999, None),
        ] {
            let source = Source::new("x", text);
            assert_eq!(name_at(&source, at).map(|(name, _)| name).as_deref(), expected, "{at}");
        }
    }
}
