//! Globs over paths, as `include`, `exclude` and `ignore` write them.
//!
//! Not here: walking the disk.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::source::{Folder, ascent};

/// A glob. `*` stays within a folder, `**` does not; without a slash it is sought in every folder; one that
/// matches a folder matches all that is in it.
#[derive(Debug, Clone)]
pub struct Glob {
    text: String,
    folder: Folder,
    matcher: GlobSet,
}

impl Glob {
    /// The glob `text` as written in a file that lies in `folder`; `None` where it is not a glob.
    pub(super) fn new(folder: &Folder, text: &str) -> Option<Self> {
        let trimmed = text.trim_end_matches('/').trim_start_matches("./");
        if trimmed.is_empty() || trimmed.starts_with('!') {
            return None;
        }
        // What leads out of the folder is told from where it leads to.
        let up = ascent(trimmed);
        let folder = if up.is_empty() { folder.clone() } else { folder.further(up) };
        let anywhere = if trimmed.contains('/') { "" } else { "**/" };
        let whole =
            format!("{anywhere}{}", trimmed.get(up.len()..).unwrap_or_default().trim_start_matches('/'));
        let mut set = GlobSetBuilder::new();
        for pattern in [whole.clone(), format!("{whole}/**")] {
            set.add(GlobBuilder::new(&pattern).literal_separator(true).build().ok()?);
        }
        Some(Self { text: text.to_owned(), folder, matcher: set.build().ok()? })
    }

    /// The glob as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `path`, relative to the working directory, is meant.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.folder.told(path).is_some_and(|told| self.matcher.is_match(&*told))
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use crate::source::Folder;

    #[test]
    fn what_a_glob_means() {
        for (folder, glob, path, matches) in [
            ("", "*.env", "a/b/x.env", true),
            ("", "/*.env", "x.env", true),
            ("", "/*.env", "a/x.env", false),
            ("", "vendor", "a/vendor/x/y", true),
            ("", "vendor/", "vendor/x", true),
            ("", "./envs/*.env", "envs/x.env", true),
            ("", "envs/*.env", "envs/deep/x.env", false),
            ("", "envs/**", "envs/deep/x.env", true),
            ("ops", "envs/*.env", "ops/envs/x.env", true),
            ("ops", "envs/*.env", "envs/x.env", false),
            ("ops", "*.env", "x.env", false),
            ("ci", "../envs/*.env", "envs/x.env", true),
            ("ci", "../envs/*.env", "ci/envs/x.env", false),
            ("ci", "../envs", "envs/deep/x.env", true),
            ("ci/deep", "../*.env", "ci/x.env", true),
            ("ci/deep", "../*.env", "ci/deep/x.env", false),
            ("", "../*.env", "../x.env", true),
            ("a[1]", "*.env", "a[1]/x.env", true),
        ] {
            let found = Glob::new(&Folder::from(folder), glob).unwrap().matches(path);
            assert_eq!(found, matches, "`{glob}` in `{folder}` on `{path}`");
        }
        for nothing in ["", "/", "!x", "a[", "{a"] {
            assert!(Glob::new(&Folder::default(), nothing).is_none(), "{nothing}");
        }
    }
}
