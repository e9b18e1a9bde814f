//! What a Makefile's compose commands get from make: what it and the files that it includes export.
//!
//! Not here: reading make's language; see [`crate::document::makefile`].

use std::sync::Arc;

use crate::document::makefile::{Around, Exports, exports};
use crate::project::{File, Project};
use crate::source::{join, parent};

/// A Makefile's folder, where make runs.
struct Folder<'a> {
    path: &'a str,
    project: &'a Project<'a>,
}

impl Around for Folder<'_> {
    fn text(&self, path: &str) -> Option<&str> {
        self.project.file(&join(self.path, path)).map(|file| file.source.text())
    }

    fn is_there(&self, path: &str) -> bool {
        self.project.tree.kind(&join(self.path, path)).is_some()
    }
}

/// What the recipes of `file` get, its paths relative to the working directory.
pub(in crate::project) fn exported(file: &File, project: &Project<'_>) -> Arc<Exports> {
    let path = parent(file.source.path());
    let mut found = exports(file.source.text(), &Folder { path, project });
    for variable in &mut found.variables {
        let written = variable.path.as_ref().map(|written| join(path, written));
        variable.path = Some(written.unwrap_or_else(|| file.source.path().to_owned()));
    }
    for included in &mut found.included {
        included.path = join(path, &included.path);
    }
    Arc::new(found)
}
