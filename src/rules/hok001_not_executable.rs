//! HOK001: git passes over a hook that is not executable.

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::document::shell::{Launch, Script};
use crate::project::{File, Project, hooks};
use crate::source::{file_name, parent};

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct NotExecutable;

impl Rule for NotExecutable {
    fn meta(&self) -> &'static Meta {
        meta!(
            "HOK001",
            "hook-not-executable",
            Error,
            Certain,
            "the hook is not executable, so git never runs it"
        )
    }

    /// Hooks in other languages. husky asks `sh` to read the file, which a Python hook would not survive
    /// anyway.
    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        if matches!(file.document, Document::Text) && file_name(parent(file.source.path())) != ".husky" {
            report(file, None, found);
        }
    }

    fn check_shell(&self, _script: &Script, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        if hooks::launch(file, project) == Launch::Direct {
            let directory = project.repository.as_ref().map(|repository| repository.hooks_directory.as_ref());
            report(file, directory, found);
        }
    }
}

/// `directory` is where git looks for hooks, if that is known. A plain `hooks` may be anything.
fn report(file: &File, directory: Option<&str>, found: &mut Findings<'_>) {
    let Some(mode) = file.mode.filter(|mode| hooks::is_run_by_git(file) && mode & 0o111 == 0) else { return };
    let path = file.source.path();
    // Of a file that links lead to, git tells the link's name.
    let name = hooks::callers(file).names().next().unwrap_or_else(|| file_name(path));
    let message = format!("mode {:o}: git only hints that it ignores `{name}`, and goes on", mode & 0o777);
    let finding = found.push(file.source.line_span(1), message);
    let folder = parent(path);
    if file_name(folder) == "hooks" && directory != Some(folder) {
        finding.severity(Severity::Warning);
    }
    if file.tracked == Some(true) {
        finding.help(format!("git update-index --chmod=+x {path}"));
    } else {
        finding.help(format!("chmod +x {path}"));
    }
}
