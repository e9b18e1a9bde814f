//! ENV011: a line that is not `KEY=value` to the letter, and works by the leniency of its reader.
//!
//! Not here: lines that a known reader does not take.

use super::read_by::entry;
use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Spacing, Verdict, lines};
use crate::project::{File, Project};
use crate::source::Span;

pub(super) struct LooseAssignment;

impl Rule for LooseAssignment {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV011",
            "loose-assignment",
            Warning,
            Certain,
            "blanks around `=`, a colon, or a name without `=`"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let Verdict::Spacing(spacing) = &line.verdict else { continue };
            let key = line.key.as_deref().unwrap_or_default();
            let (message, help) = match spacing {
                Spacing::Blanks => (
                    format!("blanks stand around the `=` of `{key}`"),
                    "write `KEY=value`: a shell runs such a line as a command, and `docker run --env-file` refuses the file",
                ),
                Spacing::Colon => (
                    format!("`{key}` is set with a colon, as in YAML"),
                    "write `KEY=value`: only compose and some loaders for Node read a colon",
                ),
                Spacing::Bare => (
                    "a word without `=` gets no value".to_owned(),
                    "write `KEY=`, or delete the line: only compose and docker pass a bare name on from outside",
                ),
            };
            let diagnostic = found.push(line.span, message).help(help);
            if let Some(key) = &line.key {
                diagnostic.key(key);
            }
            let raw = entry(env, line).and_then(|entry| Some((entry, entry.raw_span?)));
            if let Some((entry, raw)) = raw {
                let between = Span::new(entry.key_span.end, raw.start);
                diagnostic.fix(Fix::replace("write `=` without blanks", Safety::Unsafe, between, "="));
            }
        }
    }
}
