//! A machine that can fail: the real binary with `faults.c` loaded before it, in folders of its own.
//!
//! Not here: what fails and what must hold.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The files of a folder by their paths in it, links as where they lead.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The library that makes calls fail.
pub(crate) struct Machine {
    library: PathBuf,
    _kept: TempDir,
}

impl Machine {
    /// Builds the library.
    pub(crate) fn new() -> Self {
        let kept = tempfile::tempdir().unwrap();
        fs::set_permissions(kept.path(), Permissions::from_mode(0o755)).unwrap();
        let library = kept.path().join("faults.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/faults.c");
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        assert!(cc.status().unwrap().success());
        Self { library, _kept: kept }
    }

    /// A repository with the files that `make` writes, which whoever runs envgate owns.
    pub(crate) fn project(make: fn(&Path)) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut git = Command::new("git");
        git.args(["init", "--quiet", "--template=", "--initial-branch=main"]).current_dir(folder.path());
        assert!(git.status().unwrap().success());
        make(folder.path());
        if fs::metadata(folder.path()).unwrap().uid() == 0 {
            let mut chown = Command::new("chown");
            assert!(chown.args(["-R", "65534:65534"]).arg(folder.path()).status().unwrap().success());
        }
        folder
    }

    /// Runs envgate in `folder`; as nobody, whom permissions bind, where the tests run as root.
    pub(crate) fn run(&self, folder: &Path, arguments: &[&str], faults: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_envgate"));
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.env("LD_PRELOAD", &self.library).env_remove("HOME").envs(faults.iter().copied());
        if fs::metadata(folder).unwrap().uid() == 65_534 {
            command.uid(65_534).gid(65_534);
        }
        command.output().unwrap()
    }

    /// What lies in `folder`, git's own files but for hooks left out.
    pub(crate) fn files(folder: &Path) -> Files {
        let mut files = Files::new();
        collect(folder, folder, &mut files);
        files
    }
}

fn collect(top: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
        if name.starts_with(".git/") && !name.starts_with(".git/hooks") {
            continue;
        }
        if path.is_symlink() {
            files.insert(name, fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes());
        } else if path.is_dir() {
            collect(top, &path, files);
        } else {
            let mode = fs::metadata(&path).unwrap().mode() & 0o777;
            files.insert(name, [format!("{mode:o} ").into_bytes(), fs::read(&path).unwrap()].concat());
        }
    }
}

/// Both outputs.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}
