//! Finding `envgate.yaml` and turning it into what the engine is told.
//!
//! Not here: reading its content; `config` does that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::baseline;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::engine::{Ignored, Selection};
use crate::files::{self, relative};
use crate::source::{Source, Tree, join, parent};
use crate::suppress::{GITLEAKS_FILE, GITLEAKS_IGNORED, Gitleaks};

use super::{Error, catalog};

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
        let Some(path) = nearest(start, top, &[name]) else { return Ok(None) };
        Ok(Some(Source::from_bytes(relative(&path, working_directory), files::read(&path)?)))
    };
    let (configuration, ignored) = (other(GITLEAKS_FILE)?, other(GITLEAKS_IGNORED)?);
    let (gitleaks, warned) = Gitleaks::read(configuration.as_ref(), ignored.as_ref());
    let said = warned.into_iter().filter_map(|mut one| {
        one.severity = loaded.config.severity(one.meta, one.severity)?;
        Some(one)
    });
    loaded.warned = said.collect();
    loaded.gitleaks = Arc::new(gitleaks);
    loaded.others = configuration.into_iter().chain(ignored).collect();
    Ok(loaded)
}

fn own(
    named: Option<&Path>,
    start: &str,
    top: Option<&str>,
    working_directory: &Path,
    tree: &dyn Tree,
) -> Result<Loaded, Error> {
    let path = match named {
        Some(path) => Some(path.to_owned()),
        None => nearest(start, top, &config::FILE_NAMES).map(inside).transpose()?,
    };
    let Some(path) = path else {
        let baseline = nearest(start, top, &[baseline::FILE_NAME]).map(inside).transpose()?;
        return Ok(Loaded { folder: start.to_owned(), baseline, ..Loaded::default() });
    };
    let source = Source::from_bytes(relative(&path, working_directory), files::read(&path)?);
    let (config, mistakes) = config::load(&source, &catalog(), tree);
    let folder = parent(source.path()).to_owned();
    let baseline = nearest(&folder, Some(&folder), &[baseline::FILE_NAME])
        .or_else(|| nearest(start, top, &[baseline::FILE_NAME]))
        .map(inside)
        .transpose()?;
    Ok(Loaded { config, source: Some(source), mistakes, folder, baseline, ..Loaded::default() })
}

/// The nearest file of one of these names from `start` (relative to the working directory) upwards, not beyond
/// `top`.
fn nearest(start: &str, top: Option<&str>, names: &[&str]) -> Option<PathBuf> {
    let mut directory = start;
    loop {
        for name in names {
            let path = join(directory, name);
            if files::stat(Path::new(&path)).is_ok_and(|stat| !stat.directory) {
                return Some(PathBuf::from(path));
            }
        }
        // A start of `..` or an absolute path has no parents that the text alone could name.
        if directory.is_empty() || top == Some(directory) || directory.ends_with("..") || directory == "/" {
            return None;
        }
        directory = parent(directory);
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

/// What the configuration says of rules, for the engine.
pub(super) fn selection(config: &Config) -> Selection {
    let severities =
        config.rules.iter().filter_map(|setting| Some((setting.word.clone(), setting.level?))).collect();
    let ignored = config.ignores.iter().filter(|ignore| ignore.reason.is_some()).cloned();
    let ignored = ignored.map(|ignore| Ignored::new(move |finding| ignore.silences(finding))).collect();
    Selection { severities, ignored, ..Selection::default() }
}
