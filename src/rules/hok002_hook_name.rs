//! HOK002: a file where git looks for hooks, under a name that git does not look for.

use crate::diagnostic::{Findings, Meta};
use crate::document::Document;
use crate::document::shell::Script;
use crate::project::hooks::meant;
use crate::project::{File, Project};
use crate::source::{file_name, join, parent};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct UnknownHookName;

impl Rule for UnknownHookName {
    fn meta(&self) -> &'static Meta {
        meta!("HOK002", "unknown-hook-name", Error, Certain, "git looks for no hook of this name")
    }

    fn check_shell(&self, _script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let path = file.source.path();
        let (directory, name) = (parent(path), file_name(path));
        let Some(hook) = meant(name).filter(|_| matches!(file.document, Document::Shell(_))) else { return };
        if !holds_hooks(directory, project) || others_speak_of(name, path, project) {
            return;
        }
        let message = format!("git runs `{hook}`, and never a file called `{name}`");
        let finding = found.push(file.source.line_span(1), message);
        finding.help(format!("git mv {path} {}", join(directory, hook)));
    }
}

/// Whether git or husky takes hooks from there, by what the repository, `package.json` or a script says.
fn holds_hooks(directory: &str, project: &Project<'_>) -> bool {
    if file_name(directory) == ".husky" || directory == ".git/hooks" || directory.ends_with("/.git/hooks") {
        return true;
    }
    let configured = project.repository.as_ref();
    if configured.is_some_and(|repository| repository.hooks_directory == directory) {
        return true;
    }
    let sets = |text: &str| {
        text.lines().any(|line| {
            let after = line.split_once("core.hooksPath").map(|(_, after)| after);
            let mut words = after.into_iter().flat_map(|after| after.split([' ', '"', '\'', ';', '&', ',']));
            words.any(|word| !word.is_empty() && word.trim_end_matches('/') == directory)
        })
    };
    let manifest = project.tree.read("package.json").ok().and_then(|bytes| String::from_utf8(bytes).ok());
    manifest.is_some_and(|text| sets(&text)) || project.files.iter().any(|file| sets(file.source.text()))
}

/// A script that another one names is called by it, whatever it is called.
fn others_speak_of(name: &str, path: &str, project: &Project<'_>) -> bool {
    let scripts = project.files.iter().filter(|file| file.source.path() != path);
    scripts
        .filter(|file| matches!(file.document, Document::Shell(_) | Document::Makefile(_)))
        .any(|file| file.source.text().contains(name))
}
