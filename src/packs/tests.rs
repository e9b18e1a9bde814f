//! Packs made by hand: whole ones and broken ones.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::{Claim, Disk, Id, Kind, ReadAt, Reader, Store};

/// Files in memory.
struct Memory(HashMap<PathBuf, Vec<u8>>);

struct Part(Vec<u8>);

impl Disk for Memory {
    fn names(&self, _: &Path) -> Vec<PathBuf> {
        self.0.keys().cloned().collect()
    }

    fn whole(&self, path: &Path) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }

    fn open(&self, path: &Path) -> Option<Box<dyn ReadAt>> {
        Some(Box::new(Part(self.whole(path)?)))
    }
}

impl ReadAt for Part {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(kind: u8, mut size: usize) -> Vec<u8> {
    let mut header = vec![kind << 4 | u8::try_from(size & 15).unwrap()];
    size >>= 4;
    while size > 0 {
        *header.last_mut().unwrap() |= 0x80;
        header.push(u8::try_from(size & 0x7f).unwrap());
        size >>= 7;
    }
    header
}

/// An index of objects called by one byte, in order.
fn index(objects: &[(u8, u32)]) -> Vec<u8> {
    let mut bytes = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255u8 {
        let until = objects.iter().filter(|(name, _)| *name <= first).count();
        bytes.extend(u32::try_from(until).unwrap().to_be_bytes());
    }
    bytes.extend(objects.iter().flat_map(|(name, _)| [*name; 20]));
    bytes.extend(objects.iter().flat_map(|_| [0; 4]));
    bytes.extend(objects.iter().flat_map(|(_, offset)| offset.to_be_bytes()));
    bytes.extend([0; 40]);
    bytes
}

/// A pack of a text, two differences to it, one that is called by its name, and one that is its own base.
fn pack(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x05".to_vec();
    let mut places = Vec::new();
    let mut add = |name: u8, head: Vec<u8>, content: &[u8]| {
        places.push((name, u32::try_from(pack.len()).unwrap()));
        pack.extend(head);
        pack.extend(packed(content));
        pack.len()
    };
    let size = u8::try_from(text.len()).unwrap();
    let first = [size, size + 1, 0x90, size, 1, b'!'];
    let second = [size + 1, size + 2, 0x90, size + 1, 1, b'?'];
    let start = add(5, [header(7, first.len()), vec![5; 20]].concat(), &first);
    let before = add(1, header(3, text.len()), text);
    let distance = u8::try_from(before - start).unwrap();
    let behind = add(2, [header(6, first.len()), vec![distance]].concat(), &first);
    let distance = u8::try_from(behind - before).unwrap();
    add(3, [header(6, second.len()), vec![distance]].concat(), &second);
    add(4, [header(7, first.len()), vec![1; 20]].concat(), &first);
    places.sort_unstable();
    (pack, index(&places))
}

fn reader(pack: Vec<u8>, index: Vec<u8>) -> Reader {
    let files = [("a.pack", pack), ("a.idx", index)].map(|(name, bytes)| (PathBuf::from(name), bytes));
    let store = Store::new(Path::new(""), Box::new(Memory(HashMap::from(files))));
    Reader::new(Arc::new(store))
}

fn id(name: u8) -> Id {
    [name; 20]
}

#[test]
fn differences_of_both_kinds_are_resolved() {
    let text = b"a text of some length";
    let (pack, index) = pack(text);
    let mut reader = reader(pack, index);
    for _ in 0..2 {
        for (name, end) in [(3, "!?"), (2, "!"), (4, "!"), (1, "")] {
            let (kind, content) = reader.read(&id(name)).unwrap();
            assert_eq!((kind, content.as_slice()), (Kind::Blob, [text, end.as_bytes()].concat().as_slice()));
        }
    }
    assert!(reader.read(&id(5)).is_none(), "it is its own base");
    assert!(reader.read(&id(6)).is_none(), "nobody has it");
}

#[test]
fn every_broken_byte_is_borne() {
    let text = b"a text of some length";
    let (pack, index) = pack(text);
    let read = |pack: &[u8], index: &[u8]| {
        let mut reader = reader(pack.to_vec(), index.to_vec());
        (1..=5).filter(|name| reader.read(&id(*name)).is_some()).count()
    };
    assert_eq!(read(&pack, &index), 4);
    for at in 0..pack.len() {
        for bit in 0..8 {
            let mut broken = pack.clone();
            broken[at] ^= 1 << bit;
            read(&broken, &index);
        }
        assert!(read(&pack[..at], &index) < 4, "cut at {at}");
    }
    for at in 0..index.len() {
        let mut broken = index.clone();
        broken[at] ^= 0xff;
        read(&pack, &broken);
        if at + 40 < index.len() {
            assert_eq!(read(&pack, &index[..at]), 0, "cut at {at}");
        }
    }
}

#[test]
fn what_an_object_claims_is_known_before_it_is_unpacked() {
    let text = b"a text of some length";
    let (whole, index) = pack(text);
    let mut sound = reader(whole, index);
    let length = text.len() as u64;
    assert_eq!(sound.claim(&id(1), length), Some(Claim::Whole(Kind::Blob, length)));
    assert_eq!(sound.claim(&id(1), length - 1), Some(Claim::Excess));
    for name in 2..=4 {
        assert_eq!(sound.claim(&id(name), length), Some(Claim::Difference));
        assert_eq!(
            sound.claim(&id(name), length - 1),
            Some(Claim::Excess),
            "what it is a difference to is larger"
        );
    }
    assert_eq!(sound.claim(&id(5), length), None, "it is its own base");
    assert_eq!(sound.claim(&id(6), length), None, "nobody has it");

    let alone = super::tests::index(&[(1, 12)]);
    let zeros = vec![0; 2_000_000];
    let honest = [header(3, zeros.len()), packed(&zeros)].concat();
    let lying = [header(3, zeros.len()), packed(b"")].concat();
    for (object, claim) in [(honest, Claim::Whole(Kind::Blob, 2_000_000)), (lying, Claim::Excess)] {
        let mut reader =
            reader([&b"PACK\0\0\0\x02\0\0\0\x01"[..], &object, &[0; 20]].concat(), alone.clone());
        assert_eq!(reader.claim(&id(1), u64::MAX), Some(claim));
        assert_eq!(reader.read(&id(1)).is_some(), claim != Claim::Excess);
    }
}
