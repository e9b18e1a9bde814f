//! Archives that are written here, whole, broken and hostile, and what is found in them.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use super::{CUT_OFF, DEPTH, HEAD, MEMBER, Member, members};

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = b'0';
        header[257..262].copy_from_slice(b"ustar");
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().div_ceil(512) * 512, 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let short = |number: usize| u16::try_from(number).unwrap().to_le_bytes();
    let long = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    for (name, content) in files {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(long(packed.len()));
        common.extend(long(content.len()));
        common.extend(short(name.len()));
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 12]);
        directory.extend(long(bytes.len()));
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend([0; 2]);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let start = bytes.len();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(short(files.len()));
    bytes.extend(short(files.len()));
    bytes.extend(long(directory.len()));
    bytes.extend(long(start));
    bytes.extend([0; 2]);
    bytes
}

fn texts(members: Vec<Member>) -> Vec<(String, String)> {
    let text =
        |content: Result<Vec<u8>, &'static str>| content.map(|bytes| String::from_utf8(bytes).unwrap());
    members.into_iter().map(|one| (one.path, text(one.content).unwrap_or_else(str::to_owned))).collect()
}

#[test]
fn members_are_found_in_each_kind_and_in_each_other() {
    let one = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    assert_eq!(
        texts(members("a.tar", &tar(&[("x/y.txt", b"1"), ("z", b"2")]))),
        [one("a.tar!/x/y.txt", "1"), one("a.tar!/z", "2")]
    );
    assert_eq!(texts(members("d/a.txt.gz", &gzip(b"3"))), [one("d/a.txt.gz!/a.txt", "3")]);
    assert_eq!(texts(members("a.whl", &zip(&[("m/a.py", b"4")]))), [one("a.whl!/m/a.py", "4")]);
    let layers = tar(&[("layer1/layer.tar", &tar(&[("etc/x", b"5")])), ("app.jar", &zip(&[("b", b"6")]))]);
    assert_eq!(
        texts(members("image.tgz", &gzip(&layers))),
        [one("image.tgz!/layer1/layer.tar!/etc/x", "5"), one("image.tgz!/app.jar!/b", "6")]
    );
}

#[test]
fn layers_of_images_are_found_by_what_they_are() {
    let one = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let digest = |letter: &str| format!("blobs/sha256/{}", letter.repeat(64));
    let layer = tar(&[("app/x", b"7")]);
    let image = tar(&[
        (&digest("a"), &layer),
        (&digest("b"), &gzip(&layer)),
        (&digest("c"), b"{}"),
        (&digest("d"), b"\x28\xB5\x2F\xFD1"),
    ]);
    let path = |letter: &str, rest: &str| format!("i.tar!/{}{rest}", digest(letter));
    assert_eq!(
        texts(members("i.tar", &image)),
        [
            one(&path("a", "!/app/x"), "7"),
            one(&path("b", "!/app/x"), "7"),
            one(&path("c", ""), "{}"),
            one(&path("d", ""), "it is no archive of a known kind"),
        ]
    );
}

#[test]
fn large_layers_are_opened_and_large_programs_are_no_trouble() {
    let program = [vec![0x7F, b'E', b'L', b'F', 0], vec![1; MEMBER + 1]].concat();
    let layer = tar(&[("bin/x", &program), ("etc/y", b"8"), ("big.txt", &vec![b'a'; MEMBER + 1])]);
    let found = members("i.tar", &tar(&[("1/layer.tar", &layer)]));
    let lengths: Vec<_> = found.iter().map(|one| one.content.as_ref().map(Vec::len)).collect();
    assert_eq!(lengths, [Ok(HEAD), Ok(1), Err(&"it unpacks to more than an archive may hold")]);
}

#[test]
fn one_bomb_named_again_and_again_is_unpacked_a_few_times() {
    let mut bomb = zip(&[("bomb", &vec![b'a'; MEMBER + 1])]);
    let directory = bomb.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let end = bomb.windows(4).position(|four| four == b"PK\x05\x06").unwrap();
    let (entry, mut tail) = (bomb[directory..end].to_vec(), bomb[end..].to_vec());
    tail[10..12].copy_from_slice(&5_001_u16.to_le_bytes());
    bomb.truncate(end);
    bomb.extend(entry.repeat(5_000));
    bomb.extend(tail);
    let found = members("a.zip", &bomb);
    assert_eq!(found.len(), 5_001);
    assert!(found.iter().all(|member| member.content.is_err()));
}

#[test]
fn a_list_that_leads_nowhere_is_told() {
    let folders = zip(&[("folder/", b"")]);
    assert!(members("a.zip", &folders).is_empty(), "folders alone are nothing to look at");
    let mut lies = zip(&[("x", b"8"), ("y", b"9")]);
    let second = lies.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    lies[second + 42..second + 46].fill(0xFF);
    let found = members("a.zip", &lies);
    assert!(found.iter().any(|member| member.content.is_err()) && found.len() == 2, "{found:?}");
}

#[test]
fn an_encrypted_file_is_told() {
    let mut locked = zip(&[("x", b"8"), ("y", b"9")]);
    let first = locked.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    locked[first + 8] = 1;
    let found = members("a.zip", &locked);
    assert_eq!(found[0].content.as_ref().err(), Some(&"it is encrypted"));
    assert!(found[1].content.is_ok() && found.len() == 2, "{found:?}");
}

#[test]
fn long_names_are_cut() {
    let name = format!("{}.zip", "a".repeat(60_000));
    let inner = zip(&[("b", b"1"), ("c", b"2")]);
    let found = members("a.zip", &zip(&[(&name, &inner)]));
    assert_eq!(found.len(), 2, "the ending that is cut off makes it an archive all the same");
    for member in found {
        assert!(member.path.len() < 10_000, "{}", member.path.len());
    }
}

#[test]
fn bombs_and_broken_archives_end() {
    let bomb = zip(&[("bomb", &vec![b'a'; MEMBER + 1]), ("after", b"7")]);
    let found = texts(members("a.zip", &bomb));
    assert!(found[0].1.contains("more than") && found[1].1 == "7", "{found:?}");
    let whole = tar(&[("x", &[b'x'; 900])]);
    for length in [0, 1, 100, 511, 512, 700, 1024, 1500] {
        let _ = members("a.tar", &whole[..length.min(whole.len())]);
        let _ = members("a.zip", &bomb[..length.min(bomb.len())]);
    }
    let mut lies = zip(&[("x", b"8")]);
    for at in 0..lies.len() {
        lies[at] ^= 0xFF;
        let _ = members("a.zip", &lies);
        lies[at] ^= 0xFF;
    }
    assert_eq!(members("a.zip", b"no archive").len(), 1);
    let cut = members("a.zip", &bomb[..bomb.len() / 2]);
    assert!(cut.len() == 1 && cut[0].content.is_err(), "{cut:?}");
}

#[test]
fn what_is_not_whole_is_told() {
    let told = |name: &str, bytes: &[u8]| {
        members(name, bytes).into_iter().filter_map(|member| member.content.err()).collect::<Vec<_>>()
    };
    let whole = tar(&[("x", &[b'x'; 900]), ("y", b"1")]);
    assert_eq!(told("a.tar", &whole), [""; 0]);
    for length in [600, 1300, 1536, 1700] {
        let cut = told("a.tar", &whole[..length]);
        assert_eq!(cut.is_empty(), length == 1536, "{length}: {cut:?}");
    }
    let mut lies = whole.clone();
    lies[124..135].copy_from_slice(b"99999999999");
    assert_eq!(told("a.tar", &lies), [CUT_OFF]);
    let listed = zip(&[("x", b"8"), ("y", b"9")]);
    let second = listed.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let mut damaged = listed.clone();
    damaged[second] = b'Q';
    assert_eq!((told("a.zip", &listed).len(), told("a.zip", &damaged).len()), (0, 1));
    let mut nested = listed;
    for _ in 0..=DEPTH {
        nested = zip(&[("a.zip", &nested)]);
    }
    assert_eq!(told("a.zip", &nested), ["too many archives lie in each other"]);
}

#[test]
fn members_of_gzip_in_a_row_are_one() {
    let twice = [gzip(b"one\n"), gzip(b"two\n")].concat();
    assert_eq!(texts(members("a.gz", &twice)), [("a.gz!/a".to_owned(), "one\ntwo\n".to_owned())]);
}
