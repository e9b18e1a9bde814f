//! Turns `src/lang/es/*.yaml` into tables, each one text that is taken apart when it is first asked, so that a program
//! that speaks English pays nothing for them: the loader has to visit a constant table of texts at every start.
//!
//! Not here: finding a text in them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What stands between a text and its translation, and behind both.
const BETWEEN: &str = "\u{1f}";
const END: &str = "\u{1e}";

/// What one file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    summaries: BTreeMap<String, String>,
    reasons: BTreeMap<String, String>,
    patterns: Vec<(String, String)>,
    words: BTreeMap<String, String>,
    messages: BTreeMap<String, String>,
    help: BTreeMap<String, String>,
    typed: BTreeMap<String, String>,
}

/// The tables as Rust. A text that two files have is a mistake.
pub(crate) fn tables(directory: &Path) -> Result<String, String> {
    let mut all = File::default();
    for path in paths(directory)? {
        let failed = |why: String| format!("{}: {why}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| failed(error.to_string()))?;
        let file: File = serde_yaml::from_str(&text).map_err(|error| failed(error.to_string()))?;
        all.patterns.extend(file.patterns);
        for (into, from) in [
            (&mut all.summaries, file.summaries),
            (&mut all.reasons, file.reasons),
            (&mut all.words, file.words),
            (&mut all.messages, file.messages),
            (&mut all.help, file.help),
            (&mut all.typed, file.typed),
        ] {
            for (english, spanish) in from {
                if into.insert(english.clone(), spanish).is_some() {
                    return Err(failed(format!("`{english}` is in another file too")));
                }
            }
        }
    }
    let mut code = String::new();
    for (name, what, rows) in [
        ("SUMMARIES", "What a rule says, by its code.", all.summaries.into_iter().collect()),
        ("REASONS", "Why a rule matters and what to write, by its code.", all.reasons.into_iter().collect()),
        ("PATTERNS", "Summaries of declared patterns, the more telling first.", all.patterns),
        ("WORDS", "Words and headings.", all.words.into_iter().collect::<Vec<_>>()),
        ("MESSAGES", "Texts with places for what changes.", all.messages.into_iter().collect()),
        ("HELP", "Paragraphs of `--help`.", all.help.into_iter().collect()),
        ("TYPED", "Lines of clap's, with places for what was typed.", all.typed.into_iter().collect()),
    ] {
        let whole = rows
            .iter()
            .fold(String::new(), |whole, (english, spanish)| whole + english + BETWEEN + spanish + END);
        if whole.matches(BETWEEN).count() != rows.len() || whole.matches(END).count() != rows.len() {
            return Err(format!("a text of {name} holds what ends one"));
        }
        write!(code, "/// {what}\nstatic {name}: Table = Table::new(|| rows({whole:?}));\n")
            .map_err(|error| error.to_string())?;
    }
    Ok(code)
}

fn paths(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    Ok(paths)
}
