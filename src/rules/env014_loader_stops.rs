//! ENV014: a reader of the file stops at this line, and other variables are lost with it.
//!
//! Not here: quotes that are never closed.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct LoaderStops;

impl Rule for LoaderStops {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV014",
            "loader-stops",
            Error,
            Certain,
            "a loader stops at this line, and other variables are lost"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let Verdict::Stops { reader, dropped, whole } = &line.verdict else { continue };
            let others = if *dropped == 1 { "variable is" } else { "variables are" };
            let which = if *whole { "before and behind it" } else { "behind it" };
            let message =
                format!("{} stops at this line, and {dropped} {others} lost {which}", who(reader.loader));
            let diagnostic = found.push(line.span, message);
            read_here(diagnostic, reader);
            if let Some(key) = &line.key {
                diagnostic.key(key);
            }
            match quote_for_all(project, file, env, line, Safety::Safe) {
                Some(fix) => diagnostic.help("put quotes around the value").fix(fix),
                None => diagnostic
                    .help("write the line as `KEY=value`, with single quotes around all but plain values"),
            };
        }
    }
}
