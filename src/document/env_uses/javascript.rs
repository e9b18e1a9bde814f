//! JavaScript and TypeScript: dotenv, dotenv-expand, dotenvx, and the scripts of a `package.json`.
//!
//! Not here: frameworks that load env files by a convention of their own.

use std::sync::LazyLock;

use regex::Regex;

use super::{EnvUse, is_comment, of_words, quoted_env_files};
use crate::document::env::Loader;
use crate::document::shell::Script;
use crate::source::Span;

/// No call is wider.
const WIDEST: usize = 400;
/// A package with more scripts than this was made by a tool.
const MOST: usize = 200;

#[expect(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static CONFIG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:\bdotenv(?:x)?|\brequire\(\s*["'](?:@dotenvx/)?dotenv["']\s*\))\s*\.\s*config\s*\("#)
        .expect("a pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static IMPORTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"import\s*\{[^}]*\bconfig\b[^}]*\}\s*from\s*["'](?:@dotenvx/)?dotenv["']"#)
        .expect("a pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static PRELOADED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:import|require\()\s*["'](?:@dotenvx/)?dotenv/config["']"#).expect("a pattern")
});

#[expect(clippy::expect_used, reason = "a constant pattern, built by every test of this module")]
static CALLED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*config\s*\(").expect("a pattern"));

pub(super) fn source(text: &str) -> Vec<EnvUse> {
    let loader = if text.contains("@dotenvx/dotenvx") {
        Loader::Dotenvx
    } else if text.contains("dotenv-expand") {
        Loader::DotenvExpand
    } else {
        Loader::NodeDotenv
    };
    let mut uses = Vec::new();
    let mut calls: Vec<_> = CONFIG.find_iter(text).take(MOST).map(|found| found.range()).collect();
    if IMPORTED.is_match(text) {
        calls.extend(CALLED.find_iter(text).take(MOST).map(|found| found.range()));
    }
    for call in calls.into_iter().filter(|call| !is_comment(text, call.start)) {
        let arguments = arguments(text, call.end);
        let start = call.end - text.get(call.clone()).unwrap_or_default().trim_start().len();
        let span = Span::new(start, call.end);
        let paths = quoted_env_files(arguments);
        if paths.is_empty() && !arguments.contains("path") {
            uses.push(EnvUse { loader, path: ".env".to_owned(), span });
        }
        uses.extend(paths.into_iter().map(|path| EnvUse { loader, path, span }));
    }
    let preloaded = PRELOADED.find_iter(text).take(MOST).filter(|found| !is_comment(text, found.start()));
    for found in preloaded.take(1) {
        let span = Span::new(found.start(), found.end());
        uses.push(EnvUse { loader, path: ".env".to_owned(), span });
    }
    uses
}

/// What stands in the brackets that were opened just before `from`.
fn arguments(text: &str, from: usize) -> &str {
    let rest = text.get(from..).unwrap_or_default();
    let mut depth = 1_usize;
    for (at, character) in rest.char_indices().take(WIDEST) {
        match character {
            '(' => depth += 1,
            ')' if depth == 1 => return rest.get(..at).unwrap_or_default(),
            ')' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// The scripts of a `package.json`.
pub(super) fn package(text: &str) -> Vec<EnvUse> {
    let Ok(package) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    let Some(scripts) = package.get("scripts").and_then(serde_json::Value::as_object) else {
        return Vec::new();
    };
    let mut uses = Vec::new();
    for script in scripts.values().filter_map(serde_json::Value::as_str).take(MOST) {
        if !script.contains("env") {
            continue;
        }
        let written = serde_json::to_string(script).unwrap_or_default();
        let start = text.find(&written).unwrap_or(0);
        let span = Span::new(start, start + if start == 0 { 0 } else { written.len() });
        for command in Script::parse(script).commands() {
            let Some(simple) = command.simple() else { continue };
            let words: Vec<Option<String>> =
                simple.words.iter().map(|word| word.literal().map(str::to_owned)).collect();
            uses.extend(of_words(&words, span));
        }
    }
    uses
}
