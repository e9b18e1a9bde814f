//! ENV007: a `$` in a secret that a reader takes for a variable, so that another secret arrives.
//!
//! Not here: references that somebody plainly wanted, as in `URL=http://${HOST}`.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct DollarInSecret;

impl Rule for DollarInSecret {
    fn meta(&self) -> &'static Meta {
        meta!("ENV007", "dollar-in-secret", Error, Certain, "a `$` in a secret is taken for a variable")
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Expanded { reader, left }, Some(key)) = (&line.verdict, &line.key) else {
                continue;
            };
            let left = left.map_or_else(|| "nothing".to_owned(), |shape| shape.to_string());
            let message = format!(
                "{} takes a `$` in `{key}` for a variable, and another secret arrives ({left})",
                who(reader.loader)
            );
            let diagnostic = found.push(line.span, message).key(key);
            read_here(diagnostic, reader);
            match quote_for_all(project, file, env, line, Safety::Safe) {
                Some(fix) => diagnostic.help("put single quotes around the secret").fix(fix),
                None => diagnostic.help("generate a secret without `$`: `openssl rand -hex 32`"),
            };
        }
    }
}
