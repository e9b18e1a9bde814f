//! ENV008: a key stands in a file more than once, and only the last line counts.
//!
//! Not here: keys that several files set; that is what layers are for.

use std::collections::BTreeMap;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::env::{Entry, EnvFile};
use crate::project::{File, Project};
use crate::source::Span;

pub(super) struct DuplicateKey;

impl Rule for DuplicateKey {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV008",
            "duplicate-key",
            Error,
            Certain,
            "a key is set more than once, and only the last line counts"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        let mut last: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in env.entries.iter().filter(|entry| entry.raw_span.is_some()) {
            last.insert(&entry.key, entry);
        }
        for entry in env.entries.iter().filter(|entry| entry.raw_span.is_some()) {
            if let Some(winner) =
                last.get(entry.key.as_str()).filter(|winner| winner.key_span != entry.key_span)
            {
                report(entry, winner, file, found);
            }
        }
    }
}

fn report(entry: &Entry, winner: &Entry, file: &File, found: &mut Findings<'_>) {
    let text = file.source.text();
    let same = entry.plain(text) == winner.plain(text);
    let line = file.source.line(winner.key_span.start);
    let message = format!("`{}` is set again on line {line}, and that line wins", entry.key);
    let help = if same {
        format!("delete this line: line {line} sets the same value")
    } else {
        format!("delete the line that is wrong; no loader reads this value as long as line {line} is there")
    };
    let end = if text[entry.line_span.end..].starts_with("\r\n") { 2 } else { 1 };
    let whole = Span::new(entry.line_span.start, (entry.line_span.end + end).min(text.len()));
    let safety = if same { Safety::Safe } else { Safety::Unsafe };
    found
        .push(entry.key_span, message)
        .key(&entry.key)
        .help(help)
        .label(file.source.shared_path(), winner.key_span, "this line wins")
        .fix(Fix::replace("delete the line that does not count", safety, whole, ""));
}
