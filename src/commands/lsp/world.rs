//! The project as the editor has it: files on disk, with open texts over them.
//!
//! Not here: the protocol.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::Check;
use crate::commands::check::{self, Prepared};
use crate::commands::fix::Overlay;
use crate::commands::{Error, baseline, catalog, working_directory};
use crate::config;
use crate::diagnostic::{Finding, Report};
use crate::engine;
use crate::files::relative;
use crate::project::Project;
use crate::source::{PathKind, Source, Tree};

/// What is checked, and what is open.
#[derive(Debug)]
pub(super) struct World {
    root: PathBuf,
    here: PathBuf,
    /// The open texts by path, as paths are shown.
    open: BTreeMap<String, String>,
}

/// What a check of the world found.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The findings that no baseline accepts.
    pub(super) findings: Vec<Finding>,
    /// The texts, as they are.
    sources: BTreeMap<Arc<str>, Source>,
}

impl Seen {
    /// The text of a file that a finding points into.
    pub(super) fn source(&self, path: &str) -> Option<&Source> {
        self.sources.get(path)
    }
}

impl World {
    /// The project at `root`.
    pub(super) fn new(root: PathBuf) -> Result<Self, Error> {
        Ok(Self { root, here: working_directory()?, open: BTreeMap::new() })
    }

    /// How a path is shown.
    pub(super) fn shown(&self, path: &Path) -> String {
        relative(path, &self.here)
    }

    /// How the project's own folder is shown.
    pub(super) fn top(&self) -> String {
        self.shown(&self.root)
    }

    /// Where a path that is shown lies.
    pub(super) fn place(&self, shown: &str) -> PathBuf {
        self.here.join(shown)
    }

    /// A text was opened or changed.
    pub(super) fn open(&mut self, path: &Path, text: String) {
        self.open.insert(self.shown(path), text);
    }

    /// A text was closed: the file counts again.
    pub(super) fn close(&mut self, path: &Path) {
        self.open.remove(&self.shown(path));
    }

    /// The text that the editor shows for a path, else the file's.
    pub(super) fn source(&self, shown: &str) -> Option<Source> {
        match self.open.get(shown) {
            Some(text) => Some(Source::new(shown, text.as_str())),
            None => Some(Source::from_bytes(shown, crate::files::read(&self.place(shown)).ok()?)),
        }
    }

    /// The configuration of the project, if there is one.
    pub(super) fn configuration(&self) -> Option<Source> {
        let path = self.prepare().ok()?.loaded.source?.shared_path();
        self.source(&path)
    }

    fn arguments(&self) -> Check {
        let mut arguments = Check::of_index();
        arguments.staged = false;
        arguments.scope.paths = vec![self.root.clone()];
        arguments
    }

    /// What a check stands on; the configuration as it is open.
    fn prepare(&self) -> Result<Prepared, Error> {
        let mut prepared = check::prepare(&self.arguments().scope, &self.here)?;
        let source = prepared.loaded.source.as_ref().map(Source::shared_path);
        if let Some((path, text)) = source.and_then(|path| self.open.get_key_value(&*path)) {
            let source = Source::new(path.as_str(), text.as_str());
            let (config, mistakes) = config::load_from(
                &self.here.to_string_lossy(),
                &source,
                &catalog(),
                &self.over(&prepared.tree),
            );
            (prepared.loaded.config, prepared.loaded.mistakes) = (config, mistakes);
            prepared.loaded.source = Some(source);
        }
        Ok(prepared)
    }

    fn over<'a>(&self, tree: &'a dyn Tree) -> Overlay<'a> {
        let mut overlay = Overlay::new(tree);
        for (path, text) in &self.open {
            overlay.put(path, text.clone());
        }
        overlay
    }

    /// Checks everything, unless `waited_for` says on the way that something else is to be done first: `None` then. A
    /// project with nothing in it has nothing wrong with it.
    ///
    /// # Errors
    ///
    /// Where a file or the baseline cannot be read.
    pub(super) fn check(&self, waited_for: &(dyn Fn() -> bool + Sync)) -> Result<Option<Seen>, Error> {
        let prepared = match self.prepare() {
            Err(Error::NothingToCheck { .. }) => return Ok(Some(Seen::default())),
            prepared => prepared?,
        };
        let over = self.over(&prepared.tree);
        let tree = Leaving { tree: &over, waited_for };
        let outcome = engine::check(&prepared.files, &mut prepared.settings(), &tree);
        // A file that was not read then may be missed without a word.
        if waited_for() {
            return Ok(None);
        }
        let outcome = outcome?;
        let (mut report, _): (Report, bool) = check::collected(&prepared.loaded, &outcome);
        baseline::honour(&mut report, &self.arguments(), &prepared.loaded, &self.here)?;
        let mut sources: BTreeMap<Arc<str>, Source> =
            outcome.sources.into_iter().map(|(path, (source, _))| (path, source)).collect();
        for source in prepared.loaded.source.iter().chain(&prepared.loaded.others) {
            sources.insert(source.shared_path(), source.clone());
        }
        // What stands in the baseline is no place to look at.
        report.findings.retain(|finding| sources.contains_key(&finding.diagnostic.path));
        Ok(Some(Seen { findings: report.findings, sources }))
    }

    /// Reads the project and hands it to `look`, with every compose command resolved.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Project<'_>) -> T) -> Result<T, Error> {
        let prepared = self.prepare()?;
        let tree = self.over(&prepared.tree);
        let project = engine::gather(&prepared.files, &mut prepared.settings(), &tree)?;
        Ok(look(&project))
    }
}

/// Files that cannot be read any more once something else is to be done.
struct Leaving<'a> {
    tree: &'a dyn Tree,
    waited_for: &'a (dyn Fn() -> bool + Sync),
}

impl Leaving<'_> {
    fn stay(&self) -> io::Result<()> {
        if (self.waited_for)() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl Tree for Leaving<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.tree.kind(path)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.stay()?;
        self.tree.read(path)
    }

    fn read_into(&self, path: &str, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.stay()?;
        self.tree.read_into(path, bytes)
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.tree.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        self.tree.length(path)
    }
}
