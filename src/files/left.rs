//! Folders for the time that a process works, and what killed processes have left of theirs.
//!
//! Not here: files half written; whoever writes beside them sweeps those.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::Error;
use super::write::{is_running, private_folder};

/// Makes a folder of our own in `parent` that nobody else can enter; its name begins with `prefix` and our process. Such
/// folders of processes that are gone are taken away: a process that is killed cannot do it.
///
/// # Errors
///
/// Where it cannot be made.
pub fn working_folder(parent: &Path, prefix: &str) -> Result<PathBuf, Error> {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let path = parent.join(format!("{prefix}{}-{nanos}", std::process::id()));
    private_folder(&path)?;
    if let Ok(own) = fs::symlink_metadata(&path) {
        sweep(parent, prefix, &own);
    }
    Ok(path)
}

/// Best effort: what cannot be taken away is in nobody's way.
fn sweep(parent: &Path, prefix: &str, own: &Metadata) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| process(name, prefix));
        // Not through links, and nothing that another user has put there.
        let ours = || entry.metadata().is_ok_and(|there| there.is_dir() && is_alike(own, &there));
        if process.is_some_and(|process| !is_running(process)) && ours() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The process that made a folder of this name.
fn process(name: &str, prefix: &str) -> Option<u32> {
    name.strip_prefix(prefix)?.split_once('-')?.0.parse().ok()
}

/// Whether both have one owner and one mode.
#[cfg(unix)]
fn is_alike(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.uid(), one.mode()) == (other.uid(), other.mode())
}

#[cfg(not(unix))]
fn is_alike(_one: &Metadata, _other: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};

    use super::working_folder;

    #[test]
    fn what_killed_processes_left_goes_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let make = |name: &str, mode: u32| {
            let path = parent.path().join(name);
            fs::DirBuilder::new().mode(mode).create(&path).unwrap();
            fs::write(path.join("socket"), "").unwrap();
            path
        };
        // More than any system counts to.
        let gone = 999_999_999;
        let left = make(&format!("envgate-{gone}-1"), 0o700);
        let alive = make(&format!("envgate-{}-1", std::process::id()), 0o700);
        let open = make(&format!("envgate-{gone}-2"), 0o755);
        let other = make(&format!("envgate-tree-{gone}-1"), 0o700);
        let elsewhere = make("elsewhere", 0o700);
        let link = parent.path().join(format!("envgate-{gone}-3"));
        symlink(&elsewhere, &link).unwrap();

        let own = working_folder(parent.path(), "envgate-").unwrap();
        assert_eq!(fs::metadata(&own).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(!left.exists());
        for kept in [&alive, &open, &other, &elsewhere, &link] {
            assert!(kept.exists(), "{}", kept.display());
        }
        assert!(elsewhere.join("socket").exists());
    }
}
