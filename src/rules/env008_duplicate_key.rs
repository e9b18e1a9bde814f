//! ENV008: a key stands in a file more than once, and only the last line counts.
//!
//! Not here: keys that several files set; that is what layers are for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety};
use crate::document::env::{Entry, EnvFile, Quote};
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
        let used = used_before_set_again(env, file.source.text());
        for entry in env.entries.iter().filter(|entry| entry.raw_span.is_some()) {
            if used.contains(&entry.key_span.start) {
                continue;
            }
            if let Some(winner) =
                last.get(entry.key.as_str()).filter(|winner| winner.key_span != entry.key_span)
            {
                let first = env.entries.first().is_some_and(|first| first.key_span == entry.key_span);
                report(entry, winner, first, file, found);
            }
        }
    }
}

/// The places of the keys whose values a line below takes up before they are set again, as in `OPTS=${OPTS} -v`: those
/// lines count.
fn used_before_set_again(env: &EnvFile, text: &str) -> BTreeSet<usize> {
    let mut set: BTreeMap<&str, usize> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for entry in &env.entries {
        if entry.raw_span.is_none() {
            continue;
        }
        used.extend(taken_up(entry, text).filter_map(|name| set.get(name).copied()));
        set.insert(&entry.key, entry.key_span.start);
    }
    used
}

/// The names whose values a line takes up.
fn taken_up<'t>(entry: &Entry, text: &'t str) -> impl Iterator<Item = &'t str> {
    let raw = entry.raw_span.filter(|_| entry.quote != Some(Quote::Single));
    references(raw.and_then(|raw| text.get(raw.start..raw.end)).unwrap_or_default())
}

/// The names behind `$` and `${`.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    })
}

fn report(entry: &Entry, winner: &Entry, first: bool, file: &File, found: &mut Findings<'_>) {
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
    // A quote that is open on both lines is closed by the second for some: without the first they read on from there.
    let closed = !entry.unterminated && !winner.unterminated;
    let on_its_own =
        !taken_up(entry, text).any(|name| name == entry.key) && !is_spoken_of(entry, first, text);
    let safety = if same && closed && on_its_own { Safety::Safe } else { Safety::Unsafe };
    found
        .push(entry.key_span, message)
        .key(&entry.key)
        .help(help)
        .label(file.source.shared_path(), winner.key_span, "this line wins")
        .fix(Fix::delete_lines("delete the line that does not count", safety, whole, text));
}

/// Whether a comment on the line belongs to it, or, where it is the first one, a comment below would lead the file without
/// it.
fn is_spoken_of(entry: &Entry, first: bool, text: &str) -> bool {
    let leads = || {
        let before = text.get(..entry.line_span.start).unwrap_or_default();
        let below = text.get(entry.line_span.end..).unwrap_or_default().trim_start();
        before.trim_start_matches('\u{feff}').trim().is_empty() && below.starts_with('#')
    };
    entry.comment_span.is_some() || (first && leads())
}
