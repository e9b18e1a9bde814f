//! Writing: whole or not at all.

use std::fs::{self, File, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{Error, real};

/// What stands between a file's name and the number of the process that is about to replace it.
const SUFFIX: &str = ".envgate-";

/// How many characters of a file's name are kept in that name.
const LONGEST_NAME: usize = 50;

/// Writes `bytes` to `path` through a file beside it, so that a reader sees the old or the new file and
/// never half of one. The permissions and the owner of an existing file are kept, and a link stays a link: what it
/// leads to is replaced. What is no file (a pipe, a device) is written to.
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

/// Says whether what `path` leads to lies in one of `directories`, so that no link in a tree that strangers made
/// sends a write elsewhere.
///
/// # Errors
///
/// Where it does not.
pub fn stays_in(path: &Path, directories: &[&Path]) -> Result<(), Error> {
    // What is not there yet lies where the nearest directory above it does.
    let Some(end) = path.ancestors().find_map(|above| real(or_here(above))) else { return Ok(()) };
    if directories.iter().filter_map(|directory| real(directory)).any(|directory| end.starts_with(directory))
    {
        return Ok(());
    }
    Err(Error::Outside { path: path.display().to_string() })
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
    // A link stays one: what it leads to is what others read.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file() && !old.is_dir()) {
        // A terminal, a pipe, `/dev/null`: there is no file to take the place of.
        let mut device = File::options().write(true).open(path).map_err(failed)?;
        return device.write_all(bytes).map_err(failed);
    }
    sweep(path);
    let beside = beside(path, std::process::id());
    let written = (|| {
        let mut file = File::create_new(&beside)?;
        if let Some(old) = &old {
            file.set_permissions(old.permissions())?;
            keep_owner(&file, old);
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
    })?;
    // Where a directory can be written out, a machine that stops now keeps the new name too.
    let _ = path.parent().map(or_here).and_then(|above| File::open(above).ok()).map(|above| above.sync_all());
    Ok(())
}

/// The file beside `path` that process `id` fills before it takes the place of `path`.
fn beside(path: &Path, id: u32) -> PathBuf {
    path.with_file_name(format!("{}{id}", left_over_prefix(path)))
}

/// What such a file's name begins with. Names are cut so that no file system finds them too long.
fn left_over_prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let short: String = name.chars().take(LONGEST_NAME).collect();
    format!("{short}{SUFFIX}")
}

/// Removes what processes left beside `path` that were killed while they wrote. They hold what was to be written,
/// and nobody will finish them.
fn sweep(path: &Path) {
    let prefix = left_over_prefix(path);
    let Some(entries) = path.parent().and_then(|directory| fs::read_dir(or_here(directory)).ok()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_prefix(prefix.as_str())?.parse::<u32>().ok());
        if id.is_some_and(|id| id == std::process::id() || !is_running(id)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn or_here(directory: &Path) -> &Path {
    if directory.as_os_str().is_empty() { Path::new(".") } else { directory }
}

/// Whether a process of this number runs; where that cannot be told it does.
pub(super) fn is_running(id: u32) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(id.to_string()).exists()
}

/// Gives a file to the owner of the one that it replaces; who may not do that leaves it with himself.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    if file.metadata().is_ok_and(|new| (new.uid(), new.gid()) != (old.uid(), old.gid())) {
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &Metadata) {}

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
