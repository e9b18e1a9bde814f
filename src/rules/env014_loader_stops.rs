//! ENV014: a reader of the file stops at this line, and other variables are lost with it.
//!
//! Not here: quotes that are never closed.

use super::read_by::{entry, quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety};
use crate::document::env::EnvFile;
use crate::project::loading::{Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct LoaderStops;

/// The name in the first `${NAME:?…}` or `${NAME?…}`.
fn demanded(value: &str) -> Option<&str> {
    value.split("${").skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        let (name, rest) = rest.split_at(end);
        (!name.is_empty() && rest.trim_start_matches(':').starts_with('?')).then_some(name)
    })
}

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
            let value = entry(env, line).map(|entry| entry.plain(file.source.text())).unwrap_or_default();
            if let Some(name) = demanded(&value) {
                diagnostic.help(format!("set `{name}` above, or give it a fallback, as in `${{{name}:-…}}`"));
                continue;
            }
            // In quotes a reference is no longer one.
            let refers = value.split_once("${").is_some_and(|(_, rest)| rest.contains('}'));
            let fix = if refers { None } else { quote_for_all(project, file, env, line, Safety::Safe) };
            match fix {
                Some(fix) => diagnostic.help("put quotes around the value").fix(fix),
                None => diagnostic
                    .help("write the line as `KEY=value`, with single quotes around all but plain values"),
            };
        }
    }
}
