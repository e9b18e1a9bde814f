//! Files that a script makes itself, or looks for before it uses them: that they are not there says nothing.
//!
//! Not here: whether a path leads to something.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::source::{file_name, join, parent};

use super::Project;
use super::commands::{Ran, ran};

/// Programs whose last argument is a file that they make.
const LAST: &[&str] = &["cp", "mv", "install", "ln"];
/// Programs all of whose arguments are files that they make.
const ALL: &[&str] = &["touch", "tee"];
/// Options that a file follows which the program writes.
const OUTPUT: &[&str] = &["-o", "-O", "--output", "--out-file", "--output-file", "--out"];
/// What a test looks for.
const TESTS: &[&str] = &["-f", "-e", "-s", "-r"];

/// What each script makes or looks for, worked out once.
#[derive(Debug, Default)]
pub struct Made {
    scripts: BTreeMap<String, BTreeSet<String>>,
}

impl Made {
    /// Whether the script at `script`, of which a command runs in `directory`, makes the file at `path` or looks
    /// whether it is there.
    pub fn by(&mut self, project: &Project<'_>, script: &str, directory: &str, path: &str) -> bool {
        let known = self.scripts.entry(script.to_owned()).or_insert_with(|| made(project, script));
        let from = |base: &str| known.iter().any(|one| join(base, one) == path);
        !known.is_empty() && (from(directory) || from(parent(script)))
    }
}

/// The paths as written.
fn made(project: &Project<'_>, script: &str) -> BTreeSet<String> {
    let Some(file) = project.file(script) else { return BTreeSet::new() };
    let mut found = BTreeSet::new();
    for one in ran(file).iter().filter(|one| !one.remote) {
        found.extend(one.writes.clone().filter(|path| !path.is_empty()));
        found.extend(by_words(one).map(str::to_owned));
    }
    if let Document::Makefile(makefile) = &file.document {
        found.extend(makefile.targets.iter().map(|target| target.value.clone()));
    }
    found
}

fn by_words(ran: &Ran) -> impl Iterator<Item = &str> {
    let mut words = ran.words.iter().map(|word| word.as_deref().unwrap_or_default());
    let name = words.clone().next().map(file_name).unwrap_or_default();
    let test = matches!(name, "[" | "[[" | "test");
    let behind = move |option: &str| if test { TESTS.contains(&option) } else { OUTPUT.contains(&option) };
    let pairs = words.clone().zip(words.clone().skip(1));
    let followed = pairs.filter(move |(option, _)| behind(option)).map(|(_, path)| path);
    let attached = words.clone().filter_map(|word| word.split_once('='));
    let attached = attached.filter(|(option, _)| OUTPUT.contains(option)).map(|(_, path)| path);
    let arguments = words.clone().skip(1).filter(|word| !word.starts_with('-'));
    let all = arguments.filter(move |_| ALL.contains(&name));
    let last = words.next_back().filter(|_| LAST.contains(&name));
    followed.chain(attached).chain(all).chain(last).filter(|path| !path.is_empty())
}
