//! ENV005: quotes that become part of the value, since the reader takes every character as it stands.
//!
//! Not here: quotes inside values.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct QuotesKept;

impl Rule for QuotesKept {
    fn meta(&self) -> &'static Meta {
        meta!("ENV005", "quotes-kept", Error, Certain, "the quotes around a value become part of it")
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::QuotesKept { reader }, Some(key)) = (&line.verdict, &line.key) else { continue };
            let message = format!("{} keeps the quotes as part of `{key}`", who(reader.loader));
            let diagnostic = found.push(line.span, message).key(key);
            read_here(diagnostic, reader);
            match quote_for_all(project, file, env, line, Safety::Safe) {
                Some(fix) => diagnostic.help("write the value without quotes").fix(fix),
                None => diagnostic.help(
                    "others that read this file need the quotes: give this one a file of its own, without them",
                ),
            };
        }
    }
}
