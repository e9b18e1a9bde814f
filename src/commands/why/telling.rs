//! One variable of one service, told part by part.
//!
//! Not here: what to do about it.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::env::load;
use crate::document::makefile::Included;
use crate::project::loaders::{Reader, readers};
use crate::project::resolve::{Environment, Layer, OriginKind, Variable};
use crate::project::shape::Shape;
use crate::project::uses::min_length;
use crate::project::{Project, names};
use crate::render::{Part, Shown, Story};
use crate::source::join;

use super::advice::{Told, advice};
use super::{command_text, place, refusals};

/// What the story is about.
pub(super) struct Telling<'a> {
    pub(super) key: &'a str,
    pub(super) project: &'a Project<'a>,
    pub(super) environment: &'a Environment,
    pub(super) environments: &'a [Environment],
    pub(super) reveal: bool,
}

impl Telling<'_> {
    /// The story without its heading: who shares it is not known yet.
    pub(super) fn variable(&self, variable: &Variable) -> Story {
        let mut parts = vec![self.written(variable)];
        parts.extend(self.looked_in(variable));
        parts.push(Part { about: "won", lines: vec![self.won(variable)] });
        if variable.hidden().next().is_some() {
            let hidden = |layer: &Layer| {
                format!("{}: {}", self.at(&layer.origin.path, layer.origin.span.start), self.words(layer))
            };
            parts.push(Part { about: "hidden", lines: variable.hidden().map(hidden).collect() });
        }
        parts.push(Part { about: "arrives", lines: vec![self.arrives(variable)] });
        let (read, disagreeing) = self.read_by(variable);
        parts.extend(read);
        let needed = self.needed();
        let told = Told { key: self.key, environment: self.environment, variable, needed, disagreeing };
        Story { title: String::new(), parts, advice: advice(&told), open: self.open(variable) }
    }

    /// The command that the story is about, and where it stands.
    pub(super) fn command(&self) -> String {
        let command = &self.environment.command;
        let mut text = command_text(command);
        if !command.path.is_empty() {
            text.push_str(&format!(" ({})", self.at(&command.path, command.span.start)));
        }
        text
    }

    fn at(&self, path: &str, offset: usize) -> String {
        place(self.project, path, offset)
    }

    fn words(&self, layer: &Layer) -> String {
        match &layer.value {
            None if layer.is_unknown() && layer.origin.path.is_empty() => "set on every machine".to_owned(),
            None if layer.is_unknown() => "only known when it runs".to_owned(),
            None => "no value".to_owned(),
            Some(value) if self.reveal => format!("{value:?}"),
            Some(value) => Shape::of(value).to_string(),
        }
    }

    fn open(&self, variable: &Variable) -> Option<String> {
        let Some(origin) = variable.hangs_on() else {
            let stops = !refusals(self.environment, self.project).is_empty();
            return stops.then(|| "it would arrive, but compose starts nothing".to_owned());
        };
        Some(if origin.path.is_empty() {
            "every machine sets it, each to a value of its own".to_owned()
        } else {
            let at = self.at(&origin.path, origin.span.start);
            format!("it is set in {at}, and its value is only known when that runs")
        })
    }

    fn needed(&self) -> Option<usize> {
        min_length(self.project, self.key).filter(|_| names::is_secret(self.key))
    }

    fn written(&self, variable: &Variable) -> Part {
        let at = self.at(&variable.set_at.path, variable.set_at.span.start);
        let line = if variable.set_at.kind == OriginKind::EnvFile {
            format!("{at}, in a file of the service's `env_file`")
        } else if !variable.inputs.is_empty() {
            format!("{at}, under `environment`, filled from {}", inputs(variable))
        } else if variable.arrives.origin.kind == OriginKind::Environment {
            format!("{at}, under `environment`, as it is")
        } else {
            format!("{at}, under `environment`, as a bare name that passes on what the command knows")
        };
        Part { about: "written", lines: vec![line] }
    }

    /// Where the variables that fill it were looked for; nothing where none is needed.
    fn looked_in(&self, variable: &Variable) -> Option<Part> {
        let mut wanted: BTreeSet<&str> = variable.inputs.iter().map(|input| input.name.as_str()).collect();
        let passed = matches!(
            variable.arrives.origin.kind,
            OriginKind::Shell | OriginKind::CommandEnvFile | OriginKind::Dotenv | OriginKind::None
        );
        if wanted.is_empty() && variable.set_at.kind == OriginKind::Environment && passed {
            wanted.insert(self.key);
        }
        let mut lines = Vec::new();
        for name in &wanted {
            let lead = if wanted.len() > 1 { format!("`{name}`: ") } else { String::new() };
            lines.extend(self.places(name).into_iter().map(|line| format!("{lead}{line}")));
        }
        (!lines.is_empty()).then_some(Part { about: "looked in", lines })
    }

    fn places(&self, name: &str) -> Vec<String> {
        let layers = self.environment.names.iter().find(|(known, _)| *known == name);
        let layers = layers.map(|(_, layers)| layers).unwrap_or_default();
        let found = |of: &dyn Fn(&Layer) -> bool| {
            let layer = layers.iter().find(|layer| of(layer));
            layer.map_or_else(|| "not there".to_owned(), |layer| self.words(layer))
        };
        let command = &self.environment.command;
        let given = found(&|layer| layer.origin.kind == OriginKind::Shell && layer.origin.path.is_empty());
        let mut lines = Vec::new();
        let loaded = !command.sourced.is_empty() || !command.make.included.is_empty();
        if !loaded || given != "not there" {
            lines.push(format!("the shell: {given}"));
        }
        let own =
            |layer: &&Layer| layer.origin.kind == OriginKind::Shell && layer.origin.path == command.path;
        if let Some(layer) = layers.iter().find(own).filter(|_| !command.path.is_empty()) {
            let (at, what) = (self.at(&command.path, layer.origin.span.start), self.words(layer));
            lines.push(format!("the shell, set in {at}: {what}"));
        }
        for sourced in command.sourced.iter().rev() {
            let at = self.at(&command.path, sourced.span.start);
            let kept = sourced.exported.as_ref().is_some_and(|names| !names.iter().any(|one| one == name));
            let what =
                found(&|layer| layer.origin.kind == OriginKind::Shell && layer.origin.path == sourced.path);
            let what = if kept { "not exported".to_owned() } else { what };
            lines.push(format!("the shell, which loads {} in {at}: {what}", sourced.path));
        }
        lines.extend(self.included(name, layers));
        let own = |file: &&String| {
            !self.environment.made_alone(file) && !command.sourced.iter().any(|one| one.path == **file)
        };
        let mut files: Vec<&String> = self.environment.interpolation.iter().filter(own).collect();
        files.dedup();
        for file in &files {
            let by_compose =
                |layer: &Layer| layer.origin.path == **file && layer.origin.kind != OriginKind::Shell;
            lines.push(format!("{file}: {}", found(&by_compose)));
        }
        if files.is_empty() {
            let dotenv = join(&self.environment.project_directory, ".env");
            lines.push(if self.environment.reads_no_dotenv() {
                format!("{dotenv}: not read, since `COMPOSE_DISABLE_ENV_FILE` is set")
            } else {
                format!("{dotenv}: there is no such file")
            });
        }
        lines
    }

    /// What make has of the name in the files that it includes.
    fn included(&self, name: &str, layers: &[Layer]) -> Vec<String> {
        let command = &self.environment.command;
        let tell = |included: &Included| {
            let at = self.at(&command.path, included.at.start);
            let of =
                |layer: &&Layer| layer.origin.kind == OriginKind::Shell && layer.origin.path == included.path;
            let document = self.project.file(&included.path).map(|file| &file.document);
            let what = match (layers.iter().find(of), document) {
                (Some(layer), _) => self.words(layer),
                (None, Some(Document::Env(env))) if env.entry(name).is_some() => {
                    if included.kept_back { "not exported" } else { "not known" }.to_owned()
                }
                _ => "not there".to_owned(),
            };
            format!("the shell, for which make includes {} in {at}: {what}", included.path)
        };
        command.make.included.iter().map(tell).collect()
    }

    fn won(&self, variable: &Variable) -> String {
        let origin = &variable.arrives.origin;
        let at = self.at(&origin.path, origin.span.start);
        match origin.kind {
            OriginKind::Fallback => format!("the fallback in {at}"),
            OriginKind::Shell if origin.path.is_empty() => "the shell".to_owned(),
            OriginKind::Shell if variable.arrives.is_unknown() => format!("the shell, set in {at}"),
            OriginKind::Shell => format!("the shell, with what it read from {at}"),
            OriginKind::None => "nothing: nobody sets it".to_owned(),
            OriginKind::Environment if !variable.inputs.is_empty() => format!("the text in {at}, filled in"),
            OriginKind::Environment => format!("the text in {at}"),
            OriginKind::CommandEnvFile | OriginKind::Dotenv | OriginKind::EnvFile => at,
        }
    }

    fn arrives(&self, variable: &Variable) -> String {
        let mut text = self.words(&variable.arrives);
        if let (Some(needed), Some(value)) = (self.needed(), &variable.arrives.value)
            && value.chars().count() < needed
        {
            text.push_str(&format!(", where {needed} characters are needed"));
        }
        text
    }

    /// Who reads the files that hold the variable, and the first file that they read differently.
    fn read_by(&self, variable: &Variable) -> (Vec<Part>, Option<String>) {
        let layers = std::iter::once(&variable.arrives).chain(&variable.shadows);
        let in_files = layers.filter(|layer| layer.origin.kind != OriginKind::Environment);
        let paths: BTreeSet<&str> = in_files.map(|layer| layer.origin.path.as_str()).collect();
        let (mut parts, mut disagreeing) = (Vec::new(), None);
        for path in paths {
            let told = read_by(self.project, self.environments, path, self.key, self.reveal);
            let Some((lines, agree)) = told.filter(|(lines, _)| lines.len() > 2) else { continue };
            parts.push(Part { about: "read by", lines });
            if !agree {
                disagreeing.get_or_insert_with(|| path.to_owned());
            }
        }
        (parts, disagreeing)
    }
}

/// Who reads the variable in the file at `path`, a line each behind one about all, and whether they agree; `None`
/// where nobody is known to read the file.
pub(super) fn read_by(
    project: &Project<'_>,
    environments: &[Environment],
    path: &str,
    key: &str,
    reveal: bool,
) -> Option<(Vec<String>, bool)> {
    let readers = readers(project, environments, path);
    let file = project.file(path).filter(|_| !readers.is_empty())?;
    let value = |reader: &Reader| {
        let loaded = load(file.source.text(), reader.loader, &|_| None);
        loaded.variable(key).and_then(|variable| variable.value.clone())
    };
    let values: Vec<Option<String>> = readers.iter().map(value).collect();
    let agree = values.iter().all(|value| Some(value) == values.first());
    let verdict = match (readers.len(), agree) {
        (1, _) => format!("{path} is read by one loader"),
        (_, true) => format!("{path} is read by several loaders; they agree"),
        (_, false) => format!("{path} is read by several loaders; they do not agree"),
    };
    let mut lines = vec![verdict];
    for (reader, value) in readers.iter().zip(&values) {
        let words = match Shown::new(value.as_deref(), |value| Shape::of(value).to_string(), reveal) {
            Shown::Nothing | Shown::Unknown => "not set".to_owned(),
            Shown::Masked { shape, .. } => shape,
            Shown::Revealed(value) => format!("{value:?}"),
        };
        let at = place(project, &reader.path, reader.span.start);
        let at = if at.is_empty() { String::new() } else { format!(" ({at})") };
        lines.push(format!("{}: {words}{at}", reader.loader.name()));
    }
    Some((lines, agree))
}

fn inputs(variable: &Variable) -> String {
    let names: BTreeSet<&str> = variable.inputs.iter().map(|input| input.name.as_str()).collect();
    let written: Vec<String> = names.iter().map(|name| format!("`${{{name}}}`")).collect();
    written.join(" and ")
}
