//! Machines that fail: no home, no room, no reader, files that go while they are looked at.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::case::{CANARY, folder, sound, write};
use crate::child::{self, Ran};

/// One finding in one env file, and enough text for a pipe to fill.
fn project(folder: &Path) {
    write(folder, ".env", format!("PASSWORD={CANARY}\nPASSWORD={CANARY}\n"));
    for at in 0..300 {
        write(folder, &format!("{at}/.env"), "A=1\nA=2\n");
    }
}

fn held(ran: &Ran, code: i32, says: &str) {
    sound(ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
    assert_eq!(ran.status.code(), Some(code), "{}", ran.text());
    assert!(ran.text().contains(says), "it does not say `{says}`:\n{}", ran.text());
}

#[test]
fn what_the_environment_lacks_changes_nothing() {
    let folder = folder();
    project(folder.path());
    let usual = child::shell(folder.path(), "\"$ENVGATE\" check").text();
    assert!(usual.contains("ENV008"), "{usual}");
    for line in [
        "unset HOME XDG_CONFIG_HOME; \"$ENVGATE\" check",
        "HOME=/dev/null \"$ENVGATE\" check",
        "LANG=C LC_ALL=C \"$ENVGATE\" check",
        "LANG=$'\\xff' TERM=$'\\x1b[31m' COLUMNS=x \"$ENVGATE\" check",
        "env -i \"$ENVGATE\" check",
        "\"$ENVGATE\" check <&-",
        "TMPDIR=/nonexistent \"$ENVGATE\" check",
        "ulimit -n 24; \"$ENVGATE\" check",
    ] {
        let ran = child::shell(folder.path(), line);
        held(&ran, 1, "ENV008");
        assert!(ran.text() == usual, "{line} says something else:\n{}", ran.text());
    }
}

#[test]
fn a_folder_that_nobody_may_write_is_checked() {
    let folder = folder();
    project(folder.path());
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let ran = child::envgate(folder.path(), &["check"], &[]);
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    held(&ran, 1, "ENV008");
}

#[test]
fn output_that_cannot_be_written_is_never_success() {
    let folder = folder();
    project(folder.path());
    for format in ["human", "json", "sarif"] {
        let full = format!("\"$ENVGATE\" check --format {format} >/dev/full");
        held(&child::shell(folder.path(), &full), 2, "cannot write the output");
        // A reader that went away is no failure, and no success either where there is something wrong.
        let pipe = format!("set -o pipefail; \"$ENVGATE\" check --format {format} | head -c 1 >/dev/null");
        held(&child::shell(folder.path(), &pipe), 1, "");
    }
    for command in ["rules", "explain ENV008", "rules --format json", "env-check --mode info", "env-check"] {
        let full = child::shell(folder.path(), &format!("\"$ENVGATE\" {command} >/dev/full"));
        held(&full, 2, "");
    }
    held(&child::shell(folder.path(), "\"$ENVGATE\" check >&-"), 1, "");
    held(&child::shell(folder.path(), "\"$ENVGATE\" check >&- 2>&-"), 1, "");
    held(&child::shell(folder.path(), "\"$ENVGATE\" check /nonexistent 2>/dev/full"), 2, "");
    held(&child::shell(folder.path(), "\"$ENVGATE\" check /nonexistent 2>&-"), 2, "");
}

#[test]
fn a_working_directory_that_is_gone_is_exit_2() {
    let folder = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let ran = child::shell(folder.path(), "mkdir d && cd d && rmdir ../d && \"$ENVGATE\" check");
    held(&ran, 2, "working directory");
}

#[test]
fn files_that_come_and_go_end_in_an_answer() {
    let folder = folder();
    project(folder.path());
    let over = Arc::new(AtomicBool::new(false));
    let (path, flag) = (folder.path().to_owned(), Arc::clone(&over));
    let restless = std::thread::spawn(move || {
        while !flag.load(Ordering::Relaxed) {
            for at in 0..300 {
                let file = path.join(format!("{at}/.env"));
                let _ = fs::remove_file(&file);
                let _ = fs::write(&file, "A=1\nA=2\n");
            }
        }
    });
    let runs: Vec<Ran> = (0..20).map(|_| child::envgate(folder.path(), &["check"], &[])).collect();
    over.store(true, Ordering::Relaxed);
    restless.join().unwrap();
    for ran in runs {
        sound(&ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
        // It saw the first file's finding, or says that it could not look.
        assert!(matches!(ran.status.code(), Some(1 | 2)), "{}", ran.text());
    }
}

/// What grows while it is read is read to where it is, or refused; nobody waits for its end.
#[test]
fn files_that_grow_end_in_an_answer() {
    use std::io::Write as _;
    let folder = folder();
    write(folder.path(), ".env", "A=1\n");
    let over = Arc::new(AtomicBool::new(false));
    let (path, flag) = (folder.path().join(".env"), Arc::clone(&over));
    let restless = std::thread::spawn(move || {
        let mut file = fs::File::options().append(true).open(path).unwrap();
        let mut written = 0_u64;
        while !flag.load(Ordering::Relaxed) && written < 400 * 1024 * 1024 {
            let piece = "# more\n".repeat(10_000);
            file.write_all(piece.as_bytes()).unwrap();
            written += piece.len() as u64;
        }
    });
    let runs: Vec<Ran> = (0..5).map(|_| child::envgate(folder.path(), &["check"], &[])).collect();
    over.store(true, Ordering::Relaxed);
    restless.join().unwrap();
    for ran in runs {
        sound(&ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
        assert!(matches!(ran.status.code(), Some(0..=2)), "{}", ran.text());
    }
}

/// A file that is a FIFO now and then is read, or refused; nobody waits for who would write to it.
#[test]
fn a_fifo_in_the_place_of_a_file_is_not_waited_for() {
    let folder = folder();
    write(folder.path(), ".env", "A=1\n");
    write(folder.path(), "fifo.txt", "");
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let over = Arc::new(AtomicBool::new(false));
    let (path, flag) = (folder.path().to_owned(), Arc::clone(&over));
    let restless = std::thread::spawn(move || {
        while !flag.load(Ordering::Relaxed) {
            for name in ["fifo", "fifo.txt"] {
                let _ = fs::remove_file(path.join("new"));
                let _ = fs::hard_link(path.join(name), path.join("new"));
                let _ = fs::rename(path.join("new"), path.join(".env.local"));
            }
        }
    });
    let runs: Vec<Ran> = (0..40).map(|_| child::envgate(folder.path(), &["check"], &[])).collect();
    over.store(true, Ordering::Relaxed);
    restless.join().unwrap();
    for ran in runs {
        sound(&ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
    }
}
