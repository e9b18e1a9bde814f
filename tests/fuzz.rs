//! The properties of `fuzz/` on the fixtures, and on fixtures that were changed a little, always in the same way.
//!
//! Not here: the search for new inputs; `fuzz/run` does that. `ENVGATE_FUZZ_SECONDS` says how long each
//! target is changed for; without it a number of changes is tried.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may die")]

#[path = "../fuzz/src/lib.rs"]
mod properties;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Pieces that mean something to a lexer.
const PIECES: [&str; 40] = [
    "\"",
    "'",
    "`",
    "${",
    "}",
    "$(",
    ")",
    "#",
    "\\",
    "\r\n",
    "\n",
    "\0",
    "=",
    ": ",
    "- ",
    "&a ",
    "*a",
    "<<: ",
    "{",
    "[",
    "]",
    "|\n",
    ">\n",
    "\u{feff}",
    "\u{a0}",
    "ñ",
    "😀",
    "\u{202e}",
    "\u{1b}[31m",
    "export ",
    "A=",
    "services:\n",
    "environment:\n",
    "<<EOF\n",
    "if ",
    "fi\n",
    "envgate: allow ",
    "password=",
    "postgres://a:b@c/",
    ":-",
];

/// How many changed inputs are tried where nobody says for how long to look: a number and no time, so that every
/// machine tries the same ones.
const USUAL: usize = 500;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap()
    }

    /// A few changes: bytes turned, pieces put in, taken out, doubled, or taken from another input.
    fn change(&mut self, data: &mut Vec<u8>, others: &[Vec<u8>]) {
        for _ in 0..=self.below(4) {
            let at = self.below(data.len() + 1);
            let end = (at + self.below(24)).min(data.len());
            match self.below(6) {
                0 if at < data.len() => data[at] ^= 1 << self.below(8),
                1 => drop(data.drain(at..end)),
                2 => {
                    let copy = data[at..end].to_vec();
                    data.splice(at..at, copy);
                }
                3 => {
                    let other = &others[self.below(others.len())];
                    let from = self.below(other.len());
                    let to = (from + self.below(200)).min(other.len());
                    data.splice(at..at, other[from..to].iter().copied());
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    data.splice(at..at, piece.bytes());
                }
            }
        }
        data.truncate(8 * 1024);
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// The fixtures whose path `wanted` likes, small ones first, and the inputs that once failed.
fn seeds(target: &str, wanted: fn(&str) -> bool) -> Vec<Vec<u8>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut paths, mut kept) = (Vec::new(), Vec::new());
    collect(&top.join("fixtures"), &mut paths);
    paths.sort();
    let once = top.join("fuzz/found").join(target);
    if once.is_dir() {
        collect(&once, &mut kept);
    }
    paths.retain(|path| wanted(path.to_str().unwrap()) && path.metadata().unwrap().len() < 4096);
    kept.extend(paths);
    kept.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// What `fuzz/seeds` makes for a target that reads no fixtures as they are, and the inputs that once failed.
fn made(target: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let status = Command::new("python3").arg(script).arg(target).arg(folder.path()).status().unwrap();
    assert!(status.success(), "fuzz/seeds {target} fails");
    let mut paths = Vec::new();
    collect(folder.path(), &mut paths);
    paths.sort();
    let mut made = seeds(target, |_| false);
    made.extend(paths.iter().map(|path| fs::read(path).unwrap()));
    made
}

/// Fixtures as projects, with what failed once in either target that reads projects.
fn projects() -> Vec<Vec<u8>> {
    let mut projects = made("project");
    projects.extend(seeds("fixes", |_| false));
    projects
}

fn hold(seeds: &[Vec<u8>], property: fn(&[u8])) {
    assert!(!seeds.is_empty(), "there is nothing to begin with");
    for seed in seeds {
        property(seed);
    }
    #[expect(clippy::disallowed_methods, reason = "how long to look is for whoever runs this to say")]
    let seconds = std::env::var("ENVGATE_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for turn in 0.. {
        if end.map_or(turn == USUAL, |end| Instant::now() >= end) {
            break;
        }
        let mut data = seeds[dice.below(seeds.len())].clone();
        dice.change(&mut data, seeds);
        let caught = std::panic::catch_unwind(|| property(&data));
        if caught.is_err() {
            let path = std::env::temp_dir().join(format!("envgate-fuzz-{:016x}", dice.0));
            fs::write(&path, &data).unwrap();
            panic!("the input lies at {}; fuzz/found is where it belongs", path.display());
        }
    }
}

#[test]
fn env_files() {
    hold(&seeds("env", |path| path.contains(".env")), properties::env);
}

#[test]
fn compose_files() {
    hold(&seeds("compose", |path| path.ends_with(".yml") || path.ends_with(".yaml")), properties::compose);
}

#[test]
fn templates() {
    hold(&seeds("template", |path| path.ends_with(".yml")), properties::template);
}

#[test]
fn scripts() {
    hold(
        &seeds("shell", |path| {
            path.ends_with(".sh") || path.contains("pre-commit") || path.ends_with("Makefile")
        }),
        properties::shell,
    );
}

#[test]
fn any_text() {
    hold(&seeds("texts", |_| true), properties::texts);
}

#[test]
fn configurations() {
    hold(
        &seeds("configuration", |path| path.ends_with(".yaml") || path.ends_with(".yml")),
        properties::configuration,
    );
}

#[test]
fn schemas() {
    hold(&seeds("schema", |path| path.contains(".env")), properties::schema);
}

#[test]
fn silencing_comments() {
    hold(&seeds("silencing", |_| true), properties::silencing);
}

#[test]
fn projects_of_files() {
    hold(&projects(), properties::project);
}

#[test]
fn safe_fixes() {
    hold(&projects(), properties::fixes);
}

#[test]
fn what_accepts_findings() {
    hold(&made("accepted"), properties::accepted);
}

#[test]
fn archives() {
    hold(&made("archives"), properties::archives);
}

#[test]
fn formats_of_reports() {
    hold(&made("reports"), properties::reports);
}

#[test]
fn indexes() {
    hold(&made("index"), properties::index);
}

#[test]
fn repositories() {
    hold(&made("repository"), properties::repository);
}

#[test]
fn packs() {
    hold(&made("packs"), properties::packs);
}
