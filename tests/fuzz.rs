//! The properties of `fuzz/` on the fixtures, and on fixtures that were changed a little, always in the same way.
//!
//! Not here: the search for new inputs; `fuzz/run` does that. `ENVGATE_FUZZ_SECONDS` is how long each target takes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

#[path = "../fuzz/src/lib.rs"]
mod properties;

use std::fs;
use std::path::{Path, PathBuf};
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

/// A fixture's file as a project of one file, under the name that fits best.
fn projects() -> Vec<Vec<u8>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut paths = Vec::new();
    collect(&top, &mut paths);
    paths.sort();
    let mut projects: Vec<Vec<u8>> = seeds("project", |_| false);
    projects.extend(seeds("fixes", |_| false));
    for folder in paths.chunk_by(|one, two| one.parent() == two.parent()) {
        let mut project = Vec::new();
        for path in folder.iter().filter(|path| path.metadata().unwrap().len() < 4096) {
            let shown = path.to_str().unwrap();
            let Some(name) = properties::NAMES.iter().position(|name| shown.ends_with(name)) else {
                continue;
            };
            if !project.is_empty() {
                project.push(properties::NEXT_FILE);
            }
            project.push(u8::try_from(name).unwrap());
            project.extend(fs::read(path).unwrap());
        }
        if !project.is_empty() {
            projects.push(project);
        }
    }
    projects
}

fn hold(seeds: &[Vec<u8>], property: fn(&[u8])) {
    assert!(seeds.len() >= 20, "too few seeds: {}", seeds.len());
    for seed in seeds {
        property(seed);
    }
    #[expect(clippy::disallowed_methods, reason = "how long to look is for whoever runs this to say")]
    let seconds = std::env::var("ENVGATE_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let seconds = seconds.unwrap_or(3);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    while Instant::now() < end {
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
