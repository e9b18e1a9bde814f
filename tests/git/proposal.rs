//! `--config-from`: a pull request is judged by what the protected branch says, whatever it says itself.

use std::process::Command;

use super::session::{SECRET, Session};

/// The exit code and all that was printed.
fn check(session: &Session, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
        .arg("check")
        .args(arguments)
        .current_dir(&session.top)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// The protected branch `main` with these files, and a branch on which a change is proposed.
fn proposal(files: &[(&str, &str)]) -> Session {
    let session = Session::new();
    for (name, text) in files {
        session.stage(name, text);
    }
    session.commit_unchecked();
    session.git(["switch", "--quiet", "--create", "change"]);
    session
}

#[track_caller]
fn refused(session: &Session, says: &str) {
    let (code, said) = check(session, &["--config-from", "main"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(says), "it does not say `{says}`:\n{said}");
}

#[track_caller]
fn passes(session: &Session, arguments: &[&str]) {
    let (code, said) = check(session, arguments);
    assert_eq!(code, Some(0), "{said}");
}

/// Each way to make the check blind: it works without the option, and does not with it.
#[test]
fn nothing_that_is_proposed_silences_the_gate() {
    let ways: [(&str, &str); 8] = [
        ("envgate.yaml", "version: 1\nrules: {SEC: off}\n"),
        (".envgate.yaml", "version: 1\nexclude: ['keys/**']\n"),
        ("envgate.yaml", "version: 1\nignore:\n  - {rule: SEC, reason: none of your business}\n"),
        ("envgate.yaml", "version: 1\nrules: {SEC001: warning}\n"),
        (".envgateignore", "key.pem\n"),
        ("keys/.envgateignore", "*\n"),
        (".gitignore", "/keys/\n"),
        ("keys/.gitignore", "*.pem\n"),
    ];
    for (name, text) in ways {
        let session = proposal(&[("a.txt", "a\n")]);
        session.stage("keys/key.pem", SECRET);
        let (code, said) = check(&session, &[]);
        assert_eq!(code, Some(1), "nothing to silence: {said}");
        session.write(name, text);
        session.git(["add", "--force", "."]);
        session.commit_unchecked();
        passes(&session, &[]);
        refused(&session, "keys/key.pem");
        let (code, _) = check(&session, &["keys", "--config-from", "main"]);
        assert_eq!(code, Some(1), "{name}");
    }
}

#[test]
fn a_changed_configuration_of_the_branch_is_not_the_one_that_counts() {
    let accepted = "version: 1\nignore:\n  - {rule: SEC001, path: fixtures/**, reason: made up}\n";
    let session = proposal(&[("envgate.yaml", accepted), ("fixtures/key.pem", SECRET)]);
    passes(&session, &["--config-from", "main"]);
    session.stage("envgate.yaml", &accepted.replace("fixtures/**", "'**'"));
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    passes(&session, &[]);
    refused(&session, "key.pem");
    let (_, said) = check(&session, &["--config-from", "main"]);
    assert!(!said.contains("fixtures/key.pem"), "{said}");
    // The branch's own word about its own configuration counts as little.
    session.stage("envgate.yaml", "version: [\n");
    session.git(["rm", "--quiet", "--force", "key.pem"]);
    session.commit_unchecked();
    passes(&session, &["--config-from", "main"]);
}

#[test]
fn a_comment_counts_where_the_branch_has_it() {
    let line =
        |value: &str| format!("password = \"{value}\"  # envgate: allow SEC004: made up for the tests\n");
    let old = line("kR7uXc2Lm9Qw4Zt8");
    let session = proposal(&[("a.py", &old)]);
    passes(&session, &["--config-from", "main"]);
    // Further down it is the same line.
    session.stage("a.py", &format!("import os\n\n{old}"));
    passes(&session, &["--config-from", "main"]);
    // A known comment does not speak for another secret, in the same file or in a new one.
    for name in ["a.py", "b.py"] {
        session.stage(name, &(old.clone() + &line("vB3nHs6Tj1Dp5Gy0")));
        passes(&session, &[]);
        refused(&session, "SEC004");
        refused(&session, "not in the commit that");
        session.git(["checkout", "--quiet", "HEAD", "--", "a.py"]);
    }
}

#[test]
fn a_comment_for_the_next_line_speaks_for_that_line_alone() {
    let allow = "# envgate: allow SEC004: made up for the tests\n";
    let session = proposal(&[("a.py", &format!("{allow}password = \"kR7uXc2Lm9Qw4Zt8\"\n"))]);
    passes(&session, &["--config-from", "main"]);
    session.stage("a.py", &format!("{allow}password = \"vB3nHs6Tj1Dp5Gy0\"\n"));
    passes(&session, &[]);
    refused(&session, "SEC004");
}

#[test]
fn a_comment_for_the_whole_file_counts_where_the_branch_has_it() {
    let allow = "# envgate: allow-file SEC004: fixtures\n";
    let session = proposal(&[("old.py", allow)]);
    session.stage("old.py", &format!("{allow}password = \"vB3nHs6Tj1Dp5Gy0\"\n"));
    passes(&session, &["--config-from", "main"]);
    session.stage("new.py", &format!("{allow}password = \"vB3nHs6Tj1Dp5Gy0\"\n"));
    refused(&session, "new.py");
}

#[test]
fn the_branch_s_own_files_to_leave_out_are_left_out() {
    let session = proposal(&[(".envgateignore", "/assets/\n"), ("sub/.envgateignore", "*.pem\n!b.pem\n")]);
    for name in ["assets/deep/key.pem", "sub/key.pem", "sub/deep/key.pem"] {
        session.stage(name, SECRET);
    }
    passes(&session, &["--config-from", "main"]);
    session.stage("sub/b.pem", SECRET);
    refused(&session, "sub/b.pem");
    session.git(["rm", "--quiet", "--force", "sub/b.pem"]);
    session.stage("other/assets/key.pem", SECRET);
    refused(&session, "other/assets/key.pem");
    passes(&session, &["--config-from", "main", "--exclude", "other"]);
}

#[test]
fn what_is_staged_is_judged_by_it_too() {
    let session = proposal(&[("a.txt", "a\n")]);
    session.stage("envgate.yaml", "version: 1\nrules: {SEC: off}\n");
    session.stage("key.pem", SECRET);
    passes(&session, &["--staged"]);
    let (code, said) = check(&session, &["--staged", "--config-from", "main"]);
    assert_eq!((code, said.contains("key.pem")), (Some(1), true), "{said}");
}

#[test]
fn a_configuration_that_was_named_comes_from_the_commit() {
    let session = proposal(&[("ci/gate.yaml", "version: 1\nrules: {SEC: off}\n"), ("key.pem", SECRET)]);
    session.stage("ci/gate.yaml", "version: 1\n");
    passes(&session, &["--config", "ci/gate.yaml", "--config-from", "main"]);
    let (code, said) = check(&session, &["--config", "ci/none.yaml", "--config-from", "main"]);
    assert_eq!((code, said.contains("is not in the commit `main`")), (Some(2), true), "{said}");
}

#[test]
fn mistakes_of_the_commit_s_configuration_stand_under_its_name() {
    let session = proposal(&[("envgate.yaml", "version: 1\nruels: {}\n"), ("a.txt", "a\n")]);
    session.stage("envgate.yaml", "version: 1\n");
    let (code, said) = check(&session, &["--config-from", "main"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("unknown key `ruels`") && said.contains("envgate.yaml@"), "{said}");
}

#[test]
fn a_commit_that_cannot_be_read_ends_the_check() {
    let session = proposal(&[("a.txt", "a\n")]);
    for reference in ["none", "main^{tree}", "", "--all", "main:a.txt", "\u{1b}[31m"] {
        let (code, said) = check(&session, &[&format!("--config-from={reference}")]);
        assert_eq!(code, Some(2), "{reference}: {said}");
        assert!(said.starts_with("error: ") && !said.contains('\u{1b}'), "{said:?}");
    }
    session.git(["tag", "--annotate", "--message", "one", "v1", "main"]);
    passes(&session, &["--config-from", "v1"]);
    passes(&session, &["--config-from", "HEAD~0"]);
}

fn baseline(session: &Session, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    let output = command.arg("baseline").args(arguments).current_dir(&session.top).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn the_branch_s_baseline_counts_and_no_other() {
    let session = Session::new();
    session.stage("old.pem", SECRET);
    let (code, said) = baseline(&session, &["create"]);
    assert_eq!(code, Some(0), "{said}");
    session.git(["add", "--force", "."]);
    session.commit_unchecked();
    session.git(["switch", "--quiet", "--create", "change"]);
    passes(&session, &["--config-from", "main"]);
    session.stage("new.pem", &SECRET.replace("MIIEvQ", "MIIEvR"));
    refused(&session, "1 error in");
    session.git(["rm", "--quiet", "--force", ".envgate-baseline.json"]);
    let (code, said) = baseline(&session, &["create"]);
    assert_eq!(code, Some(0), "{said}");
    session.git(["add", "--force", "."]);
    session.commit_unchecked();
    passes(&session, &[]);
    refused(&session, "1 error in");
    let (code, said) = check(&session, &["--config-from", "main", "--baseline", "none.json"]);
    assert_eq!((code, said.contains("cannot read `main:none.json`")), (Some(2), true), "{said}");
}
