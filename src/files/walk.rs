//! Walking: which files are looked at when a directory is named.
//!
//! `.gitignore` and `.envgateignore` are honoured, with one exception: env files are looked at although
//! git ignores them, because that is where they are meant to be. No link is followed.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::source::{is_env_name, shown_name};

use super::{Error, ignored};

/// How many files and directories one thread looks at before it asks others to help.
const SMALL: usize = 256;

/// Directories that git may ignore as a whole and that still hold env files.
const ENV_DIRECTORIES: &[&str] = &["env", "envs", ".envs", "environments", "config", "secrets", "deploy"];

/// `path` relative to the working directory with `/` separators; bytes that are no UTF-8 are
/// written as [`shown_name`] does.
#[must_use]
pub fn relative(path: &Path, working_directory: &Path) -> String {
    let absolute = if path.is_absolute() { path.to_owned() } else { working_directory.join(path) };
    let absolute = normalized(&absolute);
    let mut base = working_directory.to_owned();
    let mut up = PathBuf::new();
    while !absolute.starts_with(&base) {
        if !base.pop() {
            break;
        }
        up.push("..");
    }
    let down = absolute.strip_prefix(&base).unwrap_or(&absolute);
    let joined = up.join(down);
    joined
        .components()
        .map(|part| shown_name(part.as_os_str().as_encoded_bytes()))
        .collect::<Vec<_>>()
        .join("/")
}

fn normalized(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

/// A walk over a directory.
#[derive(Debug, Default)]
pub struct Walk {
    /// Globs that a file must match (any of them); none means all.
    pub include: Vec<String>,
    /// Globs of files and directories that are left out.
    pub exclude: Vec<String>,
}

type Collected = Arc<Mutex<Found>>;

/// What a walk came by.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files, ordered by path.
    pub files: Vec<PathBuf>,
    /// Links that are called as env files are: what they lead to was not looked at.
    pub links: Vec<PathBuf>,
}

#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    links: Vec<PathBuf>,
    directories: HashSet<PathBuf>,
    error: Option<Error>,
}

impl Walk {
    /// All files under `root`, ordered by path, each path beginning with `root` as given.
    ///
    /// # Errors
    ///
    /// Where a directory cannot be read or a glob is none.
    pub fn files(&self, root: &Path) -> Result<Walked, Error> {
        let overrides = self.overrides(root)?;
        ignored::harmless_upwards(root)?;
        let mut found = collect(builder(root, overrides.clone(), true), root)?;
        let ignored = env_files_that_git_ignores(root, overrides, &found.directories)?;
        found.files.extend(ignored.files);
        found.links.extend(ignored.links);
        found.links.sort();
        found.links.dedup();
        // By their bytes first, which are compared much faster than the parts of paths: what is left is nearly in order.
        found.files.sort_unstable_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
        found.files.sort();
        found.files.dedup();
        Ok(Walked { files: found.files, links: found.links })
    }

    /// Those of `paths`, which lie below `root`, that are regular files and that the globs let through.
    ///
    /// # Errors
    ///
    /// Where a glob is none.
    pub fn admitted(&self, root: &Path, paths: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>, Error> {
        let overrides = self.overrides(root)?;
        let wanted = |path: &Path| {
            let mut above = path.ancestors().skip(1).take_while(|above| above.starts_with(root));
            !overrides.matched(path, false).is_ignore()
                && !above.any(|above| overrides.matched(above, true).is_ignore())
        };
        let regular = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_file());
        Ok(paths.filter(|path| wanted(path) && regular(path)).collect())
    }

    fn overrides(&self, root: &Path) -> Result<Override, Error> {
        let mut builder = OverrideBuilder::new(root);
        let inclusions = self.include.iter().cloned();
        let exclusions = self.exclude.iter().map(|glob| format!("!{glob}"));
        for glob in inclusions.chain(exclusions) {
            builder.add(&glob).map_err(|source| Error::Glob { glob: glob.clone(), source })?;
        }
        builder.build().map_err(|source| Error::Glob { glob: String::new(), source })
    }
}

fn builder(root: &Path, overrides: Override, honour_git: bool) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    builder
        .overrides(overrides)
        .hidden(false)
        .follow_links(false)
        .require_git(false)
        // A machine's own global excludes must not change what a project's check says.
        .git_global(false)
        .ignore(false)
        .git_ignore(honour_git)
        .git_exclude(honour_git)
        .parents(honour_git)
        .add_custom_ignore_filename(".envgateignore");
    builder
}

fn collect(mut builder: WalkBuilder, root: &Path) -> Result<Found, Error> {
    let collected = Collected::default();
    let refused = Arc::clone(&collected);
    // A directory's ignore files are opened when it is entered, so it is looked at before that.
    builder.filter_entry(move |entry| {
        if is_git_directory(entry) {
            return false;
        }
        let directory = entry.file_type().is_some_and(|kind| kind.is_dir());
        match if directory { ignored::harmless(entry.path()) } else { Ok(()) } {
            Ok(()) => true,
            Err(error) => {
                if let Ok(mut found) = refused.lock() {
                    found.error.get_or_insert(error);
                }
                false
            }
        }
    });
    if !walk_alone(&builder, root, &collected) {
        walk_together(&builder, root, &collected);
    }
    let mut found = collected.lock().map(|mut found| std::mem::take(&mut *found)).unwrap_or_default();
    match found.error.take() {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// On this thread; `false`, and as if nothing had been done, where there is more than that is good for: threads that
/// look for work take longer to start and to end than a small tree takes.
fn walk_alone(builder: &WalkBuilder, root: &Path, collected: &Collected) -> bool {
    for (count, entry) in builder.build().enumerate() {
        let Ok(mut found) = collected.lock() else { return true };
        if count == SMALL {
            *found = Found::default();
            return false;
        }
        if take(&mut found, entry, root) == WalkState::Quit {
            return true;
        }
    }
    true
}

fn walk_together(builder: &WalkBuilder, root: &Path, collected: &Collected) {
    builder.build_parallel().run(|| {
        let (collected, top) = (Arc::clone(collected), root.to_owned());
        Box::new(move |entry| match collected.lock() {
            Ok(mut found) => take(&mut found, entry, &top),
            Err(_) => WalkState::Quit,
        })
    });
}

fn take(found: &mut Found, entry: Result<DirEntry, ignore::Error>, root: &Path) -> WalkState {
    match entry {
        Ok(entry) => {
            note(found, entry);
            WalkState::Continue
        }
        Err(error) => {
            found.error.get_or_insert(failed(error, root));
            WalkState::Quit
        }
    }
}

fn failed(source: ignore::Error, root: &Path) -> Error {
    let path = place_of(&source).unwrap_or_else(|| root.to_string_lossy().into_owned());
    Error::Walk { path, source }
}

fn note(found: &mut Found, entry: DirEntry) {
    match entry.file_type() {
        Some(kind) if kind.is_file() => {
            found.files.push(entry.into_path());
        }
        Some(kind) if kind.is_dir() => {
            found.directories.insert(entry.into_path());
        }
        Some(kind) if kind.is_symlink() && is_env_name(&entry.file_name().to_string_lossy()) => {
            found.links.push(entry.into_path());
        }
        // Other links, FIFOs, sockets and devices are never opened.
        _ => {}
    }
}

fn place_of(error: &ignore::Error) -> Option<String> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.to_string_lossy().into_owned()),
        ignore::Error::WithDepth { err, .. } => place_of(err),
        ignore::Error::WithLineNumber { err, .. } => place_of(err),
        _ => None,
    }
}

fn is_git_directory(entry: &DirEntry) -> bool {
    entry.file_name() == ".git"
}

/// The second look: env files in the directories that the first look went through, and in ignored
/// directories made for env files.
fn env_files_that_git_ignores(
    root: &Path,
    overrides: Override,
    walked: &HashSet<PathBuf>,
) -> Result<Found, Error> {
    let walked = walked.clone();
    let mut builder = builder(root, overrides, false);
    builder.filter_entry(move |entry| {
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            let special = || {
                ENV_DIRECTORIES.contains(&&*name)
                    && entry.path().parent().is_some_and(|parent| walked.contains(parent))
            };
            return !is_git_directory(entry) && (walked.contains(entry.path()) || special());
        }
        is_env_name(&name) || name.ends_with(".env.schema")
    });
    let mut found = Found::default();
    for entry in builder.build() {
        note(&mut found, entry.map_err(|source| failed(source, root))?);
    }
    Ok(found)
}
