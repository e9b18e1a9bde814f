//! 53 hook scripts that were run as real git hooks: what the rules say of each, and each run again.
//!
//! Every row must be named by its rule; the safe forms must be free of errexit findings. The replays need `git`, and `sh` to be dash where the row
//! is about that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use envgate::diagnostic::Safety;
use serde::Deserialize;

use crate::support::Case;

#[derive(Deserialize)]
struct Row {
    input: Input,
    expect: Expect,
}

#[derive(Deserialize)]
struct Input {
    id: String,
    hook_latin1: String,
    action: String,
}

#[derive(Deserialize)]
struct Expect {
    committed: bool,
    rc: i32,
    output: String,
}

enum Verdict {
    /// This rule names the defect.
    Rule(&'static str),
    /// A safe form: no errexit finding.
    Control,
    /// It depends on the machine or on intent; no rule is meant to name it.
    NoRule,
}

use Verdict::{Control, NoRule, Rule};

#[rustfmt::skip]
const VERDICTS: &[(&str, Verdict)] = &[
    ("G1", Rule("HOK101")), ("G1ok", Control), ("G3", Control), ("G6", Control), ("G8", Control),
    ("G9", Rule("HOK101")), ("G10", Control), ("G11", Control), ("G12", Rule("HOK101")),
    ("G16", Rule("HOK105")), ("G17", Control), ("G20", Control), ("G21", Rule("HOK101")),
    ("G22", Rule("HOK106")), ("G23", Rule("HOK101")), ("G24", Rule("HOK101")),
    ("A1", Rule("HOK103")), ("A2", Control), ("A4", Rule("HOK103")), ("A5", Control),
    ("D1", Rule("HOK104")), ("D4", Rule("HOK206")),
    ("N2", Rule("HOK202")), ("N3", Rule("HOK201")), ("N4", Rule("HOK201")), ("N4b", Rule("HOK201")),
    ("N4ok", Control), ("N5", Rule("HOK204")), ("N6b", NoRule), ("N7", Rule("HOK203")), ("N8", NoRule),
    ("N10", Control),
    ("S1", Rule("HOK006")), ("S2", Rule("HOK006")), ("S2b", Rule("HOK211")), ("S3c", Rule("HOK006")),
    ("S5", Rule("HOK001")), ("S7", NoRule), ("S9", Rule("HOK002")),
    ("P1", Rule("HOK211")), ("P5", Rule("HOK211")), ("P7", Rule("HOK211")), ("P8", Rule("HOK211")),
    ("P11", Rule("HOK211")),
    ("W2", Rule("HOK205")), ("W5", Rule("HOK207")), ("W9", Rule("HOK206")), ("W11", NoRule),
    ("W14", Rule("HOK208")), ("W16", Rule("HOK206")), ("W18", Control), ("W20", Rule("HOK209")),
    ("E1", NoRule),
];

/// Rows that only dash answers as measured.
const DASH: &[&str] = &["S1", "S2b", "P1", "P5", "P7", "P8", "P11"];

/// E1 writes into a second repository while the first is locked: what it prints depends on timing.
const NOT_REPLAYED: &[&str] = &["E1"];

fn rows() -> Vec<Row> {
    let lines = include_str!("../oracles/hooks.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// The bytes that the file had: one for each character.
fn bytes(row: &Row) -> Vec<u8> {
    row.input
        .hook_latin1
        .chars()
        .map(|character| u8::try_from(u32::from(character)).expect("Latin-1"))
        .collect()
}

fn name(row: &Row) -> &'static str {
    if row.input.id == "S9" { "pre-commit.sh" } else { "pre-commit" }
}

fn mode(row: &Row) -> u32 {
    if row.input.id == "S5" { 0o644 } else { 0o755 }
}

fn codes(row: &Row) -> BTreeSet<String> {
    let directory = if row.input.id == "S9" { ".git/hooks" } else { "hooks" };
    let path = format!("{directory}/{}", name(row));
    let files = BTreeMap::from([(path, (bytes(row), Some(mode(row))))]);
    let outcome = Case { files }.check();
    outcome.findings.iter().map(|finding| finding.meta.code.to_owned()).collect()
}

#[test]
fn each_defect_is_named_and_each_safe_form_is_left_alone() {
    let rows = rows();
    assert_eq!(rows.len(), VERDICTS.len());
    let mut wrong = String::new();
    for row in &rows {
        let id = row.input.id.as_str();
        let Some((_, verdict)) = VERDICTS.iter().find(|(known, _)| *known == id) else {
            panic!("{id} has no verdict");
        };
        let codes = codes(row);
        let errexit: Vec<_> = codes.iter().filter(|code| code.starts_with("HOK10")).collect();
        match verdict {
            Rule(code) if !codes.contains(*code) => wrong += &format!("{id}: no {code} in {codes:?}\n"),
            Control if !errexit.is_empty() => wrong += &format!("{id}: a safe form has {errexit:?}\n"),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn run(directory: &Path, script: &str) -> (Option<i32>, String) {
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(directory)
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("bash runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn sh_is_dash() -> bool {
    let probe = Command::new("sh").args(["-c", "[[ x ]]"]).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| !status.success())
}

/// Makes the repository that the rows were measured in, with the hook in place.
fn prepare(row: &Row, directory: &Path, kept: &Path) {
    let big: String = (0..200)
        .fold(String::new(), |text, line| text + &format!("line {line} of a file that is long enough\n"));
    fs::create_dir(directory.join("sub")).unwrap();
    fs::write(directory.join("a.txt"), "hello\n").unwrap();
    fs::write(directory.join("big.txt"), big).unwrap();
    fs::write(directory.join("sub/b.txt"), "b\n").unwrap();
    let (status, output) = run(directory, "git init -q && git add . && git commit -qm first");
    assert_eq!(status, Some(0), "{output}");
    for path in [kept.to_owned(), directory.join(".git/hooks").join(name(row))] {
        fs::write(&path, bytes(row)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode(row))).unwrap();
    }
}

#[test]
fn git_does_with_each_hook_what_was_measured() {
    let dash = sh_is_dash();
    let mut wrong = String::new();
    let mut replayed = 0;
    for row in rows() {
        let id = row.input.id.as_str();
        if NOT_REPLAYED.contains(&id) || (DASH.contains(&id) && !dash) {
            continue;
        }
        let home = tempfile::tempdir().unwrap();
        let (directory, kept) = (home.path().join("repository"), home.path().join("hook"));
        fs::create_dir(&directory).unwrap();
        prepare(&row, &directory, &kept);
        let before = run(&directory, "git rev-parse HEAD").1;
        let action = row.input.action.replace("<dir>", kept.to_str().unwrap());
        let (status, output) = run(&directory, &action);
        let after = run(&directory, "git rev-parse --verify -q HEAD").1;
        let committed = after != before && !after.trim().is_empty();
        if committed != row.expect.committed || status != Some(row.expect.rc) {
            wrong += &format!(
                "{id}: committed {committed}, status {status:?}; measured {}, {} ({})\n{output}\n",
                row.expect.committed, row.expect.rc, row.expect.output
            );
        }
        replayed += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(replayed >= 45, "{replayed} replays");
}

/// The hook's text with the safe fixes of one rule.
fn fixed(row: &Row, code: &str) -> Option<Vec<u8>> {
    let directory = if row.input.id == "S9" { ".git/hooks" } else { "hooks" };
    let path = format!("{directory}/{}", name(row));
    let case = Case { files: BTreeMap::from([(path, (bytes(row), Some(mode(row))))]) };
    let findings = case.check().findings;
    let fixes = findings
        .iter()
        .filter(|finding| finding.meta.code == code)
        .filter_map(|finding| finding.fix.as_ref());
    let mut edits: Vec<_> =
        fixes.filter(|fix| fix.safety == Safety::Safe).flat_map(|fix| fix.edits.iter()).collect();
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut text = String::from_utf8(bytes(row)).unwrap();
    for edit in edits {
        text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
    }
    Some(text.into_bytes())
}

/// What is promised to be safe is tried: hooks that blocked an innocent commit let it through, and the
/// one that let a secret pass stops it.
#[test]
fn safe_fixes_put_the_hooks_right() {
    let mut tried = Vec::new();
    for row in rows() {
        let id = row.input.id.as_str();
        let Some((_, Rule(code))) = VERDICTS.iter().find(|(known, _)| *known == id) else { continue };
        let Some(text) = fixed(&row, code).filter(|_| !DASH.contains(&id) || sh_is_dash()) else { continue };
        let home = tempfile::tempdir().unwrap();
        let (directory, kept) = (home.path().join("repository"), home.path().join("hook"));
        fs::create_dir(&directory).unwrap();
        prepare(&row, &directory, &kept);
        fs::write(directory.join(".git/hooks").join(name(&row)), text).unwrap();
        let before = run(&directory, "git rev-parse HEAD").1;
        let (_, output) = run(&directory, &row.input.action);
        let committed = run(&directory, "git rev-parse HEAD").1 != before;
        // S1's hook ends in `exit 1` of its own; those of the others are there to stop the commit.
        let wanted = !matches!(id, "D4" | "N2" | "W20" | "S1");
        assert_eq!(committed, wanted, "{id}: {output}");
        tried.push(id.to_owned());
    }
    assert!(tried.len() >= 12, "{tried:?}");
}
