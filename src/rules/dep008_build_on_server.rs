//! DEP008: images are built on the machine that serves.

use crate::diagnostic::{Findings, Meta};
use crate::project::Project;
use crate::project::commands;

use super::{Rule, meta};

/// The rule.
#[derive(Debug)]
pub(super) struct BuildOnServer;

impl Rule for BuildOnServer {
    fn meta(&self) -> &'static Meta {
        meta!("DEP008", "build-on-server", Info, Heuristic, "the server builds what it should only pull")
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        for command in &commands::find_all(project) {
            let Some(file) = project.file(&command.path).filter(|file| file.checked) else { continue };
            let written = file.source.slice(command.span);
            let builds = command.subcommand.as_deref() == Some("build")
                || written.split_whitespace().any(|word| word.trim_matches(['"', '\'', ';']) == "--build");
            if !(command.remote && builds) {
                continue;
            }
            let message = "the server builds the image: it takes its memory and time from what runs there, and makes another image than the one that was tested";
            let finding = found.push_in(command.path.as_str(), command.span, message);
            finding.help("build and push where it is tested; here: `docker compose pull && docker compose up -d --no-build`");
        }
    }
}
