//! ENV012: a quote that is never closed, or text behind the one that closes.
//!
//! Not here: quotes inside unquoted values.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::env::{Entry, EnvFile, Loader, line_reads_as, load};
use crate::project::uses::sourced_at;
use crate::project::{File, Project};
use crate::source::Span;

pub(super) struct UnclosedQuote;

impl Rule for UnclosedQuote {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV012",
            "unclosed-quote",
            Error,
            Certain,
            "a quote is never closed, or text follows the closing one"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        for entry in &env.entries {
            if let Some(raw) = entry.raw_span.filter(|_| entry.unterminated) {
                unterminated(entry, raw, file, found);
            } else if let (Some(raw), Some(after)) = (entry.raw_span, entry.after_quote) {
                trailing(entry, Span::new(raw.start, after.end), after, file, project, found);
            }
        }
    }
}

fn unterminated(entry: &Entry, raw: Span, file: &File, found: &mut Findings<'_>) {
    let open = Span::new(raw.start, raw.start + 1);
    let quote = file.source.slice(open).to_owned();
    found
        .push(open, format!("the quote before the value of `{}` is never closed", entry.key))
        .key(&entry.key)
        .help("close the quote; as it is compose refuses the whole file, python-dotenv skips the line, and bash stops here")
        .fix(Fix::replace("close the quote", Safety::Unsafe, Span::new(raw.end, raw.end), quote));
}

fn trailing(
    entry: &Entry,
    whole: Span,
    after: Span,
    file: &File,
    project: &Project<'_>,
    found: &mut Findings<'_>,
) {
    let written = file.source.slice(whole);
    let severity = if is_shell_quoting(written) && sourced_at(project, file.source.path()).is_some() {
        Severity::Warning
    } else {
        Severity::Error
    };
    let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    let is_json =
        matches!(serde_json::from_str(inner), Ok(serde_json::Value::Array(_) | serde_json::Value::Object(_)));
    let diagnostic = found
        .push(after, format!("text follows the closing quote of `{}`", entry.key))
        .key(&entry.key)
        .severity(severity);
    let replacement = format!("'{inner}'");
    if is_json && line_reads_as(&entry.key, &replacement, inner, PROVED) {
        diagnostic
            .help("put single quotes around JSON: the double quotes inside it end a value in double quotes")
            .fix(Fix::replace("put single quotes around the JSON", Safety::Safe, whole, replacement));
    } else {
        diagnostic.help(
            "quote the whole value once; python-dotenv drops the line, others cut the value off or put the parts together",
        );
    }
}

/// The loaders that a fix is proved with: all that take quotes off.
const PROVED: &[Loader] = &[
    Loader::PythonDotenv,
    Loader::Compose,
    Loader::ComposeEnvFile,
    Loader::NodeDotenv,
    Loader::Bash,
    Loader::Dash,
];

/// Whether a shell puts the parts together to one word, as in `'it'\''s'`.
fn is_shell_quoting(written: &str) -> bool {
    let loaded = load(&format!("K={written}\n"), Loader::Bash, &|_| None);
    loaded.aborted.is_none() && loaded.executes.is_empty() && loaded.variable("K").is_some()
}
