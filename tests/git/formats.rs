//! Repositories that are not as the usual one: objects named by SHA-256, a clone without contents, objects that are
//! borrowed, a bare one.
//!
//! Not here: what a history tells of its findings.

use std::path::Path;
use std::process::{Command, Output};

use super::session::{SECRET, Session};

fn envgate(top: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_envgate")).args(arguments).current_dir(top).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// The paths of the findings, without the commits in front of them.
fn paths(top: &Path, arguments: &[&str]) -> Vec<String> {
    let (code, said) = envgate(top, &[arguments, &["--format", "jsonl"]].concat());
    assert_ne!(code, Some(2), "{said}");
    let path = |line: &str| {
        let found: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = found["path"].as_str().unwrap();
        path.split_once(':').map_or(path, |(_, path)| path).to_owned()
    };
    let mut paths: Vec<String> = said.lines().map(path).collect();
    paths.sort_unstable();
    paths
}

fn numbered(number: u8) -> String {
    SECRET.replacen("MIIE", &format!("MII{number}"), 1)
}

/// Three commits: a key comes and goes, another stays, and a message tells a password; then one is amended away.
fn grown(session: &Session) {
    session.stage("gone/a.pem", &numbered(1));
    session.commit_unchecked();
    session.git(["rm", "--quiet", "gone/a.pem"]);
    session.stage("deep/er/b.pem", &numbered(2));
    session.git(["commit", "--quiet", "--no-verify", "--message", "two\n\npassword = 'tr4vel-Bug77'"]);
    session.stage("c.pem", &numbered(3));
    session.commit_unchecked();
    session.stage("c.pem", "none\n");
    session.git(["commit", "--quiet", "--no-verify", "--amend", "--message", "three"]);
}

#[test]
fn a_repository_of_sha_256_is_read_as_any() {
    let session = Session::of("sha256");
    grown(&session);
    for packed in [false, true] {
        if packed {
            session.git(["repack", "-a", "-d", "--quiet"]);
            session.git(["config", "index.version", "4"]);
        }
        assert_eq!(paths(&session.top, &["history"]), ["commit message", "deep/er/b.pem", "gone/a.pem"]);
        let all = paths(&session.top, &["history", "--all", "--unreachable"]);
        // What was staged before and not committed has no path.
        let staged = if packed { &["no path"][..] } else { &[] };
        let expected = [&["c.pem", "commit message", "deep/er/b.pem", "gone/a.pem"], staged].concat();
        assert_eq!(all, expected, "packed: {packed}");
        let (_, said) = envgate(&session.top, &["history", "--format", "jsonl"]);
        assert!(said.contains("still at HEAD") && said.contains("gone from HEAD"), "{said}");
        assert_eq!(paths(&session.top, &["check"]), ["deep/er/b.pem"]);
        assert!(paths(&session.top, &["check", "--staged"]).is_empty());
        assert_eq!(paths(&session.top, &["check", "--since", "HEAD~1"]), [""; 0]);
        session.stage("new.pem", &numbered(4));
        assert_eq!(paths(&session.top, &["check", "--staged"]), ["new.pem"]);
        // The hook is the real one.
        let commit = session.commit([]);
        assert!(!commit.made && commit.said.contains("new.pem"), "{}", commit.said);
        session.git(["rm", "--quiet", "--cached", "new.pem"]);
        std::fs::remove_file(session.top.join("new.pem")).unwrap();
    }
}

#[test]
fn a_push_from_a_repository_of_sha_256_is_checked() {
    let session = Session::of("sha256");
    let remote = session.top.with_file_name("remote.git");
    let remote = remote.to_str().unwrap();
    session.git(["init", "--quiet", "--bare", "--object-format=sha256", remote]);
    session.git(["remote", "add", "origin", remote]);
    session.install("pre-push", "hook run pre-push \"$@\"");
    session.stage("a.txt", "hello\n");
    session.commit_unchecked();
    assert!(session.try_git(["push", "--quiet", "origin", "main"]).status.success());
    session.stage("b.pem", &numbered(1));
    session.commit_unchecked();
    let output = session.try_git(["push", "--quiet", "origin", "main"]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(said.contains("b.pem"), "{said}");
}

#[test]
fn an_index_of_a_pack_that_leads_out_of_it_is_refused_in_either_format() {
    for (format, width) in [("sha1", 20), ("sha256", 32)] {
        let session = Session::of(format);
        grown(&session);
        session.git(["repack", "-a", "-d", "--quiet"]);
        let folder = session.top.join(".git/objects/pack");
        let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let index = files.find(|path| path.extension().is_some_and(|ending| ending == "idx")).unwrap();
        let mut bytes = std::fs::read(&index).unwrap();
        let count = u32::from_be_bytes(bytes[1028..1032].try_into().unwrap()) as usize;
        let place = 1032 + count * (width + 4);
        bytes[place..place + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        std::fs::remove_file(&index).unwrap();
        std::fs::write(&index, bytes).unwrap();
        let (code, said) = envgate(&session.top, &["history"]);
        assert!(code == Some(2) && said.contains("behind the end of its pack"), "{format}: {said}");
    }
}

#[test]
fn a_clone_without_contents_says_what_was_not_searched() {
    let session = Session::new();
    grown(&session);
    session.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", session.top.display());
    session.git(["clone", "--quiet", "--filter=blob:none", &url, "../partial"]);
    let partial = session.beside("partial");
    let (code, said) = envgate(&partial.top, &["history"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("1 of 6 contents of the partial clone"), "{said}");
    assert!(said.contains("git fetch --refetch --no-filter"), "{said}");
    partial.git(["fetch", "--quiet", "--refetch", "--no-filter"]);
    assert_eq!(paths(&partial.top, &["history"]), paths(&session.top, &["history"]));
}

#[test]
fn borrowed_objects_bare_repositories_and_shallow_clones() {
    let session = Session::new();
    grown(&session);
    let all = paths(&session.top, &["history"]);
    session.git(["clone", "--quiet", "--shared", ".", "../borrowing"]);
    assert_eq!(paths(&session.beside("borrowing").top, &["history"]), all);
    session.git(["clone", "--quiet", "--bare", ".", "../bare.git"]);
    assert_eq!(paths(&session.beside("bare.git").top, &["history"]), all);
    let url = format!("file://{}", session.top.display());
    session.git(["clone", "--quiet", "--depth", "1", &url, "../shallow"]);
    // What is not here was not cloned: nothing is said of it, and nothing is taken for read.
    assert_eq!(paths(&session.beside("shallow").top, &["history"]), ["deep/er/b.pem"]);
}

/// What PowerShell writes with `>` has a NUL in every other byte, and git takes it for binary.
#[test]
fn a_text_in_utf_16_is_searched_on_every_way() {
    let session = Session::new();
    let bytes = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let write = |text: &str| {
        std::fs::write(session.top.join("notes.txt"), [b"\xff\xfe", bytes(text).as_slice()].concat())
            .unwrap();
        session.git(["add", "notes.txt"]);
    };
    write("nothing\r\n");
    session.commit_unchecked();
    write(&format!("nothing\r\n{}", SECRET.replace('\n', "\r\n")));
    for arguments in [&["check"][..], &["check", "--staged"], &["check", "--since", "HEAD"]] {
        assert_eq!(paths(&session.top, arguments), ["notes.txt"], "{arguments:?}");
    }
    let (_, said) = envgate(&session.top, &["check"]);
    assert!(said.contains("notes.txt:2:1") && !said.contains("MIIEvQIBADAN"), "{said}");
    assert!(!session.commit([]).made);
    session.commit_unchecked();
    assert_eq!(paths(&session.top, &["history"]).len(), 1);
    let before = std::fs::read(session.top.join("notes.txt")).unwrap();
    envgate(&session.top, &["fix", "--unsafe"]);
    assert_eq!(
        std::fs::read(session.top.join("notes.txt")).unwrap(),
        before,
        "it was written in another encoding"
    );
}
