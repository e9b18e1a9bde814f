//! `.gitattributes` says what git shows of a file. What a commit or a push publishes is the content, so no
//! attribute hides it from the check.

use crate::session::{SECRET, Session};

fn session(attributes: &str) -> Session {
    let session = Session::new();
    session.stage(".gitattributes", attributes);
    session.commit_unchecked();
    session
}

#[test]
fn text_that_is_called_binary_is_checked() {
    for attributes in ["*.pem binary\n", "*.pem -diff\n", "*.pem -text -diff\n", "* binary\n"] {
        let session = session(attributes);
        session.stage("key.pem", SECRET);
        let commit = session.commit([]);
        assert!(!commit.made && commit.said.contains("key.pem"), "{attributes}: {}", commit.said);
    }
}

#[test]
fn only_its_new_lines_are_reported() {
    let session = session("*.pem binary\n");
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    session.stage("key.pem", &format!("{SECRET}one more line\n"));
    let commit = session.commit([]);
    assert!(commit.made && commit.said.is_empty(), "{}", commit.said);
    session.git(["mv", "key.pem", "moved.pem"]);
    let commit = session.commit([]);
    assert!(commit.made && commit.said.is_empty(), "{}", commit.said);
    session.stage("moved.pem", &format!("one line before\n{SECRET}and {SECRET}"));
    assert!(!session.commit([]).made);
}

#[test]
fn what_is_binary_by_its_content_is_no_text() {
    let session = session("*.bin -diff\n");
    session.stage("a.bin", &format!("\0\0{SECRET}"));
    session.stage("b.dat", &format!("\0\0{SECRET}"));
    let commit = session.commit([]);
    assert!(commit.made && commit.said.is_empty(), "{}", commit.said);
}

#[test]
fn an_env_file_is_text_whatever_is_in_it() {
    let session = Session::new();
    session.stage(".env", &format!("A=\0\n{SECRET}"));
    let commit = session.commit([]);
    assert!(!commit.made && commit.said.contains(".env"), "{}", commit.said);
}

#[test]
fn a_push_is_checked_alike() {
    let remote = tempfile::tempdir().unwrap();
    git2::Repository::init_bare(remote.path()).unwrap();
    let session = session("*.pem binary\n");
    session.git(["remote", "add", "origin", remote.path().to_str().unwrap()]);
    session.install("pre-push", "hook run pre-push \"$@\"");
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    let push = session.try_git(["push", "--quiet", "origin", "main"]);
    let said = String::from_utf8_lossy(&push.stdout).into_owned() + &String::from_utf8_lossy(&push.stderr);
    assert!(!push.status.success() && said.contains(":key.pem"), "{said}");
}
