//! From a difference between two trees to the files that it brings, each with the lines that are new.
//!
//! Not here: which trees are compared.

use std::collections::BTreeSet;

use git2::{Delta, Diff, DiffDelta, DiffFindOptions, DiffOptions, Oid, Patch};

use crate::source::{file_name, is_env_name, is_utf16};

use super::compare::Change;
use super::modes::Modes;
use super::objects::Objects;

/// One file that is added or changed.
#[derive(Debug, Clone)]
pub struct ChangedFile {
    /// Its path from the top of the work tree, as git has it: `/` between names, any bytes in them.
    pub path: Vec<u8>,
    /// Its mode: `0o100644` or `0o100755`.
    pub mode: u32,
    /// The 1-based numbers of the lines that are new; line 1 also where only the mode is.
    pub added: BTreeSet<usize>,
    /// Its content.
    pub(super) blob: Oid,
}

/// How differences are asked for: lines alone, links and files told apart, submodules left out.
pub(super) fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options.context_lines(0).ignore_submodules(true).include_typechange(true);
    options
}

/// Finds what was renamed, which reads all that came and went. Where something of that is too large to be read, each
/// file that came counts as new.
pub(super) fn find_renamed(objects: &mut Objects<'_>, diff: &mut Diff<'_>) -> Result<(), git2::Error> {
    let readable = diff.deltas().all(|delta| check(objects, &delta).is_ok());
    if readable { diff.find_similar(Some(DiffFindOptions::new().renames(true))) } else { Ok(()) }
}

/// An error where one side of a change is too large to be read. What the object database has not, the disk may have.
pub(super) fn check(objects: &mut Objects<'_>, delta: &DiffDelta<'_>) -> Result<(), git2::Error> {
    for id in [delta.old_file(), delta.new_file()].map(|file| file.id()) {
        if !id.is_zero() && objects.has(id) {
            objects.check(id)?;
        }
    }
    Ok(())
}

/// The files that `diff` brings. Deletions, links and submodules have no text.
pub(super) fn changes(
    objects: &mut Objects<'_>,
    diff: &mut Diff<'_>,
) -> Result<Vec<ChangedFile>, git2::Error> {
    find_renamed(objects, diff)?;
    let modes = Modes::of(diff, objects)?;
    let mut files = Vec::new();
    for (at, delta) in diff.deltas().enumerate() {
        let (before, mode) = modes.get(&delta);
        let Some(path) = delta.new_file().path_bytes().filter(|_| brings_text(&delta, mode)) else {
            continue;
        };
        check(objects, &delta)?;
        let mut added = BTreeSet::new();
        if delta.status() == Delta::Typechange {
            // A link became a file: libgit2 gives no lines for that.
            added.extend(lines_of(objects.blob(delta.new_file().id())?.content()));
        } else {
            match Patch::from_diff(diff, at)? {
                Some(patch) if patch.num_hunks() > 0 => collect(&patch, &mut added)?,
                _ => unshown(objects, &delta, is_file(before), &mut added)?,
            }
        }
        if delta.old_file().exists() && is_file(before) && before != mode {
            added.insert(1);
        }
        files.push(ChangedFile { path: path.to_owned(), mode, added, blob: delta.new_file().id() });
    }
    Ok(files)
}

/// The new lines of a file that a difference shows none of. `.gitattributes` may call any text binary, and
/// that must not hide what it holds; only the content decides. Env files are text whatever is in them.
fn unshown(
    objects: &mut Objects<'_>,
    delta: &DiffDelta<'_>,
    was_file: bool,
    added: &mut BTreeSet<usize>,
) -> Result<(), git2::Error> {
    let (old, new) = (delta.old_file(), delta.new_file());
    if old.id() == new.id() {
        return Ok(());
    }
    let content = objects.blob(new.id())?;
    let path = String::from_utf8_lossy(new.path_bytes().unwrap_or_default());
    if is_utf16(content.content()) {
        added.extend(lines_of(content.content()));
        return Ok(());
    }
    if is_binary(content.content()) && !is_env_name(file_name(&path)) {
        return Ok(());
    }
    let before =
        if old.exists() && was_file { objects.blob(old.id())?.content().to_vec() } else { Vec::new() };
    let mut options = options();
    options.force_text(true);
    collect(&Patch::from_buffers(&before, None, content.content(), None, Some(&mut options))?, added)
}

/// The same of one change that was found without libgit2's difference, and that makes `content` of the file. `read`
/// reads what was there before.
pub(super) fn changed(
    change: &Change,
    content: &[u8],
    read: impl Fn(Oid) -> Result<Vec<u8>, git2::Error>,
) -> Result<ChangedFile, git2::Error> {
    let (mode, id) = change.new;
    let old = change.old.filter(|(mode, _)| is_file(*mode));
    let mut added = BTreeSet::new();
    let path = String::from_utf8_lossy(&change.path);
    if change.old.is_some() && old.is_none() {
        added.extend(lines_of(content)); // A link became a file.
    } else if old.is_none_or(|(_, before)| before != id) && is_utf16(content) {
        // Where its lines end git does not know: all of them count.
        added.extend(lines_of(content));
    } else if old.is_none_or(|(_, before)| before != id)
        && (!is_binary(content) || is_env_name(file_name(&path)))
    {
        let before = old.map_or_else(|| Ok(Vec::new()), |(_, before)| read(before))?;
        let mut options = options();
        options.force_text(true);
        collect(&Patch::from_buffers(&before, None, content, None, Some(&mut options))?, &mut added)?;
    }
    if old.is_some_and(|(before, _)| before != mode) {
        added.insert(1);
    }
    Ok(ChangedFile { path: change.path.clone(), mode, added, blob: id })
}

/// How much of a content git looks at to tell whether it is a text.
const LOOKED_AT: usize = 8000;

/// What git calls binary, and shows no lines of. libgit2 also calls a text so that has many control characters.
fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, content.get(..LOOKED_AT).unwrap_or(content)).is_some()
}

/// Whether a change to what has this mode now brings text.
pub(super) fn brings_text(delta: &DiffDelta<'_>, mode: u32) -> bool {
    let brings = matches!(
        delta.status(),
        Delta::Added | Delta::Modified | Delta::Renamed | Delta::Copied | Delta::Typechange
    );
    brings && is_file(mode)
}

/// The numbers of all lines of a text.
pub(super) fn lines_of(content: &[u8]) -> std::ops::RangeInclusive<usize> {
    1..=content.split(|byte| *byte == b'\n').count()
}

/// Whether an entry of this mode is a file, not a link or a submodule, whatever its permissions are: git once wrote
/// `100664`, and a tree may hold any.
pub(super) const fn is_file(mode: u32) -> bool {
    mode >> 12 == 0o10
}

pub(super) fn collect(patch: &Patch<'_>, added: &mut BTreeSet<usize>) -> Result<(), git2::Error> {
    for hunk in 0..patch.num_hunks() {
        for line in 0..patch.num_lines_in_hunk(hunk)? {
            let line = patch.line_in_hunk(hunk, line)?;
            if line.origin() == '+' {
                added.extend(line.new_lineno().map(|number| number as usize));
            }
        }
    }
    Ok(())
}
