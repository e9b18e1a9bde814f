//! `envgate hook install` and `uninstall`: which files, and what becomes of them.
//!
//! Not here: the lines that are put into them.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::{HookManager, HookName, HookPlace};
use crate::files::{self, relative, write_atomically, write_with_mode};
use crate::git::WorkTree;
use crate::project::husky::Husky;
use crate::project::simple_git_hooks;

use super::super::Error;
use super::super::terminal::say;
use super::husky_folder;
use super::put::{Change, put, take};

/// Where lefthook looks for its configuration.
pub(super) const LEFTHOOK: &[&str] = &[
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    ".lefthook.yaml",
    ".config/lefthook.yml",
    ".config/lefthook.yaml",
];

/// Where lefthook looks for it as well: in languages that are neither read nor extended here.
pub(super) const LEFTHOOK_OTHERWISE: &[&str] = &[
    "lefthook.toml",
    "lefthook.json",
    ".lefthook.toml",
    ".lefthook.json",
    ".config/lefthook.toml",
    ".config/lefthook.json",
];

/// What lefthook takes in on one machine.
pub(super) const LEFTHOOK_LOCAL: &[&str] = &[
    "lefthook-local.yml",
    "lefthook-local.yaml",
    "lefthook-local.toml",
    "lefthook-local.json",
    ".lefthook-local.yml",
    ".lefthook-local.yaml",
    ".lefthook-local.toml",
    ".lefthook-local.json",
];

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
    let mut manager = match place.manager() {
        Some(manager) => manager,
        None => used(tree)?,
    };
    if manager == HookManager::Git && husky_folder::is_generated(&tree.hooks_directory) {
        let shown = relative(&tree.hooks_directory, here);
        say!(out, "note: husky writes `{shown}` anew whenever it is installed; what it calls stays")?;
        manager = HookManager::Husky;
    }
    if manager == HookManager::Git && are_off(tree) {
        return Err(Error::HooksOff { path: relative(&tree.hooks_directory, here) });
    }
    if manager == HookManager::Git
        && place.manager().is_none()
        && let Some(path) = configuration_of_simple_git_hooks(tree)?
    {
        say!(out, "note: simple-git-hooks writes the hooks anew whenever the packages are installed")?;
        return Err(Error::NotExtended { path: relative(&path, here) });
    }
    for hook in &place.hooks {
        install_one(manager, *hook, tree, here, out)?;
    }
    let directory = &tree.hooks_directory;
    if manager == HookManager::Git
        && *directory != tree.own_hooks_directory
        && !directory.starts_with(&tree.root)
    {
        say!(out, "note: core.hooksPath leads out of the repository, so this is the hook of others too")?;
    }
    if let Some(next) = next(manager, &place.hooks, tree) {
        say!(out, "help: {next}")?;
    }
    Ok(())
}

fn install_one(
    manager: HookManager,
    hook: HookName,
    tree: &WorkTree,
    here: &Path,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let path = path_of(manager, hook, tree);
    let shown = relative(&path, here);
    if LEFTHOOK_OTHERWISE.iter().any(|name| path.ends_with(name)) {
        return Err(Error::NotExtended { path: shown });
    }
    let text = read(&path)?;
    let old = files::stat(&path).ok().and_then(|stat| stat.mode).map(|mode| mode & 0o7777);
    let new = mode(manager, old, tree);
    let changed = old.filter(|old| Some(*old) != new);
    let beside = own_folder().filter(|_| path.starts_with(&tree.own_hooks_directory));
    match put(manager, text.as_deref(), changed, beside.as_deref(), hook) {
        Change::Text(text) => {
            stays_in_repository(&path, tree)?;
            write_with_mode(&path, &text, new)?;
            say!(out, "`{shown}` runs the check now")?;
            if changed.is_some() {
                say!(
                    out,
                    "note: git ignored it, because it was not executable; what it did before runs behind the check now"
                )?;
            }
        }
        Change::Nothing | Change::Gone => say!(out, "`{shown}` runs the check already")?,
        Change::Unstartable => return Err(Error::Unstartable { path: shown }),
        Change::Impossible if matches!(manager, HookManager::Git | HookManager::Husky) => {
            return Err(Error::OtherLanguage { path: shown });
        }
        Change::Impossible => return Err(Error::NotExtended { path: shown }),
    }
    Ok(())
}

/// The folder of this very program, for a hook that no other machine gets: in a virtual environment or in
/// `node_modules` envgate is there, and on no `PATH` when somebody commits from elsewhere. `None` where a shell
/// could not be told.
fn own_folder() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?.to_str()?;
    let plain = folder.starts_with('/') && !folder.contains(['\'', ':', '\n', '\r']);
    plain.then(|| folder.to_owned())
}

/// The mode that the file needs: what git starts has to be executable by whoever may read it.
fn mode(manager: HookManager, old: Option<u32>, tree: &WorkTree) -> Option<u32> {
    let started = match manager {
        HookManager::Git => true,
        HookManager::Husky => tree.hooks_directory == husky_folder::of(tree),
        HookManager::Lefthook | HookManager::PreCommit => false,
    };
    match old {
        Some(old) if started && old & 0o111 == 0 => Some(old | (old & 0o444) >> 2),
        Some(old) => Some(old),
        None if matches!(manager, HookManager::Git | HookManager::Husky) => Some(0o755),
        None => None,
    }
}

/// Whether `core.hooksPath` leads to where no hook can be: it is empty, which git takes for the root of the file
/// system, or names something that is no directory, as `/dev/null` is none.
pub(super) fn are_off(tree: &WorkTree) -> bool {
    let directory = &tree.hooks_directory;
    tree.hooks_path.is_some()
        && (directory.parent().is_none() || files::stat(directory).is_ok_and(|stat| !stat.directory))
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
            stays_in_repository(&path, tree)?;
            let (change, mode) = take(manager, &text, *hook);
            match change {
                Change::Text(old) => {
                    match mode {
                        Some(_) => write_with_mode(&path, &old, mode)?,
                        None => write_atomically(&path, &old)?,
                    }
                    say!(out, "`{shown}` is as it was before")?;
                }
                Change::Gone => {
                    files::remove(&path)?;
                    say!(out, "`{shown}` held nothing else and is gone")?;
                }
                Change::Nothing | Change::Impossible | Change::Unstartable => continue,
            }
            found = true;
        }
        if !found {
            say!(out, "no {} hook runs the check", hook.as_str())?;
        }
    }
    Ok(())
}

/// What the project uses: what git asks in this clone, else what there is a configuration for.
fn used(tree: &WorkTree) -> Result<HookManager, Error> {
    let husky = husky_folder::of(tree);
    if tree.hooks_directory.starts_with(&husky) {
        return Ok(HookManager::Husky);
    }
    let manifest = read(&husky_folder::manifest(&husky, tree))?;
    let manifest = manifest.as_deref().and_then(|text| str::from_utf8(text).ok()).and_then(Husky::read);
    // Before version 5 husky has no directory: its hooks are lines of `package.json`.
    let named = manifest.is_some_and(|husky| husky.major.map_or(husky.prepared, |major| major >= 5));
    let there = |names: &[&str]| names.iter().any(|name| is_file(&tree.root.join(name)));
    Ok(match () {
        () if there(LEFTHOOK) || there(LEFTHOOK_OTHERWISE) => HookManager::Lefthook,
        () if there(PRE_COMMIT) => HookManager::PreCommit,
        () if named || files::stat(&husky).is_ok_and(|stat| stat.directory) => HookManager::Husky,
        () => HookManager::Git,
    })
}

/// The file that tells simple-git-hooks what to run.
pub(super) fn configuration_of_simple_git_hooks(tree: &WorkTree) -> Result<Option<PathBuf>, Error> {
    let own = simple_git_hooks::PROGRAMS.iter().chain(simple_git_hooks::FILES);
    let mut own = own.map(|name| tree.root.join(name));
    if let Some(path) = own.find(|path| is_file(path)) {
        return Ok(Some(path));
    }
    let manifest = tree.root.join("package.json");
    let named = read(&manifest)?.as_deref().and_then(simple_git_hooks::in_manifest).is_some();
    Ok(named.then_some(manifest))
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
        HookManager::Husky => husky_folder::of(tree).join(hook.as_str()),
        HookManager::Lefthook => first(&[LEFTHOOK, LEFTHOOK_OTHERWISE].concat()),
        HookManager::PreCommit => first(PRE_COMMIT),
    };
    files::real(&path).unwrap_or(path)
}

/// Refuses to write through a link that leads out of the work tree and out of where git keeps hooks.
fn stays_in_repository(path: &Path, tree: &WorkTree) -> Result<(), Error> {
    Ok(files::stays_in(path, &[&tree.root, &tree.own_hooks_directory, &tree.hooks_directory])?)
}

/// What is left to do before git knows of it.
fn next(manager: HookManager, hooks: &[HookName], tree: &WorkTree) -> Option<String> {
    let asked = tree.hooks_directory.starts_with(husky_folder::of(tree));
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

/// What a hook or configuration holds; `None` where it is not there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match files::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(files::Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
