//! The remedies of what goes wrong in a git repository.
//!
//! Not here: what is said of it, which is the error's own.

use crate::git;

/// What to do about it, where something helps.
pub(super) fn of(error: &git::Error) -> Option<&'static str> {
    match error {
        git::Error::Revision { .. } => Some(
            "a shallow clone does not have the history: fetch it (`fetch-depth: 0`, `GIT_DEPTH: 0`), and name `origin/main` rather than `main`",
        ),
        git::Error::Partial { .. } => Some(
            "fetch them first: `git fetch --refetch --no-filter` brings all, and `git backfill` those of `HEAD` where git knows it",
        ),
        git::Error::NoCommit { .. } => Some(
            "a shallow clone has few commits: fetch the branch first, as with `git fetch origin main`, and name `origin/main`",
        ),
        git::Error::Read { source, .. } if source.message().contains("'sdir'") => Some(
            "the index is a sparse one, which is not read: `git sparse-checkout reapply --no-sparse-index` makes it whole",
        ),
        git::Error::Read { source, .. } if source.message().contains("'link'") => Some(
            "the index is a split one, which is not read: `git update-index --no-split-index` makes it whole",
        ),
        git::Error::Nowhere { .. } => Some("`git init` makes one; `envgate check` needs none"),
        git::Error::Unborn { .. } => Some("`git commit` makes the first one"),
        git::Error::Stranger { .. } => Some(
            "git refuses repositories of other users; `git config --global --add safe.directory PATH` allows one",
        ),
        _ => None,
    }
}
