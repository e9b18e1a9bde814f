//! The setups that there are, as facts and answers.

use super::{Facts, HookFile, Maker, Manager, setup};
use crate::project::husky::Husky;

fn file(path: &str, maker: Maker) -> HookFile {
    let (directory, name) = path.rsplit_once('/').unwrap();
    HookFile {
        path: path.to_owned(),
        directory: directory.to_owned(),
        name: name.to_owned(),
        executable: true,
        startable: true,
        tracked: !path.starts_with(".git/"),
        maker,
        checks: true,
    }
}

fn facts(hooks_directory: &str, files: Vec<HookFile>) -> Facts {
    Facts {
        hooks_path: (hooks_directory != ".git/hooks").then(|| hooks_directory.to_owned()),
        hooks_directory: hooks_directory.to_owned(),
        hooks_directory_exists: true,
        husky_directory: String::from(".husky"),
        files,
        ..Facts::default()
    }
}

fn answers(facts: &Facts) -> (Vec<String>, Vec<String>, Option<String>) {
    let setup = setup(facts);
    let here = setup.here.into_iter().map(|one| format!("{}: {}", one.hook, one.what)).collect();
    let dead = setup.dead.into_iter().map(|one| one.path).collect();
    (here, dead, setup.fresh_needs)
}

#[test]
fn simple_git_hooks_writes_the_commands_itself() {
    let manager = Manager {
        path: String::from("package.json"),
        hooks: [String::from("pre-commit")].into(),
        prepared: true,
        ..Manager::default()
    };
    let simple_git_hooks = Some(manager);
    let files = vec![file(".git/hooks/pre-commit", Maker::SimpleGitHooks)];
    let made = Facts { simple_git_hooks: simple_git_hooks.clone(), ..facts(".git/hooks", files) };
    let (here, dead, needs) = answers(&made);
    assert_eq!((here, dead), (strings(&["pre-commit: simple-git-hooks, from `package.json`"]), vec![]));
    assert_eq!(needs.as_deref(), Some("the package manager's install, which sets simple-git-hooks up"));
    assert_eq!(setup(&made).fresh.len(), 1);
    let (here, dead, _) = answers(&Facts { simple_git_hooks, ..facts(".git/hooks", vec![]) });
    assert_eq!((here, dead), (vec![], strings(&["package.json"])));
}

#[test]
fn pre_commit_installs_the_hooks_that_it_is_told() {
    let needs = |hooks: &[&str], installed: &[&str]| {
        let all = |hooks: &[&str]| hooks.iter().map(|hook| (*hook).to_owned()).collect();
        let manager = Manager { hooks: all(hooks), installed: all(installed), ..Manager::default() };
        setup(&Facts { pre_commit: Some(manager), ..facts(".git/hooks", vec![]) }).fresh_needs.unwrap()
    };
    assert_eq!(needs(&["pre-commit"], &[]), "`pre-commit install`");
    assert_eq!(needs(&["pre-push"], &[]), "`pre-commit install --hook-type pre-push`");
    assert_eq!(
        needs(&["pre-commit", "pre-push"], &[]),
        "`pre-commit install --hook-type pre-commit --hook-type pre-push`"
    );
    assert_eq!(needs(&["pre-commit", "pre-push"], &["pre-push", "pre-commit"]), "`pre-commit install`");
    assert_eq!(needs(&["pre-commit"], &["pre-push"]), "`pre-commit install --hook-type pre-commit`");
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_plain_hook_runs_here_and_nowhere_else() {
    let plain = facts(".git/hooks", vec![file(".git/hooks/pre-commit", Maker::Person)]);
    assert_eq!(answers(&plain), (strings(&["pre-commit: `.git/hooks/pre-commit`"]), vec![], None));
}

#[test]
fn husky_9_runs_its_file_and_leaves_gits_own_dead() {
    let files = vec![
        file(".git/hooks/pre-commit", Maker::Person),
        file(".husky/_/pre-commit", Maker::Husky),
        file(".husky/_/pre-push", Maker::Husky),
        file(".husky/pre-commit", Maker::Person),
    ];
    let husky = Some(Husky { major: Some(9), prepared: true, block: None });
    let (here, dead, needs) = answers(&Facts { husky, ..facts(".husky/_", files) });
    assert_eq!(here, ["pre-commit: `.husky/pre-commit`, which husky hands to `sh -e`"]);
    assert_eq!(dead, [".git/hooks/pre-commit"]);
    assert!(needs.unwrap().contains("prepare"));
}

#[test]
fn husky_before_its_install_is_dead() {
    let husky = Some(Husky { major: Some(9), prepared: true, block: None });
    let facts = Facts { husky, ..facts(".git/hooks", vec![file(".husky/pre-commit", Maker::Person)]) };
    assert_eq!(answers(&facts).1, [".husky/pre-commit"]);
    let gone = Facts { hooks_directory_exists: false, ..facts_of_missing() };
    assert_eq!(answers(&gone).1, [".husky/_", ".husky/pre-commit"]);
}

fn facts_of_missing() -> Facts {
    facts(".husky/_", vec![file(".husky/pre-commit", Maker::Person)])
}

#[test]
fn a_hook_that_is_not_executable_is_dead() {
    let hook = HookFile { executable: false, ..file(".git/hooks/pre-push", Maker::Person) };
    assert_eq!(answers(&facts(".git/hooks", vec![hook])), (vec![], strings(&[".git/hooks/pre-push"]), None));
}

#[test]
fn a_manager_runs_what_its_configuration_has() {
    let manager = Manager {
        path: String::from("lefthook.yml"),
        hooks: [String::from("pre-commit")].into(),
        ..Manager::default()
    };
    let files =
        vec![file(".git/hooks/pre-commit", Maker::Lefthook), file(".git/hooks/pre-push", Maker::Lefthook)];
    let lefthook = Some(manager);
    let (here, dead, needs) = answers(&Facts { lefthook: lefthook.clone(), ..facts(".git/hooks", files) });
    assert_eq!(here, ["pre-commit: lefthook, from `lefthook.yml`"]);
    assert_eq!((dead, needs.as_deref()), (vec![], Some("`lefthook install`")));
    let (here, dead, _) = answers(&Facts { lefthook, ..facts(".git/hooks", vec![]) });
    assert_eq!((here.len(), dead), (0, strings(&["lefthook.yml"])));
}
