//! `envgate env-check`: one env file held against the configuration, the settings classes and its example.
//!
//! Not here: what is wrong with a variable; `project::env_check` says it.

mod report;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::{EnvCheck, EnvCheckMode};
use crate::config::Config;
use crate::diagnostic::Severity;
use crate::document::Document;
use crate::document::env::EnvFile;
use crate::document::env_schema::SchemaFile;
use crate::document::python_settings::{self, Field};
use crate::engine;
use crate::files::{self, DiskTree, Walk, relative};
use crate::project::Role;
use crate::project::env_check::{Mode, Row, evaluate};
use crate::project::schema::Voices;
use crate::project::tiers::{Witnesses, example_of};
use crate::source::{Source, file_name, parent};

use super::configuration::{self, Loaded};
use super::inputs::{self, Inputs};
use super::{Error, Status, working_directory};

/// Where an env file is sought when neither the command line nor the configuration names one.
const USUAL: [&str; 2] = ["envs/.env", ".env"];

pub(super) fn run(arguments: &EnvCheck, out: &mut dyn Write) -> Result<Status, Error> {
    let surroundings = Surroundings::look(arguments.config.as_deref(), out)?;
    let path = env_file(arguments.env_file.as_deref(), &surroundings.loaded.config)?;
    let Held { source, file, rows } = surroundings.hold(&path, files::read(&path)?)?;
    let mode = match arguments.mode {
        EnvCheckMode::Warn => Mode::Warn,
        EnvCheckMode::Info => Mode::Info,
        EnvCheckMode::Strict => Mode::Strict,
    };
    let own = &surroundings.loaded.config.own;
    let failed = report::write(&source, &file, &rows, mode, own.as_deref(), out)?;
    Ok(if failed { Status::Findings } else { Status::Clean })
}

/// The project around an env file.
pub(super) struct Surroundings {
    here: PathBuf,
    listed: Inputs,
    pub(super) loaded: Loaded,
}

/// An env file held against what is asked of it.
pub(super) struct Held {
    pub(super) source: Source,
    pub(super) file: EnvFile,
    pub(super) rows: Vec<Row>,
}

impl Surroundings {
    /// Looks around in the working directory. Mistakes of the configuration are printed, and refused.
    pub(super) fn look(config: Option<&Path>, out: &mut dyn Write) -> Result<Self, Error> {
        let here = working_directory()?;
        let listed = inputs::list(&[PathBuf::from(".")], &Walk::default(), &here)?;
        let tree = DiskTree::new(listed.reach())?;
        let top = listed.repository.as_ref().map(|repository| repository.root.as_str());
        let loaded = configuration::load(config, "", top, &here, &tree)?;
        refuse_broken(&loaded, out)?;
        Ok(Self { here, listed, loaded })
    }

    /// Holds the bytes of the env file at `path` against what is asked of it.
    pub(super) fn hold(&self, path: &Path, bytes: Vec<u8>) -> Result<Held, Error> {
        let source = Source::from_bytes(relative(path, &self.here), bytes);
        let seen = Seen::read(source.path(), &self.listed)?;
        let file = EnvFile::parse(source.text());
        let example = seen.example.as_ref();
        let example = example.map(|example| (example.shared_path(), SchemaFile::parse(example.text())));
        let voices = Voices::new(
            &self.loaded.config.expectations,
            seen.schemas.iter().map(|(path, schema)| (Arc::clone(path), schema)).collect(),
            seen.settings.iter().map(|(path, field)| (Arc::clone(path), field)).collect(),
            example.iter().map(|(path, schema)| (Arc::clone(path), schema)).collect(),
        );
        let witnesses = Witnesses { voices, given: &seen.given };
        let rows = evaluate(&file, source.text(), &witnesses);
        Ok(Held { source, file, rows })
    }

    /// The usual env file whose example is there, and which is not there itself.
    pub(super) fn to_be_made(&self) -> Option<PathBuf> {
        let words = ["example", "sample", "template", "dist"];
        let is_example = |path: &str| words.iter().any(|word| file_name(path).contains(word));
        let examples =
            self.listed.files.iter().map(|input| input.path.as_str()).filter(|path| is_example(path));
        let beside: Vec<&str> = examples.map(parent).collect();
        USUAL.iter().copied().find(|usual| beside.contains(&parent(usual))).map(PathBuf::from)
    }
}

/// A configuration with mistakes would let through what it was to stop.
fn refuse_broken(loaded: &Loaded, out: &mut dyn Write) -> Result<(), Error> {
    let Some(source) = &loaded.source else { return Ok(()) };
    report::mistakes(source, &loaded.mistakes, out)?;
    if loaded.mistakes.iter().any(|mistake| mistake.severity == Severity::Error) {
        return Err(Error::Config { path: source.path().to_owned() });
    }
    Ok(())
}

/// The env file: the one that was typed, else a configured one (production's first), else a usual one.
///
/// A file that was asked for is read, or the check fails; it is never replaced by another.
pub(super) fn env_file(typed: Option<&Path>, config: &Config) -> Result<PathBuf, Error> {
    if let Some(path) = typed {
        return Ok(path.to_owned());
    }
    let production = |wanted: bool| {
        config.commands.iter().filter(move |command| (command.production == Some(true)) == wanted)
    };
    let configured: Vec<&String> =
        production(true).chain(production(false)).flat_map(|command| &command.env_files).collect();
    let exists = |path: &&str| files::stat(Path::new(path)).is_ok_and(|stat| !stat.directory);
    let names = configured.iter().map(|path| path.as_str());
    if let Some(path) = names.clone().find(exists) {
        return Ok(PathBuf::from(path));
    }
    if let Some(first) = configured.first() {
        return Ok(PathBuf::from(first));
    }
    let usual = USUAL.iter().copied().find(exists);
    usual.map(PathBuf::from).ok_or_else(|| Error::NoEnvFile { tried: USUAL.join("`, `") })
}

/// What the rest of the project says of variables.
#[derive(Debug, Default)]
struct Seen {
    settings: Vec<(Arc<str>, Field)>,
    schemas: Vec<(Arc<str>, SchemaFile)>,
    example: Option<Source>,
    given: BTreeSet<String>,
}

impl Seen {
    /// Reads the settings classes, the compose files and the example of the env file at `path`.
    fn read(path: &str, listed: &Inputs) -> Result<Self, Error> {
        let mut seen = Self::default();
        let (mut examples, mut classes) = (Vec::new(), Vec::new());
        for input in &listed.files {
            let speaks = [".py", ".yml", ".yaml"].iter().any(|ending| input.path.ends_with(ending));
            if !(speaks || input.path.contains("env")) || listed.names.contains_key(&input.path) {
                continue;
            }
            let source = Source::from_bytes(input.path.as_str(), files::read(Path::new(&input.path))?);
            match engine::document(&source) {
                (Document::PythonSettings(file), _) if !python_settings::is_test(&input.path) => {
                    classes.push((source.shared_path(), file));
                }
                // A schema speaks of the env files beside it, and of those below.
                (Document::EnvSchema(file), _) if is_below(path, parent(source.path())) => {
                    seen.schemas.push((source.shared_path(), file));
                }
                (Document::Env(_), Role::Example) if source.path() != path => examples.push(source),
                (Document::Compose(file), _) => {
                    let settings = file.services.iter().flat_map(|service| &service.environment);
                    let written = settings.filter(|setting| setting.value.is_some());
                    seen.given.extend(written.map(|setting| setting.key.clone()));
                }
                _ => {}
            }
        }
        python_settings::link(
            &mut classes.iter_mut().map(|(path, file)| (&**path, file)).collect::<Vec<_>>(),
        );
        for (path, file) in classes {
            seen.settings.extend(file.fields.into_iter().map(|field| (Arc::clone(&path), field)));
        }
        let paths: Vec<&str> = examples.iter().map(Source::path).collect();
        let chosen = example_of(path, &paths).map(str::to_owned);
        seen.example = chosen.and_then(|chosen| examples.into_iter().find(|source| source.path() == chosen));
        Ok(seen)
    }
}

/// Whether the file at `path` lies somewhere in `directory`.
fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}
