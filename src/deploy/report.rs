//! What a deploy leaves behind: everything that was decided on and everything that came of it.
//!
//! Not here: where it is kept, and how it reads as Markdown. Nothing in it is secret: names, hashes, numbers, times.

use serde::{Deserialize, Serialize};

use super::facts::sha256;
use super::follow::{End, Followed};
use super::gate::Refusal;
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
    /// Why nothing was begun; empty where something was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Refusal>,
    /// What each server said.
    pub servers: Vec<(String, Vec<Line>)>,
    /// What was counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Rows>,
    /// The SHA-256 of the report before this one; empty in the first.
    pub before: String,
    /// The SHA-256 of this report without this line's value.
    #[serde(default)]
    pub seal: String,
}

/// How many there were of something, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The server.
    pub host: String,
    /// What was counted.
    pub name: String,
    /// Before anything changed.
    pub before: Option<u64>,
    /// At the end.
    pub after: Option<u64>,
}

/// A comment that silences findings, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// The file and the line.
    pub at: String,
    /// The codes or names.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// How many findings it silences.
    pub findings: usize,
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
    /// What comments silence, with their reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silencings: Vec<Silenced>,
}

/// What the journals say was counted: `NAME N` before, `NAME N -> M` or `NAME N` after.
#[must_use]
pub fn rows(servers: &[(String, Vec<Line>)]) -> Vec<Rows> {
    let mut all: Vec<Rows> = Vec::new();
    for (host, lines) in servers {
        for line in lines.iter().filter(|line| line.state == "done") {
            let mut words = line.note.split(' ');
            let (name, first, last) = (words.next(), words.next(), words.next_back());
            let number = |word: Option<&str>| word.and_then(|word| word.parse::<u64>().ok());
            let (Some(name), Some(first)) = (name, number(first)) else { continue };
            let at = all.iter().position(|rows| rows.host == *host && rows.name == name);
            match (line.step.as_str(), at.and_then(|at| all.get_mut(at))) {
                ("count", None) => {
                    let (host, name) = (host.clone(), name.to_owned());
                    all.push(Rows { host, name, before: Some(first), after: None });
                }
                ("data", Some(rows)) => rows.after = number(last).or(Some(first)),
                _ => {}
            }
        }
    }
    all
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
    use super::{Rows, code, rows};
    use crate::deploy::follow::{End, Followed};
    use crate::deploy::journal::Line;

    #[test]
    fn counts_stand_before_and_after() {
        let line = |step: &str, state: &str, note: &str| Line {
            step: step.to_owned(),
            state: state.to_owned(),
            note: note.to_owned(),
            ..Line::default()
        };
        let lines = vec![
            line("count", "begun", ""),
            line("count", "done", "kpis 7320"),
            line("count", "done", "users 8"),
            line("backup", "done", "kpis 7374 rows, 100 bytes, read to the end"),
            line("data", "done", "kpis 7320 -> 7321"),
            line("data", "failed", "users: 7, and 8 are needed"),
        ];
        let of = |name: &str, before, after| Rows {
            host: "srv".to_owned(),
            name: name.to_owned(),
            before: Some(before),
            after,
        };
        assert_eq!(rows(&[("srv".to_owned(), lines)]), [of("kpis", 7320, Some(7321)), of("users", 8, None)]);
    }

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
