//! ENV010: a name that not every loader takes.
//!
//! Not here: files whose readers are known; what they refuse is an error, and what they take is fine.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines};
use crate::project::{File, Project};

pub(super) struct UnportableKey;

impl Rule for UnportableKey {
    fn meta(&self) -> &'static Meta {
        meta!("ENV010", "unportable-key", Warning, Certain, "a name that not every loader takes")
    }

    fn check_env(&self, _env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            if let (Verdict::Unportable, Some(key)) = (&line.verdict, &line.key) {
                let message = format!("`{key}` is no name that shells, dotenvy and compose's `${{…}}` take");
                found
                    .push(line.span, message)
                    .key(key)
                    .help("use letters, digits and `_`, and do not begin with a digit");
            }
        }
    }
}
