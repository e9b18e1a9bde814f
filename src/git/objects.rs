//! The objects of a repository by their names, none of which is unpacked before it is known how large it is: a few
//! bytes may stand for as many as anybody likes, and libgit2 makes room for all that an object says it has.
//!
//! Not here: what is in them, and what they are called beside their names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Decompress;
use git2::{
    Blob, Commit, ErrorClass, ErrorCode, Object, ObjectFormat, ObjectType, Odb, OdbObject, Oid, Reference,
    Repository, Tag,
};

use crate::packs::{Claim, Disk, Id, Kind, Object as PackedObject, Reader, Store};

use super::blobs::{MAX_BYTES, header};
use super::ids::name;
use super::loose;

/// The largest commit, tree or tag that is read, in bytes: what a file may have too.
const LARGEST: usize = 256 * 1024 * 1024;

/// How many tags may stand one behind the other.
const MOST_TAGS: usize = 100;

/// Reads objects.
pub(super) struct Objects<'r> {
    repository: &'r Repository,
    packs: Reader,
    others: Odb<'r>,
    format: ObjectFormat,
    // Where objects lie in files of their own.
    directory: PathBuf,
    inflater: Decompress,
}

impl<'r> Objects<'r> {
    /// Those of a repository whose packs are known.
    pub(super) fn new(repository: &'r Repository, packs: &Arc<Store>) -> Result<Self, git2::Error> {
        let others = repository.odb()?;
        let packs = Reader::new(Arc::clone(packs));
        let (format, directory) = (repository.object_format(), repository.commondir().join("objects"));
        let inflater = Decompress::new(true);
        Ok(Self { repository, packs, others, format, directory, inflater })
    }

    /// Those of a repository; where its packs lie is looked up on `disk`.
    pub(super) fn on(repository: &'r Repository, disk: Box<dyn Disk>) -> Result<Self, git2::Error> {
        Self::new(repository, &packs(repository, disk, Store::new))
    }

    /// The same where a few will be asked for: no index of a pack is read as a whole.
    pub(super) fn few(repository: &'r Repository, disk: Box<dyn Disk>) -> Result<Self, git2::Error> {
        Self::new(repository, &packs(repository, disk, Store::few))
    }

    /// Whose they are.
    pub(super) const fn repository(&self) -> &'r Repository {
        self.repository
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

    /// An error where the object is larger than what is read of its kind, or says so.
    pub(super) fn check(&mut self, id: Oid) -> Result<(), git2::Error> {
        measure(&mut self.packs, &self.others, id).map(|_| ())
    }

    /// Where its packs are read from.
    pub(super) fn packs(&self) -> Arc<Store> {
        self.packs.store()
    }

    /// Whether there is such an object.
    pub(super) fn has(&self, id: Oid) -> bool {
        self.others.exists(id)
    }

    /// A commit.
    pub(super) fn commit(&mut self, id: Oid) -> Result<Commit<'r>, git2::Error> {
        self.check(id)?;
        self.repository.find_commit(id)
    }

    /// What a name stands for, behind its tags, each of which is handed to `tagged`.
    pub(super) fn behind_tags(
        &mut self,
        id: Oid,
        mut tagged: impl FnMut(&Tag<'r>),
    ) -> Result<Object<'r>, git2::Error> {
        let mut id = id;
        for _ in 0..MOST_TAGS {
            self.check(id)?;
            let object = self.repository.find_object(id, None)?;
            match object.into_tag() {
                Ok(tag) => {
                    id = tag.target_id();
                    tagged(&tag);
                }
                Err(object) => return Ok(object),
            }
        }
        Err(git2::Error::from_str("tags stand for tags without an end"))
    }

    /// The commit that a name stands for; `None` where it stands for something else.
    pub(super) fn commit_behind(&mut self, id: Oid) -> Result<Option<Commit<'r>>, git2::Error> {
        Ok(self.behind_tags(id, |_| ())?.into_commit().ok())
    }

    /// The commit that a reference leads to; `None` where it leads to something else, or to nothing.
    pub(super) fn commit_of(&mut self, reference: &Reference<'_>) -> Result<Option<Commit<'r>>, git2::Error> {
        let Some(id) = or_none(reference.resolve())?.and_then(|direct| direct.target()) else {
            return Ok(None);
        };
        or_none(self.commit_behind(id)).map(Option::flatten)
    }

    /// The commit of `HEAD`, or `None` before the first one.
    pub(super) fn head(&mut self) -> Result<Option<Commit<'r>>, git2::Error> {
        match self.repository.head() {
            Ok(head) => {
                let id = head.target().ok_or_else(|| git2::Error::from_str("HEAD leads nowhere"))?;
                self.commit_behind(id)?.map(Some).ok_or_else(no_commit)
            }
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The bytes of a file.
    pub(super) fn content(&mut self, id: Oid) -> Result<Vec<u8>, git2::Error> {
        match self.quickly(id) {
            Some((Kind::Blob, bytes)) => Ok(Arc::unwrap_or_clone(bytes)),
            _ => Ok(self.blob(id)?.content().to_vec()),
        }
    }

    /// The content of a file, as libgit2 has it.
    pub(super) fn blob(&mut self, id: Oid) -> Result<Blob<'r>, git2::Error> {
        self.check(id)?;
        self.repository.find_blob(id)
    }

    /// The bytes of a tree.
    pub(super) fn tree(&mut self, id: &Id) -> Result<Arc<Vec<u8>>, git2::Error> {
        let oid = self.oid(id)?;
        if let Some((Kind::Tree, bytes)) = self.quickly(oid) {
            return Ok(bytes);
        }
        let object = unpacked(&mut self.packs, &self.others, oid)?;
        if object.kind() != ObjectType::Tree {
            return Err(git2::Error::from_str("what a commit has for a tree is none"));
        }
        Ok(Arc::new(object.data().to_vec()))
    }

    /// The tree of the commit of `HEAD`, or `None` before the first one.
    pub(super) fn head_tree(&mut self) -> Result<Option<Oid>, git2::Error> {
        let format = self.format;
        let tree = |bytes: &[u8]| {
            let name = bytes.strip_prefix(b"tree ")?.split(|byte| *byte == b'\n').next()?;
            Oid::from_str_ext(std::str::from_utf8(name).ok()?, format).ok()
        };
        let id = self.repository.head().ok().and_then(|head| head.target());
        if let Some((Kind::Commit, bytes)) = id.and_then(|id| self.quickly(id))
            && let Some(tree) = tree(&bytes)
        {
            return Ok(Some(tree));
        }
        Ok(self.head()?.map(|commit| commit.tree_id()))
    }

    /// An object that lies in a pack or in a file of its own, where neither libgit2 nor anybody else has to be asked.
    fn quickly(&mut self, id: Oid) -> Option<PackedObject> {
        if self.format != ObjectFormat::Sha1 {
            return None;
        }
        self.packs.read(&name(id)).or_else(|| {
            let packed = self.packs.store().whole(&loose::place(&self.directory, id))?;
            loose::object(&packed, LARGEST, &mut self.inflater).map(|(kind, bytes)| (kind, Arc::new(bytes)))
        })
    }
}

/// What libgit2 finds under a name; an error where it is larger than what is searched.
pub(super) fn unpacked<'o>(
    packs: &mut Reader,
    others: &'o Odb<'_>,
    id: Oid,
) -> Result<OdbObject<'o>, git2::Error> {
    match measure(packs, others, id)? {
        length if length > LARGEST => Err(too_large(LARGEST)),
        _ => others.read(id),
    }
}

/// How many bytes an object has; an error where these are more than what is read of its kind, and where anything that
/// it is a difference to says that it has more.
pub(super) fn measure(packs: &mut Reader, others: &Odb<'_>, id: Oid) -> Result<usize, git2::Error> {
    let (length, kind) = match packs.claim(&name(id), MAX_BYTES as u64) {
        Some(Claim::Excess) => {
            return Err(git2::Error::from_str("a pack has no room for what an object says it has"));
        }
        Some(Claim::Whole(kind, length)) => (usize::try_from(length).unwrap_or(usize::MAX), of(kind)),
        Some(Claim::Difference) | None => header(others, id)?,
    };
    let most = if kind == ObjectType::Blob { MAX_BYTES } else { LARGEST };
    if length > most { Err(too_large(most)) } else { Ok(length) }
}

fn too_large(most: usize) -> git2::Error {
    git2::Error::from_str(&format!("it has more than {most} bytes"))
}

const fn of(kind: Kind) -> ObjectType {
    match kind {
        Kind::Commit => ObjectType::Commit,
        Kind::Tree => ObjectType::Tree,
        Kind::Blob => ObjectType::Blob,
        Kind::Tag => ObjectType::Tag,
    }
}

/// The packs of a repository, as `Store::new` or `Store::few` has them. Those whose names of objects have another length
/// are libgit2's to read.
pub(super) fn packs(
    repository: &Repository,
    disk: Box<dyn Disk>,
    store: fn(&Path, Box<dyn Disk>) -> Store,
) -> Arc<Store> {
    let known = repository.object_format() == ObjectFormat::Sha1;
    let directory = repository.commondir().join("objects/pack");
    Arc::new(if known { store(&directory, disk) } else { Store::empty(disk) })
}

/// `None` where there is no such thing.
fn or_none<T>(found: Result<T, git2::Error>) -> Result<Option<T>, git2::Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is said of a name that stands for no commit.
pub(super) fn no_commit() -> git2::Error {
    git2::Error::new(ErrorCode::Peel, ErrorClass::Object, "it stands for no commit")
}
