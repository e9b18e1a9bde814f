//! `envgate hook run pre-push` as git calls it: exactly the commits that a push would publish.

use crate::session::{Commit, SECRET, Session};

/// A work tree with a hook, and the bare repository that it pushes to.
struct Pair {
    session: Session,
    _remote: tempfile::TempDir,
}

impl Pair {
    fn new() -> Self {
        let remote = tempfile::tempdir().unwrap();
        git2::Repository::init_bare(remote.path()).unwrap();
        let session = Session::new();
        session.git(["remote", "add", "origin", remote.path().to_str().unwrap()]);
        session.install("pre-push", "hook run pre-push \"$@\"");
        Self { session, _remote: remote }
    }

    fn add(&self, name: &str, text: &str) {
        self.session.stage(name, text);
        self.session.commit_unchecked();
    }

    fn push(&self, arguments: &[&str]) -> Commit {
        let mut all = vec!["push", "--quiet", "origin"];
        all.extend(arguments);
        let output = self.session.try_git(all);
        let said = [output.stdout, output.stderr].concat();
        Commit { made: output.status.success(), said: String::from_utf8_lossy(&said).into_owned() }
    }

    fn head(&self) -> String {
        self.session.git(["rev-parse", "--short=9", "HEAD"]).trim().to_owned()
    }
}

#[track_caller]
fn refused(push: &Commit, place: &str) {
    assert!(!push.made, "it was pushed:\n{}", push.said);
    assert!(push.said.contains("SEC001") && push.said.contains(place), "{place}:\n{}", push.said);
    assert!(!push.said.contains("MIIEvQIBADAN"), "the secret is printed:\n{}", push.said);
}

#[track_caller]
fn silent(push: &Commit) {
    assert!(push.made && push.said.is_empty(), "{}", push.said);
}

#[test]
fn a_secret_that_a_later_commit_takes_out_is_still_published() {
    let pair = Pair::new();
    pair.add("a.txt", "a\n");
    silent(&pair.push(&["main"]));
    pair.add("deep/key.pem", SECRET);
    let commit = pair.head();
    pair.session.git(["rm", "--quiet", "deep/key.pem"]);
    pair.session.commit_unchecked();
    let push = pair.push(&["main"]);
    refused(&push, &format!("{commit}:deep/key.pem"));
    assert!(push.said.contains("amend or rebase"), "{}", push.said);
}

#[test]
fn what_the_remote_has_is_not_looked_at_again() {
    let pair = Pair::new();
    pair.add("key.pem", SECRET);
    pair.session.git(["push", "--quiet", "--no-verify", "origin", "main"]);
    pair.add("b.txt", "b\n");
    silent(&pair.push(&["main"]));
    // A new branch on what is there, a branch deleted, a pure rename of the old secret.
    pair.session.git(["switch", "--quiet", "--create", "side"]);
    pair.session.git(["mv", "key.pem", "moved.pem"]);
    pair.session.commit_unchecked();
    silent(&pair.push(&["side"]));
    silent(&pair.push(&["--delete", "side"]));
}

#[test]
fn a_forced_push_is_checked_for_its_own_commits() {
    let pair = Pair::new();
    pair.add("a.txt", "a\n");
    pair.add("b.txt", "b\n");
    silent(&pair.push(&["main"]));
    pair.session.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    pair.add("key.pem", SECRET);
    refused(&pair.push(&["--force", "main"]), "key.pem");
}

#[test]
fn several_refs_and_tags_are_checked_and_each_file_once() {
    let pair = Pair::new();
    pair.add("a.txt", "a\n");
    silent(&pair.push(&["main"]));
    for branch in ["one", "two"] {
        pair.session.git(["switch", "--quiet", "--create", branch, "main"]);
        pair.add("key.pem", SECRET);
        pair.add(&format!("{branch}.txt"), "x\n");
    }
    let push = pair.push(&["one", "two"]);
    refused(&push, "key.pem");
    assert!(push.said.contains("1 error in"), "{}", push.said);
    pair.session.git(["tag", "--annotate", "--message", "x", "v1", "one"]);
    refused(&pair.push(&["v1"]), "key.pem");
    let blob = pair.session.git(["rev-parse", "one:key.pem"]);
    pair.session.git(["tag", "file", blob.trim()]);
    refused(&pair.push(&["file"]), "blob");
}

#[test]
fn a_remote_commit_that_was_never_fetched_changes_nothing() {
    let pair = Pair::new();
    pair.add("a.txt", "a\n");
    silent(&pair.push(&["main"]));
    let other = Session::new();
    other.git(["fetch", "--quiet", pair.session.git(["remote", "get-url", "origin"]).trim(), "main"]);
    other.git(["reset", "--quiet", "--hard", "FETCH_HEAD"]);
    other.stage("c.txt", "c\n");
    other.commit_unchecked();
    let url = pair.session.git(["remote", "get-url", "origin"]);
    other.git(["push", "--quiet", "--no-verify", url.trim(), "HEAD:main"]);
    pair.add("key.pem", SECRET);
    refused(&pair.push(&["--force", "main"]), "key.pem");
}

#[test]
fn a_merge_is_published_with_what_it_brings_itself() {
    let pair = Pair::new();
    pair.add("a.txt", "a\n");
    pair.session.git(["switch", "--quiet", "--create", "side"]);
    pair.add("b.txt", "b\n");
    pair.session.git(["switch", "--quiet", "main"]);
    pair.add("c.txt", "c\n");
    silent(&pair.push(&["main", "side"]));
    pair.session.git(["merge", "--quiet", "--no-commit", "--no-ff", "side"]);
    pair.session.stage("evil.pem", SECRET);
    pair.session.commit_unchecked();
    refused(&pair.push(&["main"]), "evil.pem");
}

#[test]
fn names_of_any_bytes_are_published_under_what_can_be_read() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let pair = Pair::new();
    for name in [b"a\xf1.pem".as_slice(), b"a\xf2.pem"] {
        pair.session.stage(OsStr::from_bytes(name), &format!("{name:?}\n{SECRET}"));
    }
    pair.session.commit_unchecked();
    let push = pair.push(&["main"]);
    refused(&push, "a\\xf1.pem");
    refused(&push, "a\\xf2.pem");
}

#[test]
fn a_line_that_is_not_gits_stops_the_push() {
    let session = Session::new();
    let mut hook = std::process::Command::new(env!("CARGO_BIN_EXE_envgate"))
        .args(["hook", "run", "pre-push", "origin", "url"])
        .current_dir(&session.top)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut hook.stdin.take().unwrap(), b"refs/heads/main zzz\n").unwrap();
    assert_eq!(hook.wait().unwrap().code(), Some(2));
}

#[test]
fn a_message_is_checked_and_the_difference_below_it_is_not() {
    let session = Session::new();
    session.install("commit-msg", "hook run commit-msg \"$1\"");
    session.stage("a.txt", "a\n");
    let commit = |message: &str| {
        let output = session.try_git(["commit", "--quiet", "--cleanup=verbatim", "--message", message]);
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (made, said) = commit(&format!("rotate the key\n\n{SECRET}"));
    assert!(!made && said.contains("SEC001") && !said.contains("MIIEvQIBADAN"), "{said}");
    let below = format!("rotate the key\n\n# ------------------------ >8 ------------------------\n{SECRET}");
    assert_eq!(commit(&below), (true, String::new()));
}

#[test]
fn a_place_that_may_hold_secrets_hides_no_other_place() {
    let pair = Pair::new();
    pair.add("envgate.yaml", "version: 1\nexclude:\n  - \"docs/**\"\n");
    silent(&pair.push(&["main"]));
    pair.session.stage("docs/key.pem", SECRET);
    pair.add("src/key.pem", SECRET);
    refused(&pair.push(&["main"]), ":src/key.pem");
    // In commits of their own: what a test holds is a warning, and lets the push pass.
    let pair = Pair::new();
    pair.add("tests/key.pem", SECRET);
    assert!(pair.push(&["main:refs/heads/tests"]).made);
    let pair = Pair::new();
    pair.add("tests/key.pem", SECRET);
    pair.add("src/key.pem", SECRET);
    refused(&pair.push(&["main"]), ":src/key.pem");
}
