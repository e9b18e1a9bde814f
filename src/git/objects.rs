//! The objects of a repository by their names: from its packs, and where those do not have them, by libgit2.
//!
//! Not here: what is in them.

use std::sync::Arc;

use git2::{ObjectType, Odb, Oid, Repository};

use crate::packs::{Id, Kind, Reader, Store};

/// Reads objects.
pub(super) struct Objects<'r> {
    packs: Reader,
    others: Odb<'r>,
}

impl<'r> Objects<'r> {
    pub(super) fn new(repository: &'r Repository, packs: &Arc<Store>) -> Result<Self, git2::Error> {
        Ok(Self { packs: Reader::new(Arc::clone(packs)), others: repository.odb()? })
    }

    /// The bytes of a tree.
    pub(super) fn tree(&mut self, id: Oid) -> Result<Arc<Vec<u8>>, git2::Error> {
        match packed(&mut self.packs, id) {
            Some((Kind::Tree, bytes)) => Ok(bytes),
            _ => {
                let object = self.others.read(id)?;
                if object.kind() != ObjectType::Tree {
                    return Err(git2::Error::from_str("what a commit has for a tree is none"));
                }
                Ok(Arc::new(object.data().to_vec()))
            }
        }
    }
}

/// What a pack has under that name.
pub(super) fn packed(packs: &mut Reader, id: Oid) -> Option<(Kind, Arc<Vec<u8>>)> {
    let id: &Id = id.as_bytes().first_chunk()?;
    packs.read(id)
}
