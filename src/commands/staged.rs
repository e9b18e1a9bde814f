//! What a commit would add, as inputs: the index's files, and the neighbours that give them meaning.
//!
//! Not here: reading blobs; `git` does that.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::{self, Input};
use crate::files::relative;
use crate::git::{self, BlobTree, ChangedFile, Staged, Standing};
use crate::project::Repository;
use crate::source::{Tree, shown_name};

use super::hook_links;

/// The staged files and what surrounds them.
pub(super) struct StagedInputs<'a> {
    pub(super) files: Vec<Input>,
    pub(super) repository: Repository,
    pub(super) tree: BlobTree<'a>,
}

/// Lists what is staged; `whole` asks for all lines of the staged files, not only the added ones.
pub(super) fn list<'a>(
    staged: &'a Staged,
    whole: bool,
    here: &Path,
    beside: &'a dyn Tree,
) -> StagedInputs<'a> {
    let input = |file: &ChangedFile| {
        let path = staged.root.join(git::path_of(&file.path));
        Input {
            path: relative(&path, here),
            tracked: Some(true),
            mode: Some(file.mode),
            hook: path.parent() == Some(staged.hooks_directory.as_path()),
            checked: true,
            lines: (!whole).then(|| file.added.clone()),
        }
    };
    let mut files: Vec<Input> = staged.files.iter().map(input).collect();
    // Most commits touch nothing that has a meaning beyond its own file; they pay for nothing else.
    let means = |path: &str| engine::has_neighbours(path) || engine::may_be_named(path);
    if files.iter().any(|file| means(&file.path)) {
        files.extend(neighbours(staged, here));
    }
    let mut repository = Repository { root: relative(&staged.root, here), ..Repository::default() };
    if files.iter().any(|file| engine::has_neighbours(&file.path)) && !staged.claimed {
        repository.linked = hook_links::find(&staged.root, &staged.hooks_directory, here);
    }
    let standing = Standing { inside: relative(here, &staged.root), top: repository.root.clone() };
    StagedInputs { files, repository, tree: staged.tree(standing, beside) }
}

fn neighbours(staged: &Staged, here: &Path) -> Vec<Input> {
    let known: BTreeSet<&[u8]> = staged.files.iter().map(|file| file.path.as_slice()).collect();
    let others =
        staged.index().filter(|(path, _)| engine::has_neighbours(&shown_name(path)) && !known.contains(path));
    others
        .map(|(path, mode)| Input {
            path: relative(&staged.root.join(git::path_of(path)), here),
            tracked: Some(true),
            mode: Some(mode),
            hook: false,
            checked: false,
            lines: None,
        })
        .collect()
}
