//! The index: what a commit would add, read from its blobs and never from the work tree.
//!
//! Not here: what is wrong with it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use git2::{ObjectFormat, Repository};

use crate::packs::Store;
use crate::source::Tree;

use super::blobs::{Contents, Held, Opened};
use super::changes::{changed, changes, is_file, options};
use super::compare::compare;
use super::entries::Entries;
use super::objects::Objects;
use super::work_tree::is_claimed;
use super::{
    BlobTree, ChangedFile, Error, Outside, Standing, hooks_directory, index, is_elsewhere, open,
    open_beside_index,
};

/// The flag of an index entry that `git add -N` made: there is nothing of it to commit yet.
const INTENT_TO_ADD: u16 = 1 << 13;

/// Where the flags say on which side of a conflict an entry stands; 0 is no conflict.
const STAGE: u16 = 0b11 << 12;

/// What a commit would make of the work tree.
pub struct Staged {
    /// The top of the work tree, absolute.
    pub root: PathBuf,
    /// The directory that git runs hooks from, absolute.
    pub hooks_directory: PathBuf,
    /// Whether only the repository's own configuration says that this is its work tree; see
    /// [`WorkTree::claimed`](super::WorkTree::claimed).
    pub claimed: bool,
    /// The files that the commit adds or changes; deletions, links and submodules have no text.
    pub files: Vec<ChangedFile>,
    index: Entries,
    contents: Contents,
    repository: Mutex<Opened>,
}

impl Staged {
    /// The path, from the top, and the mode of each file of the index, ordered by path.
    pub fn index(&self) -> impl Iterator<Item = (&[u8], u32)> {
        self.index.files().map(|entry| (entry.path, entry.mode))
    }

    /// The tree that a commit would make, seen from the working directory.
    #[must_use]
    pub fn tree<'a>(&'a self, standing: Standing, beside: &'a dyn Tree) -> BlobTree<'a> {
        let tree = BlobTree::new(Held::Lent(&self.repository), Held::Lent(&self.index), standing, beside);
        tree.knowing(&self.contents)
    }
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Staged").field("root", &self.root).finish_non_exhaustive()
    }
}

/// How many bytes of what is staged are kept between finding the lines that are new and looking at them; what is more
/// is read again.
const KEPT: usize = 16 * 1024 * 1024;

/// Compares the index of the repository that `path` lies in with what its next commit stands on.
///
/// # Errors
///
/// Where there is no repository with a work tree, or it cannot be read.
pub fn staged(path: &Path, outside: Outside<'_>) -> Result<Staged, Error> {
    // A commit is no `git fsck`: git does not hash an object again either when it shows a difference.
    git2::opts::strict_hash_verification(false);
    let quick = match open_beside_index(path, outside) {
        Some((repository, file)) => {
            quickly(repository, &file, outside).map_err(Error::read("staged changes", path))?
        }
        None => None,
    };
    let Compared { repository, packs, index, files, contents } = match quick {
        Some(known) => known,
        None => thoroughly(path, outside)?,
    };
    let failed = |what| Error::read(what, path);
    let root = repository.workdir().map(Path::to_owned);
    let root = root.ok_or_else(|| Error::Bare { path: path.to_string_lossy().into_owned() })?;
    let hooks_directory = hooks_directory(&repository, &root).map_err(failed("configuration"))?;
    let claimed = !is_elsewhere(outside) && is_claimed(&repository, &root);
    Ok(Staged {
        root,
        hooks_directory,
        claimed,
        files,
        index,
        contents,
        repository: Mutex::new(Opened::new(repository, packs)),
    })
}

struct Compared {
    repository: Repository,
    packs: Arc<Store>,
    index: Entries,
    files: Vec<ChangedFile>,
    contents: Contents,
}

/// By the index file itself; `None` where it, or the difference, is of a kind that is left to libgit2.
fn quickly(
    repository: Repository,
    file: &Path,
    outside: Outside<'_>,
) -> Result<Option<Compared>, git2::Error> {
    if repository.object_format() != ObjectFormat::Sha1 {
        return Ok(None);
    }
    let Some(index) = (outside.read)(file).and_then(|bytes| index::parse(&bytes)) else { return Ok(None) };
    let mut known = Objects::few(&repository, (outside.packs)())?;
    let head = known.head_tree()?;
    let Some(changes) = compare(&mut known, head, &index)? else { return Ok(None) };
    let known = RefCell::new(known);
    let read = |id| known.borrow_mut().content(id);
    let (mut files, mut contents, mut room) = (Vec::with_capacity(changes.len()), Contents::new(), KEPT);
    for change in changes.into_iter().filter(|change| is_file(change.new.0)) {
        let content = read(change.new.1)?;
        files.push(changed(&change, &content, read)?);
        if let Some(left) = room.checked_sub(content.len()) {
            room = left;
            contents.insert(change.new.1, content);
        }
    }
    let packs = known.into_inner().packs();
    Ok(Some(Compared { repository, packs, index: index.entries, files, contents }))
}

fn thoroughly(path: &Path, outside: Outside<'_>) -> Result<Compared, Error> {
    let failed = |what| Error::read(what, path);
    let elsewhere = is_elsewhere(outside) || (outside.variable)("GIT_INDEX_FILE").is_some();
    let repository =
        if elsewhere { open(path)? } else { Repository::discover(path).map_err(Error::open(path))? };
    if repository.workdir().is_none() {
        return Err(Error::Bare { path: path.to_string_lossy().into_owned() });
    }
    let index = index::by_libgit2(&repository, outside.read).map_err(failed("index"))?;
    let mut unwritten = BTreeSet::new();
    let mut entries = Entries::with_capacity(index.len());
    for entry in index.iter() {
        if entry.flags_extended & INTENT_TO_ADD != 0 {
            unwritten.insert(entry.path);
        } else if is_file(entry.mode) && entry.flags & STAGE == 0 {
            entries.push(0, &entry.path, entry.id, entry.mode);
        }
    }
    let mut objects = Objects::on(&repository, (outside.packs)()).map_err(failed("packs"))?;
    let head = head_tree(&mut objects).map_err(failed("last commit"))?;
    let mut diff = repository
        .diff_tree_to_index(head.as_ref(), Some(&index), Some(&mut options()))
        .map_err(failed("index"))?;
    let mut files = changes(&mut objects, &mut diff).map_err(failed("staged changes"))?;
    files.retain(|file| !unwritten.contains(&file.path));
    let packs = objects.packs();
    drop((diff, head, objects));
    Ok(Compared { repository, packs, index: entries, files, contents: Contents::new() })
}

/// The tree of `HEAD`, or `None` before the first commit. A difference names every file of it: one that unfolds to more
/// than fits is refused before it is asked for.
fn head_tree<'r>(objects: &mut Objects<'r>) -> Result<Option<git2::Tree<'r>>, git2::Error> {
    let Some(id) = objects.head_tree()? else { return Ok(None) };
    Entries::of_tree(objects, id)?;
    objects.repository().find_tree(id).map(Some)
}
