//! ENV001: somebody who reads the file does not take the line.
//!
//! Not here: quotes that are never closed, and lines at which the reader gives up the rest of the file.

use super::read_by::read_here;
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::document::shell::is_name;
use crate::project::loading::{Line, Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct SyntaxError;

impl Rule for SyntaxError {
    fn meta(&self) -> &'static Meta {
        meta!("ENV001", "env-syntax", Error, Certain, "a loader that reads this file does not take the line")
    }

    fn check_env(&self, _env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let Verdict::Refused { reader } = &line.verdict else { continue };
            let loader = reader.as_ref().map_or("most loaders", |reader| who(reader.loader));
            let message = match &line.key {
                Some(key) => format!("`{key}` is not set: {loader} does not take this line"),
                None if reader.is_some() => {
                    format!("this line is no `KEY=value`, and {loader} does not take it")
                }
                None => "this line is no `KEY=value`: loaders skip it or refuse the file".to_owned(),
            };
            let diagnostic = found.push(line.span, message).help(help(line));
            if let Some(key) = &line.key {
                diagnostic.key(key);
            }
            match reader {
                Some(reader) => read_here(diagnostic, reader),
                None => {
                    diagnostic.severity(Severity::Warning);
                }
            }
        }
    }
}

fn help(line: &Line) -> &'static str {
    match &line.key {
        Some(key) if !is_name(key) => "write the name with letters, digits and `_` only",
        Some(_) => "write `KEY=value` or `KEY='value'`: no blanks around `=`, no `export`, no colon",
        None => {
            "write `KEY=value`, put `#` before a comment, and one pair of quotes around a value of several lines"
        }
    }
}
