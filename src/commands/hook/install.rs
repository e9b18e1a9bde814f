//! `envgate hook install` and `uninstall`: which files, and what becomes of them.
//!
//! Not here: the lines that are put into them.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::{HookManager, HookName, HookPlace};
use crate::files::{self, relative, write_atomically, write_script};
use crate::git::WorkTree;

use super::super::Error;
use super::put::{Change, put, take};

/// Where lefthook looks for its configuration.
pub(super) const LEFTHOOK: &[&str] =
    &["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", ".config/lefthook.yml"];

/// Where pre-commit and prek look for theirs.
pub(super) const PRE_COMMIT: &[&str] = &[".pre-commit-config.yaml", ".pre-commit-config.yml"];

const MANAGERS: [HookManager; 4] =
    [HookManager::Git, HookManager::Husky, HookManager::Lefthook, HookManager::PreCommit];

/// Puts the check into each hook that was asked for.
///
/// # Errors
///
/// Where a file cannot be read, extended or written.
pub(in crate::commands) fn install(
    place: &HookPlace,
    tree: &WorkTree,
    here: &Path,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let manager = place.manager().unwrap_or_else(|| used(tree));
    for hook in &place.hooks {
        let path = path_of(manager, *hook, tree);
        let shown = relative(&path, here);
        let text = read(&path)?;
        let ignored = text.is_some() && manager == HookManager::Git && !runs(&path);
        match put(manager, text.as_deref(), *hook) {
            Change::Text(new) => {
                write(manager, &path, &new)?;
                writeln!(out, "`{shown}` runs the check now")?;
                if ignored {
                    writeln!(
                        out,
                        "note: git ignored it, because it was not executable; what it did before runs behind the check now"
                    )?;
                }
            }
            Change::Nothing | Change::Gone => writeln!(out, "`{shown}` runs the check already")?,
            Change::Impossible if matches!(manager, HookManager::Git | HookManager::Husky) => {
                return Err(Error::OtherLanguage { path: shown });
            }
            Change::Impossible => return Err(Error::NotExtended { path: shown }),
        }
    }
    if let Some(next) = next(manager, &place.hooks, tree) {
        writeln!(out, "help: {next}")?;
    }
    Ok(())
}

/// Takes the check out of each hook that was named, wherever it was put.
///
/// # Errors
///
/// Where a file cannot be read or written.
pub(super) fn uninstall(
    place: &HookPlace,
    tree: &WorkTree,
    here: &Path,
    out: &mut dyn Write,
) -> Result<(), Error> {
    for hook in &place.hooks {
        let mut found = false;
        for manager in MANAGERS.into_iter().filter(|one| place.manager().is_none_or(|asked| asked == *one)) {
            let path = path_of(manager, *hook, tree);
            let shown = relative(&path, here);
            let Some(text) = read(&path)? else { continue };
            match take(manager, &text, *hook) {
                Change::Text(old) => {
                    write_atomically(&path, old.as_bytes())?;
                    writeln!(out, "`{shown}` is as it was before")?;
                }
                Change::Gone => {
                    files::remove(&path)?;
                    writeln!(out, "`{shown}` held nothing else and is gone")?;
                }
                Change::Nothing | Change::Impossible => continue,
            }
            found = true;
        }
        if !found {
            writeln!(out, "no {} hook runs the check", hook.as_str())?;
        }
    }
    Ok(())
}

/// What the project uses: what git asks in this clone, else what there is a configuration for.
pub(super) fn used(tree: &WorkTree) -> HookManager {
    let husky = tree.root.join(".husky");
    if tree.hooks_directory.starts_with(&husky) {
        return HookManager::Husky;
    }
    let there = |names: &[&str]| names.iter().any(|name| is_file(&tree.root.join(name)));
    match () {
        () if there(LEFTHOOK) => HookManager::Lefthook,
        () if there(PRE_COMMIT) => HookManager::PreCommit,
        () if files::stat(&husky).is_ok_and(|stat| stat.directory) => HookManager::Husky,
        () => HookManager::Git,
    }
}

fn is_file(path: &Path) -> bool {
    files::stat(path).is_ok_and(|stat| !stat.directory)
}

/// Whether git would run the file: on systems without modes it does.
pub(super) fn runs(path: &Path) -> bool {
    let mode = files::real(path).and_then(|real| files::stat(&real).ok()).and_then(|stat| stat.mode);
    mode.is_none_or(|mode| mode & 0o111 != 0)
}

/// The file that a manager reads for a hook. A link is followed: what it leads to is what runs.
fn path_of(manager: HookManager, hook: HookName, tree: &WorkTree) -> PathBuf {
    let first = |names: &[&str]| {
        let mut paths = names.iter().map(|name| tree.root.join(name));
        let default = tree.root.join(names.first().copied().unwrap_or_default());
        paths.find(|path| is_file(path)).unwrap_or(default)
    };
    let path = match manager {
        HookManager::Git => tree.hooks_directory.join(hook.as_str()),
        HookManager::Husky => tree.root.join(".husky").join(hook.as_str()),
        HookManager::Lefthook => first(LEFTHOOK),
        HookManager::PreCommit => first(PRE_COMMIT),
    };
    files::real(&path).unwrap_or(path)
}

fn write(manager: HookManager, path: &Path, text: &str) -> Result<(), Error> {
    match manager {
        HookManager::Git | HookManager::Husky => write_script(path, text.as_bytes())?,
        HookManager::Lefthook | HookManager::PreCommit => write_atomically(path, text.as_bytes())?,
    }
    Ok(())
}

/// What is left to do before git knows of it.
fn next(manager: HookManager, hooks: &[HookName], tree: &WorkTree) -> Option<String> {
    let asked = tree.hooks_directory.starts_with(tree.root.join(".husky"));
    match manager {
        HookManager::Git => None,
        HookManager::Husky if asked => None,
        HookManager::Husky => Some(String::from("`npx husky` makes git run what is in `.husky`")),
        HookManager::Lefthook => Some(String::from("`lefthook install` makes git run lefthook")),
        HookManager::PreCommit => {
            let kinds: Vec<String> =
                hooks.iter().map(|hook| format!("--hook-type {}", hook.as_str())).collect();
            Some(format!("`pre-commit install {}` makes git run pre-commit", kinds.join(" ")))
        }
    }
}

/// The text of a hook or configuration; `None` where it is not there.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    match files::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Error::OtherLanguage { path: path.display().to_string() }),
        },
        Err(files::Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
