//! A repository's packs and its index, looked at before libgit2 maps them: what an index of a pack names behind the
//! end of the pack kills whoever reads it there, and the index of a few megabytes may stand for terabytes of names.
//!
//! Not here: what is in them; `git` reads them.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::Error;
use super::read::read_whole;

/// How far object directories may borrow from each other, as git has it.
const DEPTH: usize = 5;

/// How many bytes the names of objects may have: of SHA-1, and of SHA-256. The sum behind the last object of a pack has
/// as many.
const SHORT: u16 = 20;
const LONG: u16 = 32;

/// How many bytes all names of an index may have together.
const NAMES: usize = 512 * 1024 * 1024;

/// The most bytes that are read of `info/alternates`.
const MAX_ALTERNATES: u64 = 1024 * 1024;

/// Says whether the packs below `objects`, and those that it borrows, are such that reading them ends.
///
/// # Errors
///
/// Where the index of a pack names a place outside of the pack.
pub(super) fn harmless_packs(objects: &Path) -> Result<(), Error> {
    let mut waiting = vec![(objects.to_owned(), 0)];
    while let Some((objects, depth)) = waiting.pop() {
        for entry in fs::read_dir(objects.join("pack")).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "idx") {
                pack(&path)?;
            }
        }
        if depth < DEPTH {
            waiting.extend(borrowed(&objects)?.into_iter().map(|other| (other, depth + 1)));
        }
    }
    Ok(())
}

/// The object directories that `info/alternates` names.
fn borrowed(objects: &Path) -> Result<Vec<PathBuf>, Error> {
    let path = objects.join("info/alternates");
    match fs::metadata(&path) {
        Ok(data) if !data.is_file() => Err(Error::NotAFile { path: path.display().to_string() }),
        Ok(_) => {
            let mut text = String::new();
            let read = File::open(&path).and_then(|file| file.take(MAX_ALTERNATES).read_to_string(&mut text));
            read.map_err(|source| Error::Read { path: path.display().to_string(), source })?;
            let named = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
            Ok(named.map(|line| objects.join(line)).collect())
        }
        Err(_) => Ok(Vec::new()),
    }
}

fn pack(index: &Path) -> Result<(), Error> {
    let path = index.with_extension("pack");
    // Without its pack nobody reads it.
    let Ok(data) = fs::metadata(&path) else { return Ok(()) };
    let failed = |source| Error::Read { path: index.display().to_string(), source };
    if !data.is_file() || !fs::metadata(index).map_err(failed)?.is_file() {
        return Err(Error::NotAFile { path: path.display().to_string() });
    }
    let mut file = File::open(index).map_err(failed)?;
    let mut harmless = |width: u16| {
        let last = last(&mut file, u64::from(width)).map_err(failed)?;
        Ok(last.is_none_or(|last| last + u64::from(width) <= data.len()))
    };
    // Libgit2 reads no pack whose index has another sum for it.
    let (short, long) = (is_of(index, &path, SHORT), is_of(index, &path, LONG));
    if (long && !short || harmless(SHORT)?) && (!long || harmless(LONG)?) {
        return Ok(());
    }
    Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it names an object behind the end of its pack")))
}

/// Whether the index says of the pack which sum of `width` bytes stands at its end.
fn is_of(index: &Path, pack: &Path, width: u16) -> bool {
    let sum = |path: &Path, widths: i64| {
        let mut file = File::open(path).ok()?;
        file.seek(SeekFrom::End(-i64::from(width) * widths)).ok()?;
        let mut sum = vec![0; usize::from(width)];
        file.read_exact(&mut sum).ok()?;
        Some(sum)
    };
    sum(index, 2).is_some_and(|told| sum(pack, 1) == Some(told))
}

/// The last place that an index of version 2 names; `None` where it names none, or is of another version or length:
/// libgit2 refuses these by itself, or checks them.
fn last(file: &mut File, width: u64) -> io::Result<Option<u64>> {
    let mut head = [0; 8 + 1024];
    file.rewind()?;
    if file.read_exact(&mut head).is_err() {
        return Ok(None);
    }
    let old = !head.starts_with(b"\xfftOc");
    let total = if old { 1020..1024 } else { 1028..1032 };
    let count = head.get(total).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
    let length = file.metadata()?.len();
    let count = u64::from(count);
    // Version 1: places and names by turns. Version 2: names, sums, places, long places.
    let (start, step) = if old { (1024, width + 4) } else { (1032 + count * (width + 4), 4) };
    let Some(bytes) = count.checked_mul(step).filter(|bytes| start + bytes <= length) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(start))?;
    let mut last = None;
    let mut long = 0;
    let mut rest = file.by_ref().take(bytes);
    let mut buffer = vec![0; usize::try_from(step).unwrap_or(4) * 16 * 1024];
    loop {
        let read = fill(&mut rest, &mut buffer)?;
        let places = buffer.get(..read).unwrap_or_default().chunks(buffer.len() / (16 * 1024));
        for place in places.filter_map(|entry| entry.first_chunk().copied()).map(u32::from_be_bytes) {
            if !old && place >> 31 == 1 {
                long = long.max(u64::from(place & 0x7fff_ffff) + 1);
            } else {
                last = last.max(Some(u64::from(place)));
            }
        }
        if read < buffer.len() {
            break;
        }
    }
    for _ in 0..long {
        let mut place = [0; 8];
        if file.read_exact(&mut place).is_err() {
            break;
        }
        last = last.max(Some(u64::from_be_bytes(place)));
    }
    Ok(last)
}

fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match from.read(free)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Says whether the names in an index, which version 4 writes as what differs from the one before, fit.
///
/// # Errors
///
/// Where they do not, or the file cannot be read.
pub(super) fn harmless_index(path: &Path) -> Result<(), Error> {
    let mut head = [0; 8];
    let version = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    if version.is_err() || head.get(4..) != Some(&[0, 0, 0, 4]) {
        return Ok(());
    }
    let bytes = read_whole(path)?;
    if [SHORT, LONG].iter().any(|width| unfolded(&bytes, *width).is_some_and(|length| length > NAMES)) {
        let source = io::Error::new(io::ErrorKind::InvalidData, "its names are longer than is looked at");
        return Err(Error::Read { path: path.display().to_string(), source });
    }
    Ok(())
}

/// How many bytes the names in an index of version 4 have together, as far as they can be read.
fn unfolded(bytes: &[u8], width: u16) -> Option<usize> {
    let flags_at = 40 + usize::from(width);
    let count = u32::from_be_bytes(*bytes.get(8..)?.first_chunk()?);
    let (mut at, mut before, mut whole) = (12_usize, 0_usize, 0_usize);
    for _ in 0..count {
        let flags = u16::from_be_bytes(*bytes.get(at + flags_at..)?.first_chunk()?);
        at += flags_at + if flags & 0x4000 == 0 { 2 } else { 4 };
        let mut dropped = 0_usize;
        loop {
            let byte = *bytes.get(at)?;
            at += 1;
            dropped = dropped.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
            if byte & 0x80 == 0 {
                break;
            }
            dropped = dropped.checked_add(1)?;
        }
        let rest = memchr::memchr(0, bytes.get(at..)?)?;
        at += rest + 1;
        before = before.saturating_sub(dropped) + rest;
        whole = whole.saturating_add(before);
        if whole > NAMES {
            break;
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::{NAMES, SHORT, unfolded};

    /// An index of version 4 whose `count` names are `name` and then the same again.
    fn index(name: &str, count: u32) -> Vec<u8> {
        let mut bytes = [&b"DIRC\0\0\0\x04"[..], &count.to_be_bytes()].concat();
        for nth in 0..count {
            bytes.extend([0; 62]);
            bytes.push(0);
            bytes.extend(if nth == 0 { name.as_bytes() } else { b"" });
            bytes.push(0);
        }
        bytes
    }

    #[test]
    fn names_that_repeat_the_one_before_count_whole() {
        assert_eq!(unfolded(&index("abc", 4), SHORT), Some(12));
        assert_eq!(unfolded(&index("abc", 4)[..100], SHORT), None);
        let bomb = index(&"a".repeat(1_000_000), 20_000);
        assert!(bomb.len() < 3_000_000 && unfolded(&bomb, SHORT).is_some_and(|whole| whole > NAMES));
    }
}
