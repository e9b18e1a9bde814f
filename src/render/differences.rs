//! Two env files compared, as text for people and as JSON, `envgate/env-diff/v1`.
//!
//! Not here: comparing them.

use std::io::{self, Write};

use serde::Serialize;

use super::Options;
use super::columns::{Column, row, width};
use super::json::object;
use super::paint::{Role, paint};
use super::visible::visible;

/// A key whose values are not of one kind.
#[derive(Debug, Clone, Serialize)]
pub struct Differing {
    /// The key.
    pub key: String,
    /// Its shape in the one file.
    pub a: String,
    /// Its shape in the other.
    pub b: String,
}

/// What two env files do not have in common. Values are not in it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Differences {
    /// The one file.
    pub a: String,
    /// The other.
    pub b: String,
    /// The keys that the one has alone.
    pub only_in_a: Vec<String>,
    /// The keys that the other has alone.
    pub only_in_b: Vec<String>,
    /// The keys whose values are of different kinds.
    pub different: Vec<Differing>,
    /// How many keys agree.
    pub same: usize,
}

impl Differences {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.only_in_a.is_empty() && self.only_in_b.is_empty() && self.different.is_empty()
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    #[serde(flatten)]
    differences: &'a Differences,
}

/// Writes one object.
///
/// # Errors
///
/// Those of `out`.
pub fn differences_json(differences: &Differences, out: &mut dyn Write) -> io::Result<()> {
    object(&Whole { schema: "envgate/env-diff/v1", differences }, out)
}

/// Writes it for people.
///
/// # Errors
///
/// Those of `out`.
pub fn differences(differences: &Differences, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let lang = options.lang;
    let heading = |text: String| paint(options.color, Role::Heading, lang.text(&text)).to_string();
    let (a, b) = (visible(&differences.a), visible(&differences.b));
    let plural = if differences.same == 1 { "key agrees" } else { "keys agree" };
    writeln!(out, "{}", heading(format!("{a} and {b}: {} {plural}", differences.same)))?;
    for (path, keys) in [(&a, &differences.only_in_a), (&b, &differences.only_in_b)] {
        if keys.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", heading(format!("only in {path}")))?;
        for key in keys {
            writeln!(out, "  {}", visible(key))?;
        }
    }
    if !differences.different.is_empty() {
        writeln!(out, "\n{}", heading("of another kind".to_owned()))?;
        let names = width(differences.different.iter().map(|one| one.key.as_str()));
        let at = Column { indent: 2, names, columns: options.columns() };
        for one in &differences.different {
            let lines = [(&one.a, &a), (&one.b, &b)];
            let lines = lines.map(|(shape, path)| format!("{} {} {path}", lang.text(shape), lang.word("in")));
            let painted = |name: &str| paint(options.color, Role::Code, name).to_string();
            row(out, at, &visible(&one.key), painted, &lines)?;
        }
    }
    Ok(())
}
