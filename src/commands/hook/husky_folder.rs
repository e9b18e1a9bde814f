//! Where husky's hooks lie, and the `package.json` beside them: a project may keep both below the top.
//!
//! Not here: what husky does with them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::files;
use crate::git::WorkTree;
use crate::project::hooks::GIT_HOOKS;

/// The name that husky's folder has unless it is told otherwise.
const NAME: &str = ".husky";

/// The folder of the hooks: the one whose `_` git asks, or which git asks itself; else the one that git tracks, and where
/// there are several, or none, the one at the top.
pub(super) fn of(tree: &WorkTree) -> PathBuf {
    let asked = &tree.hooks_directory;
    if let Some(folder) = asked.parent().filter(|_| is_generated(asked)) {
        return folder.to_owned();
    }
    if asked.ends_with(NAME) && asked.starts_with(&tree.root) {
        return asked.clone();
    }
    let top = tree.root.join(NAME);
    if files::stat(&top).is_ok() {
        return top;
    }
    let named =
        |path: &PathBuf| path.file_name().is_some_and(|name| GIT_HOOKS.iter().any(|hook| name == *hook));
    let folders: BTreeSet<PathBuf> = tree
        .tracked
        .paths()
        .filter(named)
        .filter_map(|path| path.parent().filter(|folder| folder.ends_with(NAME)).map(Path::to_owned))
        .collect();
    match folders.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => one.clone(),
        _ => top,
    }
}

/// The `package.json` that says which husky it is.
pub(super) fn manifest(folder: &Path, tree: &WorkTree) -> PathBuf {
    let beside = folder.parent().filter(|above| above.starts_with(&tree.root));
    let beside = beside.map(|above| above.join("package.json")).filter(|path| files::stat(path).is_ok());
    beside.unwrap_or_else(|| tree.root.join("package.json"))
}

/// Whether a directory is husky's own, which it writes anew: `_` with the script that its hooks hand over to.
pub(super) fn is_generated(directory: &Path) -> bool {
    let made = || ["h", "husky.sh"].iter().any(|name| files::stat(&directory.join(name)).is_ok());
    directory.ends_with(".husky/_") || (directory.ends_with("_") && made())
}
