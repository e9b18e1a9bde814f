//! ENV006: a `#` that begins a comment for one reader and belongs to the value for another.
//!
//! Not here: `#` inside quotes.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety, Severity};
use crate::document::env::EnvFile;
use crate::project::loading::{Hash, Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct AmbiguousHash;

impl Rule for AmbiguousHash {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV006",
            "ambiguous-hash",
            Warning,
            Certain,
            "a `#` is a comment for one loader and part of the value for another"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Hash { hash, reader, other }, Some(key)) = (&line.verdict, &line.key) else {
                continue;
            };
            let kind = match hash {
                Hash::Glued => "the `#` behind the value",
                Hash::Tab => "the `#` after a tab",
                Hash::First => "the `#` at the beginning of the value",
                Hash::Comment => "the comment behind the value",
                Hash::Alone => "the comment behind `=`",
            };
            let comment = matches!(hash, Hash::Comment | Hash::Alone | Hash::Tab);
            let message = match (reader, other) {
                (Some(reader), Some(other)) => format!(
                    "{} and {} do not agree whether {kind} belongs to `{key}`",
                    who(reader.loader),
                    who(other.loader)
                ),
                (Some(reader), None) if *hash == Hash::Alone => {
                    format!("{} takes {kind} for the value of `{key}`", who(reader.loader))
                }
                (Some(reader), None) if comment => {
                    format!("{} takes {kind} as a part of `{key}`", who(reader.loader))
                }
                (Some(reader), None) => format!("{} cuts `{key}` off at {kind}", who(reader.loader)),
                (None, _) => format!("loaders do not agree whether {kind} belongs to `{key}`"),
            };
            let diagnostic = found.push(line.span, message).key(key);
            let certain = other.is_some() || (comment && *hash != Hash::Tab && reader.is_some());
            diagnostic.severity(if certain { Severity::Error } else { Severity::Warning });
            for reader in reader.iter().chain(other) {
                read_here(diagnostic, reader);
            }
            diagnostic.help("put a comment on a line of its own, and quotes around a value with a `#` in it");
            if !comment && let Some(fix) = quote_for_all(project, file, env, line, Safety::Unsafe) {
                diagnostic.fix(fix);
            }
        }
    }
}
