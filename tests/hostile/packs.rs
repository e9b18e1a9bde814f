//! Packs that lie: about where their objects stand, and about how large these are.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::case::{folder, sound, write};
use crate::child;
use crate::git::{fed, git, give};

/// What stands behind the end of a pack is never read.
#[test]
fn a_pack_whose_index_lies_is_refused() {
    let folder = folder();
    let work = folder.path();
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    write(work, "a.txt", "one\n");
    git(work, &["add", "."]);
    git(work, &["-c", "user.name=Ana", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "one"]);
    git(work, &["repack", "-adq"]);
    let packs = fs::read_dir(work.join(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    let index = packs.into_iter().find(|path| path.extension().is_some_and(|name| name == "idx")).unwrap();
    let mut bytes = fs::read(&index).unwrap();
    let count = usize::try_from(u32::from_be_bytes(bytes[1028..1032].try_into().unwrap())).unwrap();
    for nth in 0..count {
        bytes[1032 + count * 24 + nth * 4..][..4].copy_from_slice(&[0x0f, 0, 0, 0]);
    }
    fs::set_permissions(&index, Permissions::from_mode(0o644)).unwrap();
    fs::write(&index, bytes).unwrap();
    give(work);
    for arguments in
        [&["history"][..], &["check", "--staged"], &["check", "--config-from", "main"], &["check"]]
    {
        let ran = child::envgate(work, arguments, &[]);
        sound(&ran).unwrap_or_else(|why| panic!("{arguments:?}: {why}\n{}", ran.text()));
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}", ran.text());
        assert!(ran.text().contains("behind the end of its pack"), "{}", ran.text());
    }
}

/// What one object of a pack says it has, in bytes.
const CLAIMED: usize = 3_000_000_000;

const COMMIT: u8 = 1;
const TREE: u8 = 2;
const BLOB: u8 = 3;
const DIFFERENCE: u8 = 7;

/// An object of a pack: its name, its kind with what follows that, its bytes.
struct Object {
    name: Vec<u8>,
    kind: u8,
    base: Vec<u8>,
    bytes: Vec<u8>,
}

impl Object {
    fn packed(&self, size: usize) -> Vec<u8> {
        let mut head = vec![self.kind << 4 | u8::try_from(size & 15).unwrap()];
        let mut rest = size >> 4;
        while rest > 0 {
            *head.last_mut().unwrap() |= 0x80;
            head.push(u8::try_from(rest & 0x7f).unwrap());
            rest >>= 7;
        }
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, &self.bytes).unwrap();
        [head, self.base.clone(), packer.finish().unwrap()].concat()
    }
}

fn raw(name: &str) -> Vec<u8> {
    (0..20).map(|at| u8::from_str_radix(&name[at * 2..at * 2 + 2], 16).unwrap()).collect()
}

/// A repository of one commit in one pack; the first object of the kind `liar` says that it has gigabytes.
fn lying(work: &Path, liar: u8) {
    git(work, &["init", "--quiet", "--initial-branch=main"]);
    let object = |kind: u8, word: &str, bytes: &[u8]| {
        let name = fed(work, &["hash-object", "-t", word, "--stdin"], bytes);
        Object { name: raw(&name), kind, base: Vec::new(), bytes: bytes.to_vec() }
    };
    let base = object(BLOB, "blob", b"A=1\n");
    let mut made = object(BLOB, "blob", b"A=1\n#\n");
    made.kind = DIFFERENCE;
    made.base.clone_from(&base.name);
    made.bytes = b"\x04\x06\x90\x04\x02#\n".to_vec();
    let entry = |name: &str, id: &[u8]| [b"100644 ", name.as_bytes(), b"\0", id].concat();
    let tree = object(TREE, "tree", &[entry("a.env", &base.name), entry("b.env", &made.name)].concat());
    let id: String = tree.name.iter().map(|byte| format!("{byte:02x}")).collect();
    let who = "Ana <ana@example.com> 1700000000 +0000";
    let commit = format!("tree {id}\nauthor {who}\ncommitter {who}\n\none\n");
    let commit = object(COMMIT, "commit", commit.as_bytes());
    let head: String = commit.name.iter().map(|byte| format!("{byte:02x}")).collect();
    let objects = [commit, tree, base, made];
    let mut pack = [&b"PACK"[..], &2_u32.to_be_bytes(), &4_u32.to_be_bytes()].concat();
    let mut places: Vec<(&[u8], u32)> = Vec::new();
    for object in &objects {
        places.push((&object.name, u32::try_from(pack.len()).unwrap()));
        let size = if object.kind == liar { CLAIMED } else { object.bytes.len() };
        pack.extend(object.packed(size));
    }
    places.sort_unstable();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_u8 {
        let until = places.iter().filter(|(name, _)| name[0] <= first).count();
        index.extend(u32::try_from(until).unwrap().to_be_bytes());
    }
    index.extend(places.iter().flat_map(|(name, _)| name.to_vec()));
    index.extend([0; 16]);
    index.extend(places.iter().flat_map(|(_, place)| place.to_be_bytes()));
    // The sums, which are asked to be the same in both and of which nobody asks more.
    pack.extend([7; 20]);
    index.extend([7; 40]);
    for (ending, bytes) in [("pack", pack), ("idx", index)] {
        write(work, &format!(".git/objects/pack/pack-{}.{ending}", "7".repeat(40)), bytes);
    }
    write(work, ".git/refs/heads/main", format!("{head}\n"));
    write(work, "c.env", "C=1\n");
    git(work, &["add", "c.env"]);
    give(work);
}

/// What an object says of its size is no reason to make room for it. The watchdog sees how much memory there is used.
#[test]
fn an_object_that_claims_gigabytes_is_not_believed() {
    for (liar, what) in [
        (0, "nobody"),
        (COMMIT, "the commit"),
        (TREE, "the tree"),
        (BLOB, "a file, to which another is a difference"),
        (DIFFERENCE, "a difference"),
    ] {
        let folder = folder();
        let work = folder.path();
        lying(work, liar);
        for arguments in [
            &["history", "--all"][..],
            &["history", "--unreachable", "main~0"],
            &["check", "--config-from", "main"],
            &["check", "--staged"],
            &["check", "--since", "main"],
            &["hook", "run", "pre-push"],
        ] {
            let ran = child::envgate(work, arguments, &[("PRE_COMMIT_TO_REF", "main")]);
            sound(&ran).unwrap_or_else(|why| panic!("{what}, {arguments:?}: {why}\n{}", ran.text()));
            assert!(ran.peak < 100 * 1024, "{what}, {arguments:?}: {} KiB", ran.peak);
            let reads_contents = matches!(arguments[0], "history" | "hook");
            let refused = liar != 0 && (reads_contents || matches!(liar, COMMIT | TREE));
            assert_eq!(ran.status.code() == Some(2), refused, "{what}, {arguments:?}: {}", ran.text());
        }
    }
}
