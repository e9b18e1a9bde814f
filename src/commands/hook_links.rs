//! The files of the work tree that git runs as hooks through links: `.githooks/pre-commit -> ../scripts/pre-commit.sh`.
//!
//! A link is only read for where it leads: the file is checked where it lies, if it is among what is checked. Not here:
//! what follows for the rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::files::{self, relative};
use crate::project::hooks::{Callers, DIRECTORIES};

/// The files, as shown from `here`, each with the hooks whose names the links have.
pub(super) fn find(root: &Path, hooks_directory: &Path, here: &Path) -> BTreeMap<String, Callers> {
    let mut found: BTreeMap<String, Callers> = BTreeMap::new();
    let Some(top) = files::real(root) else { return found };
    let mut directories: Vec<PathBuf> = DIRECTORIES.iter().map(|name| root.join(name)).collect();
    // An empty `core.hooksPath` leads to the root of the file system: nobody keeps hooks there.
    directories.extend(hooks_directory.parent().is_some().then(|| hooks_directory.to_owned()));
    for directory in directories {
        // Whoever walks the directory says that it cannot be read.
        for path in files::files_and_links_in(&directory).unwrap_or_default() {
            let hook = Callers::of(&path.file_name().unwrap_or_default().to_string_lossy());
            let target = if hook.is_empty() { None } else { files::real(&path) };
            let Some(inside) = target.as_deref().and_then(|target| target.strip_prefix(&top).ok()) else {
                continue;
            };
            let own = files::real(&directory).is_some_and(|own| {
                path.file_name().is_some_and(|name| target.as_deref() == Some(&own.join(name)))
            });
            if !own {
                let known = found.entry(relative(&root.join(inside), here)).or_default();
                *known = known.with(hook);
            }
        }
    }
    found
}
