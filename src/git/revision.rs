//! The files of a commit: what a branch said before somebody asked to change it.
//!
//! Not here: which of them matter. Links and submodules are no files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::packs::{Disk, Store};
use crate::source::Tree;

use super::blobs::{Held, Opened};
use super::entries::Entries;
use super::named::commit_named;
use super::objects::Objects;
use super::{BlobTree, Error, Standing, open};

/// How many digits of a commit's id are shown, as in `git log --abbrev=12`.
const SHORT: usize = 12;

/// The files of a commit.
#[derive(Debug)]
pub struct Revision {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The first 12 hexadecimal digits of the commit's id.
    pub id: String,
    entries: Entries,
    packs: Arc<Store>,
}

impl Revision {
    /// The paths, from the top and as git has them, of the files that are called `name`.
    pub fn called(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let paths = self.entries.files().map(|entry| entry.path);
        paths.filter(move |path| path.rsplit(|byte| *byte == b'/').next() == Some(name.as_bytes()))
    }

    /// The files as a tree, seen from the working directory `here`, with nothing beside them.
    ///
    /// # Errors
    ///
    /// Where the repository cannot be opened.
    pub fn into_tree(self, here: &Path, standing: Standing) -> Result<BlobTree<'static>, Error> {
        let repository = Held::Own(Mutex::new(Opened::new(open(here)?, self.packs)));
        Ok(BlobTree::new(repository, Held::Own(self.entries), standing, &Nothing))
    }
}

/// A tree without files.
struct Nothing;

impl Tree for Nothing {
    fn kind(&self, _path: &str) -> Option<crate::source::PathKind> {
        None
    }
}

/// The commit that `reference` names (a branch, a tag, an id, `main~1`) in the repository that `here` lies in.
///
/// # Errors
///
/// Where there is no repository with a work tree, no such commit, or objects of it are missing.
pub fn revision(here: &Path, reference: &str, disk: Box<dyn Disk>) -> Result<Revision, Error> {
    let shown = || here.to_string_lossy().into_owned();
    let repository = open(here)?;
    let root = repository.workdir().map(Path::to_owned).ok_or_else(|| Error::Bare { path: shown() })?;
    let mut objects = Objects::on(&repository, disk).map_err(Error::read("packs", here))?;
    let commit = commit_named(reference, &mut objects).map_err(Error::commit(reference, here))?;
    let entries =
        Entries::of_tree(&mut objects, commit.tree_id()).map_err(Error::read("files of the commit", here))?;
    let mut id = commit.id().to_string();
    id.truncate(SHORT);
    Ok(Revision { root, id, entries, packs: objects.packs() })
}
