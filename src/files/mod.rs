//! The disk: walking it, reading from it, writing to it atomically.
//!
//! Not here: what a file means. Nothing is opened but regular files; no link is followed out of the
//! tree that was asked for.

mod archive;
mod ignored;
mod left;
mod packs;
mod parts;
mod patterns;
mod read;
mod repository;
mod stat;
mod walk;
mod write;

use std::path::PathBuf;

pub use archive::{Member, is_archive, members};
pub use left::working_folder;
pub use parts::Parts;
pub use patterns::Patterns;
pub use read::{DiskTree, MAX_FILE_BYTES, read, read_whole};
pub use repository::openable_repository;
pub use stat::{Stat, files_and_links_in, files_in, real, stat};
pub use walk::{Walk, Walked, relative};
pub use write::{
    let_run, make_folder, private_folder, remove, remove_folder, stays_in, write_atomically, write_new,
    write_with_mode,
};

/// What went wrong on the disk, and where.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path does not exist.
    #[error("`{path}` does not exist")]
    Missing {
        /// As given.
        path: String,
    },
    /// The path exists but is no regular file.
    #[error("`{path}` is not a regular file")]
    NotAFile {
        /// As given.
        path: String,
    },
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("`{path}` is larger than {} MiB", MAX_FILE_BYTES / 1024 / 1024)]
    TooLarge {
        /// As given.
        path: String,
    },
    /// A file of patterns that a walk must not open.
    #[error("`{path}` is not a regular file of at most 1 MiB, so it cannot be honoured")]
    IgnoreFile {
        /// Its path.
        path: String,
    },
    /// A link leads out of the tree.
    #[error("`{path}` is a link that leads out of its directory")]
    Outside {
        /// The link.
        path: String,
    },
    /// Reading failed.
    #[error("cannot read `{path}`")]
    Read {
        /// As given.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Walking a directory failed.
    #[error("cannot walk `{path}`")]
    Walk {
        /// As given.
        path: String,
        /// Why.
        #[source]
        source: ignore::Error,
    },
    /// Writing failed; what stood there before still stands.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The target.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A glob in the configuration or on the command line is not one.
    #[error("`{glob}` is not a glob")]
    Glob {
        /// As given.
        glob: String,
        /// Why.
        #[source]
        source: ignore::Error,
    },
}
