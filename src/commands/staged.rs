//! What a commit would add, as inputs: the index's files, and the neighbours that give them meaning.
//!
//! Not here: reading blobs; `git` does that.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::{self, Input};
use crate::files::relative;
use crate::git::{IndexTree, Staged};
use crate::project::Repository;
use crate::source::Tree;

use super::Error;

/// The staged files and what surrounds them.
pub(super) struct StagedInputs<'a> {
    pub(super) files: Vec<Input>,
    pub(super) repository: Repository,
    pub(super) tree: IndexTree<'a>,
}

/// Lists what is staged; `whole` asks for all lines of the staged files, not only the added ones.
///
/// # Errors
///
/// Where the repository cannot be opened again.
pub(super) fn list<'a>(
    staged: &Staged,
    whole: bool,
    here: &Path,
    beside: &'a dyn Tree,
) -> Result<StagedInputs<'a>, Error> {
    let mut files: Vec<Input> = staged
        .files
        .iter()
        .map(|file| Input {
            path: relative(&file.path, here),
            tracked: Some(true),
            mode: Some(file.mode),
            hook: file.path.parent() == Some(staged.hooks_directory.as_path()),
            checked: true,
            lines: (!whole).then(|| file.added.clone()),
        })
        .collect();
    // Most commits touch nothing that has a meaning beyond its own file; they pay for nothing else.
    if files.iter().any(|file| engine::has_neighbours(&file.path)) {
        files.extend(neighbours(staged, &files, here));
    }
    let index = staged.index.iter().map(|(path, (oid, _))| (relative(path, here), *oid)).collect();
    let repository = Repository { root: relative(&staged.root, here), ..Repository::default() };
    Ok(StagedInputs { files, repository, tree: IndexTree::new(here, index, beside)? })
}

fn neighbours(staged: &Staged, files: &[Input], here: &Path) -> Vec<Input> {
    let known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let all = staged.index.iter().map(|(path, (_, mode))| (relative(path, here), *mode));
    all.filter(|(path, _)| engine::has_neighbours(path) && !known.contains(path.as_str()))
        .map(|(path, mode)| Input {
            path,
            tracked: Some(true),
            mode: Some(mode),
            hook: false,
            checked: false,
            lines: None,
        })
        .collect()
}
