//! The objects of a repository by their names: from its packs, and where those do not have them, by libgit2.
//!
//! Not here: what is in them.

use std::sync::Arc;

use git2::{ObjectFormat, ObjectType, Odb, OdbObject, Oid, Repository};

use crate::packs::{Id, Kind, Reader, Store};

use super::blobs::header;
use super::ids::name;

/// The largest object that is read, in bytes: what a file may have too.
const LARGEST: usize = 256 * 1024 * 1024;

/// Reads objects.
pub(super) struct Objects<'r> {
    packs: Reader,
    others: Odb<'r>,
    format: ObjectFormat,
}

impl<'r> Objects<'r> {
    pub(super) fn new(repository: &'r Repository, packs: &Arc<Store>) -> Result<Self, git2::Error> {
        let (packs, others) = (Reader::new(Arc::clone(packs)), repository.odb()?);
        Ok(Self { packs, others, format: repository.object_format() })
    }

    /// The name as libgit2 has it. Of a SHA-256 the first 20 bytes are kept, and libgit2 knows the others.
    pub(super) fn oid(&self, id: &Id) -> Result<Oid, git2::Error> {
        match self.format {
            ObjectFormat::Sha256 => {
                let mut digits = [0; 32];
                digits[..id.len()].copy_from_slice(id);
                self.others.exists_prefix(Oid::from_bytes(&digits)?, id.len() * 2)
            }
            ObjectFormat::Sha1 => Oid::from_bytes(id),
        }
    }

    /// The bytes of a name in a tree.
    pub(super) const fn width(&self) -> usize {
        match self.format {
            ObjectFormat::Sha256 => 32,
            ObjectFormat::Sha1 => 20,
        }
    }

    /// The bytes of a tree.
    pub(super) fn tree(&mut self, id: &Id) -> Result<Arc<Vec<u8>>, git2::Error> {
        if let Some((Kind::Tree, bytes)) = self.packs.read(id) {
            return Ok(bytes);
        }
        let object = loose(&self.others, self.oid(id)?)?;
        if object.kind() != ObjectType::Tree {
            return Err(git2::Error::from_str("what a commit has for a tree is none"));
        }
        Ok(Arc::new(object.data().to_vec()))
    }
}

/// What a pack has under that name.
pub(super) fn packed(packs: &mut Reader, id: Oid) -> Option<(Kind, Arc<Vec<u8>>)> {
    packs.read(&name(id))
}

/// What libgit2 finds under that name; an error where it is too large, which is asked before anything is unpacked.
pub(super) fn loose<'o>(objects: &'o Odb<'_>, id: Oid) -> Result<OdbObject<'o>, git2::Error> {
    let (length, _) = header(objects, id)?;
    if length > LARGEST {
        return Err(git2::Error::from_str(&format!("it has more than {LARGEST} bytes")));
    }
    objects.read(id)
}
