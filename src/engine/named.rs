//! Env files by the word of others: what a service's `env_file` or a command's `--env-file` names is one, whatever it is
//! called. Their names alone do not tell, so this is known only after the commands are resolved.
//!
//! Not here: files whose own names say what they are, and reading.

use std::collections::BTreeSet;

use crate::document::Document;
use crate::document::env::EnvFile;
use crate::project::{Project, Role};
use crate::source::{Source, Tree};

use super::load::{self, Asked, Loaded};
use super::{Input, Outcome, Unreadable, classify};

impl Outcome {
    /// What the check took the file for whose text is now `source`.
    #[must_use]
    pub fn document(&self, source: &Source) -> Document {
        match classify::document(source).0 {
            // Only env files have loaders, and one that is named has the one that it is named for.
            Document::Text if self.loaders.contains_key(source.path()) => {
                Document::Env(EnvFile::parse(source.text()))
            }
            known => known,
        }
    }
}

/// Reads the inputs once more that turned out to be env files, and lets them take the places of the texts. Says whether
/// there are any.
pub(super) fn take_up(
    inputs: &[Input],
    asked: &Asked<'_>,
    tree: &dyn Tree,
    project: &mut Project<'_>,
    loaded: &mut Loaded,
) -> Result<bool, Unreadable> {
    let named = named(project);
    let is_open = |input: &&Input| {
        named.contains(input.path.as_str())
            && project.file(&input.path).is_none_or(|file| match file.document {
                // One that nobody keeps for its own sake was read because it is named, and not as an input.
                Document::Env(_) => input.checked && !file.checked,
                Document::Text => file.role == Role::Plain,
                _ => false,
            })
    };
    let open: Vec<Input> = inputs.iter().filter(is_open).cloned().collect();
    if open.is_empty() {
        return Ok(false);
    }
    let read = load::load(&open, &Asked { env: true, ..*asked }, tree)?;
    let paths: BTreeSet<String> = read.files.iter().map(load::path_of).collect();
    loaded.found.leave_out(&|path| paths.contains(path));
    loaded.masks.retain(|path, _| !paths.contains(&**path));
    loaded.found.extend(read.found.into_findings());
    loaded.allows.extend(read.allows);
    project.files.retain(|file| !paths.contains(file.source.path()));
    project.add(read.files);
    Ok(true)
}

/// The paths that are named.
fn named<'p>(project: &'p Project<'_>) -> BTreeSet<&'p str> {
    let services = project.environments.iter().flat_map(|environment| &environment.services);
    let by_services = services.flat_map(|service| &service.env_files).map(|file| file.path.as_str());
    let resolved = project.environments.iter().map(|environment| &environment.command);
    let commands = resolved.chain(&project.commands).flat_map(|command| &command.env_files);
    by_services.chain(commands.map(String::as_str)).collect()
}
