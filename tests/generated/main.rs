//! What holds of every project, on projects that are put together at random: what is found does not depend on the order
//! of the files, the number of threads, or line ends; fixes end, change nothing the second time, and make nothing worse.
//!
//! Not here: what is found. Scripts keep their line ends: to a shell a carriage return is a part of the word before it,
//! and envgate says so (HOK006). So it is in an env file that a shell sources or `xargs` splits: env files get other line
//! ends in projects without scripts, and that they have some is told of them (ENV009).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may die")]

mod projects;
#[path = "../rules/support.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use envgate::engine::Outcome;
use proptest::collection::vec as many;
use proptest::test_runner::Config;
use proptest::{prop_assert, prop_assert_eq, proptest};
use rayon::ThreadPoolBuilder;
use serde_json::Value;

use projects::{Files, project};
use support::{Case, Place, places, wording};

fn case(files: &Files) -> Case {
    let mode = |path: &str| if path.contains("env") { 0o600 } else { 0o755 };
    let file =
        |(path, text): (&String, &String)| (path.clone(), (text.clone().into_bytes(), Some(mode(path))));
    Case { files: files.iter().map(file).collect() }
}

/// Places, words, and what is hidden.
fn said(outcome: &Outcome) -> String {
    let masks = outcome.sources.iter().map(|(path, (_, masks))| format!("{path} {masks:?}\n"));
    wording(outcome) + &masks.collect::<String>()
}

/// The project with CRLF in the files that `wanted` likes.
fn with_carriage_returns(files: &Files, wanted: fn(&str) -> bool) -> Files {
    let text =
        |path: &str, text: &str| if wanted(path) { text.replace('\n', "\r\n") } else { text.to_owned() };
    files.iter().map(|(path, old)| (path.clone(), text(path, old))).collect()
}

fn is_script(path: &str) -> bool {
    path.ends_with(".sh") || path.starts_with(".husky/")
}

proptest! {
    #![proptest_config(Config { cases: 100, failure_persistence: None, ..Config::default() })]

    #[test]
    fn order_and_threads_change_nothing(files in project(), order in many(0_usize..1000, 10)) {
        let case = case(&files);
        let as_listed = said(&case.check());
        let mut inputs: Vec<_> = case.inputs().into_iter().zip(order.iter().cycle()).collect();
        inputs.sort_by_key(|(_, at)| **at);
        let inputs: Vec<_> = inputs.into_iter().map(|(input, _)| input).collect();
        prop_assert_eq!(&as_listed, &said(&case.check_inputs(&inputs)), "in another order");
        for threads in [1, 5] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            prop_assert_eq!(&as_listed, &pool.install(|| said(&case.check())), "with {} threads", threads);
        }
    }

    #[test]
    fn line_ends_change_nothing(files in project()) {
        let either = |path: &str| [".yml", ".py", ".md", ".schema"].iter().any(|ending| path.ends_with(ending));
        let env = |path: &str| path.ends_with(".env") || path.ends_with(".env.example");
        let before = places(&case(&files).check());
        prop_assert_eq!(&before, &places(&case(&with_carriage_returns(&files, either)).check()), "in YAML and code");
        let files: Files = files.into_iter().filter(|(path, _)| !is_script(path)).collect();
        let of_bytes = |(_, _, code): &Place| code != "ENV009";
        let before: Vec<Place> = places(&case(&files).check()).into_iter().filter(of_bytes).collect();
        let after = places(&case(&with_carriage_returns(&files, env)).check());
        let after: Vec<Place> = after.into_iter().filter(of_bytes).collect();
        prop_assert_eq!(before, after, "in env files");
    }
}

/// The findings of the project on the disk, by path, code and variable, with how many are errors.
fn findings(folder: &Path) -> BTreeMap<(String, String, String), usize> {
    let output = envgate(folder, &["check", "--format", "json"]).1;
    let report: Value = serde_json::from_str(&output).unwrap_or_else(|error| panic!("{error}: {output}"));
    let mut found = BTreeMap::new();
    for one in report["findings"].as_array().unwrap().iter().filter(|one| one["severity"] == "error") {
        let word = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        *found.entry((word("path"), word("code"), word("key"))).or_default() += 1;
    }
    found
}

fn envgate(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("envgate").unwrap();
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?}: {said}"));
    (code, String::from_utf8(output.stdout).unwrap())
}

fn on_disk(folder: &Path, files: &Files) -> Files {
    files.keys().map(|path| (path.clone(), fs::read_to_string(folder.join(path)).unwrap())).collect()
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]

    #[test]
    fn fixes_end_and_make_nothing_worse(files in project(), returns in proptest::bool::ANY, all in proptest::bool::ANY) {
        let files = if returns { with_carriage_returns(&files, |path| !path.ends_with(".sh")) } else { files };
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let fix: &[&str] = if all { &["fix", "--unsafe"] } else { &["fix"] };
        let before = findings(folder.path());
        let (shown, _) = envgate(folder.path(), &[fix, &["--diff"]].concat());
        prop_assert_eq!(&on_disk(folder.path(), &files), &files, "`--diff` writes");
        let (code, _) = envgate(folder.path(), fix);
        prop_assert!(code == shown, "`--diff` ends with {shown}, the fix itself with {code}");
        let (once, after) = (on_disk(folder.path(), &files), findings(folder.path()));
        let gave_up = before.keys().any(|(_, code, _)| code == "ENV014");
        for (what, count) in &after {
            let old = before.get(what).copied().unwrap_or_default();
            // Behind a line at which a reader gives the file up nothing was looked at.
            prop_assert!(*count <= old || gave_up, "{what:?}: {old} before, {count} after");
        }
        envgate(folder.path(), fix);
        prop_assert_eq!(once, on_disk(folder.path(), &files), "fixed again, something changes");
    }
}
