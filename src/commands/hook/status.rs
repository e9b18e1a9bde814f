//! `envgate hook status`: the facts gathered, and the answer written.
//!
//! Not here: what follows from the facts; `project::hook_setup` says that.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::{HookStatus, TableFormat};
use crate::document::yaml::{self, Node};
use crate::files::{self, relative};
use crate::git::WorkTree;
use crate::project::hook_setup::{Dead, EVENTS, Facts, HookFile, Maker, Manager, Running, Setup, setup};
use crate::project::hooks::GIT_HOOKS;
use crate::project::husky::Husky;
use crate::project::simple_git_hooks;

use super::super::Error;
use super::super::terminal::say;
use super::husky_folder;
use super::install::{
    LEFTHOOK, LEFTHOOK_LOCAL, LEFTHOOK_OTHERWISE, PRE_COMMIT, are_off, configuration_of_simple_git_hooks,
    read, runs,
};
use super::put::is_unstartable;

/// Directories below the top that hold hooks by convention.
const PLACES: &[&str] =
    &[".husky", ".husky/_", ".githooks", ".git-hooks", "githooks", "git-hooks", "scripts/git-hooks"];

pub(super) fn run(
    arguments: &HookStatus,
    tree: &WorkTree,
    here: &Path,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let facts = gather(tree, here)?;
    let setup = setup(&facts);
    let unread = unread(tree, here)?;
    match arguments.format {
        TableFormat::Human => human(&facts, &setup, unread.as_ref(), out)?,
        TableFormat::Json => writeln!(out, "{:#}", machine(&facts, &setup, unread.as_ref()))?,
    }
    Ok(())
}

/// A file by which lefthook runs hooks that are not known.
enum Unread {
    /// In a language that is not read.
    Whole(String),
    /// The same, of simple-git-hooks.
    Program(String),
    /// It takes in others, which are not looked at.
    Others(String),
}

fn unread(tree: &WorkTree, here: &Path) -> Result<Option<Unread>, Error> {
    let there =
        |names: &[&str]| names.iter().map(|name| tree.root.join(name)).find(|path| files::stat(path).is_ok());
    // What lefthook takes in beside any other, for one machine.
    if let Some(path) = there(LEFTHOOK_LOCAL) {
        return Ok(Some(Unread::Whole(relative(&path, here))));
    }
    if let Some(path) = there(LEFTHOOK) {
        let parsed = yaml::parse(&String::from_utf8_lossy(&read(&path)?.unwrap_or_default()));
        let takes = |root: &Node| ["extends", "remotes", "remote"].iter().any(|key| root.get(key).is_some());
        return Ok(parsed.root().is_some_and(takes).then(|| Unread::Others(relative(&path, here))));
    }
    let otherwise = there(LEFTHOOK_OTHERWISE).map(|path| Unread::Whole(relative(&path, here)));
    Ok(otherwise.or_else(|| Some(Unread::Program(relative(&there(simple_git_hooks::PROGRAMS)?, here)))))
}

fn gather(tree: &WorkTree, here: &Path) -> Result<Facts, Error> {
    let at = |name: &str| tree.root.join(name);
    let mut directories: Vec<PathBuf> = PLACES.iter().map(|place| at(place)).collect();
    let husky = husky_folder::of(tree);
    directories.extend([tree.own_hooks_directory.clone(), tree.hooks_directory.clone(), husky.clone()]);
    directories.sort();
    directories.dedup();
    let mut found = Vec::new();
    for directory in &directories {
        for path in files::files_and_links_in(directory)? {
            found.extend(hook_file(&path, tree, here)?);
        }
    }
    let manifest = read(&at("package.json"))?;
    let beside = read(&husky_folder::manifest(&husky, tree))?;
    let depends = |name: &str| {
        let manifest = manifest.as_deref().and_then(|text| serde_json::from_slice(text).ok());
        manifest.is_some_and(|manifest: serde_json::Value| {
            ["devDependencies", "dependencies"]
                .iter()
                .any(|kind| manifest.get(kind).is_some_and(|all| all.get(name).is_some()))
        })
    };
    let manager = |names: &[&str], read_hooks: fn(&Node) -> Vec<(String, bool)>, prepared: bool| {
        let path = names.iter().map(|name| at(name)).find(|path| files::stat(path).is_ok());
        let Some(path) = path else { return Ok(None) };
        let parsed = yaml::parse(&String::from_utf8_lossy(&read(&path)?.unwrap_or_default()));
        let all = parsed.root().map(read_hooks).unwrap_or_default();
        let checks: BTreeSet<String> =
            all.iter().filter(|(_, checks)| *checks).map(|(hook, _)| hook.clone()).collect();
        let hooks = all.into_iter().map(|(hook, _)| hook).collect();
        let installed = parsed.root().map(installed).unwrap_or_default();
        Ok::<_, Error>(Some(Manager { path: relative(&path, here), hooks, checks, prepared, installed }))
    };
    Ok(Facts {
        hooks_path: tree.hooks_path.as_ref().map(|_| relative(&tree.hooks_directory, here)),
        hooks_directory: relative(&tree.hooks_directory, here),
        hooks_are_off: are_off(tree),
        hooks_directory_exists: files::stat(&tree.hooks_directory).is_ok(),
        husky_directory: relative(&husky, here),
        files: found,
        husky: beside.as_deref().and_then(|text| str::from_utf8(text).ok()).and_then(Husky::read),
        lefthook: manager(LEFTHOOK, of_lefthook, depends("lefthook"))?,
        pre_commit: manager(PRE_COMMIT, of_pre_commit, false)?,
        simple_git_hooks: of_simple_git_hooks(tree, here, manifest.as_deref())?,
    })
}

/// What simple-git-hooks is told: by the first of its own files that is there, else by `package.json`.
fn of_simple_git_hooks(
    tree: &WorkTree,
    here: &Path,
    manifest: Option<&[u8]>,
) -> Result<Option<Manager>, Error> {
    let Some(path) = configuration_of_simple_git_hooks(tree)? else { return Ok(None) };
    let own = if path.ends_with("package.json") {
        manifest.and_then(simple_git_hooks::in_manifest)
    } else {
        read(&path)?.as_deref().and_then(simple_git_hooks::in_file)
    };
    let all = own.unwrap_or_default();
    let checks = all.iter().filter(|(_, command)| calls_envgate(command));
    Ok(Some(Manager {
        path: relative(&path, here),
        checks: checks.map(|(hook, _)| hook.clone()).collect(),
        hooks: all.iter().map(|(hook, _)| hook.clone()).collect(),
        prepared: manifest.is_some_and(simple_git_hooks::is_prepared),
        ..Manager::default()
    }))
}

fn hook_file(path: &Path, tree: &WorkTree, here: &Path) -> Result<Option<HookFile>, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !GIT_HOOKS.contains(&name.as_str()) {
        return Ok(None);
    }
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let shown = relative(path, here);
    Ok(Some(HookFile {
        directory: relative(path.parent().unwrap_or(path), here),
        executable: runs(path),
        startable: !is_unstartable(&bytes),
        tracked: tree.tracked.mode(path).is_some(),
        maker: Maker::of(&shown, &text),
        checks: calls_envgate(&text),
        path: shown,
        name,
    }))
}

/// Whether a line that is no comment calls it.
fn calls_envgate(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.any(|line| line.contains("envgate check") || line.contains("envgate hook run"))
}

/// The hooks of a `lefthook.yml`, each with whether envgate is called in it.
fn of_lefthook(root: &Node) -> Vec<(String, bool)> {
    let hooks = root.entries().into_iter().filter(|entry| GIT_HOOKS.contains(&entry.name()));
    hooks
        .map(|entry| {
            let mut checks = false;
            entry.value.each_scalar(&mut |scalar| checks |= scalar.as_str().is_some_and(calls_envgate));
            (entry.name().to_owned(), checks)
        })
        .collect()
}

/// The same of a `.pre-commit-config.yaml`: a hook without `stages`, its own or everybody's, runs before a commit.
fn of_pre_commit(root: &Node) -> Vec<(String, bool)> {
    let items = |node: &Node, key: &str| node.get(key).and_then(Node::items).unwrap_or_default().to_vec();
    let stages = |node: &Node, key: &str| -> Vec<String> {
        items(node, key).iter().filter_map(|one| one.as_str()).map(stage).map(ToOwned::to_owned).collect()
    };
    let everybodys = stages(root, "default_stages");
    let mut found = Vec::new();
    for hook in items(root, "repos").iter().flat_map(|repository| items(repository, "hooks")) {
        let word = |key: &str| hook.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
        let id = word("id");
        let checks = calls_envgate(&word("entry")) || id.starts_with("envgate");
        // What `.pre-commit-hooks.yaml` of envgate says comes before `default_stages`.
        let own = id.strip_prefix("envgate-").filter(|hook| GIT_HOOKS.contains(hook));
        let asked =
            [stages(&hook, "stages"), own.map(ToOwned::to_owned).into_iter().collect(), everybodys.clone()];
        let asked = asked.into_iter().find(|stages| !stages.is_empty());
        let asked = asked.unwrap_or_else(|| vec![String::from("pre-commit")]).into_iter();
        // `manual` is no hook: nothing but a person starts it.
        let hooks = asked.filter(|stage| GIT_HOOKS.contains(&stage.as_str()));
        found.extend(hooks.map(|stage| (stage, checks)));
    }
    found
}

/// The hooks that pre-commit installs by itself, where its file says which.
fn installed(root: &Node) -> BTreeSet<String> {
    let kinds = root.get("default_install_hook_types").and_then(Node::items).unwrap_or_default();
    kinds.iter().filter_map(|kind| kind.as_str()).map(|kind| stage(kind).to_owned()).collect()
}

/// The hook that a stage is, by its old names too.
fn stage(name: &str) -> &str {
    match name {
        "commit" => "pre-commit",
        "push" => "pre-push",
        "merge-commit" => "pre-merge-commit",
        _ => name,
    }
}

fn human(facts: &Facts, setup: &Setup, unread: Option<&Unread>, out: &mut dyn Write) -> Result<(), Error> {
    let why = match &facts.hooks_path {
        Some(_) if facts.hooks_are_off => "core.hooksPath says so, and that turns all hooks off",
        Some(_) => "core.hooksPath says so",
        None => "git's own place",
    };
    say!(out, "git runs hooks from `{}`: {why}", facts.hooks_directory)?;
    if let Some(major) = facts.husky.and_then(|husky| husky.major) {
        let how = match major {
            9.. => "hands `.husky/NAME` to `sh -e`, whatever its first line and its mode say",
            5..=8 => "lets git run `.husky/NAME`, which starts itself again with `sh -e`",
            _ => "reads its hooks from `package.json`",
        };
        say!(out, "husky {major} {how}")?;
    }
    tell(unread, out)?;
    for (event, hooks) in EVENTS {
        let running: Vec<&Running> =
            setup.here.iter().filter(|one| hooks.contains(&one.hook.as_str())).collect();
        say!(out, "\non a {event}:")?;
        if running.is_empty() {
            say!(out, "  {}", if unread.is_some() { "nothing that is known runs" } else { "nothing runs" })?;
        }
        for one in running {
            line(one, out)?;
        }
    }
    match &setup.fresh_needs {
        Some(needs) if setup.fresh.is_empty() => {
            say!(out, "\nin a fresh clone nothing runs, not even after {needs}")?;
        }
        Some(needs) => say!(out, "\nin a fresh clone nothing runs before {needs}; then:")?,
        None => say!(out, "\nin a fresh clone nothing runs: a clone brings no hooks")?,
    }
    for one in &setup.fresh {
        line(one, out)?;
    }
    if !setup.dead.is_empty() {
        say!(out, "\nnever runs here:")?;
    }
    for Dead { path, why } in &setup.dead {
        say!(out, "  `{path}`: {why}")?;
    }
    Ok(())
}

fn tell(unread: Option<&Unread>, out: &mut dyn Write) -> Result<(), Error> {
    match unread {
        Some(Unread::Whole(path)) => {
            say!(out, "`{path}` is not read: what lefthook runs by it is not told here")?;
        }
        Some(Unread::Program(path)) => {
            say!(out, "`{path}` is not read: what simple-git-hooks runs by it is not told here")?;
        }
        Some(Unread::Others(path)) => {
            say!(out, "`{path}` takes in other files: what lefthook runs by those is not told here")?;
        }
        None => {}
    }
    Ok(())
}

fn line(one: &Running, out: &mut dyn Write) -> Result<(), Error> {
    let checks = if one.checks { "runs the check" } else { "does not run the check" };
    Ok(say!(out, "  {}: {}: {checks}", one.hook, one.what)?)
}

fn machine(facts: &Facts, setup: &Setup, unread: Option<&Unread>) -> serde_json::Value {
    let running = |all: &[Running]| -> Vec<serde_json::Value> {
        all.iter().map(|one| json!({"hook": one.hook, "what": one.what, "checks": one.checks})).collect()
    };
    let dead: Vec<_> = setup.dead.iter().map(|one| json!({"path": one.path, "why": one.why})).collect();
    json!({
        "hooks_path": facts.hooks_path,
        "hooks_directory": facts.hooks_directory,
        "hooks_are_off": facts.hooks_are_off,
        "husky": facts.husky.and_then(|husky| husky.major),
        "lefthook": facts.lefthook.as_ref().map(|manager| &manager.path),
        "pre_commit": facts.pre_commit.as_ref().map(|manager| &manager.path),
        "simple_git_hooks": facts.simple_git_hooks.as_ref().map(|manager| &manager.path),
        "here": running(&setup.here),
        "fresh_clone": {"runs": running(&setup.fresh), "needs": setup.fresh_needs},
        "dead": dead,
        "not_read": unread.map(|(Unread::Whole(path) | Unread::Program(path) | Unread::Others(path))| path),
    })
}

#[cfg(test)]
mod tests {
    use super::{calls_envgate, installed, of_pre_commit};
    use crate::document::yaml;

    #[test]
    fn a_comment_calls_nothing() {
        assert!(calls_envgate("#!/bin/sh\nenvgate check --staged\n"));
        assert!(calls_envgate("npm test && envgate hook run pre-push \"$1\"\n"));
        assert!(!calls_envgate("#!/bin/sh\n# envgate check --staged\n    #envgate check\nnpm test\n"));
    }

    #[test]
    fn stages_of_pre_commit_go_by_what_is_nearest() {
        let found = |text: &str| yaml::parse(text).root().map(of_pre_commit).unwrap_or_default();
        let hook = |stage: &str, checks| (stage.to_owned(), checks);
        let text = "default_stages: [commit, push]\nrepos:\n  - repo: x\n    hooks:\n      - id: envgate\n      \
                    - id: envgate-commit-msg\n      - {id: black, stages: [merge-commit]}\n";
        assert_eq!(
            found(text),
            [
                hook("pre-commit", true),
                hook("pre-push", true),
                hook("commit-msg", true),
                hook("pre-merge-commit", false)
            ]
        );
        let text = "default_install_hook_types: [pre-commit, push]\nrepos:\n  - repo: x\n    hooks: [{id: y, stages: [manual]}]\n";
        assert_eq!(found(text), []);
        let kinds = yaml::parse(text).root().map(installed).unwrap_or_default();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["pre-commit", "pre-push"]);
        let text = "repos:\n  - repo: x\n    hooks: [{id: envgate-pre-push}, {id: envgate-system}]\n";
        assert_eq!(found(text), [hook("pre-push", true), hook("pre-commit", true)]);
    }
}
