//! Finding `envgate.yaml` and turning it into what the engine is told.
//!
//! Not here: reading its content; `config` does that.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::baseline;
use crate::config::{self, Config};
use crate::diagnostic::{Diagnostic, Finding, Meta, Report, Severity};
use crate::engine::{Ignored, Selection};
use crate::files::{self, DiskTree, relative};
use crate::source::{Source, Tree, above, join, parent};
use crate::suppress::{GITLEAKS_FILE, GITLEAKS_IGNORED, Gitleaks};

use super::inputs::work_tree;
use super::{Error, catalog, working_directory};

/// A configuration, its text, and its own mistakes.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) config: Config,
    pub(super) source: Option<Source>,
    pub(super) mistakes: Vec<Diagnostic>,
    /// The folder of the configuration, else where it was looked for first; relative to the working directory.
    pub(super) folder: String,
    /// The baseline beside the configuration, else the nearest one.
    pub(super) baseline: Option<PathBuf>,
    /// What gitleaks is told to leave alone, by the nearest of its files.
    pub(super) gitleaks: Arc<Gitleaks>,
    /// What is wrong with those files; it stops nothing.
    pub(super) warned: Vec<Diagnostic>,
    /// Their texts.
    pub(super) others: Vec<Source>,
    /// The top of the work tree, where there is one; relative to the working directory.
    pub(super) top: Option<String>,
    /// Where the baseline is read from instead of the disk.
    pub(super) trusted: Option<Trusted>,
}

impl Loaded {
    /// Whether the configuration cannot be used.
    pub(super) fn is_mistaken(&self) -> bool {
        self.mistakes.iter().any(|mistake| mistake.severity == Severity::Error)
    }

    /// The identity of the project's own rule of this name.
    pub(super) fn own_rule(&self, word: &str) -> Option<&'static Meta> {
        self.config.own.iter().flat_map(|own| own.metas()).find(|meta| meta.names(word))
    }
}

/// The files of a commit that is trusted.
pub(super) struct Trusted {
    /// As typed.
    pub(super) reference: String,
    pub(super) tree: Arc<dyn Tree + Send>,
}

impl Trusted {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// Where the commit has none, or it cannot be read.
    pub(super) fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let shown = || format!("{}:{path}", self.reference);
        Ok(self.tree.read(path).map_err(|source| files::Error::Read { path: shown(), source })?)
    }
}

impl fmt::Debug for Trusted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Trusted").finish_non_exhaustive()
    }
}

/// Reads the configuration that was `named`, else the nearest one from `start` (relative to the working
/// directory) upwards, not beyond `top`.
///
/// # Errors
///
/// Where the named one, or the one that was found, cannot be read.
pub(super) fn load(
    named: Option<&Path>,
    start: &str,
    top: Option<&str>,
    working_directory: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let mut loaded = own(named, start, top, working_directory, tree)?;
    let other = |name: &str| -> Result<Option<Source>, Error> {
        let Some(path) = nearest(start, top, &[name], on_disk) else { return Ok(None) };
        let path = PathBuf::from(path);
        Ok(Some(Source::from_bytes(relative(&path, working_directory), files::read(&path)?)))
    };
    let (configuration, ignored) = (other(GITLEAKS_FILE)?, other(GITLEAKS_IGNORED)?);
    let shown = working_directory.to_string_lossy();
    let (gitleaks, warned) = Gitleaks::read_from(&shown, configuration.as_ref(), ignored.as_ref());
    let said = warned.into_iter().filter_map(|mut one| {
        one.severity = loaded.config.severity(one.meta, one.severity)?;
        Some(one)
    });
    loaded.warned = said.collect();
    loaded.top = top.map(ToOwned::to_owned);
    loaded.gitleaks = Arc::new(gitleaks);
    loaded.others = configuration.into_iter().chain(ignored).collect();
    Ok(loaded)
}

/// The configuration that was `named`, else the nearest one from the working directory upwards, for commands that
/// look at no files.
///
/// # Errors
///
/// Where it cannot be read.
pub(super) fn around(named: Option<&Path>) -> Result<Loaded, Error> {
    let here = working_directory()?;
    let top = top(&here)?;
    let tree = DiskTree::new([top.as_str()])?;
    load(named, "", Some(&top), &here, &tree)
}

/// How far up from the working directory a configuration is looked for: to the top of the work tree, else nowhere.
///
/// # Errors
///
/// Where the repository is one that nothing may be read from.
pub(super) fn top(here: &Path) -> Result<String, Error> {
    files::openable_repository(here)?;
    let tree = work_tree(here).ok().flatten();
    Ok(tree.map(|tree| relative(&tree.root, here)).unwrap_or_default())
}

fn own(
    named: Option<&Path>,
    start: &str,
    top: Option<&str>,
    working_directory: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let path = if let Some(path) = named {
        Some(path.to_owned())
    } else {
        nearest(start, top, &config::FILE_NAMES, on_disk).map(PathBuf::from).map(inside).transpose()?
    };
    let Some(path) = path else {
        let baseline = nearest(start, top, &[baseline::FILE_NAME], on_disk);
        let baseline = baseline.map(PathBuf::from).map(inside).transpose()?;
        return Ok(Loaded { folder: start.to_owned(), baseline, ..Loaded::default() });
    };
    let source = Source::from_bytes(relative(&path, working_directory), files::read(&path)?);
    let shown = working_directory.to_string_lossy();
    let (config, mistakes) = config::load_from(&shown, &source, &catalog(), tree);
    let folder = parent(source.path()).to_owned();
    let baseline =
        nearest_baseline(&folder, start, top, on_disk).map(PathBuf::from).map(inside).transpose()?;
    Ok(Loaded { config, source: Some(source), mistakes, folder, baseline, ..Loaded::default() })
}

/// Refuses folders that are not all judged by the same configuration: one of them would speak for the others.
///
/// # Errors
///
/// Where another one is the nearest to another folder.
pub(super) fn refuse_several(
    folders: &[String],
    top: Option<&str>,
    there: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let nearest_to = |folder: &str| nearest(folder, top, &config::FILE_NAMES, &there);
    let folders: BTreeSet<&str> = folders.iter().map(String::as_str).collect();
    let mut folders = folders.into_iter();
    let Some(first) = folders.next().filter(|_| folders.len() > 0) else { return Ok(()) };
    let known = nearest_to(first);
    let shown = |folder: &str| if folder.is_empty() { ".".to_owned() } else { folder.to_owned() };
    match folders.find(|folder| nearest_to(folder) != known) {
        Some(other) => Err(Error::SeveralConfigurations { one: shown(first), other: shown(other) }),
        None => Ok(()),
    }
}

pub(super) fn on_disk(path: &str) -> bool {
    files::stat(Path::new(path)).is_ok_and(|stat| !stat.directory)
}

/// The baseline beside the configuration in `folder`, else the nearest one.
pub(super) fn nearest_baseline(
    folder: &str,
    start: &str,
    top: Option<&str>,
    there: impl Fn(&str) -> bool,
) -> Option<String> {
    let names = [baseline::FILE_NAME];
    nearest(folder, Some(folder), &names, &there).or_else(|| nearest(start, top, &names, &there))
}

/// The nearest file of one of these names from `start` (relative to the working directory) upwards, not beyond
/// `top`; `there` says which files there are.
pub(super) fn nearest(
    start: &str,
    top: Option<&str>,
    names: &[&str],
    there: impl Fn(&str) -> bool,
) -> Option<String> {
    let mut directory = start.to_owned();
    loop {
        for name in names {
            let path = join(&directory, name);
            if there(&path) {
                return Some(path);
            }
        }
        directory = above(&directory, top)?;
    }
}

/// The path, unless it leads out of its own directory: what is quoted from it was never asked to be read.
fn inside(path: PathBuf) -> Result<PathBuf, Error> {
    let home = files::real(path.parent().unwrap_or(Path::new("")));
    match (files::real(&path), home) {
        (Some(path), Some(home)) if !path.starts_with(&home) => {}
        _ => return Ok(path),
    }
    Err(files::Error::Outside { path: path.display().to_string() }.into())
}

/// The identity of everything that can be reported, the project's own rules among them.
pub(super) fn catalog_with(config: &Config) -> Vec<&'static Meta> {
    let mut all = catalog();
    all.extend(config.own.iter().flat_map(|own| own.metas()));
    all
}

/// The findings of a report, by their place, that the configuration accepts by their fingerprint.
pub(super) fn accepted(config: &Config, report: &Report) -> BTreeSet<usize> {
    let today = baseline_day();
    let by_print: Vec<_> =
        config.ignores.iter().filter(|ignore| ignore.fingerprint.is_some() && ignore.holds(&today)).collect();
    let is_accepted = |finding: &Finding| {
        let meant = |ignore: &&&config::Ignore| ignore.fingerprint.as_ref() == Some(&finding.fingerprint);
        by_print.iter().filter(meant).any(|ignore| ignore.silences(&finding.diagnostic))
    };
    report
        .findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| is_accepted(finding))
        .map(|(nth, _)| nth)
        .collect()
}

fn baseline_day() -> String {
    super::baseline::today().to_string()
}

/// What the configuration says of rules, for the engine.
pub(super) fn selection(config: &Config) -> Selection {
    let severities =
        config.rules.iter().filter_map(|setting| Some((setting.word.clone(), setting.level?))).collect();
    let today = baseline_day();
    let holds = |ignore: &&config::Ignore| {
        ignore.reason.is_some() && ignore.fingerprint.is_none() && ignore.holds(&today)
    };
    let ignored = config.ignores.iter().filter(holds).cloned();
    let ignored = ignored
        .map(|ignore| Ignored::with_text(move |finding, text| ignore.silences(finding) && ignore.means(text)))
        .collect();
    Selection { severities, ignored, ..Selection::default() }
}
