//! What is piped in, standing at a path of the disk.
//!
//! Not here: what is wrong with it.

use std::io::{self, Read};

use crate::source::{PathKind, Tree};

/// The most that is read from a pipe, in bytes: what a file may have too.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// The disk, with one file replaced.
pub(super) struct StdinTree<'a> {
    path: String,
    bytes: Vec<u8>,
    beside: &'a dyn Tree,
}

impl<'a> StdinTree<'a> {
    /// Reads the process's input to its end, to stand at `path` among the files of `beside`.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or there is too much of it.
    pub(super) fn read(path: &str, beside: &'a dyn Tree) -> io::Result<Self> {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(io::Error::other(format!("more than {MAX_BYTES} bytes are piped in")));
        }
        Ok(Self { path: path.to_owned(), bytes, beside })
    }
}

impl Tree for StdinTree<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if path == self.path { Some(PathKind::File) } else { self.beside.kind(path) }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path == self.path { Ok(self.bytes.clone()) } else { self.beside.read(path) }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.beside.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        if path == self.path { u64::try_from(self.bytes.len()).ok() } else { self.beside.length(path) }
    }
}
