//! The files around a typed one that may name it as an env file: those in its folder and in the folders above.
//!
//! Not here: whether they do.

use std::collections::BTreeSet;
use std::path::Path;

use crate::engine::{self, Input};
use crate::files::{self, relative};
use crate::source::{Folder, file_name, is_top, join, parent};

/// How many folders are looked into, and how many files of one are read.
const FOLDERS: usize = 12;
const FILES: usize = 60;

/// The inputs with what may name some of them, which is not checked itself. Nothing outside of `reach` is looked at.
pub(super) fn beside<'a>(
    mut inputs: Vec<Input>,
    reach: impl IntoIterator<Item = &'a str>,
    here: &Path,
) -> Vec<Input> {
    let text = here.to_string_lossy();
    let reach: Vec<Folder> = reach.into_iter().map(|folder| Folder::new(folder, &text)).collect();
    let is_open = |path: &&str| engine::may_be_named(path) && !engine::has_neighbours(path);
    let mut folders: BTreeSet<String> = BTreeSet::new();
    for path in inputs.iter().map(|input| input.path.as_str()).filter(is_open) {
        let mut folder = parent(path).to_owned();
        for _ in 0..FOLDERS {
            let file = join(&folder, "compose.yaml");
            let inside = |one: &Folder| one.told(&file).is_some_and(|told| !told.starts_with("../"));
            if !reach.iter().any(inside) {
                break;
            }
            folders.insert(folder.clone());
            folder = if is_top(&folder) { join(&folder, "..") } else { parent(&folder).to_owned() };
        }
    }
    let known: BTreeSet<String> = inputs.iter().map(|input| input.path.clone()).collect();
    for folder in folders {
        let Ok(found) = files::files_in(&here.join(&folder)) else { continue };
        let paths = found.iter().map(|path| relative(path, here));
        let more = paths.filter(|path| may_name(path) && !known.contains(path)).take(FILES);
        inputs.extend(more.map(|path| Input {
            path,
            tracked: None,
            mode: None,
            hook: false,
            checked: false,
            lines: None,
        }));
    }
    inputs
}

fn may_name(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let script = [".sh", ".bash", ".mk"].iter().any(|ending| name.ends_with(ending));
    let make = ["makefile", "gnumakefile"].contains(&name.as_str());
    script || make || name.ends_with(".yml") || name.ends_with(".yaml")
}
