//! From the paths that were typed to the files that are checked, with what git and the disk say of each.
//!
//! Not here: reading the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::engine::{self, Input};
use crate::files::{self, Patterns, Walk, Walked, relative};
use crate::git::{self, WorkTree};
use crate::project::Repository;
use crate::source::{ascent, file_name, join, parent};

use super::{Error, hook_links, namers};

/// What there is to check.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The files, ordered by path.
    pub(super) files: Vec<Input>,
    /// The typed directories, and the directories of typed files, relative to the working directory.
    pub(super) roots: Vec<String>,
    /// Links that are called as env files are.
    pub(super) links: BTreeSet<String>,
    /// Names that are no UTF-8, by the path shown for them.
    pub(super) names: BTreeMap<String, PathBuf>,
    /// What git knows.
    pub(super) repository: Option<Repository>,
    /// The directories of hooks that git would run, which may lie anywhere.
    hooks: BTreeSet<String>,
    /// Whether the work tree is one by the word of the repository's own configuration alone.
    claimed: bool,
}

impl Inputs {
    /// The directories that files may be read from: the typed ones, the work tree around them, since compose
    /// files refer to their neighbours, and the directory that git runs hooks from.
    pub(super) fn reach(&self) -> impl Iterator<Item = &str> {
        let work_tree = self.repository.as_ref().filter(|_| !self.claimed);
        let work_tree = work_tree.map(|repository| repository.root.as_str());
        self.roots.iter().chain(&self.hooks).map(String::as_str).chain(work_tree)
    }

    /// With the files around typed ones that say what those are; in a folder that was typed they are there already.
    pub(super) fn with_namers(mut self, typed: usize, here: &Path) -> Self {
        if self.files.len() <= typed {
            let files = std::mem::take(&mut self.files);
            self.files = namers::beside(files, self.reach(), here);
        }
        self
    }

    /// The folder furthest up that is looked at: the top of the work tree, or above it a typed directory.
    pub(super) fn top(&self) -> &str {
        let work_tree = self.repository.as_ref().map(|repository| repository.root.as_str());
        let folders = self.roots.iter().map(String::as_str).chain(work_tree);
        folders
            .filter(|folder| *folder == ascent(folder))
            .max_by_key(|folder| folder.len())
            .unwrap_or_default()
    }
}

/// Lists the files under `paths`.
///
/// # Errors
///
/// Where a path does not exist or cannot be walked, or git cannot be read.
pub(super) fn list(paths: &[PathBuf], walk: &Walk, working_directory: &Path) -> Result<Inputs, Error> {
    list_by(None, paths, walk, working_directory)
}

/// Lists the files under `paths`. With `patterns`, those of a commit that is trusted, every file that git tracks is
/// among them unless these leave it out: what the disk says of files to leave out is then nobody's word.
///
/// # Errors
///
/// Where a path does not exist or cannot be walked, or git cannot be read.
pub(super) fn list_by(
    patterns: Option<&Patterns>,
    paths: &[PathBuf],
    walk: &Walk,
    working_directory: &Path,
) -> Result<Inputs, Error> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    let (mut roots, mut links) = (Vec::new(), BTreeSet::new());
    let mut tree: Option<WorkTree> = None;
    let mut hooks = BTreeSet::new();
    for path in paths {
        let shown = relative(path, working_directory);
        let directory = files::stat(path)?.directory;
        files::openable_repository(if directory { path } else { path.parent().unwrap_or(path) })?;
        let listed = if directory {
            walk.files(path)?
        } else {
            Walked { files: vec![path.clone()], ..Walked::default() }
        };
        links.extend(listed.links.iter().map(|link| relative(link, working_directory)));
        found.extend(listed.files.into_iter().map(|file| (relative(&file, working_directory), file)));
        let root = if directory { shown } else { parent(&shown).to_owned() };
        if tree.is_none() {
            tree = work_tree(&working_directory.join(&root))?;
        }
        if let (Some(tree), Some(patterns), true) = (&tree, patterns, directory) {
            let tracked = tracked_below(path, tree, walk, patterns)?.into_iter();
            found.extend(tracked.map(|file| (relative(&file, working_directory), file)));
        }
        if let Some(tree) = tree.as_ref().filter(|tree| directory && holds(path, tree)) {
            let listed = hooks_in(tree, working_directory)?;
            hooks.extend(listed.iter().map(|(shown, _)| parent(shown).to_owned()));
            found.extend(listed);
        }
        roots.push(root);
    }
    let repository = tree.as_ref().map(|tree| repository(tree, &found, working_directory));
    let mut placing = Placing::new(tree.as_ref());
    let files = found.iter().map(|(shown, path)| placing.input(shown, path)).collect();
    let names = found.into_iter().filter(|(_, path)| path.to_str().is_none()).collect();
    let claimed = tree.as_ref().is_some_and(|tree| tree.claimed);
    Ok(Inputs { files, roots, links, names, repository, hooks, claimed })
}

/// The work tree that `path` lies in.
///
/// # Errors
///
/// Where there is a repository that cannot be read.
pub(super) fn work_tree(path: &Path) -> Result<Option<WorkTree>, git::Error> {
    git::work_tree(path, |file| files::read_whole(file).ok())
}

/// The files that git tracks below `path`, as they lie on the disk.
fn tracked_below(
    path: &Path,
    tree: &WorkTree,
    walk: &Walk,
    patterns: &Patterns,
) -> Result<Vec<PathBuf>, Error> {
    let Some(real) = files::real(path) else { return Ok(Vec::new()) };
    let kept = tree.tracked.paths().filter(|file| !patterns.hide(file));
    let below = kept.filter_map(|file| Some(path.join(file.strip_prefix(&real).ok()?)));
    Ok(walk.admitted(path, below)?)
}

fn holds(path: &Path, tree: &WorkTree) -> bool {
    files::real(path).is_some_and(|real| tree.root.starts_with(&real))
}

/// The hooks that git would run, where they lie outside of what a walk sees.
fn hooks_in(tree: &WorkTree, working_directory: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    // An empty `core.hooksPath` leads to the root of the file system: nobody keeps hooks there.
    if tree.hooks_directory.parent().is_none() {
        return Ok(Vec::new());
    }
    let files = files::files_in(&tree.hooks_directory)?.into_iter();
    let hooks = files.filter(|path| path.extension().is_none_or(|extension| extension != "sample"));
    Ok(hooks.map(|path| (relative(&path, working_directory), path)).collect())
}

/// Whether git passes over a file, which need not be there. Where git cannot tell, nobody excuses that it is missing.
pub(super) fn is_ignored(path: &Path) -> bool {
    std::path::absolute(path).is_ok_and(|absolute| git::is_ignored(&absolute).unwrap_or(false))
}

fn repository(tree: &WorkTree, found: &BTreeMap<String, PathBuf>, working_directory: &Path) -> Repository {
    // What only the repository's own configuration calls a work tree may be anything.
    let linked = if tree.claimed {
        BTreeMap::new()
    } else {
        hook_links::find(&tree.root, &tree.hooks_directory, working_directory)
    };
    Repository {
        root: relative(&tree.root, working_directory),
        hooks_path: tree.hooks_path.as_ref().map(|path| path.to_string_lossy().into_owned()),
        hooks_directory: relative(&tree.hooks_directory, working_directory),
        husky: found.keys().find_map(|path| husky_beside(path, found)),
        linked,
    }
}

/// husky's major version in the `package.json` beside the `.husky` that `path` lies in.
fn husky_beside(path: &str, found: &BTreeMap<String, PathBuf>) -> Option<u32> {
    let directory = parent(path);
    if file_name(directory) != ".husky" {
        return None;
    }
    let manifest = found.get(&join(parent(directory), "package.json"))?;
    let bytes = files::read(manifest).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let version =
        ["devDependencies", "dependencies"].iter().find_map(|kind| json.get(kind)?.get("husky")?.as_str())?;
    let digits: String =
        version.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// What git and the disk say of each file. Files come ordered, so those of one directory follow each other
/// and its real path is asked for once.
struct Placing<'a> {
    tree: Option<&'a WorkTree>,
    hooks: Option<PathBuf>,
    directory: (PathBuf, Option<PathBuf>),
}

impl<'a> Placing<'a> {
    fn new(tree: Option<&'a WorkTree>) -> Self {
        let hooks = tree.and_then(|tree| files::real(&tree.hooks_directory));
        Self { tree, hooks, directory: (PathBuf::from("\0"), None) }
    }

    fn input(&mut self, shown: &str, path: &Path) -> Input {
        let directory = self.directory_of(path);
        let hook = self.hooks.is_some() && directory == self.hooks;
        let real = directory.zip(path.file_name()).map(|(directory, name)| directory.join(name));
        let indexed = self.tree.map(|tree| real.and_then(|real| tree.tracked.mode(&real)));
        // Only of hooks and env files does anybody ask it, and most files are neither.
        let matters = hook || engine::has_neighbours(shown) || engine::may_be_named(shown);
        let on_disk = || matters.then(|| files::stat(path).ok()).flatten().and_then(|stat| stat.mode);
        let mode = indexed.flatten().or_else(on_disk);
        let tracked = indexed.map(|mode| mode.is_some());
        Input { path: shown.to_owned(), tracked, mode, hook, checked: true, lines: None }
    }

    fn directory_of(&mut self, path: &Path) -> Option<PathBuf> {
        let parent = path.parent()?;
        self.tree?;
        if self.directory.0 != parent {
            self.directory = (parent.to_owned(), files::real(parent));
        }
        self.directory.1.clone()
    }
}
