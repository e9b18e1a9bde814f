//! Repositories that no git has made: an index, objects, packs and references of any bytes.
//!
//! Not here: what is found in a file. The repositories lie in memory where there is a file system for that.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use envgate::commands::PackFiles;
use envgate::engine::{self, Input, Settings};
use envgate::files;
use envgate::git::{self, ContentTree, Outside, Starts};
use git2::{ObjectType, Oid, Repository, RepositoryInitOptions, Signature};
use tempfile::TempDir;

use super::reports::written_in_every_format;
use super::{CANARY, LONGEST, NEXT_FILE, without_canary};

/// From this byte on, a byte of an object stands for the name of the object with that number.
const NAMES_FROM: u8 = 0xe0;

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// A repository that is used again and again.
struct Place {
    folder: TempDir,
    /// The bytes of its pack and of that one's index, as they were.
    pack: [(PathBuf, Vec<u8>); 2],
}

impl Place {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder =
            if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let mut options = RepositoryInitOptions::new();
        options.external_template(false).initial_head("main");
        let repository = Repository::init_opts(folder.path(), &options).unwrap();
        let mut ids = Vec::new();
        for nth in 0..4 {
            let text = format!("A={nth}\npassword = \"{CANARY}{nth}\"\n").repeat(5);
            ids.extend(commit(&repository, &[("a.env", &text), ("src/b.py", &text), ("src/c.txt", "one\n")]));
        }
        let pack = packed(&repository, &ids);
        Self { folder, pack }
    }

    /// Takes away what an input left behind.
    fn clean(&self) {
        let own = self.path().join(".git");
        for name in ["index", "packed-refs", "HEAD", "ORIG_HEAD"] {
            let _ = fs::remove_file(own.join(name));
        }
        fs::write(own.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        for folder in ["refs/heads", "refs/tags"] {
            let _ = fs::remove_dir_all(own.join(folder));
            fs::create_dir_all(own.join(folder)).unwrap();
        }
        for entry in fs::read_dir(own.join("objects")).unwrap().flatten() {
            if entry.file_name().len() == 2 {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }
}

/// Hands the repository to `work`, as it was made but for its packs.
fn at_a_place(work: impl FnOnce(&Place)) {
    // A fuzzer's own hook ends the process also where a panic is caught, as those of `git2` are.
    drop(std::panic::take_hook());
    PLACE.with_borrow_mut(|known| {
        let place = known.get_or_insert_with(Place::new);
        place.clean();
        work(place);
    });
}

/// A commit of these files on top of `HEAD`; every object that it is made of.
fn commit(repository: &Repository, files: &[(&str, &str)]) -> Vec<Oid> {
    let mut index = repository.index().unwrap();
    let mut ids = Vec::new();
    for (path, text) in files {
        fs::create_dir_all(repository.workdir().unwrap().join(path).parent().unwrap()).unwrap();
        fs::write(repository.workdir().unwrap().join(path), text).unwrap();
        index.add_path(Path::new(path)).unwrap();
        ids.push(index.get_path(Path::new(path), 0).unwrap().id);
    }
    let tree = index.write_tree().unwrap();
    index.write().unwrap();
    let found = repository.find_tree(tree).unwrap();
    ids.extend(found.iter().map(|entry| entry.id()));
    let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let who = Signature::new("Ana", "ana@example.com", &git2::Time::new(1_700_000_000, 0)).unwrap();
    let parents: Vec<_> = parent.iter().collect();
    ids.push(repository.commit(Some("HEAD"), &who, &who, "one", &found, &parents).unwrap());
    ids.push(tree);
    ids
}

/// Puts objects into a pack of their own.
fn packed(repository: &Repository, ids: &[Oid]) -> [(PathBuf, Vec<u8>); 2] {
    let mut builder = repository.packbuilder().unwrap();
    builder.set_threads(1);
    for id in ids {
        builder.insert_object(*id, None).unwrap();
    }
    let folder = repository.path().join("objects/pack");
    builder.write(&folder, 0o644).unwrap();
    let path = |ending: &str| {
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files = files.filter(|path| path.extension().is_some_and(|name| name == ending));
        files.next().unwrap()
    };
    ["pack", "idx"].map(|ending| {
        let path = path(ending);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        (path, bytes)
    })
}

type File = (Vec<u8>, u32, Vec<usize>);

fn staged(path: &Path, index: Option<&[u8]>) -> Option<Vec<File>> {
    let read = |_: &Path| index.map(<[u8]>::to_vec);
    let variable = |_: &str| None::<OsString>;
    let staged =
        git::staged(path, Outside { read: &read, variable: &variable, packs: || Box::new(PackFiles) })
            .ok()?;
    let files = staged.files.iter();
    Some(files.map(|file| (file.path.clone(), file.mode, file.added.iter().copied().collect())).collect())
}

/// An index: where both readers can read it, they see the same commit in it.
pub fn index(data: &[u8]) {
    // A sum of nothing but zeros says that there is none.
    let data = [data.get(..LONGEST).unwrap_or(data), &[0; 20]].concat();
    at_a_place(|place| {
        let repository = Repository::open(place.path()).unwrap();
        commit(&repository, &[("a.env", "A=1\n"), ("src/b.py", "b = 1\n"), ("src/c.txt", "one\n")]);
        fs::write(place.path().join(".git/index"), &data).unwrap();
        if files::openable_repository(place.path()).is_err() {
            return;
        }
        let quick = staged(place.path(), Some(&data));
        let thorough = staged(place.path(), None);
        // What an index says of whole directories git believes too, so that it commits what stands there.
        let believed = data.windows(4).any(|four| four == b"TREE");
        if let (Some(quick), Some(thorough), false) = (quick, thorough, believed) {
            assert_eq!(quick, thorough, "the index is read in two ways");
        }
    });
}

/// Objects and references. Each part of the input is a kind and a content, in which bytes from `NAMES_FROM` on stand
/// for the names of the objects before.
pub fn repository(data: &[u8]) {
    let data = without_canary(data.get(..LONGEST).unwrap_or(data));
    at_a_place(|place| {
        let repository = Repository::open(place.path()).unwrap();
        git2::opts::strict_object_creation(false);
        let database = repository.odb().unwrap();
        let mut ids: Vec<Oid> = Vec::new();
        for part in data.split(|byte| *byte == NEXT_FILE).take(64) {
            let Some((kind, content)) = part.split_first() else { continue };
            let mut content = named(content, &ids, *kind % 8 == 1);
            if matches!(kind % 8, 0 | 2 | 3 | 7) {
                content.extend_from_slice(format!("\n\npassword = \"{CANARY}\"\n").as_bytes());
            }
            let kind = match kind % 8 {
                0 => ObjectType::Blob,
                1 => ObjectType::Tree,
                2 | 7 => ObjectType::Commit,
                3 => ObjectType::Tag,
                4 => {
                    let _ = fs::write(place.path().join(".git/HEAD"), &content);
                    continue;
                }
                5 => {
                    let _ = fs::write(place.path().join(".git/packed-refs"), &content);
                    continue;
                }
                _ => {
                    let _ = fs::write(place.path().join(".git/refs/tags/t"), &content);
                    continue;
                }
            };
            let Ok(id) = database.write(kind, &content) else { continue };
            ids.push(id);
            if kind == ObjectType::Commit {
                fs::write(place.path().join(".git/refs/heads/main"), format!("{id}\n")).unwrap();
            }
        }
        drop(database);
        drop(repository);
        look(place.path());
    });
}

/// Puts names of objects where bytes stand for them: raw ones in a tree, else in hexadecimal digits.
fn named(content: &[u8], ids: &[Oid], raw: bool) -> Vec<u8> {
    let mut named = Vec::with_capacity(content.len());
    for byte in content {
        match byte.checked_sub(NAMES_FROM).and_then(|nth| ids.get(usize::from(nth))) {
            Some(id) if raw => named.extend_from_slice(id.as_bytes()),
            Some(id) => named.extend_from_slice(id.to_string().as_bytes()),
            None => named.push(*byte),
        }
    }
    named
}

/// A pack and its index, in which bytes are others: three bytes of the input say which and how.
pub fn packs(data: &[u8]) {
    at_a_place(|place| {
        let mut files = place.pack.clone();
        for change in data.chunks_exact(3).take(64) {
            let [high, low, turned] = change else { continue };
            let at = usize::from(*high & 0x7f) << 8 | usize::from(*low);
            let bytes = &mut files[usize::from(high >> 7)].1;
            let length = bytes.len();
            bytes[at % length] ^= turned;
        }
        for (path, bytes) in &files {
            fs::write(path, bytes).unwrap();
        }
        let id = Oid::from_str(&tip()).unwrap();
        fs::write(place.path().join(".git/refs/heads/main"), format!("{id}\n")).unwrap();
        look(place.path());
        for (path, _) in &files {
            let _ = fs::remove_file(path);
        }
    });
}

/// The name of the last commit that a place is made of.
fn tip() -> String {
    thread_local! {
        static TIP: RefCell<Option<String>> = const { RefCell::new(None) };
    }
    TIP.with_borrow_mut(|tip| {
        tip.get_or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap();
            let mut options = RepositoryInitOptions::new();
            options.external_template(false).initial_head("main");
            let repository = Repository::init_opts(folder.path(), &options).unwrap();
            for nth in 0..4 {
                let text = format!("A={nth}\npassword = \"{CANARY}{nth}\"\n").repeat(5);
                commit(&repository, &[("a.env", &text), ("src/b.py", &text), ("src/c.txt", "one\n")]);
            }
            repository.head().unwrap().target().unwrap().to_string()
        })
        .clone()
    })
}

/// Everything that looks at commits ends in an answer, and tells no value.
fn look(path: &Path) {
    if files::openable_repository(path).is_err() {
        return;
    }
    let starts = Starts { revisions: &[], all: true, unreachable: true };
    if let Ok(history) = git::history(path, &starts, Box::new(PackFiles)) {
        let blobs: BTreeMap<_, _> = history
            .blobs
            .iter()
            .enumerate()
            .map(|(nth, blob)| (format!("{nth}/{}", blob.path), blob.id))
            .collect();
        let input = |path: &String| Input {
            path: path.clone(),
            tracked: Some(true),
            mode: None,
            hook: false,
            checked: true,
            lines: None,
        };
        let inputs: Vec<Input> = blobs.keys().take(100).map(input).collect();
        let tree = ContentTree::new(path, blobs, Arc::clone(&history.packs));
        if let Ok(outcome) =
            engine::secrets_in(&inputs, &Settings::default(), &tree, Some(1), &|path: &str| path.to_owned())
        {
            let sources: Vec<_> = outcome.sources.values().cloned().collect();
            let said = written_in_every_format(outcome.findings, &sources, outcome.files);
            assert!(!said.contains(CANARY), "a value is told");
        }
    }
    let read = |file: &Path| fs::read(file).ok();
    let _ = git::work_tree(path, read).map(|tree| tree.map(|tree| tree.tracked.paths().count()));
    let _ = git::revision(path, "main", Box::new(PackFiles)).map(|revision| revision.called(".env").count());
    let _ = git::since(path, "main", Box::new(PackFiles)).map(|added| added.len());
    let _ = git::committed(path, Box::new(PackFiles)).map(|commit| commit.files().count());
    if let Ok(line) = git::push_line(path, "main", Box::new(PackFiles)) {
        let _ = git::published(path, "origin", &line, Box::new(PackFiles)).map(|push| push.commits.len());
    }
}
