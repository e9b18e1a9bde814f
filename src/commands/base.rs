//! `--config-from`: the configuration and the silencings of a commit, so that whoever proposes a change does not
//! choose what it is judged by.
//!
//! Not here: which files are checked, and what a silencing is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::Scope;
use crate::engine::Vouching;
use crate::files::{self, Patterns, relative};
use crate::git::{self, BlobTree, Standing};
use crate::source::{PathKind, Source, Tree, file_name, join, parent};
use crate::{baseline, config};

use super::configuration::{Loaded, Trusted, nearest, nearest_baseline};
use super::pack_files::PackFiles;
use super::{Error, catalog};

/// What a walk leaves files out by.
const IGNORE_FILE: &str = ".envgateignore";

/// A commit that is trusted.
pub(super) struct Base {
    reference: String,
    id: String,
    tree: Arc<BlobTree<'static>>,
    patterns: Patterns,
}

impl Base {
    /// The commit that was asked for, if one was.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub(super) fn of(scope: &Scope, here: &Path) -> Result<Option<Self>, Error> {
        let Some(reference) = &scope.config_from else { return Ok(None) };
        files::openable_repository(here)?;
        let revision = git::revision(here, reference, Box::new(PackFiles))?;
        let (root, id) = (revision.root.clone(), revision.id.clone());
        let ignores: Vec<_> = revision.called(IGNORE_FILE).map(git::path_of).collect();
        let standing = Standing { inside: relative(here, &root), top: relative(&root, here) };
        let tree = revision.into_tree(here, standing)?;
        let mut base =
            Self { reference: reference.clone(), id, tree: Arc::new(tree), patterns: Patterns::default() };
        for path in ignores.iter().map(|path| root.join(path)) {
            let text = Source::from_bytes("", base.trusted().read(&relative(&path, here))?);
            base.patterns.add(path.parent().unwrap_or(&root), text.text())?;
        }
        Ok(Some(base))
    }

    /// The files that it leaves out.
    pub(super) const fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Whose silencing comments count.
    pub(super) fn vouching(&self) -> Vouching {
        Vouching::new(self.trusted().tree)
    }

    /// Whether it has a file at `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.tree.kind(path) == Some(PathKind::File)
    }

    fn trusted(&self) -> Trusted {
        Trusted { reference: self.reference.clone(), tree: self.tree.clone() }
    }

    /// The commit's own configuration: the one that was named, else the nearest; never one of the disk. `tree` holds
    /// the files that it names.
    ///
    /// # Errors
    ///
    /// Where the commit has no such file.
    pub(super) fn configuration(
        &self,
        scope: &Scope,
        start: &str,
        top: Option<&str>,
        here: &Path,
        tree: &dyn Tree,
    ) -> Result<Loaded, Error> {
        let there = |path: &str| self.has(path);
        let trusted = self.trusted();
        let path = match &scope.config {
            Some(named) => Some(relative(named, here)),
            None => nearest(start, top, &config::FILE_NAMES, there),
        };
        let Some(path) = path else {
            let folder = start.to_owned();
            let baseline = nearest(start, top, &[baseline::FILE_NAME], there).map(PathBuf::from);
            let top = top.map(ToOwned::to_owned);
            return Ok(Loaded { folder, baseline, top, trusted: Some(trusted), ..Loaded::default() });
        };
        if !there(&path) {
            return Err(Error::NotInCommit { path, reference: self.reference.clone() });
        }
        let folder = parent(&path).to_owned();
        // The file of this name on the disk may be another, and findings can stand in both.
        let name = join(&folder, &format!("{}@{}", file_name(&path), self.id));
        let source = Source::from_bytes(name, trusted.read(&path)?);
        let (config, mistakes) = config::load_from(&here.to_string_lossy(), &source, &catalog(), tree);
        let baseline = nearest_baseline(&folder, start, top, there).map(PathBuf::from);
        let (source, trusted, top) = (Some(source), Some(trusted), top.map(ToOwned::to_owned));
        Ok(Loaded { config, source, mistakes, folder, baseline, top, trusted, ..Loaded::default() })
    }
}
