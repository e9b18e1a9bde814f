//! `envgate check`: files in, report out.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::{Check, FailOn, Format, Scope, When};
use crate::config::Config;
use crate::diagnostic::{Report, Severity};
use crate::engine::{self, Input, Outcome, Settings};
use crate::files::{self, DiskTree, Walk, relative};
use crate::git;
use crate::project::Repository;
use crate::render;
use crate::source::Tree;

use super::configuration::{self, Loaded};

use super::{Error, Status, catalog, inputs, staged, terminal, working_directory};

/// The last line of a refusal.
const SILENCING: &str =
    "a false alarm is silenced where it stands, with its reason: `# envgate: allow CODE: reason`";

pub(super) fn run(arguments: &Check, color: When, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    if arguments.staged || arguments.all_staged {
        staged(arguments, color, &here, out)
    } else {
        tree(arguments, color, &here, out)
    }
}

/// What a check of files and directories stands on.
pub(super) struct Prepared {
    scope: Scope,
    repository: Option<Repository>,
    names: BTreeMap<String, PathBuf>,
    pub(super) loaded: Loaded,
    pub(super) files: Vec<Input>,
    pub(super) tree: DiskTree,
}

/// Lists the files and reads the configuration.
///
/// # Errors
///
/// Where a path or the configuration cannot be read, or there is nothing to check.
pub(super) fn prepare(scope: &Scope, here: &Path) -> Result<Prepared, Error> {
    known(scope)?;
    let walk = Walk { include: scope.include.clone(), exclude: scope.exclude.clone() };
    let listed = inputs::list(&scope.paths, &walk, here)?;
    let tree = DiskTree::new(listed.reach())?.with_names(listed.names.clone());
    let start = listed.roots.first().map(String::as_str).unwrap_or_default();
    let loaded = configured(scope, start, listed.repository.as_ref(), here, &tree)?;
    let files = wanted(listed.files, &loaded.config);
    let prepared = Prepared {
        scope: scope.clone(),
        repository: listed.repository,
        names: listed.names,
        loaded,
        files,
        tree,
    };
    if prepared.files.is_empty() { Err(prepared.nothing()) } else { Ok(prepared) }
}

impl Prepared {
    /// Fresh settings: a check consumes them.
    pub(super) fn settings(&self) -> Settings {
        let mut settings = settings(&self.scope, &self.loaded.config);
        settings.repository.clone_from(&self.repository);
        settings
    }

    /// The top of the work tree, as shown.
    pub(super) fn work_tree(&self) -> Option<&str> {
        self.repository.as_ref().map(|repository| repository.root.as_str())
    }

    /// Where the file shown as `path` lies.
    pub(super) fn disk_path(&self, path: &str) -> PathBuf {
        self.names.get(path).cloned().unwrap_or_else(|| PathBuf::from(path))
    }

    /// Prints the mistakes of the configuration, and stops where there are any.
    ///
    /// # Errors
    ///
    /// Where the configuration has a mistake.
    pub(super) fn refuse_mistakes(&self, out: &mut dyn Write) -> Result<(), Error> {
        let Some(source) = &self.loaded.source else { return Ok(()) };
        if self.loaded.mistakes.iter().all(|mistake| mistake.severity < Severity::Error) {
            return Ok(());
        }
        let report = Report::new(self.loaded.mistakes.clone(), [(source, Vec::new())], 1, 0);
        render::write(&report, render::Format::Human, &render::Options::default(), out)?;
        Err(Error::Config { path: source.path().to_owned() })
    }

    fn nothing(&self) -> Error {
        let paths: Vec<String> = self.scope.paths.iter().map(|path| path.display().to_string()).collect();
        Error::NothingToCheck { path: paths.join("`, `") }
    }
}

/// Files and directories.
fn tree(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    let prepared = prepare(&arguments.scope, here)?;
    let mut settings = prepared.settings();
    settings.selection.info = arguments.info;
    let outcome = engine::check(&prepared.files, &mut settings, &prepared.tree)?;
    if outcome.files == 0 {
        return Err(prepared.nothing());
    }
    report(arguments, color, prepared.loaded, outcome, out)
}

/// The index. A commit that adds nothing has nothing wrong with it, and needs no word.
fn staged(arguments: &Check, color: When, here: &Path, out: &mut dyn Write) -> Result<Status, Error> {
    known(&arguments.scope)?;
    let outside = git::Outside { read: &|path| files::read_whole(path).ok(), variable: &variable };
    let index = git::staged(here, outside)?;
    let disk = DiskTree::new([relative(&index.root, here).as_str()])?;
    let listed = staged::list(&index, arguments.all_staged, here, &disk);
    let root = listed.repository.root.clone();
    let loaded = configured(&arguments.scope, &root, Some(&listed.repository), here, &listed.tree)?;
    let files = wanted(listed.files, &loaded.config);
    let mut settings = settings(&arguments.scope, &loaded.config);
    settings.selection.info = arguments.info;
    settings.repository = Some(listed.repository);
    let outcome = engine::check(&files, &mut settings, &listed.tree)?;
    report_or_silence(arguments, color, loaded, outcome, out)
}

#[expect(clippy::disallowed_methods, reason = "git tells its hooks in the environment what it works on")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Reports what was found; nothing is silence, and a refusal says how one false alarm is silenced.
pub(super) fn report_or_silence(
    arguments: &Check,
    color: When,
    loaded: Loaded,
    outcome: Outcome,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    let silent = outcome.findings.is_empty() && loaded.mistakes.is_empty() && outcome.broken.is_empty();
    let human = arguments.format == Format::Human;
    if silent && human {
        return Ok(Status::Clean);
    }
    let status = report(arguments, color, loaded, outcome, out)?;
    if status == Status::Findings && human {
        writeln!(out, "{SILENCING}")?;
    }
    Ok(status)
}

/// A word that names no rule would leave out, or look for, nothing: the check would not be the one asked for.
pub(super) fn known(scope: &Scope) -> Result<(), Error> {
    let catalog = catalog();
    let mut words = scope.only.iter().chain(&scope.ignore);
    match words.find(|word| !catalog.iter().any(|meta| meta.answers_to(word))) {
        Some(word) => Err(Error::NoSuchRule { word: word.clone() }),
        None => Ok(()),
    }
}

pub(super) fn configured(
    scope: &Scope,
    start: &str,
    repository: Option<&Repository>,
    here: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let top = repository.map(|repository| repository.root.as_str());
    configuration::load(scope.config.as_deref(), start, top, here, tree)
}

/// The inputs that the configuration does not leave out.
pub(super) fn wanted(inputs: Vec<Input>, config: &Config) -> Vec<Input> {
    let included =
        |path: &str| config.include.is_empty() || config.include.iter().any(|glob| glob.matches(path));
    let excluded = |path: &str| config.exclude.iter().any(|glob| glob.matches(path));
    inputs.into_iter().filter(|input| included(&input.path) && !excluded(&input.path)).collect()
}

pub(super) fn settings(scope: &Scope, config: &Config) -> Settings {
    let mut selection = configuration::selection(config);
    selection.only.clone_from(&scope.only);
    selection.ignore.clone_from(&scope.ignore);
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
    let sources = sources.chain(loaded.source.iter().map(|source| (source, Vec::new())));
    let report = Report::new(findings, sources, outcome.files, outcome.suppressed);
    let format = match arguments.format {
        Format::Human => render::Format::Human,
        Format::Json => render::Format::Json,
        Format::Sarif => render::Format::Sarif,
    };
    render::write(&report, format, &terminal::options(color), out)?;
    out.flush()?;
    if let (true, Some(path)) = (broken, config_path) {
        return Err(Error::Config { path });
    }
    if !outcome.broken.is_empty() {
        return Err(Error::Broken { paths: outcome.broken.join("`, `") });
    }
    let threshold = threshold(arguments.scope.fail_on, &loaded.config);
    let failed = report.findings.iter().any(|finding| finding.diagnostic.severity >= threshold);
    Ok(if failed { Status::Findings } else { Status::Clean })
}

/// The severity from which on a finding fails the command.
pub(super) fn threshold(typed: Option<FailOn>, config: &Config) -> Severity {
    match typed {
        Some(FailOn::Error) => Severity::Error,
        Some(FailOn::Warning) => Severity::Warning,
        None => config.fail_on,
    }
}
