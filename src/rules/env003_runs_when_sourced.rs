//! ENV003: a shell does more with the line than assign: it runs a part of it, opens files, or cuts the value.
//!
//! Not here: JSON that loses its quotes, and lines at which the shell gives up.

use super::read_by::{quote_for_all, read_here};
use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Safety, Severity};
use crate::document::env::EnvFile;
use crate::project::loading::{Harm, Verdict, lines, who};
use crate::project::{File, Project};

pub(super) struct RunsWhenSourced;

impl Rule for RunsWhenSourced {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV003",
            "runs-when-sourced",
            Error,
            Certain,
            "a shell that loads the file runs a part of the line, or cuts the value"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for line in lines(project, file.source.path()) {
            let (Verdict::Shell { reader, harm }, Some(key)) = (&line.verdict, &line.key) else { continue };
            let loader =
                reader.as_ref().map_or("a shell that sources this file", |reader| who(reader.loader));
            let message = match harm {
                Harm::Runs => {
                    format!("{loader} runs a part of this line as a command, and the value is cut or not set")
                }
                Harm::Substitutes => format!("{loader} runs the command inside the value"),
                Harm::Redirects => {
                    format!("{loader} opens a file that this line names, and the value is cut")
                }
                Harm::Quotes => format!("{loader} takes the quotes out of the value"),
                Harm::Backslashes => format!("{loader} takes the backslashes out of the value"),
            };
            let diagnostic = found.push(line.span, message).key(key);
            match reader {
                Some(reader) => read_here(diagnostic, reader),
                // Blanks and URLs are written without a thought of shells.
                None if *harm == Harm::Runs && is_plain(file.source.slice(line.span)) => {
                    diagnostic.severity(Severity::Info);
                }
                None => {
                    diagnostic.severity(Severity::Warning);
                }
            }
            let safety = if *harm == Harm::Substitutes { Safety::Unsafe } else { Safety::Safe };
            match quote_for_all(project, file, env, line, safety) {
                Some(fix) => diagnostic.help("put quotes around the value").fix(fix),
                None => diagnostic.help("hand the file over with `--env-file` and do not source it"),
            };
        }
    }
}

/// Whether a text has no more in it than blanks, or is a URL with a query.
fn is_plain(value: &str) -> bool {
    let others = [';', '|', '(', ')'];
    !value.contains(others) && (!value.contains('&') || value.contains("://"))
}
