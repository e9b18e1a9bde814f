//! Which env files a file says are loaded, and by what: `load_dotenv()`, `node --env-file`, `include .env`.
//!
//! Not here: compose's `env_file`, what shell scripts source (their paths need a walk over the script), and
//! which file of the project a path means.

mod javascript;
mod python;
mod words;

use memchr::memmem;

use super::env::Loader;
use crate::source::{Span, is_env_name};

pub use words::of_words;

/// One place that has an env file loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvUse {
    /// By what.
    pub loader: Loader,
    /// The path as written; what it is relative to is not known from the text.
    pub path: String,
    /// The place.
    pub span: Span,
}

/// The most uses that one file is asked for.
const MOST: usize = 100;

/// The uses in a file that is called `name`. Most files have none, and are not looked into.
#[must_use]
pub fn find(name: &str, text: &str) -> Vec<EnvUse> {
    let lower = name.to_ascii_lowercase();
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let mut uses = if ends(&[".py"]) {
        if has("dotenv") || has("read_env") || has("env_file") || has("decouple") {
            python::uses(text)
        } else {
            Vec::new()
        }
    } else if ends(&[".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".jsx", ".tsx"]) {
        if has("dotenv") { javascript::source(text) } else { Vec::new() }
    } else if lower == "package.json" {
        if has("env") { javascript::package(text) } else { Vec::new() }
    } else if ends(&[".service", ".container", ".timer", ".socket"]) {
        units(text)
    } else if lower == "makefile" || lower == "gnumakefile" || ends(&[".mk"]) {
        includes(text)
    } else if ends(&[".rs"]) {
        if has("dotenvy::") { calls(text, Loader::Dotenvy, DOTENVY) } else { Vec::new() }
    } else if ends(&[".go"]) {
        if has("joho/godotenv") { calls(text, Loader::Godotenv, GODOTENV) } else { Vec::new() }
    } else {
        Vec::new()
    };
    uses.truncate(MOST);
    uses
}

const DOTENVY: &[&str] = &["dotenvy::dotenv(", "dotenvy::from_filename(", "dotenvy::from_path("];
const GODOTENV: &[&str] =
    &["godotenv.Load(", "godotenv.Overload(", "godotenv.Read(", "joho/godotenv/autoload"];

/// The calls of these names; without a path they load `.env`.
fn calls(text: &str, loader: Loader, names: &[&str]) -> Vec<EnvUse> {
    let mut uses = Vec::new();
    for name in names {
        for (at, _) in text.match_indices(name).take(MOST) {
            if is_comment(text, at) {
                continue;
            }
            let rest = text.get(at + name.len()..).unwrap_or_default();
            let arguments = if name.ends_with('(') { rest.split(')').next().unwrap_or_default() } else { "" };
            let span = Span::new(at, at + name.len());
            let paths = quoted_env_files(arguments);
            if paths.is_empty() && arguments.trim().is_empty() {
                uses.push(EnvUse { loader, path: ".env".to_owned(), span });
            }
            uses.extend(paths.into_iter().map(|path| EnvUse { loader, path, span }));
        }
    }
    uses
}

/// Whether the line that `at` stands in is a comment up to there.
fn is_comment(text: &str, at: usize) -> bool {
    let line = text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default().trim_start();
    ["//", "*", "#", "/*"].iter().any(|mark| line.starts_with(mark))
}

/// The texts in quotes that name env files.
fn quoted_env_files(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(open) = rest.find(['"', '\'', '`']) {
        let mark = rest.get(open..=open).unwrap_or_default();
        let inner = rest.get(open + 1..).unwrap_or_default();
        let Some(close) = inner.find(mark) else { break };
        let text = inner.get(..close).unwrap_or_default();
        if names_env_file(text) && found.len() < MOST {
            found.push(text.to_owned());
        }
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    found
}

fn names_env_file(path: &str) -> bool {
    is_env_name(crate::source::file_name(path)) && !path.contains(['$', '{', ' ', '*'])
}

/// `EnvironmentFile=-/path` of systemd's units.
fn units(text: &str) -> Vec<EnvUse> {
    let mut uses = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.trim().strip_prefix("EnvironmentFile=") {
            let path = path.trim().trim_start_matches('-').trim_matches('"');
            if !path.is_empty() {
                let span = Span::new(start, start + line.trim_end().len());
                uses.push(EnvUse { loader: Loader::Systemd, path: path.to_owned(), span });
            }
        }
        start += line.len();
    }
    uses
}

/// `include .env` of Makefiles.
fn includes(text: &str) -> Vec<EnvUse> {
    let mut uses = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let directive = words.next().is_some_and(|word| matches!(word, "include" | "-include" | "sinclude"));
        if directive && !line.starts_with('\t') {
            for path in words.filter(|path| names_env_file(path)) {
                let span = Span::new(start, start + line.trim_end().len());
                uses.push(EnvUse { loader: Loader::Make, path: path.to_owned(), span });
            }
        }
        start += line.len();
    }
    uses
}

#[cfg(test)]
mod tests;
