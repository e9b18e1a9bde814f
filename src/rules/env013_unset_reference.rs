//! ENV013: `${NAME}` in a value, and `NAME` is set only below, or nowhere.
//!
//! Not here: variables that every process has, and those that another env file of the project sets.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines};
use crate::project::{File, Project};

pub(super) struct UnsetReference;

impl Rule for UnsetReference {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV013",
            "unset-reference",
            Warning,
            Certain,
            "a value refers to a variable that is set further down, or nowhere"
        )
    }

    fn check_env(&self, _env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Reference { name, later }, Some(key)) = (&line.verdict, &line.key) else {
                continue;
            };
            if let Some(span) = later {
                found
                    .push(line.span, format!("`{key}` refers to `{name}`, which is set further down only"))
                    .key(key)
                    .help(format!("move the line of `{name}` above this one: files are read from the top"))
                    .label(file.source.shared_path(), *span, "set here");
            } else {
                found
                    .push(line.span, format!("`{key}` refers to `{name}`, which no env file sets"))
                    .key(key)
                    .help(format!(
                        "set `{name}` above, or write single quotes if the `$` belongs to the value"
                    ));
            }
        }
    }
}
