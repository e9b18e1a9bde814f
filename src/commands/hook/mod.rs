//! `envgate hook`: the check in front of a commit.
//!
//! Not here: what the check says; the hook runs `envgate check --staged`.

mod block;

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cli::{Hook, HookCommand, HookManager, HookPlace};
use crate::files::{self, relative, write_script};
use crate::git::{self, WorkTree};

use super::{Error, Status, working_directory};
use block::Change;

pub(super) fn run(arguments: &Hook, out: &mut dyn Write) -> Result<Status, Error> {
    let here = working_directory()?;
    let tree = git::work_tree(&here)?.ok_or(Error::NoRepository)?;
    match &arguments.command {
        HookCommand::Install(place) => change(place, &tree, &here, true, out)?,
        HookCommand::Uninstall(place) => change(place, &tree, &here, false, out)?,
        HookCommand::Status => status(&tree, &here, out)?,
    }
    Ok(Status::Clean)
}

/// husky where the project has its directory, or git already asks it; else git's own directory.
fn manager(place: &HookPlace, tree: &WorkTree) -> HookManager {
    let husky = || {
        let used = files::stat(&tree.root.join(".husky")).is_ok_and(|stat| stat.directory);
        used || tree.hooks_directory.starts_with(tree.root.join(".husky"))
    };
    place.manager.unwrap_or_else(|| if husky() { HookManager::Husky } else { HookManager::Git })
}

fn directory(manager: HookManager, tree: &WorkTree) -> PathBuf {
    match manager {
        HookManager::Git => tree.hooks_directory.clone(),
        HookManager::Husky => tree.root.join(".husky"),
    }
}

fn change(
    place: &HookPlace,
    tree: &WorkTree,
    here: &Path,
    wanted: bool,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let manager = manager(place, tree);
    for name in &place.hooks {
        let path = directory(manager, tree).join(name);
        let shown = relative(&path, here);
        let text = read(&path)?;
        let change = match (wanted, &text) {
            (true, text) => block::put(text.as_deref(), manager == HookManager::Husky),
            (false, Some(text)) => block::take(text),
            (false, None) => Change::Nothing,
        };
        match change {
            Change::Nothing if wanted => writeln!(out, "`{shown}` runs the check already")?,
            Change::Nothing => writeln!(out, "`{shown}` does not run the check")?,
            Change::Text(new) => {
                write_script(&path, new.as_bytes())?;
                let verb = if wanted { "runs the check now" } else { "is as it was before" };
                writeln!(out, "`{shown}` {verb}")?;
            }
            Change::Gone => {
                files::remove(&path)?;
                writeln!(out, "`{shown}` held nothing else and is gone")?;
            }
            Change::OtherLanguage => return Err(Error::OtherLanguage { path: shown }),
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<String>, Error> {
    match files::read(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(Error::OtherLanguage { path: path.display().to_string() }),
        },
        Err(files::Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What a commit would run here: git looks into one directory only.
fn status(tree: &WorkTree, here: &Path, out: &mut dyn Write) -> Result<(), Error> {
    let configured = tree.hooks_path.is_some();
    let why = if configured { "core.hooksPath says so" } else { "git's own place" };
    writeln!(out, "git runs hooks from `{}`: {why}", relative(&tree.hooks_directory, here))?;
    let husky = tree.root.join(".husky");
    let asked = tree.hooks_directory.starts_with(&husky);
    for name in ["pre-commit", "pre-merge-commit"] {
        let path = if asked { husky.join(name) } else { tree.hooks_directory.join(name) };
        let shown = relative(&path, here);
        match read(&path)? {
            None => writeln!(out, "{name}: no hook")?,
            Some(text) if block::is_in(&text) => writeln!(out, "{name}: `{shown}` runs the check")?,
            Some(_) => writeln!(out, "{name}: `{shown}` does not run the check")?,
        }
    }
    if !asked && read(&husky.join("pre-commit"))?.is_some() {
        writeln!(out, "`{}` never runs here: git does not look into `.husky`", relative(&husky, here))?;
        writeln!(out, "help: run the package manager's install, which lets husky set core.hooksPath")?;
    }
    Ok(())
}
