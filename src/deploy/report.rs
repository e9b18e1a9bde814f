//! What a deploy leaves behind: everything that was decided on and everything that came of it.
//!
//! Not here: where it is kept. Nothing in it is secret: names, hashes, numbers, times.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::facts::sha256;
use super::follow::{End, Followed};
use super::journal::Line;
use super::plan::Plan;

/// The format's name, in every report.
pub const FORMAT: &str = "envgate/deploy-report/v1";

/// The report of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The run.
    pub run: String,
    /// How it ended: the exit code.
    pub code: u8,
    /// What was planned, with the hashes of all inputs.
    pub plan: Plan,
    /// What the check came to.
    pub check: Check,
    /// The images that were deployed, by digest.
    pub images: Vec<(String, String)>,
    /// What each server said.
    pub servers: Vec<(String, Vec<Line>)>,
    /// The SHA-256 of the report before this one; empty in the first.
    pub before: String,
    /// The SHA-256 of this report without this line's value.
    #[serde(default)]
    pub seal: String,
}

/// What the check came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// How many files were looked at.
    pub files: usize,
    /// How many findings were silenced.
    pub silenced: usize,
    /// What was found and let through: code, path, message.
    pub findings: Vec<(String, String, String)>,
    /// What the configuration ignores, with its reason.
    pub ignored: Vec<(String, String)>,
}

impl Report {
    /// Its bytes, as they are kept and chained.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The report with its seal.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.seal = String::new();
        self.seal = sha256(&self.bytes());
        self
    }

    /// Whether nothing in it was changed since it was sealed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.clone().sealed().seal == self.seal
    }

    fn tell_steps(&self, text: &mut String) {
        for (host, lines) in &self.servers {
            let _ = write!(text, "\n## {host}\n\n| time | step | | |\n|---|---|---|---|\n");
            for line in lines.iter().filter(|line| line.state != "begun") {
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {} |",
                    line.at,
                    line.step,
                    line.state,
                    line.note.replace('|', "\\|")
                );
            }
        }
    }

    /// The same for people.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Deploy {} of {} {}\n\n", self.run, self.plan.project, self.plan.version);
        let inputs = &self.plan.inputs;
        let _ = writeln!(text, "{}\n", outcome(self.code));
        let dirty = if inputs.dirty { ", with uncommitted files beside it" } else { "" };
        let _ = writeln!(
            text,
            "- commit `{}` on `{}`{dirty}",
            inputs.commit,
            inputs.branch.as_deref().unwrap_or("no branch")
        );
        let _ = writeln!(
            text,
            "- check: {} files, {} findings let through, {} silenced",
            self.check.files,
            self.check.findings.len(),
            self.check.silenced
        );
        let _ = writeln!(text, "- rules `{}`\n", inputs.rules);
        text.push_str("| server | service | from | to |\n|---|---|---|---|\n");
        for server in &self.plan.servers {
            for service in &server.services {
                let to = self
                    .images
                    .iter()
                    .find(|(name, _)| *name == service.name)
                    .map_or(&service.to, |(_, image)| image);
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {to} |",
                    server.host,
                    service.name,
                    service.from.as_deref().unwrap_or("nothing")
                );
            }
        }
        self.tell_steps(&mut text);
        text.push_str("\n## Inputs\n\n| SHA-256 | file |\n|---|---|\n");
        for (path, hash) in &inputs.files {
            let _ = writeln!(text, "| `{hash}` | {path} |");
        }
        text
    }
}

/// The exit code of all servers' runs together. Servers that are not at the same version need a person.
#[must_use]
pub fn code(ended: &[(String, Followed)], servers: usize) -> u8 {
    let one = |(_, followed): &(String, Followed)| match followed.end {
        End::Code(code @ 0..=5) => u8::try_from(code).unwrap_or(5),
        // Locked: nothing was begun.
        End::Code(75) => 3,
        _ => 5,
    };
    let codes: Vec<u8> = ended.iter().map(one).collect();
    let worst = codes.iter().copied().max().unwrap_or(5);
    let mixed = codes.contains(&0) && (worst > 0 || codes.len() < servers);
    if mixed { 5 } else { worst }
}

/// What an exit code means.
#[must_use]
pub const fn outcome(code: u8) -> &'static str {
    match code {
        0 => "deployed",
        1 => "refused: nothing was changed",
        3 => "failed: nothing was changed",
        4 => "failed: rolled back, and verified",
        _ => "failed: a person is needed",
    }
}

#[cfg(test)]
mod tests {
    use super::code;
    use crate::deploy::follow::{End, Followed};

    #[test]
    fn servers_at_two_versions_need_a_person() {
        let ended = |codes: &[i32]| -> Vec<(String, Followed)> {
            let one = |code: &i32| (String::new(), Followed { end: End::Code(*code), ..Followed::default() });
            codes.iter().map(one).collect()
        };
        let cases: [(&[i32], usize, u8); 8] = [
            (&[0], 1, 0),
            (&[4], 1, 4),
            (&[75], 1, 3),
            (&[0, 0], 2, 0),
            (&[0, 4], 2, 5),
            (&[0, 3], 3, 5),
            (&[4, 3], 2, 4),
            (&[], 1, 5),
        ];
        for (codes, servers, wanted) in cases {
            assert_eq!(code(&ended(codes), servers), wanted, "{codes:?}");
        }
        assert_eq!(code(&[(String::new(), Followed::default())], 1), 5);
    }
}
