//! Where a compose command runs: the paths it names made relative to the working directory.
//!
//! Not here: what compose makes of the files.

use std::sync::Arc;

use crate::project::{File, Project};
use crate::source::{PathKind, is_top, join, parent};

use super::walk::Raw;
use super::{ComposeCommand, Sourced};

/// The files that compose looks for by itself.
const DEFAULTS: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The command with its paths.
pub(super) fn place(raw: &Raw, file: &File, project: &Project<'_>) -> ComposeCommand {
    let directory = directory(raw, file, project);
    let under = |path: &String| join(&directory, path);
    let sourced = raw
        .sourced
        .iter()
        .map(|loaded| Sourced {
            path: under(&loaded.path),
            span: loaded.span,
            by_source: loaded.by_source,
            whole_lines: loaded.whole_lines,
            exported: if loaded.all { None } else { Some(loaded.exported.clone()) },
        })
        .collect();
    ComposeCommand {
        path: file.source.path().to_owned(),
        span: raw.span,
        name: None,
        files: raw.line.files.iter().map(under).collect(),
        env_files: raw.line.env_files.iter().map(under).collect(),
        project_directory: raw.line.project_directory.as_ref().map(under),
        profiles: raw.line.profiles.clone(),
        subcommand: raw.line.subcommand.clone(),
        sourced,
        exported: raw.exported.clone(),
        make: Arc::default(),
        remote: raw.remote,
        production: None,
        directory,
    }
}

/// The nearest directory, from the script's own upwards, under which everything that the command names
/// is there; a directory that the script changes to counts where the tree has it. A server's directories
/// are not in the tree: then it is the top of the project that stands there.
fn directory(raw: &Raw, file: &File, project: &Project<'_>) -> String {
    let mut base = parent(file.source.path());
    let mut nearest = None;
    loop {
        let changed = raw.directory.as_deref().map(|directory| join(base, directory));
        let changed =
            changed.filter(|path| path.is_empty() || project.tree.kind(path) == Some(PathKind::Directory));
        for candidate in changed.into_iter().chain(std::iter::once(base.to_owned())) {
            if fits(raw, &candidate, project) {
                return candidate;
            }
            if raw.directory.is_some() && candidate != base {
                nearest.get_or_insert(candidate);
            }
        }
        if is_top(base) {
            return nearest.unwrap_or_else(|| base.to_owned());
        }
        base = parent(base);
    }
}

fn fits(raw: &Raw, directory: &str, project: &Project<'_>) -> bool {
    let exists = |path: &str| project.tree.kind(&join(directory, path)).is_some();
    if raw.line.files.is_empty() {
        let top = raw
            .line
            .project_directory
            .as_deref()
            .map_or_else(|| directory.to_owned(), |path| join(directory, path));
        return DEFAULTS.iter().any(|name| project.tree.kind(&join(&top, name)).is_some());
    }
    raw.line.files.iter().all(|path| path == "-" || exists(path))
}
