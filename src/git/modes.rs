//! The modes on both sides of each change, as git has them: a tree or an index may hold any number, and
//! `DiffFile::mode` dies of one that it does not know.
//!
//! Not here: what a mode means.

use std::collections::HashMap;

use git2::{Diff, DiffDelta, DiffFormat};

/// The old and the new mode by the new path; 0 where there is nothing on that side.
#[derive(Debug)]
pub(super) struct Modes(HashMap<Vec<u8>, (u32, u32)>);

impl Modes {
    /// Those of all changes in `diff`.
    ///
    /// # Errors
    ///
    /// Where libgit2 cannot tell them.
    pub(super) fn of(diff: &Diff<'_>) -> Result<Self, git2::Error> {
        let mut modes = HashMap::new();
        diff.print(DiffFormat::Raw, |delta, _, line| {
            if let (Some(path), Some(both)) = (delta.new_file().path_bytes(), both(line.content())) {
                modes.insert(path.to_vec(), both);
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

/// The two numbers at the head of `:100644 100755 …`.
fn both(line: &[u8]) -> Option<(u32, u32)> {
    let line = std::str::from_utf8(line.get(..line.len().min(32))?).ok()?;
    let mut words = line.strip_prefix(':')?.split(' ');
    let mut octal = || u32::from_str_radix(words.next()?, 8).ok();
    Some((octal()?, octal()?))
}
