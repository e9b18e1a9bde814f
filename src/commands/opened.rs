//! The files of a check with the archives among them opened.
//!
//! Not here: unpacking.

use std::collections::BTreeMap;
use std::io;

use crate::engine::Input;
use crate::files::{DiskTree, is_archive, members};
use crate::source::{PathKind, Tree};

/// What is in archives, beside what is on the disk.
pub(super) struct Opened<'a> {
    members: BTreeMap<String, Result<Vec<u8>, &'static str>>,
    beside: &'a dyn Tree,
}

impl<'a> Opened<'a> {
    /// Opens the archives among `files`, and puts what is in them in their place.
    ///
    /// # Errors
    ///
    /// Where an archive cannot be read.
    pub(super) fn new(files: &mut Vec<Input>, beside: &'a DiskTree) -> io::Result<Self> {
        let mut inside = BTreeMap::new();
        let (archives, others): (Vec<Input>, Vec<Input>) =
            files.drain(..).partition(|file| file.checked && is_archive(&file.path));
        *files = others;
        for archive in archives {
            for member in members(&archive.path, &beside.read_whole(&archive.path)?) {
                files.push(Input { path: member.path.clone(), hook: false, ..archive.clone() });
                inside.insert(member.path, member.content);
            }
        }
        Ok(Self { members: inside, beside })
    }
}

impl Tree for Opened<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if self.members.contains_key(path) { Some(PathKind::File) } else { self.beside.kind(path) }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.members.get(path) {
            Some(Ok(content)) => Ok(content.clone()),
            Some(Err(why)) => Err(io::Error::other(*why)),
            None => self.beside.read(path),
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.beside.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        match self.members.get(path) {
            Some(member) => u64::try_from(member.as_ref().ok()?.len()).ok(),
            None => self.beside.length(path),
        }
    }
}
