//! Random env files, each read by the real loaders and by our lexers: they must agree on every variable.
//!
//! The loaders come from their registries into `target/real-loaders` (`tests/real-loaders`); without them this test
//! fails, and says why. `ENVGATE_LOADER_FILES` says how many files are drawn, `ENVGATE_LOADER_SEED` which ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test may die, and asks the environment how long it may take"
)]

mod containers;
mod draw;
mod run;

use std::collections::BTreeMap;
use std::fs;

use envgate::document::env::{Loaded, LoadedVariable, Loader, load};
use envgate::document::shell::is_name;

use draw::Draw;
use run::{OUTSIDE, Outcome, Real};

/// The keys that are drawn and compared.
pub(crate) const KEYS: &[&str] = &["A", "B", "C", "D_E", "a1", "K-X", "1K", "k.x"];

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What our lexer makes of the file, as the real loader's outcome is told; `None` where that cannot be
/// known, since something would be run.
fn ours(text: &str, loader: Loader) -> Option<Outcome> {
    let fixed =
        |name: &str| OUTSIDE.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    // dotenvy asks this process.
    let outside = |name: &str| if loader == Loader::Dotenvy { std::env::var(name).ok() } else { fixed(name) };
    let loaded = load(text, loader, &outside);
    if !loaded.executes.is_empty() || is_beyond(text, loader, &loaded) {
        return None;
    }
    let values: BTreeMap<String, String> = KEYS
        .iter()
        .filter(|key| is_compared(key, loader))
        .filter_map(|key| Some(((*key).to_owned(), loaded.variable(key)?.value.clone()?)))
        .collect();
    Some(Outcome { refused: loaded.aborted.is_some(), values })
}

/// make hands on what is no name in a shell only where it is told to.
fn is_compared(key: &str, loader: Loader) -> bool {
    loader != Loader::Make || is_name(key)
}

/// Bash goes on after a file that it gave up, xargs exports what it has, and node's parser by itself takes a
/// variable without a name, which the program refuses: only the values can be asked for.
const fn tells_refusals(loader: Loader) -> bool {
    !matches!(loader, Loader::Bash | Loader::Xargs | Loader::Node20)
}

/// What is not followed, since nobody writes it: how often dotenv-expand and dotenvx read a value again that has
/// a `$` in it and is referred to, bash's `$[` and arrays, and make's names of half a character and of the target.
fn is_beyond(text: &str, loader: Loader, loaded: &Loaded) -> bool {
    let referred = |key: &str| text.contains(&format!("${{{key}")) || text.contains(&format!("${key}"));
    let has_dollar =
        |variable: &LoadedVariable| variable.value.as_ref().is_some_and(|value| value.contains('$'));
    let is_blank = |variable: &LoadedVariable| variable.value.as_deref().is_none_or(str::is_empty);
    match loader {
        Loader::DotenvExpand | Loader::Dotenvx => {
            let mut variables = loaded.variables.iter();
            text.contains("\\$$") || variables.any(|variable| has_dollar(variable) && referred(&variable.key))
        }
        Loader::Bash => text.contains("$[") || text.contains("=("),
        // `environment.d` fills variables in and passes over what has nothing in it, which a unit's file does not.
        Loader::Systemd => text.contains('$') || loaded.variables.iter().any(is_blank),
        Loader::Make => ["$é", "$#", "$@"].iter().any(|name| text.contains(name)),
        _ => false,
    }
}

#[test]
fn real_loaders_and_our_lexers_agree() {
    let (count, seed) = (number("ENVGATE_LOADER_FILES", 400), number("ENVGATE_LOADER_SEED", 20_261_124));
    let kept = tempfile::tempdir().unwrap();
    let mut draw = Draw::new(seed);
    let files: Vec<(String, String)> = (0..count).map(|nth| (format!("{nth:05}.env"), draw.file())).collect();
    for (name, text) in &files {
        fs::write(kept.path().join(name), text).unwrap();
    }
    let real = Real::new(kept.path());
    let mut compared: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut given: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (loader, outcomes) in real.read_all(&files) {
        given.insert(loader.name(), outcomes.len());
        for ((name, text), theirs) in files.iter().zip(outcomes) {
            let Some(ours) = ours(text, loader) else { continue };
            let mut theirs = theirs;
            theirs.values.retain(|key, _| is_compared(key, loader));
            let tally = compared.entry(loader.name()).or_default();
            tally.0 += 1;
            let same = if ours.refused && theirs.refused && tells_refusals(loader) {
                true
            } else {
                ours.values == theirs.values && (!tells_refusals(loader) || ours.refused == theirs.refused)
            };
            if !same {
                tally.1 += 1;
                wrong
                    .entry(loader.name())
                    .or_default()
                    .push(format!("{name} {text:?}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    let enough = compared.iter().all(|(name, (files, _))| *files >= given[name] / 4);
    assert!(enough && compared.len() >= 18, "too little was compared: {compared:?} of {given:?}");
    let told = wrong.iter().fold(String::new(), |text, (name, all)| {
        let some = all.get(..4).unwrap_or(all).join("\n");
        text + &format!("{name}:\n{some}\n")
    });
    assert!(wrong.is_empty(), "(files, differences) by loader: {compared:?}\n{told}");
}
