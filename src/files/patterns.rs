//! Patterns of files to leave out, as a commit has them instead of the disk.
//!
//! Not here: the patterns that a walk reads for itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Error;

/// Patterns by the directory that they hold in.
#[derive(Debug, Default)]
pub struct Patterns {
    by_directory: BTreeMap<PathBuf, Gitignore>,
}

impl Patterns {
    /// Adds the patterns of an ignore file with this text in `directory`, which is absolute.
    ///
    /// # Errors
    ///
    /// Where the patterns together cannot be made into one matcher.
    pub fn add(&mut self, directory: &Path, text: &str) -> Result<(), Error> {
        let failed = |source| Error::Glob { glob: directory.display().to_string(), source };
        let mut builder = GitignoreBuilder::new(directory);
        for line in text.lines() {
            // As in a walk, a line that is no pattern leaves nothing out.
            let _ = builder.add_line(None, line);
        }
        self.by_directory.insert(directory.to_owned(), builder.build().map_err(failed)?);
        Ok(())
    }

    /// Whether the file at `path`, which is absolute, is left out; the patterns nearest to it decide.
    #[must_use]
    pub fn hide(&self, path: &Path) -> bool {
        for directory in path.ancestors().skip(1) {
            let Some(patterns) = self.by_directory.get(directory) else { continue };
            match patterns.matched_path_or_any_parents(path, false) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }
}
