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
    members: BTreeMap<String, Vec<u8>>,
    /// What there is of no content, with why. Nothing else hangs on it: the rest can be looked at.
    pub(super) unread: Vec<(String, &'static str)>,
    beside: &'a dyn Tree,
}

impl<'a> Opened<'a> {
    /// Opens the archives among `files`, and puts what is in them in their place.
    ///
    /// # Errors
    ///
    /// Where an archive cannot be read.
    pub(super) fn new(files: &mut Vec<Input>, beside: &'a DiskTree) -> io::Result<Self> {
        let (mut inside, mut unread) = (BTreeMap::new(), Vec::new());
        let (archives, others): (Vec<Input>, Vec<Input>) =
            files.drain(..).partition(|file| file.checked && is_archive(&file.path));
        *files = others;
        for archive in archives {
            for member in members(&archive.path, &beside.read_whole(&archive.path)?) {
                match member.content {
                    Ok(content) => {
                        files.push(Input { path: member.path.clone(), hook: false, ..archive.clone() });
                        inside.insert(member.path, content);
                    }
                    Err(why) => unread.push((member.path, why)),
                }
            }
        }
        Ok(Self { members: inside, unread, beside })
    }
}

impl Tree for Opened<'_> {
    fn kind(&self, path: &str) -> Option<PathKind> {
        if self.members.contains_key(path) { Some(PathKind::File) } else { self.beside.kind(path) }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.members.get(path) {
            Some(content) => Ok(content.clone()),
            None => self.beside.read(path),
        }
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.beside.is_ignored(path)
    }

    fn length(&self, path: &str) -> Option<u64> {
        match self.members.get(path) {
            Some(content) => u64::try_from(content.len()).ok(),
            None => self.beside.length(path),
        }
    }
}
