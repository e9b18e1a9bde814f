//! What the rules about loading say alike: who reads a file, and how a value is written for all of them.
//!
//! Not here: rules.

use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::document::env::{Entry, EnvFile};
use crate::project::loaders::Reader;
use crate::project::loading::{Line, rewritten};
use crate::project::{File, Project, Role};

/// Points to where it is written that `reader` reads the file.
pub(super) fn read_here(diagnostic: &mut Diagnostic, reader: &Reader) {
    if !reader.path.is_empty() {
        diagnostic.label(reader.path.as_str(), reader.span, "read here");
    }
}

/// The entry that a line is about.
pub(super) fn entry<'env>(env: &'env EnvFile, line: &Line) -> Option<&'env Entry> {
    let at = line.span.start;
    env.entries.iter().find(|entry| entry.line_span.start <= at && at <= entry.line_span.end)
}

/// A fix that writes the value of `line` so that everyone who reads the file gets exactly it.
pub(super) fn quote_for_all(
    project: &Project<'_>,
    file: &File,
    env: &EnvFile,
    line: &Line,
    safety: Safety,
) -> Option<Fix> {
    let entry = entry(env, line)?;
    let value = entry.plain(file.source.text());
    let raw = entry.raw_span?;
    let written = rewritten(project, file, &entry.key, &value)?;
    if written == file.source.slice(raw) {
        return None;
    }
    let title = if written == *value {
        "take the quotes off"
    } else if written.starts_with('\'') {
        "put single quotes around the value"
    } else {
        "put double quotes around the value"
    };
    // In an example what stands behind a `#` says what is expected, which quotes would make part of the value.
    let speaks = file.role == Role::Example && value.contains('#');
    Some(Fix::replace(title, if speaks { Safety::Unsafe } else { safety }, raw, written))
}
