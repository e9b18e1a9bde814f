//! How much one rule may say about one file before only the places of what it says are kept.
//!
//! A finding with its words takes a kilobyte; a hostile file of a few megabytes would ask for gigabytes.
//! Not here: what becomes of those that are not kept whole; they are judged and counted like the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::{Diagnostic, Meta, Severity};
use crate::source::Span;

/// How many findings of one rule in one file are kept whole.
pub const WHOLE: usize = 1000;

/// How many findings of a run are kept whole, beyond the first of each rule in each file.
pub const WHOLE_IN_ALL: usize = 25_000;

/// A finding of which nothing but this was kept: enough to judge and to count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Further {
    /// The place in the file.
    pub span: Span,
    /// The severity.
    pub severity: Severity,
    /// The variable it is about.
    pub key: Option<Box<str>>,
}

impl Further {
    /// The finding that it stands for, after `carrier`, whose rule and file it shares; without words.
    #[must_use]
    pub fn of(&self, carrier: &Diagnostic) -> Diagnostic {
        Diagnostic {
            meta: carrier.meta,
            severity: self.severity,
            message: String::new(),
            help: None,
            path: Arc::clone(&carrier.path),
            span: self.span,
            key: self.key.as_deref().map(str::to_owned),
            service: None,
            labels: Vec::new(),
            fix: None,
            further: Vec::new(),
        }
    }
}

impl From<Diagnostic> for Further {
    fn from(finding: Diagnostic) -> Self {
        Self { span: finding.span, severity: finding.severity, key: finding.key.map(String::into_boxed_str) }
    }
}

impl Diagnostic {
    /// What it carries, without itself: the first of those takes its place, with the rule's summary for words.
    #[must_use]
    pub fn without_itself(mut self) -> Option<Self> {
        let mut further = std::mem::take(&mut self.further).into_iter();
        let first = further.next()?;
        let message = self.meta.summary.to_owned();
        Some(Self { message, further: further.collect(), ..first.of(&self) })
    }

    /// It and those that it carries, one by one; these have the rule's summary for words.
    pub fn each(mut self) -> impl Iterator<Item = Self> {
        let further = std::mem::take(&mut self.further);
        let carrier = Self { labels: Vec::new(), fix: None, help: None, ..self.clone() };
        let carried = further
            .into_iter()
            .map(move |further| Self { message: carrier.meta.summary.to_owned(), ..further.of(&carrier) });
        std::iter::once(self).chain(carried)
    }

    /// How many findings of this severity it stands for: itself, and those that it carries.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let carried = self.further.iter().filter(|further| further.severity == severity).count();
        usize::from(self.severity == severity) + carried
    }
}

/// Findings in the order that they came in, no more of them whole than the bounds allow. Each of the others is
/// carried by the first of its rule, file and severity.
#[derive(Debug, Default)]
pub struct Gathered {
    whole: Vec<Diagnostic>,
    counts: HashMap<(&'static str, Arc<str>, Severity), Count>,
}

impl Gathered {
    /// Adds a finding and what it carries.
    pub fn add(&mut self, mut finding: Diagnostic) {
        let further = std::mem::take(&mut finding.further);
        let carried: Vec<Diagnostic> = further.iter().map(|one| one.of(&finding)).collect();
        self.add_one(finding);
        for one in carried {
            self.add_one(one);
        }
    }

    /// One without words is never kept whole, unless it is the first.
    fn add_one(&mut self, mut finding: Diagnostic) {
        let full = self.whole.len() >= WHOLE_IN_ALL || finding.message.is_empty();
        let key = (finding.meta.code, Arc::clone(&finding.path), finding.severity);
        let first = self.whole.len();
        match self.counts.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(Count { whole: 1, first });
                if finding.message.is_empty() {
                    finding.meta.summary.clone_into(&mut finding.message);
                }
                self.whole.push(finding);
            }
            Entry::Occupied(mut entry) if !full && entry.get().whole < WHOLE => {
                entry.get_mut().whole += 1;
                self.whole.push(finding);
            }
            Entry::Occupied(entry) => {
                if let Some(carrier) = self.whole.get_mut(entry.get().first) {
                    carrier.further.push(finding.into());
                }
            }
        }
    }

    /// Takes the findings away whose path is `gone`.
    pub fn leave_out(&mut self, gone: &dyn Fn(&str) -> bool) {
        if self.whole.iter().any(|finding| gone(&finding.path)) {
            let all = std::mem::take(self).whole.into_iter();
            self.extend(all.filter(|finding| !gone(&finding.path)));
        }
    }

    /// The findings that were kept whole, with what they carry.
    #[must_use]
    pub fn into_findings(self) -> Vec<Diagnostic> {
        self.whole
    }
}

impl Extend<Diagnostic> for Gathered {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }
}

/// Counts what one rule says, file by file.
#[derive(Debug, Default)]
pub(super) struct Bound {
    counts: HashMap<(&'static str, Arc<str>), Count>,
    /// Where in the list the finding stands that carries those beyond the bound, when the last one of the list is
    /// among these. Its words are still being said, so it can only be cut down when the next one comes.
    waiting: Option<usize>,
}

#[derive(Debug)]
struct Count {
    whole: usize,
    first: usize,
}

impl Bound {
    /// Cuts down the finding before, where that one is beyond the bound; then counts one about `path`, which is
    /// about to be pushed onto `found`.
    pub(super) fn next(&mut self, meta: &'static Meta, path: &Arc<str>, found: &mut Vec<Diagnostic>) {
        if let Some(at) = self.waiting.take()
            && let Some(last) = found.pop()
            && let Some(carrier) = found.get_mut(at)
        {
            carrier.further.push(last.into());
        }
        let at = found.len();
        let new = || Count { whole: 0, first: at };
        let count = self.counts.entry((meta.code, Arc::clone(path))).or_insert_with(new);
        if count.whole < WHOLE {
            count.whole += 1;
        } else {
            self.waiting = Some(count.first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gathered, WHOLE, WHOLE_IN_ALL};
    use crate::diagnostic::{Certainty, Diagnostic, Findings, Meta, Severity};
    use crate::source::Span;

    static META: Meta = Meta {
        code: "ENV999",
        name: "test",
        severity: Severity::Error,
        certainty: Certainty::Certain,
        summary: "a summary",
        page: "",
    };

    fn found(files: usize, each: usize) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut findings = Findings::new(&META, "", &mut found);
        for at in 0..each {
            for file in 0..files {
                let finding = findings.push_in(format!("f{file}"), Span::new(at, at + 1), "words");
                finding.key(format!("K{at}")).help("more words");
            }
        }
        found
    }

    #[test]
    fn those_beyond_the_bound_are_carried_by_the_first_of_their_file() {
        let found = found(3, 2 * WHOLE);
        // The last one said is still being said.
        assert_eq!(found.len(), 3 * WHOLE + 1);
        for (file, carrier) in found.iter().take(3).enumerate() {
            let carried = WHOLE - usize::from(file == 2);
            assert_eq!(carrier.further.len(), carried);
            let last = carrier.further.last().map(|last| (last.span, last.key.as_deref()));
            let at = WHOLE + carried - 1;
            assert_eq!(last, Some((Span::new(at, at + 1), Some(&*format!("K{at}")))));
        }
        assert!(found.iter().skip(3).all(|finding| finding.further.is_empty()));
    }

    #[test]
    fn gathering_keeps_every_count() {
        let mut gathered = Gathered::default();
        for _ in 0..2 {
            gathered.extend(found(50, WHOLE / 2 + 100));
        }
        let findings = gathered.into_findings();
        let all: usize = findings.iter().map(|finding| finding.count(Severity::Error)).sum();
        assert_eq!(all, 2 * 50 * (WHOLE / 2 + 100));
        assert_eq!(findings.len(), WHOLE_IN_ALL);
    }

    #[test]
    fn what_a_silenced_finding_carries_takes_its_place() {
        let mut carrier = found(1, 1).remove(0);
        assert!(carrier.clone().without_itself().is_none());
        carrier.further = found(1, 3).into_iter().map(Into::into).collect();
        let next = carrier.without_itself().expect("it carries three");
        assert_eq!(
            (next.message.as_str(), next.further.len(), next.key.as_deref()),
            ("a summary", 2, Some("K0"))
        );
    }
}
