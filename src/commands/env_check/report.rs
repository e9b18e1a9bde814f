//! The result of `envgate env-check` in words: by tier, with lengths and places, never with a value.
//!
//! Not here: colours; this is read in terminals and in CI logs alike.

use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::document::env::EnvFile;
use crate::document::python_settings::ListShape;
use crate::engine;
use crate::project::env_check::{Fault, Mode, Row};
use crate::project::expectations::Tier;
use crate::render::visible;
use crate::secrets::Own;
use crate::secrets::weak::Weakness;
use crate::source::Source;

use super::super::terminal::{columns, lang, say};

const TIERS: [(Tier, &str); 3] =
    [(Tier::Critical, "critical"), (Tier::Important, "important"), (Tier::Development, "development")];

/// Shown in place of every value; its length says nothing.
const MASK: &str = "********";

/// What a variable is for is not begun in less room than this.
const LEAST: usize = 12;

/// Writes the result and says whether the check failed.
pub(super) fn write(
    source: &Source,
    file: &EnvFile,
    rows: &[Row],
    mode: Mode,
    own: Option<&Own>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    writeln!(out, "{}", visible(source.path()))?;
    for problem in &file.problems {
        say!(out, "  line {}: {}", source.line(problem.span.start), visible(&problem.message))?;
    }
    let shown = |row: &&Row| mode == Mode::Info || !row.faults.is_empty();
    let width =
        rows.iter().filter(shown).map(|row| row.wanted.name.chars().count()).max().unwrap_or(0).min(40);
    for (tier, title) in TIERS {
        let mut of_tier = rows.iter().filter(shown).filter(|row| row.wanted.tier == tier).peekable();
        if of_tier.peek().is_some() {
            writeln!(out, "\n{}", lang().word(title))?;
        }
        for row in of_tier {
            let state = if mode == Mode::Info { masked(row) } else { String::new() };
            let (name, told) = (visible(&row.wanted.name), told(row, source));
            let line = format!("  {name:width$}  {state}{told}");
            let purpose = row.wanted.description.as_deref().filter(|text| is_harmless(text, own));
            let purpose = purpose.map(visible).unwrap_or_default();
            writeln!(out, "{}", with_purpose(&line, &purpose, columns()))?;
        }
    }
    summary(file, rows, mode, out)
}

/// One line a mistake of the configuration.
pub(super) fn mistakes(source: &Source, found: &[Diagnostic], out: &mut dyn Write) -> io::Result<()> {
    for mistake in found {
        let at = source.position(mistake.span.start);
        let (severity, code) = (lang().word(mistake.severity.as_str()), mistake.meta.code);
        let path = visible(source.path());
        writeln!(
            out,
            "{path}:{}:{}: {severity}[{code}]: {}",
            at.line,
            at.column,
            visible(&lang().text(&mistake.message))
        )?;
        if let Some(help) = &mistake.help {
            say!(out, "  help: {}", visible(help))?;
        }
    }
    Ok(())
}

fn masked(row: &Row) -> String {
    match row.length {
        None => format!("{:8}  {:15}  ", "-", lang().text("not set")),
        Some(0) => format!("{:8}  {:15}  ", "", lang().text("empty")),
        Some(length) => format!("{MASK}  {:15}  ", lang().text(&format!("{length} characters"))),
    }
}

/// Whether a description holds nothing that would be masked where it was written: people write the logins of staging into
/// the comments of examples.
fn is_harmless(description: &str, own: Option<&Own>) -> bool {
    let comment = Source::new(".env.example", format!("# {description}\n"));
    let login = |word: &str| word.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    engine::masks(&comment, own).is_empty() && !description.split_whitespace().any(login)
}

/// A line, and behind it what its variable is for, as far as a terminal of so many columns has room.
fn with_purpose(line: &str, purpose: &str, columns: Option<usize>) -> String {
    let line = line.trim_end();
    let room = columns.map_or(usize::MAX, |columns| columns.saturating_sub(line.chars().count() + 3));
    if purpose.is_empty() || room < LEAST {
        return line.to_owned();
    }
    if purpose.chars().count() <= room {
        return format!("{line} ({purpose})");
    }
    let cut: String = purpose.chars().take(room - 1).collect();
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{line} ({words}…)")
}

/// Where, and what is wrong.
fn told(row: &Row, source: &Source) -> String {
    let place = row.span.map(|span| format!("line {}", source.line(span.start)));
    let faults: Vec<String> = row.faults.iter().map(fault).collect();
    let what = [place, (!faults.is_empty()).then(|| faults.join("; "))];
    let line = what.into_iter().flatten().collect::<Vec<_>>().join(": ");
    lang().text(&line).into_owned()
}

fn fault(fault: &Fault) -> String {
    match fault {
        Fault::Missing => "is missing".to_owned(),
        Fault::Empty => "is empty".to_owned(),
        Fault::TooShort { length, needed } => format!("has {length} characters, needs {needed}"),
        Fault::Weak(Weakness::Placeholder) => "is a placeholder".to_owned(),
        Fault::Weak(Weakness::KnownDefault) => "is a well-known default".to_owned(),
        Fault::Weak(Weakness::Guessable) => "can be guessed".to_owned(),
        Fault::Shape(ListShape::Json) => "is no JSON array, and one is read here".to_owned(),
        Fault::Shape(ListShape::Csv | ListShape::Either) => {
            "is a JSON array, and items separated by commas are read here".to_owned()
        }
        Fault::LostQuotes => "is a JSON array that has lost its quotes".to_owned(),
        Fault::Limit(fault) => visible(fault).into_owned(),
        Fault::Kind(kind) => format!("is not {}", visible(&kind.to_string())),
    }
}

/// Writes the last line. A line that is no assignment fails a strict check: what it meant to set is unknown.
fn summary(file: &EnvFile, rows: &[Row], mode: Mode, out: &mut dyn Write) -> io::Result<bool> {
    let count = |tier| rows.iter().filter(|row| row.wanted.tier == tier && !row.faults.is_empty()).count();
    let unreadable = mode == Mode::Strict && !file.problems.is_empty();
    let failed = unreadable || TIERS.iter().any(|(tier, _)| mode.fails(*tier) && count(*tier) > 0);
    let counts: Vec<String> =
        TIERS.iter().map(|(tier, title)| format!("{} {}", count(*tier), lang().word(title))).collect();
    let result = match (mode, failed) {
        (Mode::Info, _) => "",
        (_, true) => ": failed",
        (_, false) => ": passed",
    };
    let result = lang().text(result);
    let lines = match file.problems.len() {
        0 => String::new(),
        number => format!("; unreadable lines: {number}"),
    };
    say!(out, "\nvariables: {}; with problems: {}{lines}{result}", rows.len(), counts.join(", "))?;
    Ok(failed)
}

#[cfg(test)]
mod tests {
    use super::with_purpose;

    #[test]
    fn what_a_variable_is_for_stays_in_its_line() {
        let purpose = "signs sessions, and is made anew with openssl";
        for (line, columns, expected) in [
            ("  KEY  line 2", None, "  KEY  line 2 (signs sessions, and is made anew with openssl)"),
            ("  KEY  line 2", Some(80), "  KEY  line 2 (signs sessions, and is made anew with openssl)"),
            ("  KEY  line 2", Some(40), "  KEY  line 2 (signs sessions, and is…)"),
            ("  KEY  line 2", Some(20), "  KEY  line 2"),
            ("  KEY  ", None, "  KEY (signs sessions, and is made anew with openssl)"),
        ] {
            let told = with_purpose(line, purpose, columns);
            assert_eq!(told, expected);
            assert!(columns.is_none_or(|columns| told.chars().count() <= columns.max(line.len())));
        }
        assert_eq!(with_purpose("  KEY", "", None), "  KEY");
    }
}
