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
    // What was there before the range is not of the range.
    for range in [&["main..other"][..], &["other", "^main"], &["other~1..other"]] {
        let found = findings(&history(&session.top, range).1);
        assert!(found.len() == 1 && found[0].0.ends_with(":other.pem"), "{range:?}: {found:?}");
    }
    assert_eq!(findings(&history(&session.top, &["other~2..other"]).1).len(), 2);
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

/// What stands in messages, in older stashes and where no reference leads any more.
#[test]
fn messages_stashes_and_what_no_commit_reaches_are_searched() {
    let session = Session::new();
    session.stage("a.txt", "one\n");
    session.commit_unchecked();
    session.git([
        "commit",
        "--quiet",
        "--allow-empty",
        "--no-verify",
        "--message",
        &format!("keys\n\n{SECRET}"),
    ]);
    let [(path, message)] = &findings(&history(&session.top, &[]).1)[..] else { panic!("one finding") };
    assert!(
        path.ends_with(":commit message") && message.ends_with("no later commit takes back"),
        "{message}"
    );

    let other = |letter: &str| SECRET.replace("MIIEvQ", &format!("MIIEv{letter}"));
    session.git(["tag", "--annotate", "v1", "--message", &other("T")]);
    for letter in ["1", "2"] {
        session.stage("a.txt", &other(letter));
        session.git(["stash", "push", "--quiet"]);
    }
    session.stage("b.txt", &other("D"));
    session.commit_unchecked();
    session.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    session.stage("c.txt", &other("I"));
    session.git(["rm", "--quiet", "--cached", "c.txt"]);
    assert_eq!(findings(&history(&session.top, &[]).1).len(), 1);
    assert_eq!(findings(&history(&session.top, &["--all"]).1).len(), 4);
    let found = findings(&history(&session.top, &["--unreachable"]).1);
    assert_eq!(found.len(), 6, "{found:?}");
    assert!(found.iter().any(|(_, message)| message.contains("in what no commit reaches")), "{found:?}");
}

#[test]
fn parts_of_a_search_are_joined_to_the_whole() {
    let session = Session::new();
    for version in 0..12 {
        session.stage("a.txt", &format!("{version}\n"));
        session.stage(format!("{version}.pem"), &SECRET.replace("MIIEvQ", &format!("MIIEv{version:02}")));
        session.commit_unchecked();
    }
    let (_, whole) = history(&session.top, &[]);
    let mut parts = Vec::new();
    let mut sizes = Vec::new();
    for part in 1..=3 {
        let (_, said) = history(&session.top, &["--shard", &format!("{part}/3")]);
        sizes.push(findings(&said).len());
        let path = session.top.join(format!("part{part}.json"));
        std::fs::write(&path, said).unwrap();
        parts.push(path);
    }
    assert_eq!(sizes.iter().sum::<usize>(), 12, "{sizes:?}");
    assert!(sizes.iter().all(|&size| size < 12), "{sizes:?}");
    let merge = |paths: &[std::path::PathBuf]| {
        Command::new(env!("CARGO_BIN_EXE_envgate")).arg("merge").args(paths).output().unwrap()
    };
    let merged = merge(&parts);
    assert_eq!(merged.status.code(), Some(1));
    let merged = String::from_utf8(merged.stdout).unwrap();
    let sorted = |said: &str| {
        let mut all = findings(said);
        all.sort();
        all
    };
    assert_eq!(sorted(&merged), sorted(&whole));
    assert_eq!(merge(&[session.top.join("0.pem")]).status.code(), Some(2));
    let refused = |paths: &[std::path::PathBuf], said: &str| {
        let output = merge(paths);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains(said), "{told}");
    };
    refused(&parts[..2], "the part 3/3 is not among the reports");
    refused(&parts[1..], "the part 1/3 is not among the reports");
    refused(&[parts.clone(), parts.clone()].concat(), "the part 1/3 is among the reports more than once");
    refused(&[session.top.join("nothing.json")], "does not exist");
    assert_eq!(history(&session.top, &["--shard", "4/3"]).0, Some(2));
}

#[test]
fn clean_contents_are_remembered_and_findings_stay() {
    let session = Session::new();
    for version in 0..5 {
        session.stage("a.txt", &format!("{version}\n"));
        session.commit_unchecked();
    }
    session.stage("key.pem", SECRET);
    session.commit_unchecked();
    let files = |said: &str| {
        let report: serde_json::Value = serde_json::from_str(said).unwrap();
        report["summary"]["files"].as_u64().unwrap()
    };
    let (_, first) = history(&session.top, &["--cache", "clean.txt"]);
    let (code, second) = history(&session.top, &["--cache", "clean.txt"]);
    assert_eq!((code, findings(&second)), (Some(1), findings(&first)));
    assert_eq!((files(&first), files(&second)), (12, 1));
    std::fs::write(session.top.join("envgate.yaml"), "exclude: ['b/**']\n").unwrap();
    assert_eq!(files(&history(&session.top, &["--cache", "clean.txt"]).1), 12);
    std::fs::write(session.top.join("clean.txt"), b"\xff\x00broken").unwrap();
    assert_eq!(files(&history(&session.top, &["--cache", "clean.txt"]).1), 12);
}

/// Whatever way the objects are kept in, the same is told: loose, in one pack with differences to earlier and to later
/// versions, in several packs, in another repository.
#[test]
fn it_does_not_matter_how_objects_are_kept() {
    let session = Session::new();
    let filler: String = (0..400).map(|line| format!("line {line} of a text\n")).collect();
    for version in 0..30 {
        session.stage("src/deep/notes.txt", &format!("{filler}version {version}\n"));
        session.stage(
            format!("keys/{}.pem", version % 7),
            &SECRET.replace("MIIEvQ", &format!("MIIEv{version:02}")),
        );
        session.commit_unchecked();
    }
    session.git(["tag", "--annotate", "v1", "--message", &SECRET.replace("MIIEvQ", "MIIEvT")]);
    let loose = history(&session.top, &["--all"]);
    assert_eq!(findings(&loose.1).len(), 31);
    for arguments in [
        ["repack", "-a", "-d", "-q", "-f", "--depth=50", "--window=50"],
        ["-c", "pack.indexVersion=1", "repack", "-a", "-d", "-q", "-f"],
        ["-c", "pack.packSizeLimit=1", "repack", "-a", "-d", "-q", "-f"],
        ["-c", "repack.useDeltaBaseOffset=false", "repack", "-a", "-d", "-q", "-f"],
    ] {
        session.git(arguments);
        assert_eq!(history(&session.top, &["--all"]), loose, "{arguments:?}");
        assert_eq!(history(&session.top, &["--all", "--jobs", "1"]), loose, "{arguments:?}");
    }
    let lent = session.top.with_file_name("lent");
    session.git(["clone", "--quiet", "--shared", ".", "../lent"]);
    assert_eq!(findings(&history(&lent, &["--all"]).1), findings(&loose.1));
}

/// A pack that is cut off stops the search: nobody is told that all is well.
#[test]
fn a_broken_pack_is_told() {
    let session = Session::new();
    for version in 0..5 {
        session.stage("a.txt", &format!("{}version {version}\n", "a line\n".repeat(300)));
        session.commit_unchecked();
    }
    session.git(["repack", "-a", "-d", "-q"]);
    let packs = session.top.join(".git/objects/pack");
    let pack = std::fs::read_dir(&packs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "pack"))
        .unwrap();
    let whole = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(history(&session.top, &[]).0, Some(2));
}

/// The command of each place in the guide that runs the parts, as it stands there.
fn parts_of_guide() -> Vec<(&'static str, String)> {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/history.md")).unwrap();
    let named = ["### GitHub Actions", "### GitLab CI", "### Kubernetes", "### Slurm"].map(|head| {
        let (_, section) = page.split_once(head).unwrap_or_else(|| panic!("no `{head}`"));
        let line = section.lines().find(|line| line.contains("--shard")).unwrap();
        (head, line[line.find("envgate history").unwrap()..].to_owned())
    });
    named.to_vec()
}

#[test]
fn what_the_guide_says_of_many_machines_finds_what_one_finds() {
    let session = Session::new();
    for version in 0..12 {
        session.stage(format!("{version}.pem"), &SECRET.replace("MIIEvQ", &format!("MIIEv{version:02}")));
        session.commit_unchecked();
    }
    let mut whole = findings(&history(&session.top, &["--all"]).1);
    whole.sort();
    assert_eq!(whole.len(), 12);
    let bin = Path::new(env!("CARGO_BIN_EXE_envgate")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for (head, command) in parts_of_guide() {
        let place = tempfile::tempdir().unwrap();
        for part in 1..=3 {
            // What the runner of each place fills in.
            let command = command
                .replace("${{ matrix.part }}", &part.to_string())
                .replace("/reports/", "./")
                .replace("\"part-", &format!("\"{}/part-", place.path().display()))
                .replace("./part-", &format!("{}/part-", place.path().display()));
            let status = Command::new("sh")
                .args(["-c", &command])
                .current_dir(&session.top)
                .env("PATH", &path)
                .env("CI_NODE_INDEX", part.to_string())
                .env("CI_NODE_TOTAL", "3")
                .env("JOB_COMPLETION_INDEX", (part - 1).to_string())
                .env("SLURM_ARRAY_TASK_ID", part.to_string())
                .status()
                .unwrap();
            assert!(status.success(), "{head}: {command}");
        }
        let merged = Command::new("sh")
            .args(["-c", "envgate merge part-*.json"])
            .current_dir(place.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        assert_eq!(merged.status.code(), Some(1), "{head}: {merged:?}");
        let mut merged = findings(&String::from_utf8(merged.stdout).unwrap());
        merged.sort();
        assert_eq!(merged, whole, "{head}");
    }
}

#[test]
fn parts_of_a_check_are_joined_to_the_whole() {
    let session = Session::new();
    for number in 0..12 {
        session.stage(format!("{number}.pem"), &SECRET.replace("MIIEvQ", &format!("MIIEv{number:02}")));
    }
    session.stage("docker-compose.yml", "services:\n  web:\n    image: web:1\n    env_file: [missing.env]\n");
    let check = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_envgate"))
            .args(["check", "--format", "json"])
            .args(more)
            .current_dir(&session.top)
            .output()
            .unwrap();
        assert_ne!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let whole = check(&[]);
    assert!(findings(&whole).len() > 12, "{whole}");
    let place = tempfile::tempdir().unwrap();
    let mut parts = Vec::new();
    for part in 1..=3 {
        let path = place.path().join(format!("{part}.json"));
        std::fs::write(&path, check(&["--shard", &format!("{part}/3")])).unwrap();
        parts.push(path);
    }
    let merged = Command::new(env!("CARGO_BIN_EXE_envgate")).arg("merge").args(&parts).output().unwrap();
    let merged = String::from_utf8(merged.stdout).unwrap();
    let summary =
        |said: &str| serde_json::from_str::<serde_json::Value>(said).unwrap()["summary"].to_string();
    assert_eq!(findings(&merged), findings(&whole));
    assert_eq!(summary(&merged), summary(&whole));
}
