//! What a deploy leaves behind: everything that was decided on and everything that came of it.
//!
//! Not here: where it is kept. Nothing in it is secret: names, hashes, numbers, times.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::facts::sha256;
use super::follow::{End, Followed};
use super::journal::Line;
use super::plan::Plan;
use crate::lang::Lang;

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

    fn tell_steps(&self, lang: Lang, text: &mut String) {
        let heads = ["time", "step"].map(|head| lang.word(head)).join(" | ");
        for (host, lines) in &self.servers {
            let _ = write!(text, "\n## {host}\n\n| {heads} | | |\n|---|---|---|---|\n");
            for line in lines.iter().filter(|line| line.state != "begun") {
                let (state, note) = (lang.word(&line.state), lang.text(&line.note));
                let note = note.replace('|', "\\|");
                let _ = writeln!(text, "| {} | {} | {state} | {note} |", line.at, line.step);
            }
        }
    }

    /// What was deployed: the commit, and what the check came to.
    fn tell_inputs(&self, lang: Lang, text: &mut String) {
        let inputs = &self.plan.inputs;
        let dirty =
            if inputs.dirty { lang.text(", with uncommitted files beside it") } else { Cow::Borrowed("") };
        let branch = match &inputs.branch {
            Some(branch) => format!("`{branch}`"),
            None => lang.text("no branch").into_owned(),
        };
        let _ = writeln!(
            text,
            "- {}",
            lang.with("commit `{commit}` on {branch}{dirty}", &[&inputs.commit, &branch, &dirty])
        );
        let check = &self.check;
        let counts = [check.files, check.findings.len(), check.silenced].map(|count| count.to_string());
        let [files, findings, silenced] = &counts;
        let _ = writeln!(
            text,
            "- {}",
            lang.with("check: {} files, {} findings let through, {} silenced", &[files, findings, silenced])
        );
        let _ = writeln!(text, "- {}\n", lang.with("rules `{}`", &[&inputs.rules]));
    }

    /// The same for people.
    #[must_use]
    pub fn markdown(&self, lang: Lang) -> String {
        let plan = &self.plan;
        let head =
            lang.with("Deploy {run} of {project} {version}", &[&self.run, &plan.project, &plan.version]);
        let mut text = format!("# {head}\n\n{}\n\n", lang.text(outcome(self.code)));
        self.tell_inputs(lang, &mut text);
        let heads = ["server", "service", "from", "to"].map(|head| lang.word(head)).join(" | ");
        let _ = write!(text, "| {heads} |\n|---|---|---|---|\n");
        for server in &plan.servers {
            for service in &server.services {
                let to = self
                    .images
                    .iter()
                    .find(|(name, _)| *name == service.name)
                    .map_or(&service.to, |(_, image)| image);
                let from = service.from.as_deref().unwrap_or_else(|| lang.word("nothing"));
                let _ = writeln!(text, "| {} | {} | {from} | {to} |", server.host, service.name);
            }
        }
        self.tell_steps(lang, &mut text);
        let (inputs, file) = (lang.word("Inputs"), lang.word("file"));
        let _ = write!(text, "\n## {inputs}\n\n| SHA-256 | {file} |\n|---|---|\n");
        for (path, hash) in &plan.inputs.files {
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

/// How a run of some kind ended, in words.
#[must_use]
pub fn ended(kind: &str, code: u8) -> &'static str {
    if code == 0 && kind != "deploy" { "done" } else { outcome(code) }
}

/// What the exit code of a deploy means.
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
