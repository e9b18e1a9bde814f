//! The walls of the house: which module may name which, and who holds which power.
//!
//! Reads the sources as text, so that a wall holds whatever a build makes of them. Functions longer than
//! 50 lines are clippy's to find (`too-many-lines-threshold` in clippy.toml).

#![allow(clippy::unwrap_used, reason = "a test may die")]

mod code;

use std::fs;
use std::path::{Path, PathBuf};

use code::{crate_names, mentions, names, reaches_root, without_tests};

/// Each module of the crate and the modules that it may name. `*` is everything.
#[rustfmt::skip]
const WALLS: &[(&str, &[&str])] = &[
    ("source",     &[]),
    ("cli",        &["lang"]),
    ("lang",       &[]),
    ("diagnostic", &["source"]),
    ("document",   &["source"]),
    ("secrets",    &["source", "diagnostic"]), // a declared pattern is a rule's identity
    ("files",      &["source"]),
    ("packs",      &[]),
    ("git",        &["source", "packs"]),
    ("fix",        &["source", "diagnostic"]),
    ("render",     &["source", "diagnostic", "lang"]),
    ("project",    &["source", "document", "secrets"]),
    ("suppress",   &["source", "diagnostic", "document", "baseline"]), // its days
    ("baseline",   &["source", "diagnostic"]),
    ("config",     &["source", "diagnostic", "document", "project", "secrets", "baseline"]), // it declares kinds of them
    ("rules",      &["source", "diagnostic", "document", "project", "secrets"]),
    ("verify",     &["secrets"]), // a declared pattern says what its vendor is asked
    ("engine",     &["source", "diagnostic", "document", "project", "secrets", "rules", "suppress"]),
    ("deploy",     &["source", "diagnostic", "document", "project", "files", "config", "git", "engine", "lang"]),
    ("commands",   &["*"]),
    ("lib",        &["*"]),
    ("main",       &["*"]),
];

/// Each power and the modules that hold it.
#[rustfmt::skip]
const POWERS: &[(&str, &[&str])] = &[
    ("clap",             &["cli", "main"]),
    ("anstream",         &["cli"]),
    ("clap_complete",    &["cli"]),
    ("clap_mangen",      &["cli"]),
    ("git2",             &["git"]),
    ("miette",           &["render"]),
    ("getrandom",        &["commands"]),
    ("jiff",             &["baseline", "commands"]),
    ("indicatif",        &["commands"]),
    ("supports_hyperlinks", &["commands"]),
    ("lsp_server",       &["commands"]),
    ("lsp_types",        &["commands"]),
    ("terminal_size",    &["commands"]),
    ("rayon",            &["engine"]),
    ("schemars",         &["config"]),
    ("granit_parser",    &["document"]),
    ("ignore",           &["files"]),
    ("regex_syntax",     &["secrets"]),
    ("aho_corasick",     &["secrets"]),
    ("regex",            &["secrets", "document", "rules", "suppress"]),
    ("toml",             &["suppress"]),
    ("sha1",             &["baseline"]),
    ("globset",          &["config", "files", "suppress", "engine"]),
    ("serde_yaml",       &["config", "suppress", "rules", "secrets"]),
    ("std::fs",          &["files"]),
    // What connects is `ssh`, `docker` and `curl`, and `--verify` alone asks vendors itself.
    ("ureq",             &["verify"]),
    ("std::net",         &[]),
    ("std::env",         &["main", "commands"]),
    ("process::Command", &["deploy", "git"]),
    // `commands`: the language server takes in what comes while it checks; `verify` waits between two requests.
    ("std::thread",      &["engine", "deploy", "commands", "verify"]),
    // `source`, `packs` and `engine` name its error type alone: a tree's reading can fail. `secrets` unpacks what is in memory.
    ("std::io",          &["main", "cli", "commands", "render", "files", "git", "deploy", "source", "engine", "secrets", "packs"]),
];

const FEWER_LINES_THAN: usize = 400;

/// A source file: its path under `src/`, its module, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The crate's module that it belongs to.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many modules lie between it and the root of the crate: 1 for `rules/mod.rs`, 2 for `rules/x.rs`.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }
}

/// All that is wrong with one file.
fn faults(file: &File) -> Vec<String> {
    let Some((_, allowed)) = WALLS.iter().find(|(module, _)| *module == file.module()) else {
        return vec![format!("{}: module `{}` has no row in WALLS", file.path, file.module())];
    };
    // Unit tests may look further, in a file of their own as well.
    let tests = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    let code = if tests { String::new() } else { without_tests(&code::bare(&file.text)) };
    let mut faults = Vec::new();
    for named in crate_names(&code) {
        let free = allowed.contains(&"*") || named == file.module() || allowed.contains(&named.as_str());
        if !free {
            faults.push(format!("{}: `{}` may not name `crate::{named}`", file.path, file.module()));
        }
    }
    for (power, holders) in POWERS {
        if !holders.contains(&file.module()) && names(&code, power) {
            faults.push(format!("{}: `{power}` belongs to {holders:?}", file.path));
        }
    }
    if reaches_root(&code, file.depth()) {
        faults.push(format!("{}: `super` reaches the root of the crate: write `crate::`", file.path));
    }
    faults.extend(malformed(file));
    faults
}

/// What is wrong with the form of a file, whatever it names: tests and benchmarks are held to it too.
fn malformed(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let whole = code::bare(&file.text);
    if whole.contains("super::*") || whole.contains("prelude::*") {
        faults.push(format!("{}: a star import makes the walls blind", file.path));
    }
    if file.text.lines().count() >= FEWER_LINES_THAN {
        faults.push(format!("{}: {FEWER_LINES_THAN} lines or more", file.path));
    }
    if !file.text.starts_with("//! ") {
        faults.push(format!("{}: does not open with `//!`: what it is, and what it is not", file.path));
    }
    faults
}

/// Rules do not know each other: no rule's file names another's.
fn acquaintances(files: &[File]) -> Vec<String> {
    let stem = |file: &File| {
        let name = file.path.strip_prefix("rules/")?.split('/').next()?.trim_end_matches(".rs");
        let rule = name.len() > 6 && name.as_bytes()[3..6].iter().all(u8::is_ascii_digit);
        rule.then(|| name.to_owned())
    };
    let stems: Vec<String> = files.iter().filter_map(stem).collect();
    let mut faults = Vec::new();
    for file in files {
        let Some(own) = stem(file) else { continue };
        let code = code::bare(&file.text);
        for other in stems.iter().filter(|other| **other != own && mentions(&code, other)) {
            faults.push(format!("{}: names the rule `{other}`", file.path));
        }
    }
    faults
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The Rust files under a folder of the repository, by their paths in it.
fn sources(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let relative = |path: &PathBuf| path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
    paths.iter().map(|path| File { path: relative(path), text: fs::read_to_string(path).unwrap() }).collect()
}

#[test]
fn the_walls_stand() {
    let files = sources("src");
    let mut all: Vec<String> = files.iter().flat_map(faults).collect();
    all.extend(acquaintances(&files));
    all.extend(
        ["tests", "benches", "build", "fuzz/src"]
            .iter()
            .flat_map(|folder| sources(folder))
            .flat_map(|file| malformed(&file)),
    );
    assert!(all.is_empty(), "\n{}\n", all.join("\n"));
}

#[test]
fn the_tables_name_modules_that_can_be() {
    let modules: Vec<&str> = WALLS.iter().map(|(module, _)| *module).collect();
    let named = WALLS.iter().flat_map(|(_, allowed)| allowed.iter());
    for module in named.chain(POWERS.iter().flat_map(|(_, holders)| holders.iter())) {
        assert!(*module == "*" || modules.contains(module), "`{module}` has no row in WALLS");
    }
}

/// Each wall is tried with a file that breaks it.
#[test]
fn a_broken_wall_is_seen() {
    let broken = [
        ("rules/env001_x.rs", "//! x\nuse crate::engine::Engine;", "may not name `crate::engine`"),
        ("rules/env001_x.rs", "//! x\nuse crate::{source::Span, render::{human, json}};", "`crate::render`"),
        ("rules/env001_x.rs", "//! x\nfn f() { std::fs::read(\"x\"); }", "`std::fs`"),
        ("rules/env001_x.rs", "//! x\nuse std::{env, fs};", "`std::fs`"),
        ("document/env/mod.rs", "//! x\nuse crate::diagnostic::Meta;", "`crate::diagnostic`"),
        ("document/env/lexer.rs", "//! x\nuse super::super::super::rules::ALL;", "`super` reaches"),
        ("document/mod.rs", "//! x\nuse super::rules::ALL;", "`super` reaches"),
        ("source.rs", "//! x\nuse std::process::Command;", "`process::Command`"),
        ("engine.rs", "//! x\n#[cfg(test)]\nmod tests { use super::*; }", "star import"),
        ("render/x.rs", "use std::io;", "does not open"),
        ("attic.rs", "//! x", "has no row"),
    ];
    for (path, text, expected) in broken {
        let found = faults(&File { path: path.to_owned(), text: text.to_owned() });
        assert!(found.iter().any(|fault| fault.contains(expected)), "{path}: {expected}: {found:?}");
    }
    let rules = ["env001_one", "env002_two"].map(|stem| File {
        path: format!("rules/{stem}.rs"),
        text: "//! x\nuse super::env001_one::helper;".to_owned(),
    });
    assert_eq!(acquaintances(&rules), ["rules/env002_two.rs: names the rule `env001_one`"]);
}

/// What only looks like a breach is none.
#[test]
fn words_in_comments_strings_and_tests_are_free() {
    let text = "//! Not [`crate::engine`].\n\
        // use crate::engine;\n/* std::fs /* nested */ crate::render */\n\
        const A: &str = \"crate::render \\\" std::fs\"; const B: &str = r#\"clap \" clap\"#; const C: char = '\"';\n\
        fn f<'a>(x: &'a str) -> &'a str { crate::source::parent(x) }\n\
        #[cfg(test)]\nmod tests { use crate::engine::Engine; use std::fs; }\n";
    let file = File { path: "rules/env001_x.rs".to_owned(), text: text.to_owned() };
    assert_eq!(faults(&file), Vec::<String>::new());
}
