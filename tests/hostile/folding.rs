//! A file system that takes names for one that differ in case or in Unicode form alone, as macOS's do.
//!
//! Not here: the file system; `folding.py` is one, where there is root, FUSE and its module for Python.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::case::{folder, sound, write};
use crate::child;

/// The mounted file system; it goes with the value.
struct Mounted {
    at: tempfile::TempDir,
    server: Child,
}

impl Mounted {
    /// `None` where it cannot be had.
    fn new() -> Option<Self> {
        let at = folder();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/folding.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(at.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = command.spawn().ok()?;
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(100));
            if fs::write(at.path().join("probe"), "x").is_ok() && at.path().join("PROBE").exists() {
                fs::remove_file(at.path().join("probe")).unwrap();
                return Some(Self { at, server });
            }
            let _ = fs::remove_file(at.path().join("probe"));
            if server.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
        }
        let _ = server.kill();
        None
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.at.path()).status();
        let _ = self.server.wait();
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether a mount can be had is for whoever runs this to say")]
fn names_that_are_one_are_one_file() {
    let Some(mounted) = Mounted::new() else {
        let needed = "a file system that folds names takes root, /dev/fuse and python3-fusepy";
        assert!(std::env::var_os("ENVGATE_MOUNTS").is_none(), "it can be had here: {needed}");
        eprintln!("NOT CHECKED: {needed}");
        return;
    };
    let work = mounted.at.path();
    // Written composed, told decomposed; and written in capitals where others name it in small letters.
    write(work, "caf\u{e9}.env", "PORT=1\nPORT=2\n");
    write(work, "Sub/SHARED.ENV", "HOST=a\n");
    write(
        work,
        "docker-compose.yml",
        "services:\n  web:\n    image: nginx:1.27\n    restart: always\n    env_file: [caf\u{e9}.env, sub/shared.env]\n",
    );
    let ran = child::envgate(work, &["check"], &[]);
    sound(&ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
    assert_eq!(ran.status.code(), Some(1), "{}", ran.text());
    assert_eq!(ran.text().matches("ENV008").count(), 1, "one file is told twice: {}", ran.text());
    assert!(!ran.text().contains("CMP104"), "a file that is there is missing: {}", ran.text());
    let ran = child::envgate(work, &["fix", "--unsafe"], &[]);
    sound(&ran).unwrap_or_else(|why| panic!("{why}\n{}", ran.text()));
    assert_eq!(fs::read_to_string(work.join("CAFE\u{301}.ENV")).unwrap(), "PORT=2\n", "{}", ran.text());
    let left: Vec<_> = fs::read_dir(work).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}
