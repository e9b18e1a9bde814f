//! Disks that are full, processes that are killed, trees that nobody may write, clocks that are wrong: whatever fails
//! and whenever, each file is the old one or the new one, and a failure is never called success.
//!
//! `faults.c` makes the nth call that changes the disk fail; the tests count n up until nothing is left to fail.

#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "what a machine cannot be asked for is said, not passed over")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may die")]

mod machine;
mod real;

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use machine::{Files, Machine, text};

/// What writes, and what it is asked.
const WRITING: [&[&str]; 7] = [
    &["fix", "--unsafe"],
    &["check", "--output", "json=report.json", "--output", "html=report.html"],
    &["hook", "install", "pre-commit", "pre-push", "--git"],
    &["hook", "install", "pre-commit", "--husky"],
    &["hook", "migrate", "--write", "old-scanner.sh"],
    &["baseline", "create", "--expires", "2090-01-01"],
    &["init", "--yes"],
];

/// More calls than any command makes.
const ENOUGH: usize = 200;

/// Two env files with findings that can be put right, a husky hook, an old scanner, a link.
fn project(folder: &Path) {
    let mut text = String::from("ALLOWED_HOSTS=[a,b]\r\n");
    for line in 0..400 {
        text.push_str(&format!("A{line}=b\u{a0}\nB{line}=1\nB{line}=1\n"));
    }
    fs::write(folder.join(".env"), &text).unwrap();
    fs::set_permissions(folder.join(".env"), Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("sub/shared.env"), "C=1\nC=1\n").unwrap();
    symlink("shared.env", folder.join("sub/.env")).unwrap();
    fs::create_dir(folder.join(".husky")).unwrap();
    fs::write(folder.join(".husky/pre-commit"), "npm test\n").unwrap();
    let scanner = "#!/bin/sh\nif git diff --cached | grep -qE 'AKIA[0-9A-Z]{16}'; then exit 1; fi\n";
    fs::write(folder.join("old-scanner.sh"), scanner).unwrap();
}

/// What a command did to the files of the project.
struct Change {
    old: Files,
    new: Files,
}

impl Change {
    fn of(machine: &Machine, arguments: &[&str]) -> Self {
        let folder = Machine::project(project);
        let old = Machine::files(folder.path());
        let output = machine.run(folder.path(), arguments, &[]);
        let new = Machine::files(folder.path());
        assert!(old != new, "{arguments:?} writes nothing: {}", text(&output));
        Self { old, new }
    }

    /// Whether a file is the old one or the new one. A baseline has a salt of its own each time.
    fn whole(&self, name: &str, found: Option<&Vec<u8>>) -> bool {
        let (old, new) = (self.old.get(name), self.new.get(name));
        let salted = name.ends_with("baseline.json") && found.is_some_and(|bytes| is_json(bytes));
        found == old || found == new || salted
    }

    fn is_done(&self, found: &Files) -> bool {
        self.new.keys().eq(found.keys()) && self.new.keys().all(|name| self.is_new(name, found.get(name)))
    }

    fn is_new(&self, name: &str, found: Option<&Vec<u8>>) -> bool {
        found == self.new.get(name) || name.ends_with("baseline.json") && self.whole(name, found)
    }
}

fn is_json(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|byte| *byte == b' ').unwrap_or_default();
    serde_json::from_slice::<serde_json::Value>(&bytes[start..]).is_ok()
}

/// What is wrong after the call number `at` of the command has failed; `None` where there was no such call.
fn faulty(
    machine: &Machine,
    arguments: &[&str],
    fault: &str,
    at: usize,
    change: &Change,
) -> Option<Vec<String>> {
    let folder = Machine::project(project);
    let number = at.to_string();
    let output = machine.run(folder.path(), arguments, &[("FAULT", fault), ("FAULT_AT", &number)]);
    let (left, kept): (Files, Files) = Machine::files(folder.path())
        .into_iter()
        .partition(|(name, _)| name.contains(".envgate-") && !name.ends_with("json"));
    let names = change.old.keys().chain(change.new.keys()).chain(kept.keys());
    let halves = names.filter(|name| !change.whole(name, kept.get(*name)));
    let mut wrong: Vec<String> = halves.map(|name| format!("`{name}` is half written")).collect();
    let (killed, done) = (output.status.signal().is_some(), change.is_done(&kept));
    if killed {
        // Whoever comes next tidies up and gets to the end.
        machine.run(folder.path(), arguments, &[]);
        let after = Machine::files(folder.path());
        wrong.extend(
            left.keys().filter(|name| after.contains_key(*name)).map(|name| format!("`{name}` stays")),
        );
    } else {
        wrong.extend(left.keys().map(|name| format!("`{name}` is left")));
        if !matches!(output.status.code(), Some(0..=2)) || text(&output).contains("panicked") {
            wrong.push("it dies".to_owned());
        }
        if output.status.code() != Some(2) && !done {
            wrong.push("it calls this a success".to_owned());
        }
    }
    if wrong.is_empty() && done && !killed {
        return None;
    }
    Some(
        wrong
            .into_iter()
            .map(|what| format!("{arguments:?}, {fault} at {at}: {what}\n{}", text(&output)))
            .collect(),
    )
}

fn nothing_is_half_written(fault: &str) {
    let machine = Machine::new();
    let mut wrong = Vec::new();
    for arguments in WRITING {
        let change = Change::of(&machine, arguments);
        let mut faults = 0;
        // A call whose failure changes nothing is no end: some come after it.
        let mut harmless = 0;
        for at in 1..=ENOUGH {
            match faulty(&machine, arguments, fault, at, &change) {
                Some(more) => {
                    wrong.extend(more);
                    (faults, harmless) = (faults + 1, 0);
                }
                None if harmless == 2 => break,
                None => harmless += 1,
            }
        }
        assert!((3..ENOUGH - 3).contains(&faults), "{arguments:?} has {faults} places where {fault} shows");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_kill_at_any_call_leaves_whole_files() {
    nothing_is_half_written("kill");
}

#[test]
fn an_interrupt_at_any_call_leaves_whole_files() {
    nothing_is_half_written("interrupt");
}

#[test]
fn a_full_disk_at_any_call_is_said_and_leaves_whole_files() {
    nothing_is_half_written("full");
}

#[test]
fn a_disk_that_breaks_at_any_call_is_said_and_leaves_whole_files() {
    nothing_is_half_written("broken");
}

#[test]
fn a_tree_that_nobody_may_write_is_left_as_it_is() {
    let machine = Machine::new();
    for arguments in WRITING {
        let folder = Machine::project(project);
        close(folder.path(), 0o555);
        let old = Machine::files(folder.path());
        let output = machine.run(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output));
        assert!(text(&output).contains("cannot write"), "{arguments:?}: {}", text(&output));
        assert!(old == Machine::files(folder.path()), "{arguments:?} writes");
        close(folder.path(), 0o755);
    }
}

/// Takes from `folder` and all folders in it who may write, or gives it back.
fn close(folder: &Path, mode: u32) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            close(&path, mode);
        }
    }
    fs::set_permissions(folder, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn modes_links_and_odd_names_stay_as_they_are() {
    let machine = Machine::new();
    let folder = Machine::project(|folder| {
        project(folder);
        let odd = std::ffi::OsStr::from_bytes(b"odd\xff.env");
        fs::write(folder.join(odd), "D=1\nD=1\n").unwrap();
    });
    let output = machine.run(folder.path(), &["fix", "--unsafe", ".", "sub/.env"], &[]);
    let mode = fs::metadata(folder.path().join(".env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640, "{}", text(&output));
    assert_eq!(fs::read_link(folder.path().join("sub/.env")).unwrap(), Path::new("shared.env"));
    assert_eq!(fs::read_to_string(folder.path().join("sub/shared.env")).unwrap(), "C=1\n");
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.iter().filter(|name| name.to_string_lossy().contains("odd")).count(), 1, "{names:?}");
    let odd = folder.path().join(std::ffi::OsStr::from_bytes(b"odd\xff.env"));
    assert_eq!(fs::read_to_string(odd).unwrap(), "D=1\n", "{}", text(&output));
}

#[test]
fn a_report_goes_to_a_device_and_leaves_it_there() {
    let machine = Machine::new();
    let folder = Machine::project(project);
    symlink("/dev/null", folder.path().join("link")).unwrap();
    let output = machine.run(folder.path(), &["check", "--output", "json=link"], &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert_eq!(fs::read_link(folder.path().join("link")).unwrap(), Path::new("/dev/null"));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let output = machine.run(folder.path(), &["check", "--output", "json=/dev/full"], &[]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(!fs::metadata("/dev/full").unwrap().is_file());
}

#[test]
fn any_time_that_a_clock_can_show_is_borne() {
    let machine = Machine::new();
    let folder = Machine::project(project);
    let created = machine.run(folder.path(), &["baseline", "create", "--expires", "2030-01-01"], &[]);
    assert_eq!(created.status.code(), Some(0), "{}", text(&created));
    for (seconds, code) in [
        ("0", 0),
        ("-1", 0),
        ("-62135596800", 0),
        ("1893369600", 0),
        ("1893542400", 1),
        ("4294967296", 1),
        ("253402300800", 1),
        ("9000000000000000", 1),
    ] {
        for arguments in [&["check"][..], &["baseline", "status"], &["hook", "status"], &["fix", "--diff"]] {
            let output = machine.run(folder.path(), arguments, &[("FAULT_CLOCK", seconds)]);
            let said = text(&output);
            assert!(
                !said.contains("panicked") && output.status.code() < Some(2),
                "{seconds}, {arguments:?}: {said}"
            );
            if arguments == ["check"] {
                assert_eq!(output.status.code(), Some(code), "{seconds}: {said}");
            }
        }
    }
}
