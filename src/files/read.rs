//! Reading: regular files only, never more than a bound, never through a link that leads elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::RwLock;

use crate::source::{PathKind, Tree, is_text_name, shown_name};

use super::{Error, real};

/// The largest file that is read. A larger text is an error, never silently skipped.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// `O_NONBLOCK`: a FIFO opens at once, whether anybody writes to it or not.
#[cfg(all(unix, target_vendor = "apple"))]
const WITHOUT_WAITING: i32 = 0x4;
#[cfg(all(unix, not(target_vendor = "apple")))]
const WITHOUT_WAITING: i32 = 0o4000;

/// How much of a file is looked at to tell text from binary, as git does it.
const SNIFF_BYTES: usize = 8 * 1024;

/// Reads the regular file at `path`.
///
/// # Errors
///
/// Where nothing, or no regular file, stands there; where it is larger than [`MAX_FILE_BYTES`] and
/// does not look binary; where it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    read_into(path, &mut bytes)?;
    Ok(bytes)
}

/// As [`read`], into memory that is there already.
fn read_into(path: &Path, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let shown = || path.display().to_string();
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing { path: shown() },
        _ => Error::Read { path: shown(), source },
    })?;
    read_known(path, &metadata, bytes)
}

/// The same of a path that was asked about already.
fn read_known(path: &Path, metadata: &Metadata, bytes: &mut Vec<u8>) -> Result<(), Error> {
    bytes.clear();
    let shown = || path.display().to_string();
    if !metadata.is_file() {
        return Err(Error::NotAFile { path: shown() });
    }
    let failed = |source| Error::Read { path: shown(), source };
    let mut file = open(path)?;
    bytes.reserve(capacity(metadata));
    let head = file.by_ref().take(SNIFF_BYTES as u64).read_to_end(bytes).map_err(failed)?;
    let text = path.file_name().is_some_and(|name| is_text_name(&name.to_string_lossy()));
    if memchr::memchr(0, bytes).is_some() && !text && metadata.len() > SNIFF_BYTES as u64 {
        // Binary: the head is enough to tell, and all that anyone will look at.
        return Ok(());
    }
    if head < SNIFF_BYTES {
        return Ok(());
    }
    // The file may grow while it is read, so the bound is on what is read, not on what `stat` said.
    let read = file.take(MAX_FILE_BYTES + 1).read_to_end(bytes).map_err(failed)?;
    if read as u64 > MAX_FILE_BYTES {
        return Err(Error::TooLarge { path: shown() });
    }
    Ok(())
}

/// Reads the regular file at `path` to its end, also where it is no text, up to [`MAX_FILE_BYTES`].
///
/// # Errors
///
/// As [`read`].
pub fn read_whole(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read { path: path.display().to_string(), source };
    let file = open(path)?;
    let metadata = file.metadata().map_err(failed)?;
    let mut bytes = Vec::with_capacity(capacity(&metadata));
    file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Opens the regular file at `path`. What was one when it was looked at may be a FIFO by now, which must not be waited
/// for.
fn open(path: &Path) -> Result<File, Error> {
    let shown = || path.display().to_string();
    let failed = |source| Error::Read { path: shown(), source };
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, WITHOUT_WAITING);
    let file = options.open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_file() { Ok(file) } else { Err(Error::NotAFile { path: shown() }) }
}

/// Room for what a file holds, and for the standard library to see that this is all without a second buffer.
fn capacity(metadata: &Metadata) -> usize {
    usize::try_from(metadata.len().min(MAX_FILE_BYTES)).unwrap_or(0) + 64
}

/// The working directory's disk, kept inside the trees that were asked for.
#[derive(Debug, Default)]
pub struct DiskTree {
    roots: Vec<PathBuf>,
    names: BTreeMap<String, PathBuf>,
    ignored: Option<fn(&Path) -> bool>,
    // Whether a directory is inside: asked once for all of its files.
    directories: RwLock<HashMap<PathBuf, bool>>,
}

impl DiskTree {
    /// A tree that never leaves `roots` through a link.
    ///
    /// # Errors
    ///
    /// Where a root does not exist.
    pub fn new<'a>(roots: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let canonical =
            |root: &str| real(Path::new(root)).ok_or_else(|| Error::Missing { path: root.to_owned() });
        Ok(Self {
            roots: roots.into_iter().map(canonical).collect::<Result<_, _>>()?,
            names: BTreeMap::new(),
            ignored: None,
            directories: RwLock::default(),
        })
    }

    /// The same tree, in which the paths shown for `names` stand for names that are no UTF-8.
    #[must_use]
    pub fn with_names(self, names: BTreeMap<String, PathBuf>) -> Self {
        Self { names, ..self }
    }

    /// The same tree, which asks `ignored` whether git passes over a file. Nobody is asked before a rule does.
    #[must_use]
    pub fn with_ignored(self, ignored: fn(&Path) -> bool) -> Self {
        Self { ignored: Some(ignored), ..self }
    }

    /// The path to open for `path`, or `None` where it leads out of the roots; with what is known of it where that was
    /// asked for.
    fn inside(&self, path: &str) -> Option<(PathBuf, Option<Metadata>)> {
        let named = self.names.get(path).map_or(Path::new(path), PathBuf::as_path);
        let plain = fs::symlink_metadata(named).ok().filter(Metadata::is_file);
        if plain.is_some()
            && let Some(directory) = named.parent()
        {
            return self.holds(directory).then(|| (named.to_owned(), plain));
        }
        let real = real(named)?;
        self.has_root_of(&real).then_some((real, None))
    }

    /// Whether `directory` is inside. What is no link in a directory that is known to be inside is inside too, which is
    /// seen without asking about every part of the path.
    fn holds(&self, directory: &Path) -> bool {
        let known = |path: &Path| self.directories.read().ok().and_then(|known| known.get(path).copied());
        let mut unknown = Vec::new();
        let mut holds = None;
        for above in directory.ancestors() {
            holds = known(above);
            // The last part of `a/..` is none.
            if holds.is_some() || above.file_name().is_none() {
                break;
            }
            unknown.push(above);
        }
        for path in unknown.iter().rev() {
            let plain =
                holds == Some(true) && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
            let inside = plain || real(path).is_some_and(|real| self.has_root_of(&real));
            self.remember(path, inside);
            holds = Some(inside);
        }
        holds.unwrap_or_else(|| {
            let inside = real(directory).is_some_and(|real| self.has_root_of(&real));
            self.remember(directory, inside);
            inside
        })
    }

    fn remember(&self, directory: &Path, inside: bool) {
        if let Ok(mut known) = self.directories.write() {
            known.insert(directory.to_owned(), inside);
        }
    }

    /// Why what stands at `path` is not read.
    fn outside(&self, path: &str) -> io::Error {
        let why = match self.leads_out(path) {
            Some(target) => format!("it is a link to `{target}`, outside of what is checked: name that file"),
            None => "it is outside the tree that was asked for".to_owned(),
        };
        io::Error::new(io::ErrorKind::NotFound, why)
    }

    /// Where the link at `path` leads, if that is a file out of the roots.
    #[must_use]
    pub fn leads_out(&self, path: &str) -> Option<String> {
        let named = self.names.get(path).map_or(Path::new(path), PathBuf::as_path);
        let target = fs::read_link(named).ok()?;
        let file = fs::metadata(named).is_ok_and(|metadata| metadata.is_file());
        (file && self.inside(path).is_none()).then(|| shown_name(target.as_os_str().as_encoded_bytes()))
    }

    fn has_root_of(&self, real: &Path) -> bool {
        self.roots.iter().any(|root| real.starts_with(root))
    }
}

impl DiskTree {
    /// Reads a file to its end, also where it is no text: what a tree gives of a binary is its beginning.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, and where it lies outside the trees that were asked for.
    pub fn read_whole(&self, path: &str) -> io::Result<Vec<u8>> {
        let (real, _) = self.inside(path).ok_or_else(|| self.outside(path))?;
        read_whole(&real).map_err(|error| match error {
            Error::Read { source, .. } => source,
            other => io::Error::other(other),
        })
    }
}

impl Tree for DiskTree {
    fn kind(&self, path: &str) -> Option<PathKind> {
        let shown = if path.is_empty() { "." } else { path };
        let metadata = fs::metadata(shown).ok()?;
        Some(match metadata {
            _ if self.inside(path).is_none() => PathKind::Other,
            data if data.is_file() => PathKind::File,
            data if data.is_dir() => PathKind::Directory,
            _ => PathKind::Other,
        })
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_into(path, &mut bytes)?;
        Ok(bytes)
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.ignored.is_some_and(|ignored| ignored(Path::new(path)))
    }

    fn read_into(&self, path: &str, buffer: &mut Vec<u8>) -> io::Result<()> {
        let (real, known) = self.inside(path).ok_or_else(|| self.outside(path))?;
        let read = match known {
            Some(metadata) => read_known(&real, &metadata, buffer),
            None => read_into(&real, buffer),
        };
        read.map_err(|error| match error {
            Error::Read { source, .. } => source,
            other => io::Error::other(other),
        })
    }

    fn length(&self, path: &str) -> Option<u64> {
        fs::symlink_metadata(path).ok().filter(Metadata::is_file).map(|data| data.len())
    }
}
