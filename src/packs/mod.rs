//! Git's packs, read fast: every object that a history needs, its differences resolved from a cache of their bases.
//!
//! Not here: loose objects, other forms of packs, and what is wrong with a broken one. Where anything is not as
//! expected nothing is given, and whoever asked turns to libgit2, which finds the object elsewhere or says what is
//! wrong. Nothing is hashed: a search is no `git fsck`.

mod blocks;
mod cache;
mod delta;
mod entry;
mod index;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use blocks::Blocks;
use cache::Cache;
use entry::{Base, Entry, Inflater};
use index::Index;

/// The name of an object: its SHA-1.
pub type Id = [u8; 20];

/// The largest object that is read, in bytes.
const LARGEST: usize = 256 * 1024 * 1024;

/// How many differences may lie upon each other; git itself makes 50 at most, 4,095 where it is told so.
const LONGEST_CHAIN: usize = 4096;

/// A file of which parts are read.
pub trait ReadAt: Send {
    /// Reads into `buffer` what stands at `offset`; fewer bytes than asked for only at the end of the file.
    ///
    /// # Errors
    ///
    /// As the system tells.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// Where packs lie: what this module does not get at by itself.
pub trait Disk: Send + Sync {
    /// The files of a directory, none where there is no such directory.
    fn names(&self, directory: &Path) -> Vec<PathBuf>;

    /// What a file holds, `None` where it cannot be read.
    fn whole(&self, path: &Path) -> Option<Vec<u8>>;

    /// A file to read parts of, `None` where it cannot be opened.
    fn open(&self, path: &Path) -> Option<Box<dyn ReadAt>>;
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// The content of a file.
    Blob,
    /// A tag with a message.
    Tag,
}

/// An object: what it is, and its bytes.
pub type Object = (Kind, Arc<Vec<u8>>);

/// What a pack says of an object, before anything of it is unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It stands whole, and has so many bytes.
    Whole(Kind, u64),
    /// It is a difference, and so may be what it is a difference to: all that can be unpacked.
    Difference,
    /// It, or something that it is a difference to, says that it has more bytes than may be unpacked, or than its pack
    /// has room for.
    Excess,
}

/// The packs of a repository.
pub struct Store {
    disk: Box<dyn Disk>,
    packs: Vec<Pack>,
}

struct Pack {
    path: PathBuf,
    index: Index,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").field("packs", &self.packs.len()).finish_non_exhaustive()
    }
}

impl Store {
    /// No packs.
    #[must_use]
    pub fn empty(disk: Box<dyn Disk>) -> Self {
        Self { disk, packs: Vec::new() }
    }

    /// The packs in `directory`, which git calls `objects/pack`.
    #[must_use]
    pub fn new(directory: &Path, disk: Box<dyn Disk>) -> Self {
        Self::read(directory, disk, |disk, path| Index::new(disk.whole(path)?))
    }

    /// The same where a few objects will be asked for: no index is read as a whole.
    #[must_use]
    pub fn few(directory: &Path, disk: Box<dyn Disk>) -> Self {
        Self::read(directory, disk, |disk, path| Index::parts(disk.open(path)?))
    }

    /// What a file beside the packs holds, `None` where it cannot be read.
    #[must_use]
    pub fn whole(&self, path: &Path) -> Option<Vec<u8>> {
        self.disk.whole(path)
    }

    fn read(
        directory: &Path,
        disk: Box<dyn Disk>,
        index: impl Fn(&dyn Disk, &Path) -> Option<Index>,
    ) -> Self {
        let mut names = disk.names(directory);
        names.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        names.sort_unstable();
        let pack = |path: PathBuf| {
            let index = index(&*disk, &path)?;
            Some(Pack { path: path.with_extension("pack"), index })
        };
        let packs = names.into_iter().filter_map(pack).collect();
        Self { disk, packs }
    }
}

/// The names in the packs of `directory` whose objects are named by SHA-256: libgit2 leaves some of them out when it is
/// asked for all.
#[must_use]
pub fn long_names(directory: &Path, disk: &dyn Disk) -> Vec<[u8; 32]> {
    let mut files = disk.names(directory);
    files.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
    files.iter().filter_map(|path| index::long_names(&disk.whole(path)?)).flatten().collect()
}

/// Reads objects, one at a time; it remembers what neighbouring objects are made of.
pub struct Reader {
    store: Arc<Store>,
    // By the place of the pack in the store; `None` until one of its objects is read.
    open: Vec<Option<Blocks>>,
    last: usize,
    cache: Cache,
    inflater: Inflater,
    delta: Vec<u8>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reader").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Reader {
    /// A reader of what `store` has.
    #[must_use]
    pub fn new(store: Arc<Store>) -> Self {
        let open = store.packs.iter().map(|_| None).collect();
        let (cache, inflater) = (Cache::default(), Inflater::default());
        Self { store, open, last: 0, cache, inflater, delta: Vec::new() }
    }

    /// Where it reads from.
    #[must_use]
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// The object called `id`; `None` where no pack has it, or not as it should be.
    pub fn read(&mut self, id: &Id) -> Option<Object> {
        let (pack, offset) = self.place(id)?;
        self.object(pack, offset)
    }

    /// What is said of the object called `id`, where nothing that is unpacked may have more than `most` bytes; `None`
    /// where no pack has it.
    pub fn claim(&mut self, id: &Id, most: u64) -> Option<Claim> {
        let (pack, mut at) = self.place(id)?;
        for nth in 0..LONGEST_CHAIN {
            let blocks = self.blocks(pack)?;
            let entry = Entry::read(at, blocks)?;
            if entry.size as u64 > most || !entry.has_room(blocks) {
                return Some(Claim::Excess);
            }
            at = match entry.base {
                Base::None(kind) if nth == 0 => return Some(Claim::Whole(kind, entry.size as u64)),
                Base::None(_) => return Some(Claim::Difference),
                Base::Before(distance) => at.checked_sub(distance)?,
                Base::Called(id) => self.store.packs.get(pack)?.index.find(&id)?,
            };
        }
        None
    }

    fn place(&mut self, id: &Id) -> Option<(usize, u64)> {
        // Neighbours lie in one pack.
        let mut places = std::iter::once(self.last).chain(0..self.store.packs.len());
        let find = |at: usize| Some((at, self.store.packs.get(at)?.index.find(id)?));
        let (pack, offset) = places.find_map(find)?;
        self.last = pack;
        Some((pack, offset))
    }

    fn object(&mut self, pack: usize, offset: u64) -> Option<Object> {
        let mut chain: Vec<(u64, Entry)> = Vec::new();
        let mut at = offset;
        let (kind, mut content) = loop {
            if let Some(known) = self.cache.get(pack, at) {
                break known;
            }
            let entry = self.entry(pack, at)?;
            let next = match entry.base {
                Base::None(kind) => {
                    let mut content = Vec::new();
                    self.inflate(pack, &entry, &mut content)?;
                    break self.keep(pack, at, kind, content);
                }
                Base::Before(distance) => at.checked_sub(distance)?,
                Base::Called(id) => self.store.packs.get(pack)?.index.find(&id)?,
            };
            // A difference to what is called by its name may lead back to itself.
            if chain.len() == LONGEST_CHAIN {
                return None;
            }
            chain.push((at, entry));
            at = next;
        };
        let mut delta = std::mem::take(&mut self.delta);
        for (at, entry) in chain.into_iter().rev() {
            self.inflate(pack, &entry, &mut delta)?;
            let made = delta::apply(&content, &delta, LARGEST)?;
            (_, content) = self.keep(pack, at, kind, made);
        }
        self.delta = delta;
        Some((kind, content))
    }

    fn keep(&mut self, pack: usize, at: u64, kind: Kind, content: Vec<u8>) -> Object {
        let object = (kind, Arc::new(content));
        self.cache.put(pack, at, object.clone());
        object
    }

    fn blocks(&mut self, pack: usize) -> Option<&mut Blocks> {
        let slot = self.open.get_mut(pack)?;
        if slot.is_none() {
            let path = &self.store.packs.get(pack)?.path;
            *slot = Some(Blocks::new(self.store.disk.open(path)?));
        }
        slot.as_mut()
    }

    fn entry(&mut self, pack: usize, at: u64) -> Option<Entry> {
        let blocks = self.blocks(pack)?;
        let entry = Entry::read(at, blocks)?;
        (entry.size <= LARGEST && entry.has_room(blocks)).then_some(entry)
    }

    fn inflate(&mut self, pack: usize, entry: &Entry, into: &mut Vec<u8>) -> Option<()> {
        self.blocks(pack)?;
        let blocks = self.open.get_mut(pack)?.as_mut()?;
        self.inflater.inflate(entry, blocks, into)
    }
}

#[cfg(test)]
mod tests;
