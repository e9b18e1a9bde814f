//! `--config-from`: the configuration and the silencings of a commit, so that whoever proposes a change does not
//! choose what it is judged by.
//!
//! Not here: which files are checked, and what a silencing is.

use std::path::Path;
use std::sync::Arc;

use crate::cli::Scope;
use crate::config;
use crate::engine::Vouching;
use crate::files::{self, Patterns, relative};
use crate::git::{self, BlobTree, Standing};
use crate::source::{PathKind, Source, Tree, file_name, join, parent};

use super::configuration::{self, Loaded};
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
        let revision = git::revision(here, reference)?;
        let (root, id) = (revision.root.clone(), revision.id.clone());
        let ignores: Vec<_> = revision.called(IGNORE_FILE).map(git::path_of).collect();
        let standing = Standing { inside: relative(here, &root), top: relative(&root, here) };
        let tree = revision.into_tree(here, standing)?;
        let mut patterns = Patterns::default();
        for path in ignores.iter().map(|path| root.join(path)) {
            let text = Source::from_bytes("", tree.read(&relative(&path, here))?);
            patterns.add(path.parent().unwrap_or(&root), text.text())?;
        }
        Ok(Some(Self { reference: reference.clone(), id, tree: Arc::new(tree), patterns }))
    }

    /// The files that it leaves out.
    pub(super) const fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Whose silencing comments count.
    pub(super) fn vouching(&self) -> Vouching {
        let tree: Arc<dyn Tree + Send> = self.tree.clone();
        Vouching::new(tree)
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
        let there = |path: &str| self.tree.kind(path) == Some(PathKind::File);
        let path = match &scope.config {
            Some(named) => Some(relative(named, here)),
            None => configuration::nearest(start, top, there),
        };
        let Some(path) = path else { return Ok(Loaded::default()) };
        if !there(&path) {
            return Err(Error::NotInCommit { path, reference: self.reference.clone() });
        }
        // The file of this name on the disk may be another, and findings can stand in both.
        let name = join(parent(&path), &format!("{}@{}", file_name(&path), self.id));
        let source = Source::from_bytes(name, self.tree.read(&path)?);
        let (config, mistakes) = config::load(&source, &catalog(), tree);
        Ok(Loaded { config, source: Some(source), mistakes })
    }
}
