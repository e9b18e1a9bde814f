//! Random env files, each read by the real loaders and by our lexers: they must agree on every variable.
//!
//! The loaders come from their registries into `target/real-loaders` (`tests/real-loaders`); without them this test
//! fails, and says why. `ENVGATE_LOADER_FILES` says how many files are drawn, `ENVGATE_LOADER_SEED` which ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may die, and asks the environment how long it may take"
)]

mod draw;
mod run;

use std::collections::BTreeMap;
use std::fs;

use envgate::document::env::{Loader, load};

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
    let outside =
        |name: &str| OUTSIDE.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let loaded = load(text, loader, &outside);
    if !loaded.executes.is_empty() {
        return None;
    }
    let values: BTreeMap<String, String> = KEYS
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), loaded.variable(key)?.value.clone()?)))
        .collect();
    Some(Outcome { refused: loaded.aborted.is_some(), values })
}

/// Bash goes on after a file that it gave up, and xargs exports what it has: only the values can be asked for.
const fn tells_refusals(loader: Loader) -> bool {
    !matches!(loader, Loader::Bash | Loader::Xargs)
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
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (loader, outcomes) in real.read_all(&files) {
        for ((name, text), theirs) in files.iter().zip(outcomes) {
            let Some(ours) = ours(text, loader) else { continue };
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
    let least = usize::try_from(count).unwrap() / 4;
    assert!(compared.values().all(|(files, _)| *files >= least), "too little was compared: {compared:?}");
    let told: String = wrong
        .iter()
        .map(|(name, all)| {
            format!("{name}:\n{}\n", all.iter().take(4).cloned().collect::<Vec<_>>().join("\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "(files, differences) by loader: {compared:?}\n{told}");
}
