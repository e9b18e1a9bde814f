//! ENV105: JSON that has lost its double quotes, or is about to lose them in a shell.
//!
//! Not here: whether JSON is the shape that the reader wants.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::env::{Entry, EnvFile, Loader, Quote, line_reads_as, load};
use crate::project::loading::{all_read, json_is_bare};
use crate::project::uses::{SourcedAt, list_wanted, sourced_at};
use crate::project::{File, Project};
use crate::secrets::weak::is_template;
use crate::source::Span;

pub(super) struct DequotedJson;

impl Rule for DequotedJson {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV105",
            "dequoted-json",
            Error,
            Certain,
            "JSON has lost its double quotes, or loses them in a shell"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let sourced = sourced_at(project, file.source.path()).filter(|sourced| !sourced.sourced.whole_lines);
        for entry in &env.entries {
            let (Some(raw), Some(inner)) = (entry.raw_span, entry.inner_span) else { continue };
            if entry.unterminated || entry.after_quote.is_some() {
                continue;
            }
            let value = entry.plain(file.source.text());
            if is_json(&value) {
                if let Some(sourced) = &sourced {
                    eaten(entry, raw, &value, file, (project, sourced), found);
                }
            } else {
                dequoted(entry, (raw, inner), &value, file, project, found);
            }
        }
    }
}

/// Whether a value is a JSON list or object that has double quotes in it.
fn is_json(value: &str) -> bool {
    value.starts_with(['[', '{'])
        && value.contains('"')
        && serde_json::from_str::<serde_json::Value>(value).is_ok()
}

/// The items of `[a,b]`, where none of them can be JSON.
fn bare_items(value: &str) -> Option<Vec<&str>> {
    let inner = value.trim().strip_prefix('[')?.strip_suffix(']')?;
    let items: Vec<&str> = inner.split(',').map(str::trim).collect();
    let bare = |item: &&str| {
        let starts = item.starts_with(|first: char| first.is_alphabetic() || first == '*');
        starts && !item.contains(['"', '\'', '[', ']', '{', '}', ' ', '\\', '|'])
    };
    let literal = |item: &&str| ["true", "false", "null"].contains(item);
    (items.iter().all(bare) && !items.iter().all(literal)).then_some(items)
}

fn dequoted(
    entry: &Entry,
    (raw, inner): (Span, Span),
    value: &str,
    file: &File,
    project: &Project<'_>,
    found: &mut Findings<'_>,
) {
    let Some(items) = bare_items(value).filter(|_| !is_template(value)) else { return };
    let is_list = list_wanted(project, &entry.key).is_some();
    // `[a]` may be a pattern or a label; a name that says "list", or a comma, makes it a list.
    if !is_list && items.len() < 2 {
        return;
    }
    let bare = json_is_bare(project, file, &entry.key);
    let severity = if is_list { Severity::Error } else { Severity::Warning };
    let diagnostic = found
        .push(
            inner,
            format!("`{}` is a list in brackets whose items have no quotes, which is not JSON", entry.key),
        )
        .key(&entry.key)
        .severity(severity)
        .help(if bare {
            format!(
                "write JSON without quotes around it, as in `{0}=[\"a\",\"b\"]`, or `{0}=a,b` where commas are read",
                entry.key
            )
        } else {
            format!(
                "write JSON in single quotes, as in `{0}='[\"a\",\"b\"]'`, or `{0}=a,b` where commas are read",
                entry.key
            )
        });
    if let Ok(json) = serde_json::to_string(&items) {
        let written = if bare { json } else { format!("'{json}'") };
        diagnostic.fix(Fix::replace("put the quotes back", Safety::Unsafe, raw, written));
    }
}

fn eaten(
    entry: &Entry,
    raw: Span,
    value: &str,
    file: &File,
    (project, sourced): (&Project<'_>, &SourcedAt<'_>),
    found: &mut Findings<'_>,
) {
    // Single quotes keep what is between them; what is wrong then stands beside them.
    if entry.quote == Some(Quote::Single) {
        return;
    }
    let glued = entry.comment_span.is_some_and(|comment| comment.start == raw.end);
    let loader = if sourced.sourced.by_source { Loader::Bash } else { Loader::Xargs };
    let line = file.source.slice(entry.line_span);
    let outcome = load(line, loader, &|_| None);
    if outcome.variable(&entry.key).and_then(|variable| variable.value.as_deref()) == Some(value) {
        return;
    }
    let (how, label) = if sourced.sourced.by_source {
        (format!("`{}` is sourced", file.source.path()), "sourced here")
    } else {
        (format!("`{}` goes through xargs", file.source.path()), "loaded here")
    };
    let written = format!("'{value}'");
    let diagnostic = found
        .push(raw, format!("`{}` is JSON and loses its double quotes where {how}", entry.key))
        .key(&entry.key)
        .help(
            "put single quotes around the JSON, or hand the file over with `--env-file` and do not source it",
        )
        .label(sourced.script, sourced.sourced.span, label);
    if !glued
        && line_reads_as(&entry.key, &written, value, PROVED)
        && line_reads_as(&entry.key, &written, value, &[loader])
        && all_read(project, file, &entry.key, &written, value)
    {
        diagnostic.fix(Fix::replace("put single quotes around the JSON", Safety::Safe, raw, written));
    }
}

/// The loaders that a fix is proved with: all that take quotes off.
const PROVED: &[Loader] = &[
    Loader::PythonDotenv,
    Loader::NodeDotenv,
    Loader::Node20,
    Loader::Compose,
    Loader::ComposeEnvFile,
    Loader::Bash,
    Loader::Dash,
];
