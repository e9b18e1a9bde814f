//! CMP107: a file that compose refuses as it stands: no YAML, a key twice, a value of the wrong kind.

use crate::diagnostic::{Findings, Meta};
use crate::document::compose::ComposeFile;
use crate::project::{File, Project};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub struct InvalidCompose;

impl Rule for InvalidCompose {
    fn meta(&self) -> &'static Meta {
        meta!("CMP107", "invalid-compose", Error, Certain, "compose refuses the file as it stands")
    }

    fn check_compose(
        &self,
        compose: &ComposeFile,
        file: &File,
        _project: &Project<'_>,
        found: &mut Findings<'_>,
    ) {
        for problem in &compose.problems {
            found.push(problem.span, format!("compose cannot read this: {}", problem.message));
        }
        for duplicate in &compose.duplicates {
            found
                .push(duplicate.second, format!("`{}` stands twice in one mapping, and compose refuses the file", duplicate.key))
                .help("put both together, or take one away")
                .label(file.source.path(), duplicate.first, "here it stands first");
        }
    }
}
