//! Archives: zip (wheels and jars too), tar, gzip, and those inside of each other (image layers).
//!
//! Not here: which files are opened. What is larger than the bounds is told, not left out in silence.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

use crate::source::{file_name, is_text_name};

/// How many archives may lie in each other.
const DEPTH: usize = 3;

/// The largest member that is unpacked, in bytes.
const MEMBER: usize = 16 * 1024 * 1024;

/// How much is unpacked of one archive, in bytes, with all archives in it.
const WHOLE: usize = 256 * 1024 * 1024;

/// The longest name of a member, in bytes: what a file system takes.
const NAME: usize = 4096;

/// How much of a member is looked at to see that it is no text, as of any other file.
const HEAD: usize = 8 * 1024;

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
            match self.unpack(MultiGzDecoder::new(bytes), WHOLE) {
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

    /// Unpacks the member `name`: an archive as far as all may go, a text up to its bound, and of what is neither the
    /// beginning, since nobody reads the rest.
    fn member(&mut self, name: &str, mut packed: impl Read) -> Result<Vec<u8>, &'static str> {
        let head = self.unpack(packed.by_ref().take(HEAD as u64), HEAD)?;
        let marked = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
        let archive = is_archive(name) || is_packed(name, &head);
        if !archive && !marked && head.contains(&0) && !is_text_name(file_name(name)) {
            return Ok(head);
        }
        let rest = self.unpack(packed, if archive { WHOLE } else { MEMBER - HEAD })?;
        Ok([head, rest].concat())
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
            (Ok(content), Some(deeper)) if is_archive(name) || is_packed(name, &content) => {
                self.open(&path, &content, deeper);
            }
            (Ok(content), None) if is_archive(name) || is_packed(name, &content) => {
                self.members.push(Member { path, content: Err("too many archives lie in each other") });
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
            let content = tar_size(header).and_then(|size| Some((size, after.get(..size)?)));
            let Some((size, content)) = content else {
                self.members.push(Member { path: path.to_owned(), content: Err(CUT_OFF) });
                return;
            };
            let kind = header.get(156).copied().unwrap_or_default();
            match kind {
                // GNU and POSIX write a long name as the content of a member before.
                b'L' => long = Some(String::from_utf8_lossy(content).trim_end_matches('\0').to_owned()),
                b'x' => long = pax_path(content).or(long),
                b'0' | 0 => {
                    let (name, prefix) = (text(0, 100), text(345, 500));
                    let short = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
                    let name = long.take().unwrap_or(short);
                    let content = self.member(&name, content);
                    self.add(path, &name, content, depth);
                }
                _ => long = None,
            }
            rest = after.get(size.div_ceil(512) * 512..).unwrap_or_default();
        }
        if rest.len() < 512 && rest.iter().any(|&byte| byte != 0) {
            self.members.push(Member { path: path.to_owned(), content: Err(CUT_OFF) });
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
                _ if entry.encrypted => Err("it is encrypted"),
                0 => self.member(&entry.name, packed),
                8 => self.member(&entry.name, DeflateDecoder::new(packed)),
                _ => Err("it is packed in a way that is not known"),
            };
            self.add(path, &entry.name, content, depth);
        }
    }
}

/// Why there is no more of a tar.
const CUT_OFF: &str = "it is cut off, or damaged";

/// The size of a member, in octal digits or, where the first bit says so, in bytes.
fn tar_size(header: &[u8]) -> Option<usize> {
    let field = header.get(124..136)?;
    if field.first()? & 0x80 != 0 {
        let bytes = field.get(4..)?.iter();
        let number = bytes.fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        return usize::try_from(number).ok();
    }
    let digits = field.split(|&byte| byte == 0).next().unwrap_or_default();
    let digits = str::from_utf8(digits).ok()?.trim();
    if digits.is_empty() { Some(0) } else { usize::from_str_radix(digits, 8).ok() }
}

/// A file of a zip.
struct Entry<'z> {
    name: String,
    method: u16,
    encrypted: bool,
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
    // The end says how many there are, or in a large one that it says so elsewhere.
    let told = end.and_then(|end| short(tail + end + 10)).filter(|told| *told != u16::MAX).map(usize::from);
    let mut seen = 0_usize;
    let mut entries = Vec::new();
    while entries.len() <= MEMBERS && bytes.get(at..at + 4) == Some(b"PK\x01\x02") {
        let entry = (|| {
            let (size, from) = (long(at + 20)?, long(at + 42)?);
            let name_length = usize::from(short(at + 28)?);
            let name = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name_length)?).into_owned();
            // The lengths before the content may be others than those in the directory.
            let start = from + 30 + usize::from(short(from + 26)?) + usize::from(short(from + 28)?);
            let (encrypted, method) = (short(at + 8)? & 1 == 1, short(at + 10)?);
            Some(Entry { name, method, encrypted, data: bytes.get(start..start.checked_add(size)?)? })
        })();
        let lengths = [28, 30, 32].map(|field| short(at + field).map_or(0, usize::from));
        at += 46 + lengths.iter().sum::<usize>();
        complete &= entry.is_some();
        seen += 1;
        entries.extend(entry.filter(|entry| !entry.name.ends_with('/')));
    }
    (entries, complete && told.is_none_or(|told| told == seen || seen > MEMBERS))
}

/// Whether it is an archive whatever it is called: a tar, or what an image has for a layer, under its digest alone.
fn is_packed(name: &str, bytes: &[u8]) -> bool {
    let digest = file_name(name);
    let named = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_tar(bytes) || named && (bytes.starts_with(&[0x1F, 0x8B]) || bytes.starts_with(ZSTANDARD))
}

/// How a layer begins that is packed as it cannot be read here, which is told.
const ZSTANDARD: &[u8] = &[0x28, 0xB5, 0x2F, 0xFD];

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
mod tests;
