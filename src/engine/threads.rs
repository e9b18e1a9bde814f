//! Whether a run is worth other threads: to start them and to wait for them takes longer than to look at a few small
//! files, and a commit is mostly no more than that.
//!
//! Not here: what is done to the files.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::project::Project;
use crate::source::Tree;

use super::Input;

/// How many files are few.
const FEW: usize = 32;

/// How many bytes are little, of all files together.
const LITTLE: u64 = 256 * 1024;

/// On how many threads something is done; what comes of it does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Threads {
    /// On the one that is there.
    This,
    /// On one for each core.
    All,
}

impl Threads {
    /// For reading and searching `inputs`.
    pub(super) fn to_read(inputs: &[Input], tree: &dyn Tree) -> Self {
        Self::of(inputs.len(), inputs.iter().map(|input| tree.length(&input.path)))
    }

    /// For what the documents of `project` say.
    pub(super) fn to_judge(project: &Project<'_>) -> Self {
        let lengths = project.files.iter().map(|file| u64::try_from(file.source.text().len()).ok());
        Self::of(project.files.len(), lengths)
    }

    fn of(count: usize, mut lengths: impl Iterator<Item = Option<u64>>) -> Self {
        let room = |left: u64, length: Option<u64>| left.checked_sub(length?);
        if count <= FEW && lengths.try_fold(LITTLE, room).is_some() { Self::This } else { Self::All }
    }

    /// What `work` makes of each of `items`, in their order.
    pub(super) fn map<T: Sync, R: Send>(self, items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
        match self {
            Self::This => items.iter().map(work).collect(),
            Self::All => items.par_iter().map(work).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, LITTLE, Threads};

    #[test]
    fn few_small_files_need_no_threads() {
        let of = |count, each| Threads::of(count, std::iter::repeat_n(each, count));
        assert_eq!(of(FEW, Some(LITTLE / 32)), Threads::This);
        assert_eq!(of(FEW + 1, Some(1)), Threads::All);
        assert_eq!(of(1, Some(LITTLE + 1)), Threads::All);
        assert_eq!(of(1, None), Threads::All, "how much it is nobody knows");
        assert_eq!(of(0, None), Threads::This);
    }

    #[test]
    fn what_comes_of_it_is_in_order_on_any() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(Threads::This.map(&items, |item| item * 2), Threads::All.map(&items, |item| item * 2));
    }
}
