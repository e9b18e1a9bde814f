//! Writing: whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::Error;

/// Writes `bytes` to `path` through a file beside it, so that a reader sees the old or the new file and
/// never half of one. The permissions of an existing file are kept.
///
/// # Errors
///
/// Where the directory cannot be written or the disk is full; the old file then still stands.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write(path, bytes, None)
}

/// Writes in the same way, makes the directory where there is none, and gives the file the permission bits
/// `mode` where there are any.
///
/// # Errors
///
/// As [`write_atomically`].
pub fn write_with_mode(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<(), Error> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    }
    write(path, bytes, mode)
}

/// Lets whoever may read a file run it.
///
/// # Errors
///
/// Where its mode cannot be written.
pub fn let_run(path: &Path) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mode = fs::metadata(path).map_err(failed)?.permissions();
    set_mode(&file, executable(&mode)).map_err(failed)
}

/// Removes a file.
///
/// # Errors
///
/// Where it cannot be removed.
pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}

fn write(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<(), Error> {
    let failed = |source| Error::Write { path: path.to_owned(), source };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".envgate-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = (|| {
        let mut file = File::create_new(&beside)?;
        if let Ok(metadata) = fs::metadata(path) {
            file.set_permissions(metadata.permissions())?;
        }
        if let Some(mode) = mode {
            set_mode(&file, mode)?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|source| {
        // Best effort: the error that matters is the one above.
        let _ = fs::remove_file(&beside);
        failed(source)
    })
}

#[cfg(unix)]
fn executable(permissions: &fs::Permissions) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let mode = permissions.mode();
    mode | (mode & 0o444) >> 2
}

#[cfg(not(unix))]
fn executable(_permissions: &fs::Permissions) -> u32 {
    0o755
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}
