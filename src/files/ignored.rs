//! The files that say what to leave out, looked at before the walk opens them: a FIFO would never end, a
//! device neither, and patterns without bound take memory without bound.
//!
//! Not here: what the patterns mean; the `ignore` crate reads them.

use std::fs;
use std::path::Path;

use super::{Error, real};

/// The largest file of patterns that is honoured.
const MAX_BYTES: u64 = 1024 * 1024;

/// The names that a walk opens in each directory.
const NAMES: [&str; 2] = [".gitignore", ".envgateignore"];

/// Says whether the ignore files of `directory` are such that a walk may open them.
///
/// # Errors
///
/// Where one is no regular file, is a link (git follows none either), or is too large.
pub(super) fn harmless(directory: &Path) -> Result<(), Error> {
    for name in NAMES {
        let path = directory.join(name);
        // One that cannot be asked about cannot be opened either; the walk says so.
        if fs::symlink_metadata(&path).is_ok_and(|data| !data.is_file() || data.len() > MAX_BYTES) {
            return Err(Error::IgnoreFile { path: path.display().to_string() });
        }
    }
    let path = directory.join(".git/info/exclude");
    match fs::metadata(&path) {
        Ok(data) if !data.is_file() || data.len() > MAX_BYTES => {
            Err(Error::IgnoreFile { path: path.display().to_string() })
        }
        _ => Ok(()),
    }
}

/// The same for `root` and the directories above it, whose patterns hold in it too.
///
/// # Errors
///
/// As for [`harmless`].
pub(super) fn harmless_upwards(root: &Path) -> Result<(), Error> {
    harmless(root)?;
    real(root).iter().flat_map(|root| root.ancestors().skip(1)).try_for_each(harmless)
}
