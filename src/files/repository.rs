//! A repository's own files, looked at before anything opens them: a FIFO or a device among them would
//! never end.
//!
//! Not here: what they say; `git` reads them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::packs::{harmless_index, harmless_packs};
use super::{Error, real};

/// What is opened to learn of a repository, relative to its directory.
const OPENED: [&str; 8] =
    ["HEAD", "config", "config.worktree", "index", "commondir", "gitdir", "packed-refs", "info/exclude"];

/// The most bytes of a `.git` file that are read.
const MAX_POINTER_BYTES: u64 = 4096;

/// Says whether the repository that `path` lies in is made of regular files, so that opening it ends.
///
/// # Errors
///
/// Where one of its files is a FIFO, a socket, a device or a directory, and where its packs or its index would kill
/// whoever reads them.
pub fn openable_repository(path: &Path) -> Result<(), Error> {
    let Some(start) = real(path) else { return Ok(()) };
    let Some((above, dot)) = start.ancestors().find_map(|above| {
        let dot = above.join(".git");
        dot.symlink_metadata().is_ok().then_some((above, dot))
    }) else {
        return Ok(());
    };
    if dot.is_dir() {
        return regular_files(&dot);
    }
    regular(&dot)?;
    match pointed_at(&dot) {
        // A work tree beside the main one: its directory, and the common one two levels up.
        Some(target) => {
            let directory = above.join(target);
            let common = directory.join("../..");
            regular_files(&directory)?;
            regular_files(&common)
        }
        None => Ok(()),
    }
}

/// The directory after `gitdir:` in a `.git` file.
fn pointed_at(dot: &Path) -> Option<PathBuf> {
    let mut text = String::new();
    File::open(dot).ok()?.take(MAX_POINTER_BYTES).read_to_string(&mut text).ok()?;
    Some(PathBuf::from(text.strip_prefix("gitdir:")?.trim()))
}

fn regular_files(directory: &Path) -> Result<(), Error> {
    OPENED.iter().try_for_each(|name| regular(&directory.join(name)))?;
    harmless_index(&directory.join("index"))?;
    harmless_packs(&directory.join("objects"))
}

/// What does not exist is no trouble.
fn regular(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(data) if !data.is_file() => Err(Error::NotAFile { path: path.display().to_string() }),
        _ => Ok(()),
    }
}
