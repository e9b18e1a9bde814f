//! The modes on both sides of each change, as git has them: a tree or an index may hold any number, and
//! `DiffFile::mode` dies of one that it does not know.
//!
//! Not here: what a mode means.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use git2::{Diff, DiffDelta, DiffFormat};

use super::changes::check;
use super::objects::Objects;

/// The old and the new mode by the new path; 0 where there is nothing on that side.
#[derive(Debug)]
pub(super) struct Modes(HashMap<Vec<u8>, (u32, u32)>);

impl Modes {
    /// Those of all changes in `diff`.
    ///
    /// # Errors
    ///
    /// Where libgit2 cannot tell them.
    pub(super) fn of(diff: &Diff<'_>, objects: &mut Objects<'_>) -> Result<Self, git2::Error> {
        let path = |delta: &DiffDelta<'_>| delta.new_file().path_bytes().map(<[u8]>::to_vec);
        let known = diff.deltas().map(|delta| Some((path(&delta)?, known(&delta)?)));
        if let Some(modes) = known.collect() {
            return Ok(Self(modes));
        }
        // To print a difference is to read both of its sides.
        for delta in diff.deltas() {
            check(objects, &delta)?;
        }
        let mut modes = HashMap::new();
        diff.print(DiffFormat::Raw, |delta, _, line| {
            if let (Some(path), Some(both)) = (path(&delta), both(line.content())) {
                modes.insert(path, both);
            }
            true
        })?;
        Ok(Self(modes))
    }

    /// Those of one change of that difference.
    pub(super) fn get(&self, delta: &DiffDelta<'_>) -> (u32, u32) {
        delta.new_file().path_bytes().and_then(|path| self.0.get(path)).copied().unwrap_or_default()
    }
}

/// The two modes, `None` where one is a number of its own.
fn known(delta: &DiffDelta<'_>) -> Option<(u32, u32)> {
    let modes = || (delta.old_file().mode().into(), delta.new_file().mode().into());
    catch_unwind(AssertUnwindSafe(modes)).ok()
}

/// The two numbers at the head of `:100644 100755 …`.
fn both(line: &[u8]) -> Option<(u32, u32)> {
    let line = std::str::from_utf8(line.get(..line.len().min(32))?).ok()?;
    let mut words = line.strip_prefix(':')?.split(' ');
    let mut octal = || u32::from_str_radix(words.next()?, 8).ok();
    Some((octal()?, octal()?))
}
