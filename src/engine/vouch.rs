//! Silencing comments of files that somebody proposes, held against a tree that is trusted: only those that stand
//! there too silence anything.
//!
//! Not here: where that tree comes from.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use crate::project::Project;
use crate::source::{Source, Tree};
use crate::suppress::{self, Allow};

/// The tree whose silencing comments count.
#[derive(Clone)]
pub struct Vouching(Arc<dyn Tree + Send>);

impl fmt::Debug for Vouching {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vouching").finish_non_exhaustive()
    }
}

impl Vouching {
    /// Trusts the comments in the files of `tree`.
    #[must_use]
    pub fn new(tree: Arc<dyn Tree + Send>) -> Self {
        Self(tree)
    }

    /// Takes out of `allows`, by path, the comments that the trusted file of that path does not have, on the same
    /// line and above the same one.
    pub(super) fn take_strangers(
        &self,
        allows: &mut BTreeMap<String, Vec<Allow>>,
        project: &Project<'_>,
    ) -> BTreeMap<String, Vec<Allow>> {
        let mut strangers = BTreeMap::new();
        for (path, allows) in allows {
            let Some(file) = project.file(path) else { continue };
            let known = self.known(path);
            let (kept, strange) = std::mem::take(allows)
                .into_iter()
                .partition(|allow| known.contains(&spoken_for(allow, &file.source)));
            *allows = kept;
            strangers.insert(path.clone(), strange);
        }
        strangers
    }

    /// What the comments of the trusted file say and speak for; nothing where there is no such file.
    fn known(&self, path: &str) -> HashSet<String> {
        let Ok(bytes) = self.0.read(path) else { return HashSet::new() };
        let source = Source::from_bytes(path, bytes);
        suppress::allows(&source).iter().map(|allow| spoken_for(allow, &source)).collect()
    }
}

/// The comment, for the whole file, or with the lines that it speaks for.
fn spoken_for(allow: &Allow, source: &Source) -> String {
    let Some((first, last)) = allow.lines else { return source.slice(allow.span).trim().to_owned() };
    let lines = (first..=last).map(|line| source.slice(source.line_span(line)).trim());
    lines.collect::<Vec<_>>().join("\n")
}
