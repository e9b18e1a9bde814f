//! Settings classes that derive from classes of other files.
//!
//! Not here: installed packages; what comes from them is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::SettingsFile;
use super::fields::{self, World};
use super::module::{Import, Module};
use super::strict::strict;
use crate::source::{file_name, is_top, join, parent};

/// Lets the classes of each file inherit from those that it imports from another one. `files` are all settings
/// files of a project with their paths.
pub fn link(files: &mut [(&str, &mut SettingsFile)]) {
    let paths: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    let places: BTreeMap<&str, usize> =
        paths.iter().enumerate().map(|(at, path)| (path.as_str(), at)).collect();
    let find = |from: usize, import: &Import| {
        let path = paths.get(from)?;
        candidates(path, import).iter().find_map(|candidate| places.get(candidate.as_str()).copied())
    };
    let linked: Vec<_> = {
        let modules: Vec<&Module> = files.iter().map(|(_, file)| &file.module).collect();
        let related = |at: usize| {
            modules
                .get(at)
                .is_some_and(|module| module.imports.iter().any(|import| find(at, import).is_some()))
        };
        if (0..modules.len()).any(related) {
            let world = World::new(&modules, &find, &|at| paths.get(at).is_some_and(|path| is_test(path)));
            (0..modules.len()).map(|at| (fields::fields(&world, at), strict(&world, at))).collect()
        } else {
            Vec::new()
        }
    };
    for ((_, file), (fields, strict)) in files.iter_mut().zip(linked) {
        (file.fields, file.strict) = (fields, strict);
        file.fields.extend(file.calls.iter().cloned());
    }
    spare(files);
}

/// Leaves of the strict classes those that no other file makes another class of, or reads in another way.
fn spare(files: &mut [(&str, &mut SettingsFile)]) {
    let modules = || files.iter().map(|(_, file)| &file.module);
    let meddled = modules().any(|module| module.meddles);
    let bases: BTreeSet<String> =
        modules().flat_map(|module| &module.classes).flat_map(|class| class.bases.iter().cloned()).collect();
    for (_, file) in files {
        file.strict.retain(|strict| !meddled && !bases.contains(&strict.class));
    }
}

/// Whether the Python file at `path` tests others by its name or by a directory that it lies in: what it declares and makes
/// is no word about how the project is run.
///
/// ```
/// use envgate::document::python_settings::is_test;
/// assert!(is_test("tests/unit/settings.py") && is_test("app/test_config.py") && is_test("conftest.py"));
/// assert!(!is_test("app/testing_settings.py"));
/// ```
#[must_use]
pub fn is_test(path: &str) -> bool {
    let name = file_name(path);
    let named = name == "conftest.py" || name.starts_with("test_") || name.ends_with("_test.py");
    named || parent(path).split('/').any(|directory| matches!(directory, "test" | "tests"))
}

/// Where the file of an import may lie: from the importing file's directory, and from those above it.
fn candidates(path: &str, import: &Import) -> Vec<String> {
    let name = import.module.trim_start_matches('.');
    let dots = import.module.len() - name.len();
    let relative = name.replace('.', "/");
    let mut directory = parent(path);
    let mut found = Vec::new();
    let mut add = |directory: &str| {
        let base = join(directory, &relative);
        // `from . import base` names the module itself.
        for base in [base.clone(), join(&base, &import.name)] {
            found.push(format!("{base}.py"));
            found.push(join(&base, "__init__.py"));
        }
    };
    if dots > 0 {
        for _ in 1..dots {
            directory = parent(directory);
        }
        add(directory);
        return found;
    }
    loop {
        add(directory);
        if is_top(directory) {
            return found;
        }
        directory = parent(directory);
    }
}
