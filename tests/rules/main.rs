//! Every fixture keeps its promise, and every page's examples are true.
//!
//! A case under `fixtures/CODE/bad/` must be reported exactly as its `#~ CODE` lines promise and not
//! otherwise, by any rule; a case under `good/` must be silent. The snapshots guard only the wording.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::use_debug,
    clippy::disallowed_methods,
    reason = "a test may die, and says how"
)]

mod fixes;
mod kinds;
mod oracle_hooks;
mod same;
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use envgate::rules;
use envgate::source::{file_name, is_env_name};
use support::{Case, places, wording};

fn cases(code: &str, kind: &str) -> Vec<PathBuf> {
    let folder = Path::new("fixtures").join(code).join(kind);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn codes_with_fixtures() -> Vec<String> {
    let entries =
        fs::read_dir("fixtures").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut codes: Vec<String> =
        entries.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())).collect();
    codes.sort();
    codes
}

#[test]
fn bad_fixtures_are_reported_exactly_as_they_promise() {
    let mut wrong = String::new();
    for code in codes_with_fixtures() {
        let mut words = String::new();
        for path in cases(&code, "bad") {
            let case = Case::read(&path);
            let (promised, outcome) = (case.promises(), case.check_for(&code));
            let found = places(&outcome);
            if found != promised {
                let missing: Vec<_> = promised.iter().filter(|place| !found.contains(place)).collect();
                let extra: Vec<_> = found.iter().filter(|place| !promised.contains(place)).collect();
                wrong += &format!("{}:\n  missing {missing:?}\n  extra   {extra:?}\n", path.display());
            }
            if !found.iter().any(|(_, _, found)| *found == code) {
                wrong += &format!("{}: {code} does not fire\n", path.display());
            }
            words += &format!("# {}\n{}\n", path.display(), wording(&outcome));
        }
        insta::assert_snapshot!(format!("wording_{code}"), words);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn good_fixtures_are_silent() {
    let mut wrong = String::new();
    for code in codes_with_fixtures() {
        for path in cases(&code, "good") {
            let outcome = Case::read(&path).check_for(&code);
            if !outcome.findings.is_empty() {
                wrong += &format!("{}:\n{}\n", path.display(), wording(&outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The fenced blocks under a head of a page, as a case.
fn example(page: &str, head: &str) -> Case {
    let mut case = Case::default();
    let section = page.split(&format!("\n## {head}\n")).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut block: Option<(String, String)> = None;
    for line in section.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(info)) => block = Some((info.to_owned(), String::new())),
            (Some(_), Some("")) => {
                let (info, mut text) = block.take().unwrap();
                let word = |key: &str| info.split_whitespace().find_map(|word| word.strip_prefix(key));
                let path = word("path=").unwrap_or("unnamed.txt").to_owned();
                let usual = if is_env_name(file_name(&path)) { 0o600 } else { 0o755 };
                let mode = word("mode=").map_or(usual, |mode| u32::from_str_radix(mode, 8).unwrap());
                // A page cannot show a large file; `size=` fills it up.
                let size: usize = word("size=").map_or(0, |size| size.parse().unwrap());
                text.extend(std::iter::repeat_n('.', size - text.len().min(size)));
                case.files.insert(path, (text.into_bytes(), Some(mode)));
            }
            (Some((_, text)), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    case
}

#[test]
fn pages_show_what_fires_and_what_does_not() {
    let mut wrong = String::new();
    // Findings about the configuration and about silencing comments need more than files to show.
    for meta in rules::catalog().into_iter().filter(|meta| meta.family() != "CFG") {
        let (bad, good) = (example(meta.page, "Bad"), example(meta.page, "Good"));
        if bad.files.is_empty() || good.files.is_empty() {
            wrong += &format!("{}: no example under `## Bad` or `## Good`\n", meta.code);
            continue;
        }
        if !bad.check_for(meta.code).findings.iter().any(|finding| finding.meta.code == meta.code) {
            wrong += &format!("{}: the bad example is not reported\n", meta.code);
        }
        let outcome = good.check_for(meta.code);
        if !outcome.findings.is_empty() {
            wrong += &format!("{}: the good example is reported:\n{}", meta.code, wording(&outcome));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
