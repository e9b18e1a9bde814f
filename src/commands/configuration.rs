//! Finding `envgate.yaml` and turning it into what the engine is told.
//!
//! Not here: reading its content; `config` does that.

use std::path::{Path, PathBuf};

use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::engine::{Ignored, Selection};
use crate::files::{self, relative};
use crate::source::{Source, Tree, join, parent};

use super::{Error, catalog};

/// A configuration, its text, and its own mistakes.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) config: Config,
    pub(super) source: Option<Source>,
    pub(super) mistakes: Vec<Diagnostic>,
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
    let path = if let Some(path) = named {
        Some(path.to_owned())
    } else {
        let there = |path: &str| files::stat(Path::new(path)).is_ok_and(|stat| !stat.directory);
        nearest(start, top, there).map(PathBuf::from).map(inside).transpose()?
    };
    let Some(path) = path else { return Ok(Loaded::default()) };
    let source = Source::from_bytes(relative(&path, working_directory), files::read(&path)?);
    let (config, mistakes) = config::load(&source, &catalog(), tree);
    Ok(Loaded { config, source: Some(source), mistakes })
}

/// The nearest configuration from `start` upwards, not beyond `top`; `there` says which files there are.
pub(super) fn nearest(start: &str, top: Option<&str>, there: impl Fn(&str) -> bool) -> Option<String> {
    let mut directory = start;
    loop {
        for name in config::FILE_NAMES {
            let path = join(directory, name);
            if there(&path) {
                return Some(path);
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
