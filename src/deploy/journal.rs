//! What a run on a server says of itself, line by line.
//!
//! Not here: getting the lines.

use serde::{Deserialize, Serialize};

/// One line of a journal. Notes are masked where they are written; they hold names and numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, by the server's clock, RFC 3339.
    pub at: String,
    /// The same in seconds since 1970.
    pub epoch: i64,
    /// The step.
    pub step: String,
    /// `begun`, `done`, `failed`, `refused`, or `code N` at the end.
    pub state: String,
    /// What it said.
    #[serde(default)]
    pub note: String,
}

impl Line {
    /// Reads a line; `None` where it was not written to its end.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The step that a journal ends in.
#[must_use]
pub fn current(lines: &[Line]) -> &str {
    lines.last().map_or("", |line| line.step.as_str())
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn half_a_line_is_none() {
        let whole = r#"{"at":"2025-01-01T00:00:00Z","epoch":1,"step":"up","state":"begun","note":""}"#;
        assert_eq!(Line::parse(whole).map(|line| line.step), Some("up".to_owned()));
        assert_eq!(Line::parse(&whole[..20]), None);
    }
}
