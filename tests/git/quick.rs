//! The index read directly, and libgit2's own difference, say the same of any repository.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use envgate::commands::PackFiles;
use envgate::git::{self, Outside, Staged};
use envgate::packs::Disk;

use crate::session::Session;

/// A generator that gives the same numbers each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn path(&mut self) -> String {
        let names = ["a", "b.txt", "a-b", "a.d", "ñ", "x y"];
        let depth = 1 + self.roll(3);
        let mut parts: Vec<&str> =
            (1..depth).map(|_| ["d", "d-e", "d.e", "dd"][usize::try_from(self.roll(4)).unwrap()]).collect();
        parts.push(names[usize::try_from(self.roll(6)).unwrap()]);
        parts.join("/")
    }
}

/// The changed files with their modes and added lines, and all files of the index with their modes.
type Facts = (Vec<(Vec<u8>, u32, Vec<usize>)>, Vec<(Vec<u8>, u32)>);

fn facts(staged: &Staged) -> Facts {
    let files = staged.files.iter();
    let files = files.map(|file| (file.path.clone(), file.mode, file.added.iter().copied().collect()));
    let mut files: Vec<_> = files.collect();
    files.sort();
    (files, staged.index().map(|(path, mode)| (path.to_vec(), mode)).collect())
}

fn variable(_name: &str) -> Option<OsString> {
    None
}

/// What gives `first` when it is asked for the first time, so that libgit2 reads the index, and then what is there.
fn after(first: Option<Vec<u8>>) -> impl Fn(&Path) -> Option<Vec<u8>> {
    let first = Cell::new(Some(first));
    move |path| first.take().unwrap_or_else(|| fs::read(path).ok())
}

/// Each path that git tracks, with its mode.
fn tracked(top: &Path, read: impl Fn(&Path) -> Option<Vec<u8>>) -> Vec<(PathBuf, Option<u32>)> {
    let tracked = git::work_tree(top, read).unwrap().unwrap().tracked;
    let tracked = tracked.paths().map(|path| (path.clone(), tracked.mode(&path)));
    tracked.inspect(|(path, mode)| assert!(mode.is_some(), "{}", path.display())).collect()
}

fn packs() -> Box<dyn Disk> {
    Box::new(PackFiles)
}

#[track_caller]
fn the_same(top: &Path, what: &str) -> usize {
    let quick = Outside { read: &|path| fs::read(path).ok(), variable: &variable, packs };
    let second = after(None);
    let thorough = Outside { read: &second, variable: &variable, packs };
    let (quick, thorough) = (git::staged(top, quick).unwrap(), git::staged(top, thorough).unwrap());
    let (left, right) = (facts(&quick), facts(&thorough));
    let shown = |files: &[(Vec<u8>, u32, Vec<usize>)]| -> Vec<String> {
        let line = |(path, mode, lines): &(Vec<u8>, u32, Vec<usize>)| {
            format!("{} {mode:o} {lines:?}", String::from_utf8_lossy(path))
        };
        files.iter().map(line).collect()
    };
    assert_eq!(shown(&left.0), shown(&right.0), "{what}");
    assert!(left.1 == right.1, "{what}: the files of the index differ");
    assert_eq!(tracked(top, |path| fs::read(path).ok()), tracked(top, after(None)), "{what}");
    quick.files.len()
}

fn change(session: &Session, dice: &mut Dice) {
    let top = session.top.as_path();
    let path = dice.path();
    let whole = top.join(&path);
    match dice.roll(10) {
        0 | 1 => drop(fs::remove_file(&whole)),
        2 if whole.is_file() => fs::set_permissions(&whole, fs::Permissions::from_mode(0o755)).unwrap(),
        3 if !whole.exists() && whole.parent().unwrap().is_dir() => {
            std::os::unix::fs::symlink("somewhere", &whole).unwrap();
        }
        4 => drop(fs::remove_dir_all(top.join("d"))),
        5 => {
            // Bytes that are no text.
            if whole.parent().unwrap().is_dir() && !whole.is_dir() {
                fs::write(&whole, [0, 159, 0, 1]).unwrap();
            }
        }
        _ => {
            let text: String =
                (0..dice.roll(6)).fold(String::new(), |text, _| text + &format!("line {}\n", dice.roll(4)));
            if fs::create_dir_all(whole.parent().unwrap()).is_ok() && !whole.is_dir() {
                fs::write(&whole, text).unwrap();
            }
        }
    }
}

#[test]
fn both_ways_say_the_same() {
    let mut staged = 0;
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let session = Session::new();
        session.git(["config", "index.version", ["2", "4"][usize::try_from(seed % 2).unwrap()]]);
        the_same(session.top.as_path(), "nothing yet");
        for round in 0..6 {
            for _ in 0..dice.roll(12) {
                change(&session, &mut dice);
            }
            session.git(["add", "--all"]);
            if dice.roll(3) == 0 {
                session.write("later.txt", "later\n");
                session.git(["add", "--intent-to-add", "later.txt"]);
            }
            staged += the_same(session.top.as_path(), &format!("seed {seed}, round {round}"));
            if dice.roll(2) == 0 {
                session.git(["reset", "--quiet"]);
            }
            session.git(["commit", "--quiet", "--no-verify", "--allow-empty", "--message", "x"]);
            the_same(session.top.as_path(), "after the commit");
        }
    }
    assert!(staged > 60, "{staged}");
}

/// Of an index that is cut off or of another kind, libgit2 says what it says.
#[test]
fn what_is_no_whole_index_is_left_to_libgit2() {
    let session = Session::new();
    session.write("a.txt", "a\n");
    session.git(["add", "--all"]);
    let index = fs::read(session.top.as_path().join(".git/index")).unwrap();
    for length in 0..index.len() {
        let second = after(Some(index[..length].to_vec()));
        let cut = Outside { read: &second, variable: &variable, packs };
        let staged = git::staged(session.top.as_path(), cut).unwrap();
        assert_eq!(facts(&staged).0.len(), 1, "{length}");
    }
    session.git(["update-index", "--split-index"]);
    let split = Outside { read: &|path| fs::read(path).ok(), variable: &variable, packs };
    assert!(git::staged(&session.top, split).is_err(), "nobody here reads a split index, and that is said");
}
