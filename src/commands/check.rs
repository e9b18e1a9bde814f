//! `envgate check`: files in, report out.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::{Check, FailOn, Format, When};
use crate::config::Config;
use crate::diagnostic::{Report, Severity};
use crate::engine::{self, Input, Outcome, Settings};
use crate::files::{self, DiskTree, Walk, relative};
use crate::git;
use crate::project::Repository;
use crate::render;
use crate::source::Tree;

use super::configuration::{self, Loaded};

use super::{Error, Status, inputs, staged, terminal, working_directory};

pub(super) fn run(arguments: &Check, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    if arguments.staged || arguments.all_staged {
        staged(arguments, color, &here, out)
    } else {
        tree(arguments, color, &here, out)
    }
}

/// Files and directories.
fn tree(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let walk = Walk { include: arguments.include.clone(), exclude: arguments.exclude.clone() };
    let listed = inputs::list(&arguments.paths, &walk, here)?;
    let tree = DiskTree::new(listed.reach())?.with_names(listed.names.clone());
    let start = listed.roots.first().map(String::as_str).unwrap_or_default();
    let loaded = configured(arguments, start, listed.repository.as_ref(), here, &tree)?;
    let files = wanted(listed.files, &loaded.config);
    if !files.iter().any(|input| input.checked) {
        let paths: Vec<String> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Error::NothingToCheck { path: paths.join("`, `") });
    }
    let mut settings = settings(arguments, &loaded.config);
    settings.repository = listed.repository;
    let outcome = engine::check(&files, &mut settings, &tree)?;
    if outcome.files == 0 {
        let paths: Vec<String> = arguments.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Error::NothingToCheck { path: paths.join("`, `") });
    }
    report(arguments, color, loaded, outcome, out)
}

/// The index. A commit that adds nothing has nothing wrong with it, and needs no word.
fn staged(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    files::openable_repository(here)?;
    let index = git::staged(here)?;
    let disk = DiskTree::new([relative(&index.root, here).as_str()])?;
    let listed = staged::list(&index, arguments.all_staged, here, &disk)?;
    let root = listed.repository.root.clone();
    let loaded = configured(arguments, &root, Some(&listed.repository), here, &listed.tree)?;
    let files = wanted(listed.files, &loaded.config);
    let mut settings = settings(arguments, &loaded.config);
    settings.repository = Some(listed.repository);
    let outcome = engine::check(&files, &mut settings, &listed.tree)?;
    let silent = outcome.findings.is_empty() && loaded.mistakes.is_empty() && outcome.broken.is_empty();
    if silent && arguments.format == Format::Human {
        return Ok(Status::Clean);
    }
    report(arguments, color, loaded, outcome, out)
}

fn configured(
    arguments: &Check,
    start: &str,
    repository: Option<&Repository>,
    here: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let top = repository.map(|repository| repository.root.as_str());
    configuration::load(arguments.config.as_deref(), start, top, here, tree)
}

/// The inputs that the configuration does not leave out.
fn wanted(inputs: Vec<Input>, config: &Config) -> Vec<Input> {
    let included =
        |path: &str| config.include.is_empty() || config.include.iter().any(|glob| glob.matches(path));
    let excluded = |path: &str| config.exclude.iter().any(|glob| glob.matches(path));
    inputs.into_iter().filter(|input| included(&input.path) && !excluded(&input.path)).collect()
}

fn settings(arguments: &Check, config: &Config) -> Settings {
    let mut selection = configuration::selection(config);
    selection.only.clone_from(&arguments.only);
    selection.ignore.clone_from(&arguments.ignore);
    selection.info = arguments.info;
    Settings {
        selection,
        expectations: config.expectations.clone(),
        environments: config.commands.clone(),
        repository: None,
    }
}

fn report(
    arguments: &Check,
    color: When,
    loaded: Loaded,
    outcome: Outcome,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let broken = loaded.mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
    let config_path = loaded.source.as_ref().map(|source| source.path().to_owned());
    let mut findings = loaded.mistakes;
    findings.extend(outcome.findings);
    let sources = outcome.sources.values().map(|(source, masks)| (source, masks.clone()));
    let sources = sources.chain(loaded.source.iter().map(|source| (source, engine::masks(source))));
    let report = Report::new(findings, sources, outcome.files, outcome.suppressed);
    let format = match arguments.format {
        Format::Human => render::Format::Human,
        Format::Json => render::Format::Json,
        Format::Sarif => render::Format::Sarif,
    };
    let written = render::write(&report, format, &terminal::options(color), out).and_then(|()| out.flush());
    match written {
        // A reader that has seen enough changes nothing about what was found.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    if let (true, Some(path)) = (broken, config_path) {
        return Err(Error::Config { path });
    }
    if !outcome.broken.is_empty() {
        return Err(Error::Broken { paths: outcome.broken.join("`, `") });
    }
    let threshold = match arguments.fail_on {
        Some(FailOn::Error) => Severity::Error,
        Some(FailOn::Warning) => Severity::Warning,
        None => loaded.config.fail_on,
    };
    let failed = report.findings.iter().any(|finding| finding.diagnostic.severity >= threshold);
    Ok(if failed { Status::Findings } else { Status::Clean })
}
