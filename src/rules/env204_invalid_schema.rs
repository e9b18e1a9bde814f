//! ENV204: something in an env schema cannot be read, so it demands nothing.
//!
//! Not here: what the schema demands.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::project::Project;

pub(super) struct InvalidSchema;

impl Rule for InvalidSchema {
    fn meta(&self) -> &'static Meta {
        meta!("ENV204", "invalid-schema", Error, Certain, "a part of an env schema cannot be read")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for file in project.files.iter().filter(|file| file.checked) {
            let Document::EnvSchema(schema) = &file.document else { continue };
            for problem in &schema.problems {
                found
                    .push_in(file.source.shared_path(), problem.span, &problem.message)
                    .help("put it right: what cannot be read demands nothing of the env files");
            }
        }
    }
}
