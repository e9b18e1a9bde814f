//! `history` over real repositories: each secret told once, under the commit that brought it.

use std::path::Path;
use std::process::{Command, Output};

use super::session::{SECRET, Session};

fn history(top: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["history", "--format", "json"])
        .args(arguments)
        .current_dir(top)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(!said.contains("MIIEvQIBADAN"), "the secret is printed:\n{said}");
    (status.code(), said)
}

fn findings(said: &str) -> Vec<(String, String)> {
    let report: serde_json::Value = serde_json::from_str(said).unwrap();
    let field =
        |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let all = report["findings"].as_array().unwrap();
    all.iter().map(|finding| (field(finding, "path"), field(finding, "message"))).collect()
}

#[test]
fn a_secret_that_was_deleted_is_found_under_the_commit_that_brought_it() {
    let session = Session::new();
    session.stage("a.txt", "hello\n");
    session.commit_unchecked();
    session.stage("keys/key.pem", SECRET);
    session.commit_unchecked();
    let id = session.git(["rev-parse", "HEAD"]);
    session.git(["mv", "keys/key.pem", "moved.pem"]);
    session.commit_unchecked();
    let (code, said) = history(&session.top, &[]);
    let [(path, message)] = &findings(&said)[..] else { panic!("{said}") };
    assert_eq!(code, Some(1));
    assert!(id.trim().starts_with(path.split(':').next().unwrap()), "{path} is not of {id}");
    assert!(path.ends_with(":keys/key.pem"), "{path}");
    assert!(message.contains("brought by Ana on 20"), "{message}");
    assert!(message.contains("also in `moved.pem`") && message.ends_with("still at HEAD"), "{message}");

    session.git(["rm", "--quiet", "moved.pem"]);
    session.commit_unchecked();
    let (_, said) = history(&session.top, &["--jobs", "1"]);
    let [(_, message)] = &findings(&said)[..] else { panic!("{said}") };
    assert!(message.ends_with("gone from HEAD, not from history"), "{message}");
}

#[test]
fn versions_of_one_file_tell_a_secret_once_and_revisions_bound_the_search() {
    let session = Session::new();
    for version in 0..4 {
        session.stage("notes.txt", &format!("{SECRET}version {version}\n"));
        session.commit_unchecked();
    }
    let (_, said) = history(&session.top, &["main"]);
    let [(_, message)] = &findings(&said)[..] else { panic!("{said}") };
    assert!(message.contains("in 4 contents"), "{message}");
    session.git(["switch", "--quiet", "--create", "other"]);
    session.stage("other.pem", &SECRET.replace("MIIEvQ", "MIIEvR"));
    session.commit_unchecked();
    session.git(["switch", "--quiet", "main"]);
    assert_eq!(findings(&history(&session.top, &[]).1).len(), 1);
    assert_eq!(findings(&history(&session.top, &["--all"]).1).len(), 2);
    assert_eq!(findings(&history(&session.top, &["main..other"]).1).len(), 2);
    assert_eq!(history(&session.top, &["no-such-branch"]).0, Some(2));
}

/// Beyond some thousand findings in one content only their places are kept; each is a secret all the same.
#[test]
fn a_file_with_thousands_of_secrets_tells_each() {
    let session = Session::new();
    let line = |number: u64| {
        let value = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) ^ 0x5bd1_e995_97f4_a7c1;
        format!("password = \"{value:016x}Qz{}\"\n", number + 7)
    };
    session.stage("settings.py", &(0..2500).map(line).collect::<String>());
    session.commit_unchecked();
    let told = findings(&history(&session.top, &[]).1).len();
    // One in thousands may look like none.
    assert!((2490..=2500).contains(&told), "{told}");
}

#[test]
fn repositories_without_commits_or_work_tree_and_comments_are_understood() {
    let session = Session::new();
    assert_eq!(history(&session.top, &[]).0, Some(0));
    session.stage("key.pem", &format!("# envgate: allow-file SEC001: a test key\n{SECRET}"));
    session.commit_unchecked();
    assert_eq!(history(&session.top, &[]).0, Some(0));
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    let bare = session.top.with_file_name("bare.git");
    session.git(["clone", "--quiet", "--bare", ".", "../bare.git"]);
    assert_eq!(history(&bare, &[]).0, Some(1));
    let (code, said) = history(Path::new("/"), &["--repository", &bare.to_string_lossy()]);
    assert_eq!(code, Some(1), "{said}");
}
