//! CMP107: a file that compose refuses: broken YAML, a key twice, a structure of the wrong kind.
//!
//! Not here: templates (CMP001) and names that nothing declares (CMP104).

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::project::{File, Project};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct InvalidCompose;

impl Rule for InvalidCompose {
    fn meta(&self) -> &'static Meta {
        meta!("CMP107", "invalid-compose", Error, Certain, "compose refuses the file")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for problem in &compose.problems {
            found
                .push(problem.span, &problem.message)
                .help("`docker compose config` stops here too; nothing behind this place is checked");
        }
        for duplicate in &compose.duplicates {
            found
                .push(duplicate.second, format!("`{}` stands twice in the same mapping", duplicate.key))
                .label(file.source.shared_path(), duplicate.first, "it stands here first")
                .help("keep one of the two; compose refuses the file as it is");
        }
    }
}
