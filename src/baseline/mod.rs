//! A baseline: the findings that were there when it was written, so that only new ones count.
//!
//! A finding is held by a keyed hash (HMAC-SHA-256) of its fingerprint, which knows no line number, no path
//! and no value; the key is random and stands in the file. Two files cannot be compared, and nothing can be
//! guessed from one. Not here: the disk, the day, what is printed.

mod date;
mod detect_secrets;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::diagnostic::{Diagnostic, Finding, Findings, Meta, meta};
use crate::source::{Source, Span, join};

pub use date::Date;
pub use detect_secrets::DetectSecrets;
pub use written::Broken;

/// The name of the file.
pub const FILE_NAME: &str = ".envgate-baseline.json";

/// How many random bytes the key has.
pub const SALT_BYTES: usize = 16;

/// How many hexadecimal digits a hash has.
const HASH_DIGITS: usize = 64;

/// A line of more bytes holds more than an entry.
const LONG: usize = 8192;

/// The findings that are known.
#[derive(Debug, Clone)]
pub struct Baseline {
    salt: [u8; SALT_BYTES],
    entries: Vec<Entry>,
}

/// One finding that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The rule's code.
    pub rule: String,
    /// Where it stood when this was written, relative to the baseline's folder: a word to readers, nothing more.
    pub path: String,
    /// The last day on which it is accepted; `None` for ever.
    pub expires: Option<Date>,
    /// The keyed hash, 64 hexadecimal digits.
    hash: String,
}

/// A baseline held against what is found now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The findings, by their place in the list, that are accepted.
    pub accepted: BTreeSet<usize>,
    /// Those that were, and count again.
    pub expired: BTreeSet<usize>,
    /// The entries, by their place, whose finding is gone.
    pub gone: BTreeSet<usize>,
}

/// The identity of an entry whose finding is gone.
#[must_use]
pub fn stale() -> &'static Meta {
    meta!("CFG103", "stale-baseline", Warning, Certain, "the baseline accepts a finding that is gone")
}

/// The identity of an entry whose day has passed.
#[must_use]
pub fn expired() -> &'static Meta {
    meta!(
        "CFG104",
        "expired-baseline",
        Warning,
        Certain,
        "a finding was accepted until a day that has passed"
    )
}

/// The identities of what is reported about a baseline.
#[must_use]
pub fn rules() -> [&'static Meta; 2] {
    [stale(), expired()]
}

impl Baseline {
    /// An empty one with a random key.
    #[must_use]
    pub const fn new(salt: [u8; SALT_BYTES]) -> Self {
        Self { salt, entries: Vec::new() }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// Where the text is not what [`Baseline::to_text`] writes.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        written::read(text)
    }

    /// The text of the file: an entry a line, ordered by path, rule and hash.
    #[must_use]
    pub fn to_text(&self) -> String {
        written::write(self)
    }

    /// The entries, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Holds it against `findings`, all that a check of its whole folder found.
    #[must_use]
    pub fn compare(&self, findings: &[Finding], today: Date) -> Comparison {
        let mut by_hash: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            by_hash.insert(&entry.hash, at);
        }
        let mut comparison = Comparison { gone: (0..self.entries.len()).collect(), ..Comparison::default() };
        for (nth, finding) in findings.iter().enumerate() {
            let Some(at) = by_hash.get(self.hash(finding).as_str()) else { continue };
            comparison.gone.remove(at);
            let over = self.entries.get(*at).and_then(|entry| entry.expires).is_some_and(|day| day < today);
            if over {
                comparison.expired.insert(nth);
            } else {
                comparison.accepted.insert(nth);
            }
        }
        comparison
    }

    /// Accepts findings, whose paths are then told from `folder`, until the end of the day `expires`.
    pub fn accept<'f>(
        &mut self,
        findings: impl IntoIterator<Item = &'f Finding>,
        folder: &str,
        expires: Option<Date>,
    ) {
        let mut accepted: HashMap<String, Entry> = HashMap::new();
        for finding in findings {
            let (hash, diagnostic) = (self.hash(finding), &finding.diagnostic);
            let (rule, path) = (diagnostic.meta.code.to_owned(), told_from(folder, &diagnostic.path));
            accepted.insert(hash.clone(), Entry { rule, path, expires, hash });
        }
        self.entries.retain(|entry| !accepted.contains_key(&entry.hash));
        self.entries.extend(accepted.into_values());
        self.sort();
    }

    /// Drops what is gone; what is still there is told with the paths of today.
    pub fn update(&mut self, findings: &[Finding], folder: &str) {
        let paths: BTreeMap<String, String> = findings
            .iter()
            .map(|finding| (self.hash(finding), told_from(folder, &finding.diagnostic.path)))
            .collect();
        self.entries.retain_mut(|entry| {
            let path = paths.get(&entry.hash);
            if let Some(path) = path {
                entry.path.clone_from(path);
            }
            path.is_some()
        });
        self.sort();
    }

    /// What there is to say of it: entries that are gone, where the check looked at everything (`whole`), and
    /// entries that count again. `source` is the file that it was read from.
    #[must_use]
    pub fn complaints(
        &self,
        comparison: &Comparison,
        findings: &[Finding],
        whole: bool,
        source: &Source,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let places = Places::of(source);
        for entry in comparison.gone.iter().filter_map(|at| self.entries.get(*at)).filter(|_| whole) {
            Findings::new(stale(), source.shared_path(), &mut found)
                .push(places.line(entry), format!("`{}` in `{}` is gone", entry.rule, entry.path))
                .help("`envgate baseline update` drops it, so that it cannot hide the next one");
        }
        let again: BTreeSet<String> = comparison
            .expired
            .iter()
            .filter_map(|nth| findings.get(*nth))
            .map(|finding| self.hash(finding))
            .collect();
        for entry in self.entries.iter().filter(|entry| again.contains(&entry.hash)) {
            let day = entry.expires.map(|day| day.to_string()).unwrap_or_default();
            let message =
                format!("`{}` in `{}` was accepted until {day} and counts again", entry.rule, entry.path);
            Findings::new(expired(), source.shared_path(), &mut found)
                .push(places.line(entry), message)
                .help(
                    "put it right, or accept it anew: `envgate baseline update --add --expires YYYY-MM-DD`",
                );
        }
        found
    }

    fn sort(&mut self) {
        self.entries
            .sort_by(|one, two| (&one.path, &one.rule, &one.hash).cmp(&(&two.path, &two.rule, &two.hash)));
    }

    fn hash(&self, finding: &Finding) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt) else { return String::new() };
        mac.update(finding.fingerprint.as_bytes());
        written::hexadecimal(&mac.finalize().into_bytes())
    }
}

/// Where the hashes of a baseline stand: found in one look, since there may be a hundred thousand.
struct Places<'s> {
    source: &'s Source,
    hashes: HashMap<String, usize>,
}

impl<'s> Places<'s> {
    fn of(source: &'s Source) -> Self {
        let mut hashes = HashMap::new();
        let mut at = 0;
        for piece in source.text().split('"') {
            if piece.len() == HASH_DIGITS {
                hashes.entry(piece.to_ascii_lowercase()).or_insert(at);
            }
            at += piece.len() + 1;
        }
        Self { source, hashes }
    }

    /// The line of an entry.
    fn line(&self, entry: &Entry) -> Span {
        let source = self.source;
        let at = self.hashes.get(&entry.hash).copied().unwrap_or_default();
        let line = source.line_span(source.line(at));
        if line.len() > LONG {
            return Span::new(at, at);
        }
        let indent = source.slice(line).len() - source.slice(line).trim_start().len();
        let end = line.start + source.slice(line).trim_end_matches(',').len();
        Span::new((line.start + indent).min(end), end)
    }
}

/// `path`, which is relative to the working directory as `folder` is, as it is seen from that folder.
#[must_use]
pub fn told_from(folder: &str, path: &str) -> String {
    let folder = join("", folder);
    match path.strip_prefix(&folder).and_then(|rest| rest.strip_prefix('/')) {
        Some(inside) if !folder.is_empty() => inside.to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests;
