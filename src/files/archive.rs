//! Archives: zip (wheels and jars too), tar, gzip, and those inside of each other (image layers).
//!
//! Not here: which files are opened. What is larger than the bounds is told, not left out in silence.

use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder};

/// How many archives may lie in each other.
const DEPTH: usize = 3;

/// The largest member that is unpacked, in bytes.
const MEMBER: usize = 16 * 1024 * 1024;

/// How much is unpacked of one archive, in bytes, with all archives in it.
const WHOLE: usize = 256 * 1024 * 1024;

/// The longest name of a member, in bytes: what a file system takes.
const NAME: usize = 4096;

/// How many members are looked at.
const MEMBERS: usize = 50_000;

/// How a file's name ends that is opened.
const ENDINGS: &[&str] = &[
    ".zip", ".jar", ".war", ".ear", ".whl", ".egg", ".nupkg", ".apk", ".aar", ".tar", ".tgz", ".gz", ".crate",
];

/// A file in an archive.
#[derive(Debug)]
pub struct Member {
    /// Its path: `a.zip!/inner/path`.
    pub path: String,
    /// Its content, or why there is none.
    pub content: Result<Vec<u8>, &'static str>,
}

/// Whether a file of this name is an archive that can be opened.
#[must_use]
pub fn is_archive(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// The files in the archive `bytes`, called `path`, and in the archives in it.
#[must_use]
pub fn members(path: &str, bytes: &[u8]) -> Vec<Member> {
    let mut opened = Opened { members: Vec::new(), left: WHOLE };
    opened.open(path, bytes, DEPTH);
    opened.members
}

struct Opened {
    members: Vec<Member>,
    left: usize,
}

impl Opened {
    fn open(&mut self, path: &str, bytes: &[u8], depth: usize) {
        if bytes.starts_with(b"PK\x03\x04") {
            self.zip(path, bytes, depth);
        } else if bytes.starts_with(&[0x1F, 0x8B]) {
            let name = path.rsplit(['/', '!']).next().unwrap_or(path);
            let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".tgz")).unwrap_or(name);
            match self.unpack(GzDecoder::new(bytes), WHOLE) {
                Ok(content) if is_tar(&content) => self.tar(path, &content, depth),
                content => self.add(path, name, content, depth),
            }
        } else if is_tar(bytes) {
            self.tar(path, bytes, depth);
        } else {
            self.members
                .push(Member { path: path.to_owned(), content: Err("it is no archive of a known kind") });
        }
    }

    /// Unpacks up to `most` bytes.
    fn unpack(&mut self, packed: impl Read, most: usize) -> Result<Vec<u8>, &'static str> {
        let bound = most.min(self.left);
        let mut content = Vec::new();
        let read = packed.take(bound as u64 + 1).read_to_end(&mut content);
        // What is thrown away was work too: a zip may name one bomb fifty thousand times.
        self.left -= content.len().min(self.left);
        if content.len() > bound {
            return Err("it unpacks to more than an archive may hold");
        }
        read.map(|_| content).map_err(|_| "it cannot be unpacked")
    }

    /// Notes the member `name` of the archive `path`, or what is in it.
    fn add(&mut self, path: &str, name: &str, content: Result<Vec<u8>, &'static str>, depth: usize) {
        let short = name.get(..name.floor_char_boundary(NAME)).unwrap_or(name);
        let path = format!("{path}!/{short}");
        if self.members.len() == MEMBERS {
            let content = Err("there are more members than are looked at");
            self.members.push(Member { path, content });
            return;
        }
        match (content, depth.checked_sub(1)) {
            // By its whole name: what is cut off may be the ending.
            (Ok(content), Some(deeper)) if is_archive(name) || is_tar(&content) => {
                self.open(&path, &content, deeper);
            }
            (content, _) => self.members.push(Member { path, content }),
        }
    }

    /// The members of a tar: blocks of 512 bytes, a header before each content.
    fn tar(&mut self, path: &str, bytes: &[u8], depth: usize) {
        let mut rest = bytes;
        let mut long: Option<String> = None;
        while let Some((header, after)) = rest.split_at_checked(512) {
            if header.iter().all(|&byte| byte == 0) || self.members.len() > MEMBERS {
                break;
            }
            let text = |from: usize, to: usize| {
                let field = header.get(from..to).unwrap_or_default();
                String::from_utf8_lossy(field.split(|&byte| byte == 0).next().unwrap_or_default())
                    .into_owned()
            };
            let size = usize::from_str_radix(text(124, 136).trim(), 8).unwrap_or(usize::MAX);
            let Some(content) = after.get(..size) else { break };
            let kind = header.get(156).copied().unwrap_or_default();
            match kind {
                // GNU and POSIX write a long name as the content of a member before.
                b'L' => long = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
                b'x' => long = pax_path(content).or(long),
                b'0' | 0 => {
                    let (name, prefix) = (text(0, 100), text(345, 500));
                    let short = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
                    let name = long.take().unwrap_or(short);
                    let content = self.unpack(content, MEMBER);
                    self.add(path, &name, content, depth);
                }
                _ => long = None,
            }
            let Some(next) = after.get(size.div_ceil(512) * 512..) else { break };
            rest = next;
        }
    }

    /// The members of a zip, by the headers that stand before each.
    fn zip(&mut self, path: &str, bytes: &[u8], depth: usize) {
        let (entries, complete) = zip_entries(bytes);
        if !complete {
            // What the list does not lead to would not be looked at, and nobody would know.
            let content = Err("the list of its files cannot be read");
            self.members.push(Member { path: path.to_owned(), content });
        }
        for entry in entries {
            if self.members.len() > MEMBERS {
                break;
            }
            let packed = entry.data;
            let content = match entry.method {
                0 => self.unpack(packed, MEMBER),
                8 => self.unpack(DeflateDecoder::new(packed), MEMBER),
                _ => Err("it is packed in a way that is not known"),
            };
            self.add(path, &entry.name, content, depth);
        }
    }
}

/// A file of a zip.
struct Entry<'z> {
    name: String,
    method: u16,
    data: &'z [u8],
}

/// The files that the directory at the end of a zip lists, and whether there is such a list and each line of it leads
/// to something.
fn zip_entries(bytes: &[u8]) -> (Vec<Entry<'_>>, bool) {
    let short = |at: usize| bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes);
    let long = |at: usize| {
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
        four.and_then(|number| usize::try_from(number).ok())
    };
    let tail = bytes.len().saturating_sub(66 * 1024);
    let end = bytes.get(tail..).and_then(|tail| tail.windows(4).rposition(|four| four == b"PK\x05\x06"));
    let mut at = end.and_then(|end| long(tail + end + 16)).unwrap_or(bytes.len());
    let mut complete = bytes.get(at..at + 4) == Some(b"PK\x01\x02");
    let mut entries = Vec::new();
    while entries.len() <= MEMBERS && bytes.get(at..at + 4) == Some(b"PK\x01\x02") {
        let entry = (|| {
            let (size, from) = (long(at + 20)?, long(at + 42)?);
            let name_length = usize::from(short(at + 28)?);
            let name = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name_length)?).into_owned();
            // The lengths before the content may be others than those in the directory.
            let start = from + 30 + usize::from(short(from + 26)?) + usize::from(short(from + 28)?);
            Some(Entry { name, method: short(at + 10)?, data: bytes.get(start..start.checked_add(size)?)? })
        })();
        let lengths = [28, 30, 32].map(|field| short(at + field).map_or(0, usize::from));
        at += 46 + lengths.iter().sum::<usize>();
        complete &= entry.is_some();
        entries.extend(entry.filter(|entry| !entry.name.ends_with('/')));
    }
    (entries, complete)
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// The `path` record of a POSIX extended header: `LENGTH path=NAME`.
fn pax_path(content: &[u8]) -> Option<String> {
    let mut lines = content.split(|&byte| byte == b'\n');
    let path = lines.find_map(|line| line.split(|&byte| byte == b' ').nth(1)?.strip_prefix(b"path="))?;
    Some(String::from_utf8_lossy(path).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder};

    use super::{MEMBER, Member, members};

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
        let layers =
            tar(&[("layer1/layer.tar", &tar(&[("etc/x", b"5")])), ("app.jar", &zip(&[("b", b"6")]))]);
        assert_eq!(
            texts(members("image.tgz", &gzip(&layers))),
            [one("image.tgz!/layer1/layer.tar!/etc/x", "5"), one("image.tgz!/app.jar!/b", "6")]
        );
    }

    #[test]
    fn one_bomb_named_again_and_again_is_unpacked_a_few_times() {
        let mut bomb = zip(&[("bomb", &vec![0; MEMBER + 1])]);
        let directory = bomb.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        let end = bomb.windows(4).position(|four| four == b"PK\x05\x06").unwrap();
        let (entry, tail) = (bomb[directory..end].to_vec(), bomb[end..].to_vec());
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
        let bomb = zip(&[("bomb", &vec![0; MEMBER + 1]), ("after", b"7")]);
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
}
