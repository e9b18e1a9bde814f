//! The contents of a history, as files to be searched.
//!
//! Not here: which contents there are.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use git2::{ObjectType, Oid, Repository};

use crate::packs::{Kind, Reader, Store};
use crate::source::{PathKind, Tree};

use super::history::BlobId;
use super::ids::name;
use super::objects::unpacked;
use super::open;

/// The contents of a history under names of the caller's choice.
pub struct ContentTree {
    path: PathBuf,
    blobs: BTreeMap<String, Oid>,
    packs: Arc<Store>,
    // A reader serves one thread at a time, and remembers what serves neighbouring contents: each thread takes
    // one, or makes one where none is free.
    idle: Mutex<Vec<Worker>>,
}

/// What one thread reads with. The repository is opened for the first object that lies in no pack.
struct Worker {
    packs: Reader,
    repository: Option<Repository>,
}

impl std::fmt::Debug for ContentTree {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ContentTree").field("blobs", &self.blobs.len()).finish_non_exhaustive()
    }
}

impl ContentTree {
    /// The contents `blobs` of the repository that `path` lies in and whose packs are `packs`.
    #[must_use]
    pub fn new(path: &Path, blobs: BTreeMap<String, BlobId>, packs: Arc<Store>) -> Self {
        Self { path: path.to_owned(), blobs, packs, idle: Mutex::default() }
    }

    fn worker(&self) -> Worker {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        idle.unwrap_or_else(|| Worker { packs: Reader::new(Arc::clone(&self.packs)), repository: None })
    }
}

impl Worker {
    fn read(&mut self, path: &Path, id: Oid, buffer: &mut Vec<u8>) -> io::Result<()> {
        if let Some((kind, bytes)) = self.packs.read(&name(id)) {
            fill(buffer, content(kind, &bytes));
            return Ok(());
        }
        if self.repository.is_none() {
            self.repository = Some(open(path).map_err(io::Error::other)?);
        }
        let Some(repository) = &self.repository else { return Ok(()) };
        let database = repository.odb().map_err(io::Error::other)?;
        let object = unpacked(&mut self.packs, &database, id).map_err(io::Error::other)?;
        let kind = match object.kind() {
            ObjectType::Commit => Kind::Commit,
            ObjectType::Tag => Kind::Tag,
            ObjectType::Tree => Kind::Tree,
            _ => Kind::Blob,
        };
        fill(buffer, content(kind, object.data()));
        Ok(())
    }
}

fn fill(buffer: &mut Vec<u8>, content: &[u8]) {
    buffer.clear();
    buffer.extend_from_slice(content);
}

/// What is searched of an object: all of a file, and of a commit or a tag what it says, which stands behind the first
/// empty line.
fn content(kind: Kind, bytes: &[u8]) -> &[u8] {
    match kind {
        Kind::Blob => bytes,
        Kind::Tree => &[],
        Kind::Commit | Kind::Tag => {
            let head = memchr::memmem::find(bytes, b"\n\n").map_or(bytes.len(), |end| end + 2);
            let said = bytes.get(head..).unwrap_or_default();
            let start = said.iter().position(|&byte| byte != b'\n').unwrap_or(said.len());
            said.get(start..).unwrap_or_default()
        }
    }
}

impl Tree for ContentTree {
    fn kind(&self, path: &str) -> Option<PathKind> {
        self.blobs.contains_key(path).then_some(PathKind::File)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_into(path, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "no commit has it");
        let id = *self.blobs.get(path).ok_or_else(missing)?;
        let mut worker = self.worker();
        worker.read(&self.path, id, buffer)?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(worker);
        }
        Ok(())
    }
}
