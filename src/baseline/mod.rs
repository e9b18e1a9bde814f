//! A baseline: the findings that were there when it was written, so that only new ones count.
//!
//! A finding is held by a keyed hash (HMAC-SHA-256) of its fingerprint, which knows no line number, no path
//! and no value; the key is random and stands in the file. Two files cannot be compared. Of a secret, 16 bits of a
//! keyed hash stand beside it, so that another secret in its place is a new finding: enough to tell two apart, too few
//! to prove a guess by. Not here: the disk, the day, what is printed.

mod date;
mod detect_secrets;
mod written;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::diagnostic::{Diagnostic, Finding, Findings, Meta, meta};
use crate::source::{Folder, Source, Span};

pub use date::Date;
pub use detect_secrets::DetectSecrets;
pub use written::Broken;

/// The name of the file.
pub const FILE_NAME: &str = ".envgate-baseline.json";

/// How many random bytes the key has.
pub const SALT_BYTES: usize = 16;

/// A line of more bytes holds more than an entry.
const LONG: usize = 8192;

/// How many hexadecimal digits are kept of the hash of a secret.
const VALUE_DIGITS: usize = 4;

/// Whether a rule reports secrets that stand in the text.
pub type IsSecret = fn(&Meta) -> bool;

/// The findings that are known.
#[derive(Debug, Clone)]
pub struct Baseline {
    salt: [u8; SALT_BYTES],
    entries: Vec<Entry>,
    is_secret: IsSecret,
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
    /// The beginning of that of a secret; `None` for what is none, and where an older one knew nothing of it.
    value: Option<String>,
}

/// What an entry and a finding must share: the hash, and that of the secret.
type Known = (String, Option<String>);

/// The entries of each that no finding has met yet, the one that counts longest last.
type Waiting = HashMap<Known, Vec<usize>>;

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
    pub const fn new(salt: [u8; SALT_BYTES], is_secret: IsSecret) -> Self {
        Self { salt, entries: Vec::new(), is_secret }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// Where the text is not what [`Baseline::to_text`] writes.
    pub fn parse(text: &str, is_secret: IsSecret) -> Result<Self, Broken> {
        let (salt, entries) = written::read(text)?;
        Ok(Self { salt, entries, is_secret })
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
        let mut comparison = Comparison { gone: (0..self.entries.len()).collect(), ..Comparison::default() };
        for (nth, at) in self.met(findings) {
            comparison.gone.remove(&at);
            let over = self.entries.get(at).and_then(|entry| entry.expires).is_some_and(|day| day < today);
            if over {
                comparison.expired.insert(nth);
            } else {
                comparison.accepted.insert(nth);
            }
        }
        comparison
    }

    /// The findings that it knows, each with its entry, both by their place.
    fn met<'a>(&self, findings: impl IntoIterator<Item = &'a Finding>) -> Vec<(usize, usize)> {
        let mut waiting: Waiting = HashMap::new();
        for (at, entry) in self.entries.iter().enumerate() {
            waiting.entry((entry.hash.clone(), entry.value.clone())).or_default().push(at);
        }
        for alike in waiting.values_mut().filter(|alike| alike.len() > 1) {
            alike.sort_by_key(|at| {
                let expires = self.entries.get(*at).and_then(|entry| entry.expires);
                (expires.is_none(), expires, Reverse(*at))
            });
        }
        let mut met = Vec::new();
        for (nth, finding) in findings.into_iter().enumerate() {
            let mut find = |known: &Known| waiting.get_mut(known)?.pop();
            let at = find(&self.known(finding)).or_else(|| find(&(self.hash(&finding.fingerprint), None)));
            met.extend(at.map(|at| (nth, at)));
        }
        met
    }

    /// Accepts findings, whose paths are then told from `folder`, until the end of the day `expires`. What it knew of
    /// them is forgotten.
    pub fn accept<'a>(
        &mut self,
        findings: impl IntoIterator<Item = &'a Finding>,
        folder: impl Into<Folder>,
        expires: Option<Date>,
    ) {
        let folder = folder.into();
        let findings: Vec<&Finding> = findings.into_iter().collect();
        let known: HashSet<usize> =
            self.met(findings.iter().copied()).into_iter().map(|(_, at)| at).collect();
        let mut at = 0..;
        self.entries.retain(|_| at.next().is_none_or(|at| !known.contains(&at)));
        for finding in findings {
            let rule = finding.diagnostic.meta.code.to_owned();
            let path = told_from(&folder, &finding.diagnostic.path);
            let (hash, value) = self.known(finding);
            self.entries.push(Entry { rule, path, expires, hash, value });
        }
        self.sort();
    }

    /// Drops what is gone; what is still there is told with the paths of today.
    pub fn update(&mut self, findings: &[Finding], folder: impl Into<Folder>) {
        let folder = folder.into();
        let mut kept = Vec::new();
        for (nth, at) in self.met(findings) {
            let (Some(finding), Some(entry)) = (findings.get(nth), self.entries.get(at)) else { continue };
            let (hash, value) = self.known(finding);
            let path = told_from(&folder, &finding.diagnostic.path);
            kept.push(Entry { path, hash, value, ..entry.clone() });
        }
        self.entries = kept;
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
        let places = places(source);
        let place = |at: usize| places.get(at).copied().unwrap_or_default();
        let gone = comparison.gone.iter().filter_map(|at| Some((*at, self.entries.get(*at)?)));
        for (at, entry) in gone.filter(|_| whole) {
            Findings::new(stale(), source.shared_path(), &mut found)
                .push(place(at), format!("`{}` in `{}` is gone", entry.rule, entry.path))
                .help("`envgate baseline update` drops it, so that it cannot hide the next one");
        }
        let again = self.met(findings).into_iter().filter(|(nth, _)| comparison.expired.contains(nth));
        let again: BTreeSet<usize> = again.map(|(_, at)| at).collect();
        for (at, entry) in again.iter().filter_map(|at| Some((*at, self.entries.get(*at)?))) {
            let day = entry.expires.map(|day| day.to_string()).unwrap_or_default();
            let message =
                format!("`{}` in `{}` was accepted until {day} and counts again", entry.rule, entry.path);
            Findings::new(expired(), source.shared_path(), &mut found).push(place(at), message).help(
                "put it right, or accept it anew: `envgate baseline update --add --expires YYYY-MM-DD`",
            );
        }
        found
    }

    fn sort(&mut self) {
        self.entries.sort_by(|one, two| one.order().cmp(&two.order()));
    }

    /// How a finding is written here. Secrets are told apart by themselves, not by their order.
    fn known(&self, finding: &Finding) -> Known {
        if !(self.is_secret)(finding.diagnostic.meta) {
            return (self.hash(&finding.fingerprint), None);
        }
        let mut value =
            written::hexadecimal(&self.digest(&[finding.kind().as_bytes(), b"value", finding.pointed_at()]));
        value.truncate(VALUE_DIGITS);
        (self.hash(finding.kind()), Some(value))
    }

    fn hash(&self, fingerprint: &str) -> String {
        written::hexadecimal(&self.digest(&[fingerprint.as_bytes()]))
    }

    fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt) else { return Vec::new() };
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

impl Entry {
    fn order(&self) -> impl Ord + '_ {
        (&self.path, &self.rule, &self.hash, &self.value, self.expires)
    }
}

/// The lines of the entries, in the order of the file.
fn places(source: &Source) -> Vec<Span> {
    let hashes = source.text().match_indices("\"hash\"");
    let places = hashes.map(|(at, _)| {
        let line = source.line_span(source.line(at));
        if line.len() > LONG {
            return Span::new(at, at);
        }
        let text = source.slice(line);
        let indent = text.len() - text.trim_start().len();
        let end = line.start + text.trim_end().trim_end_matches(',').len();
        Span::new((line.start + indent).min(end), end)
    });
    places.collect()
}

/// `path`, which is relative to the working directory, as it is seen from the folder; as it is where it lies elsewhere.
#[must_use]
pub fn told_from(folder: &Folder, path: &str) -> String {
    folder.told(path).map_or_else(|| path.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests;
