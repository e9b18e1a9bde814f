//! Without a library that pretends: a file system that is really full, and a kill that comes when it comes.
//!
//! Not here: each call by itself; `faults.c` goes through those.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::WRITING;
use crate::machine::{Files, Machine};

/// A project that is copied into a small file system, which is then filled to the last byte.
const FULL: &str = r#"
set -e
mount -t tmpfs -o size=256k tmpfs "$ROOM"
cp -a "$PROJECT/." "$ROOM"
before=$(cd "$ROOM" && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
dd if=/dev/zero of="$ROOM/.git/ballast" bs=512 status=none 2>/dev/null || true
set +e
(cd "$ROOM" && "$ENVGATE" "$@") >/dev/null 2>"$SAID"
code=$?
after=$(cd "$ROOM" && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
[ "$before" = "$after" ] || { echo "the files changed: $after"; exit 1; }
[ $code -eq 2 ] || { echo "exit code $code: $(cat "$SAID")"; exit 1; }
grep -q "cannot write\|No space" "$SAID" || { echo "it does not say so: $(cat "$SAID")"; exit 1; }
"#;

/// Whether a file system of one's own can be had, which takes the rights of root.
fn may_mount() -> bool {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether a mount can be had is for whoever runs this to say")]
fn a_full_file_system_is_said_and_leaves_whole_files() {
    if !may_mount() {
        assert!(std::env::var_os("ENVGATE_MOUNTS").is_none(), "a full file system can be had here");
        eprintln!("NOT CHECKED: a full file system takes root, who may mount one");
        return;
    }
    let mut wrong = Vec::new();
    for arguments in WRITING {
        let project = Machine::project(crate::project);
        let (room, said) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
        // As root: files of another owner would not be a repository that git trusts.
        assert!(Command::new("chown").args(["-R", "0:0"]).arg(project.path()).status().unwrap().success());
        let mut command = Command::new("unshare");
        command.args(["--mount", "bash", "-c", FULL, "bash"]).args(arguments);
        command.env("ENVGATE", env!("CARGO_BIN_EXE_envgate")).env("PROJECT", project.path());
        command.env("ROOM", room.path()).env("SAID", said.path()).env_remove("HOME");
        let output = command.output().unwrap();
        if !output.status.success() {
            wrong.push(format!("{arguments:?}: {}", crate::text(&output)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same project again and again, each time killed or interrupted a little later, until nobody is quick enough any more.
#[test]
fn a_signal_at_any_time_leaves_whole_files() {
    for arguments in WRITING {
        let folder = Machine::project(crate::project);
        let old = Machine::files(folder.path());
        let output = envgate(folder.path(), arguments).output().unwrap();
        assert!(output.status.code().is_some(), "{arguments:?}");
        let new = Machine::files(folder.path());
        let mut killed = 0;
        for turn in 0..40 {
            let folder = Machine::project(crate::project);
            let mut child = envgate(folder.path(), arguments).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(turn * turn / 8));
            if child.try_wait().unwrap().is_none() {
                killed += 1;
            }
            // By whoever has had enough as well as by the kernel.
            let signal = if turn % 2 == 0 { "-KILL" } else { "-INT" };
            let pid = child.id().to_string();
            let _ = Command::new("kill").args([signal, &pid]).stderr(Stdio::null()).status();
            child.wait().unwrap();
            whole(&Machine::files(folder.path()), &old, &new, arguments);
        }
        assert!(killed > 0, "{arguments:?} was never killed");
    }
}

fn envgate(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
    command.args(arguments).current_dir(folder).env_remove("HOME");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(folder).unwrap());
    if owner == 65_534 {
        std::os::unix::process::CommandExt::uid(&mut command, owner);
    }
    command
}

/// Each file is the old one or the new one; what is left beside them has a name that says so. A baseline has a salt of
/// its own each time.
fn whole(found: &Files, old: &Files, new: &Files, arguments: &[&str]) {
    for (name, bytes) in found {
        let left = name.contains(".envgate-") && !name.ends_with("json");
        let salted = name.ends_with("baseline.json") && bytes.ends_with(b"\n}\n");
        let known = [old.get(name), new.get(name)].contains(&Some(bytes));
        assert!(left || salted || known, "{arguments:?}: `{name}` is half written");
    }
    assert!(old.keys().all(|name| found.contains_key(name) || !new.contains_key(name)), "a file is gone");
}
