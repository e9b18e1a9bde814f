//! Asking about paths without opening them.

use std::fs::{self, DirEntry, Metadata};
use std::path::{Path, PathBuf};

use super::Error;

/// What is known of a path without opening it.
#[derive(Debug, Clone, Copy)]
pub struct Stat {
    /// Whether it is a directory, through links.
    pub directory: bool,
    /// The permission bits of the path itself, where the system has such a thing.
    pub mode: Option<u32>,
}

/// What stands at `path`.
///
/// # Errors
///
/// Where nothing does, or it cannot be asked about.
pub fn stat(path: &Path) -> Result<Stat, Error> {
    let shown = path.display().to_string();
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => Error::Missing { path: shown.clone() },
        _ => Error::Read { path: shown.clone(), source },
    };
    let own = fs::symlink_metadata(path).map_err(failed)?;
    // Most paths are no links, and need not be asked about twice.
    let directory =
        if own.is_symlink() { fs::metadata(path).map_err(failed)?.is_dir() } else { own.is_dir() };
    Ok(Stat { directory, mode: mode(&own) })
}

/// The path without links, or `None` where it does not exist.
#[must_use]
pub fn real(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path }).ok()
}

/// The regular files in `directory`, not deeper; none where it does not exist or is no directory.
///
/// # Errors
///
/// Where it exists and cannot be read.
pub fn files_in(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    files_where(directory, |entry| Ok(entry.file_type()?.is_file()))
}

/// The same, with the links that lead to a regular file.
///
/// # Errors
///
/// As [`files_in`].
pub fn files_and_links_in(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    files_where(directory, |entry| {
        let kind = entry.file_type()?;
        // A link that leads nowhere is no file, and no reason to stop.
        let leads = || fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file());
        Ok(kind.is_file() || (kind.is_symlink() && leads()))
    })
}

fn files_where(
    directory: &Path,
    wanted: impl Fn(&DirEntry) -> std::io::Result<bool>,
) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read { path: directory.display().to_string(), source };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if is_nothing(&error) => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if wanted(&entry).map_err(failed)? {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn is_nothing(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no mode")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_metadata: &Metadata) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{files_and_links_in, files_in};

    #[test]
    fn links_count_where_they_lead_to_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "x").unwrap();
        fs::create_dir(at("folder")).unwrap();
        for (target, link) in [("file", "a"), ("folder", "b"), ("nowhere", "c"), ("d", "d")] {
            symlink(target, at(link)).unwrap();
        }
        assert_eq!(files_in(folder.path()).unwrap(), [at("file")]);
        assert_eq!(files_and_links_in(folder.path()).unwrap(), [at("a"), at("file")]);
    }
}
