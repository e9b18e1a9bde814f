//! The script of a run: what the server is told to do, whole, before it begins.
//!
//! Not here: what the steps are. Every word is quoted; none of them is a secret.

use std::fmt::Write as _;

use super::settings::Settings;
use super::steps::{Phase, Step};
use super::transport::quoted;
use crate::config::deploy::RollbackDatabase;

/// What a run is, besides its steps.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Its name, which sorts by time.
    pub id: String,
    /// `deploy`, `rollback`, `backup`, `restore`.
    pub kind: String,
    /// The commit.
    pub commit: String,
    /// The SHA-256 of the env file that was checked.
    pub env: String,
    /// The containers that it was planned for.
    pub containers: String,
}

/// What a run does after its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tail {
    /// Health, data, and the release becomes the one to go back to.
    Deploy,
    /// It goes back to this release.
    Back(String),
    /// Nothing.
    Nothing,
}

/// Writes the script.
#[must_use]
pub fn script(settings: &Settings, run: &Run, steps: &[Step], tail: &Tail) -> String {
    let mut text = heading(settings, run);
    text.push_str(&functions(steps));
    text.push_str("begin\n");
    let databases: Vec<String> = settings
        .deploy
        .backups
        .iter()
        .map(|backup| {
            let postgres = &backup.postgres;
            format!("{} {} {} {}\n", backup.name, postgres.service, postgres.user, postgres.database)
        })
        .collect();
    let _ = writeln!(text, "printf %s {} >\"$R/databases\"", quoted(&databases.concat()));
    for step in steps.iter().filter(|step| step.phase == Phase::Work) {
        let _ = writeln!(text, "step {}", line(step));
    }
    match tail {
        Tail::Deploy => {
            if settings.env_only {
                // The version is that of the release whose images stay.
                text.push_str("VERSION=$(cat \"$S/releases/$(cat \"$S/good\")/version\" 2>/dev/null)\n");
            }
            text.push_str("watch step\ncheck_data step\n");
        }
        Tail::Back(release) => {
            let _ = writeln!(text, "roll_back {}", quoted(release));
        }
        Tail::Nothing => {}
    }
    for step in steps.iter().filter(|step| step.phase == Phase::End) {
        let _ = writeln!(text, "step {}", line(step));
    }
    text.push_str("leave 0\n");
    text
}

/// The script that looks at health and data and touches nothing, not even the journal of runs. Its own
/// journal goes to standard output.
#[must_use]
pub fn look(settings: &Settings, run: &Run, steps: &[Step]) -> String {
    let mut text = heading(settings, run);
    text.push_str(&functions(steps));
    text.push_str("R=$(mktemp -d) || exit 1\ntrap 'rm -rf \"$R\"' EXIT\n");
    text.push_str("VERSION=$(cat \"$S/releases/$(cat \"$S/good\" 2>/dev/null)/version\" 2>/dev/null)\n");
    text.push_str("every() { try \"$@\" || bad=1; }\nbad=0\nwatch every\ncheck_data every\ncat \"$R/journal\"\nexit \"$bad\"\n");
    text
}

fn heading(settings: &Settings, run: &Run) -> String {
    let database = match settings.deploy.rollback.database {
        RollbackDatabase::Never => "never",
        RollbackDatabase::Ask => "ask",
        RollbackDatabase::IfUnchanged => "if-unchanged",
    };
    let services = settings.services.join(" ");
    let all = settings.deploy.services.join(" ");
    let keep = settings.deploy.keep.max(1).to_string();
    let words: [(&str, &str); 13] = [
        ("ROOT", &settings.path),
        ("RUN", &run.id),
        ("KIND", &run.kind),
        ("PROJECT", &settings.deploy.project),
        ("ENV_FILE", &settings.deploy.compose.env_file),
        ("ENV_SHA", &run.env),
        ("FINGERPRINT", &run.containers),
        ("VERSION", &settings.version),
        ("COMMIT", &run.commit),
        ("SERVICES", &services),
        ("ALL", &all),
        ("DATABASE", database),
        ("KEEP", &keep),
    ];
    let mut text = String::new();
    for (name, value) in words {
        let _ = writeln!(text, "{name}={}", quoted(value));
    }
    let parts = [
        include_str!("server/base.sh"),
        include_str!("server/data.sh"),
        include_str!("server/stack.sh"),
        include_str!("server/ends.sh"),
    ];
    text.extend(parts);
    text
}

fn functions(steps: &[Step]) -> String {
    let mut text = String::new();
    for (name, phase) in [("watch", Phase::Watch), ("check_data", Phase::Data)] {
        let _ = writeln!(text, "{name}() {{\n  :");
        for step in steps.iter().filter(|step| step.phase == phase) {
            let _ = writeln!(text, "  \"$1\" {} || return 1", line(step));
        }
        text.push_str("}\n");
    }
    text
}

fn line(step: &Step) -> String {
    let words: Vec<String> =
        std::iter::once(&step.name).chain(&step.words).map(|word| quoted(word)).collect();
    words.join(" ")
}
