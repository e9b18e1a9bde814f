//! ENV004: a file goes through `export $(… | xargs)`, and the line does not survive it.
//!
//! Not here: JSON that loses its quotes.

use super::read_by::read_here;
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines};
use crate::project::{File, Project};

pub(super) struct SplitByXargs;

impl Rule for SplitByXargs {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV004",
            "split-by-xargs",
            Error,
            Certain,
            "`export $(… | xargs)` takes the value apart, or loses every variable"
        )
    }

    fn check_env(&self, _env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Split { reader, all }, Some(key)) = (&line.verdict, &line.key) else { continue };
            let message = if *all {
                format!(
                    "xargs stops at a quote without a mate in `{key}`, and no variable at all is exported"
                )
            } else {
                format!("xargs splits `{key}` at blanks, or takes quotes and backslashes out of it")
            };
            let diagnostic = found.push(line.span, message).key(key).help(
                "no quoting survives xargs: hand the file over with `--env-file`, or write `set -a; . ./FILE; set +a`",
            );
            read_here(diagnostic, reader);
        }
    }
}
