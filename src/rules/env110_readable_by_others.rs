//! ENV110: every user of the machine can read an env file that holds secrets.
//!
//! Not here: files in git, whose mode says nothing of who can read them.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::project::held::held;
use crate::project::uses::{Surroundings, surroundings};
use crate::project::{File, Project, Role};

pub(super) struct ReadableByOthers;

impl Rule for ReadableByOthers {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV110",
            "readable-by-others",
            Warning,
            Certain,
            "every user of the machine can read a file that holds secrets"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let Some(mode) = file.mode.map(|mode| mode & 0o777) else { return };
        // Where everything is open to everyone, the file system knows no modes.
        let open = mode & 0o004 != 0 && mode != 0o777;
        if !open || file.role == Role::Example || file.tracked == Some(true) {
            return;
        }
        let held = held(project, file, env);
        let Some(first) = held.first() else { return };
        let secrets = match held.len() {
            1 => "a secret".to_owned(),
            count => format!("{count} secrets"),
        };
        let message =
            format!("every user of this machine can read this file, which holds {secrets} (mode {mode:o})");
        let diagnostic = found.push(first.entry.key_span, message).help(format!(
            "chmod 600 {}: the one who starts the services is enough to read it",
            file.source.path()
        ));
        if surroundings(file.source.path()) != Surroundings::Other {
            diagnostic.severity(Severity::Info);
        }
    }
}
