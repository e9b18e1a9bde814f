//! The contents of a history that were searched before and in which nothing was found.
//!
//! Not here: searching. What was clean for other rules or another configuration is not clean.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files;
use crate::git::BlobId;
use crate::secrets;

use super::Error;

/// The first word of the file.
const FORMAT: &str = "envgate/clean/v1";

/// The ids, and the file that they are kept in.
pub(super) struct Clean {
    path: PathBuf,
    head: String,
    ids: BTreeSet<BlobId>,
}

impl Clean {
    /// Reads the file at `path`, for a configuration that says `configuration`. A file that is not there, is broken
    /// or is about other rules names no content.
    ///
    /// # Errors
    ///
    /// Where the file is there and cannot be read.
    pub(super) fn read(path: &Path, configuration: &str) -> Result<Self, Error> {
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        digest.update(secrets::DIGEST.to_be_bytes());
        digest.update(configuration);
        let head = format!("{FORMAT} {:x}", digest.finalize());
        let bytes = match files::read(path) {
            Err(files::Error::Missing { .. }) => Vec::new(),
            read => read?,
        };
        let text = String::from_utf8(bytes).unwrap_or_default();
        let mut lines = text.lines();
        let same = lines.next() == Some(head.as_str());
        let ids = lines.filter(|_| same).filter_map(|line| line.parse().ok()).collect();
        Ok(Self { path: path.to_owned(), head, ids })
    }

    /// Whether a content is known to be clean.
    pub(super) fn has(&self, id: &BlobId) -> bool {
        self.ids.contains(id)
    }

    /// Remembers contents.
    pub(super) fn add(&mut self, ids: impl Iterator<Item = BlobId>) {
        self.ids.extend(ids);
    }

    /// Writes the file anew.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub(super) fn write(&self) -> Result<(), Error> {
        let mut text = self.head.clone();
        text.push('\n');
        for id in &self.ids {
            text.push_str(&id.to_string());
            text.push('\n');
        }
        Ok(files::write_atomically(&self.path, text.as_bytes())?)
    }
}
