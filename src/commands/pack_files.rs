//! The packs of a repository on the disk.
//!
//! Not here: what is in them.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::{self, Parts};
use crate::packs::{Disk, ReadAt};

/// Whatever the disk has.
#[derive(Debug)]
pub struct PackFiles;

impl Disk for PackFiles {
    fn names(&self, directory: &Path) -> Vec<PathBuf> {
        files::files_in(directory).unwrap_or_default()
    }

    fn whole(&self, path: &Path) -> Option<Vec<u8>> {
        files::read_whole(path).ok()
    }

    fn open(&self, path: &Path) -> Option<Box<dyn ReadAt>> {
        Parts::open(path).map(|parts| Box::new(Pack(parts)) as Box<dyn ReadAt>)
    }
}

struct Pack(Parts);

impl ReadAt for Pack {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}
