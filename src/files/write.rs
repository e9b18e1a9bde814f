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

/// Writes a file in the same way, and makes its directory where there is none.
///
/// # Errors
///
/// As [`write_atomically`].
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_with_mode(path, bytes, None)
}

/// Writes in the same way, makes the directory where there is none, and gives the file the permission bits
/// `mode` where there are any.
///
/// # Errors
///
/// As [`write_atomically`].
pub fn write_with_mode(path: &Path, bytes: &[u8], mode: Option<u32>) -> Result<(), Error> {
    make_directory_of(path)?;
    write(path, bytes, mode)
}

fn make_directory_of(path: &Path) -> Result<(), Error> {
    match path.parent() {
        Some(directory) => {
            fs::create_dir_all(directory).map_err(|source| Error::Write { path: path.to_owned(), source })
        }
        None => Ok(()),
    }
}

/// Makes a folder, and those above it, where there is none.
///
/// # Errors
///
/// Where it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Makes a folder that only its owner can enter.
///
/// # Errors
///
/// Where it cannot be made, or is there already.
pub fn private_folder(path: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Removes a folder and what is in it; one that is gone already is no error.
///
/// # Errors
///
/// Where it cannot be removed.
pub fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
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
fn set_mode(file: &File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}
