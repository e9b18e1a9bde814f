//! The book (`docs/SUMMARY.md`) is true: what its pages show is run and compared, its links lead somewhere, and what
//! can be made from the program is made from it.
//!
//! `ENVGATE_BLESS=1 cargo test --test book` writes what was printed; read it before you keep it.
//! Not here: what the pages of the rules promise; `tests/rules` holds that.

#![allow(clippy::format_collect, reason = "texts are made once; how fast is no matter")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

mod commands;
mod keys;
mod links;
mod made;
mod page;
mod session;

use std::fs;
use std::path::{Path, PathBuf};

use page::{Block, Page};

/// Pages that are no part of the book: each is about one folder, and is read there.
const BESIDE: [&str; 1] = ["editors/vscode/README.md"];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[expect(clippy::disallowed_methods, reason = "blessing is asked for by the environment")]
fn blessing() -> bool {
    std::env::var_os("ENVGATE_BLESS").is_some()
}

/// Every page that people read, but those of the rules; by path from the top of the repository.
fn pages() -> Vec<Page> {
    let mut paths: Vec<String> = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
        .into_iter()
        .chain(BESIDE)
        .map(str::to_owned)
        .collect();
    for entry in fs::read_dir(root("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
            paths.push(format!("docs/{name}"));
        }
    }
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

/// What is written and what was made agree, or are made to under `ENVGATE_BLESS=1`.
fn holds(path: &str, made: &str) {
    if blessing() {
        fs::write(root(path), made).unwrap();
    }
    let written = fs::read_to_string(root(path)).unwrap_or_default();
    assert!(written == made, "{path} is stale: ENVGATE_BLESS=1 cargo test --test book writes it");
}

/// Runs the sessions of the pages that begin with `from` up to before `to`, so that several threads share the work.
fn sessions(wanted: impl Fn(&str) -> bool) {
    let mut failed = Vec::new();
    // The refusals of a deploy are seen on the bed: tests/deploy/shown.rs holds that page.
    let here = |path: &str| wanted(path) && path != "docs/deploy.md";
    for page in pages().into_iter().filter(|page| here(&page.path)) {
        if !page.blocks.iter().any(Block::runs) {
            continue;
        }
        let (written, wrong) = session::run(&page);
        if blessing() {
            fs::write(root(&page.path), written).unwrap();
        } else {
            failed.extend(wrong);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn the_readme_prints_what_it_shows() {
    sessions(|path| !path.starts_with("docs/"));
}

#[test]
fn the_chapters_up_to_g_print_what_they_show() {
    sessions(|path| path.starts_with("docs/") && path < "docs/h");
}

#[test]
fn the_other_chapters_print_what_they_show() {
    sessions(|path| path >= "docs/h");
}

/// A block of commands is run here, or says who runs it or why nobody does.
#[test]
fn no_command_stands_there_unproved() {
    let mut bare = Vec::new();
    for page in pages() {
        for block in &page.blocks {
            if block.language == "sh"
                && block.note.as_deref().is_none_or(|note| !note.starts_with("not run: "))
            {
                bare.push(format!("{}:{}", page.path, block.line));
            }
            assert!(!block.language.is_empty(), "{}:{}: what is this block?", page.path, block.line);
        }
    }
    assert!(
        bare.is_empty(),
        "make these `console`, or say `<!-- not run: why -->` above: {}",
        bare.join(", ")
    );
}

/// What stands there as data can be read as such.
#[test]
fn data_can_be_read() {
    for page in pages() {
        for block in &page.blocks {
            let read = match block.language.as_str() {
                "yaml" => serde_yaml::from_str::<serde_yaml::Value>(&block.text)
                    .map_err(|error| error.to_string())
                    .map(drop),
                "toml" => {
                    toml::from_str::<toml::Table>(&block.text).map_err(|error| error.to_string()).map(drop)
                }
                "json" => serde_json::from_str::<serde_json::Value>(&block.text)
                    .map_err(|error| error.to_string())
                    .map(drop),
                "console" | "sh" | "env" | "env-spec" | "lua" | "make" | "text" => Ok(()),
                other => Err(format!("no `{other}` is known here")),
            };
            assert!(read.is_ok(), "{}:{}: {}", page.path, block.line, read.unwrap_err());
        }
    }
}
