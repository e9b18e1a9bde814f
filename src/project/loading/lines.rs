//! The verdict on each line.
//!
//! The order of the tests is the order of precedence. Not here: words.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::Reading;
use super::{Harm, Hash, Line, Spacing, Verdict};
use crate::document::env::{Entry, EnvFile, Loader, Quote, load};
use crate::document::shell::is_name;
use crate::document::{Document, Problem};
use crate::project::names::is_secret;
use crate::project::shape::{Kind, Shape};
use crate::project::uses::sourced_at;
use crate::project::{File, Project, Role};
use crate::secrets::weak::is_template;
use crate::source::Span;

/// More lines than anybody reads; a file with more wrong ones is something else.
const MOST: usize = 500;

pub(super) fn judge(project: &Project<'_>, file: &File, env: &EnvFile) -> Vec<Line> {
    let text = file.source.text();
    // Such a file is refused or cut as a whole, and its bytes are reported.
    if text.contains(['\u{fffd}', '\0']) {
        return Vec::new();
    }
    let readings = Reading::all(project, file, env);
    let judge = Judge {
        text,
        env,
        readings: &readings,
        example: file.role == Role::Example,
        sourced: sourced_at(project, file.source.path()).is_some(),
        keys: env.entries.iter().rev().map(|entry| (entry.key.as_str(), entry)).collect(),
        defined: defined(project, file),
    };
    let mut lines: Vec<Line> = env.entries.iter().filter_map(|entry| judge.entry(entry)).take(MOST).collect();
    let mut last_end = None;
    for problem in env.problems.iter().take(MOST) {
        // Lines that follow each other are one mistake, such as a key of many lines without quotes.
        let adjacent = last_end.is_some_and(|end| text.get(end..problem.span.start).is_some_and(is_line_end));
        last_end = Some(problem.span.end);
        if !adjacent {
            lines.extend(judge.problem(problem));
        }
    }
    lines.sort_by_key(|line| line.span);
    lines
}

fn is_line_end(gap: &str) -> bool {
    gap.trim().is_empty() && gap.matches('\n').count() <= 1
}

/// The variables that other env files set, which may be loaded before.
fn defined<'a>(project: &'a Project<'_>, file: &File) -> BTreeSet<&'a str> {
    let others = project.files.iter().filter(|other| other.source.path() != file.source.path());
    let envs = others.filter_map(|other| match &other.document {
        Document::Env(env) => Some(env),
        _ => None,
    });
    envs.flat_map(|env| env.entries.iter().map(|entry| entry.key.as_str())).collect()
}

struct Judge<'a> {
    text: &'a str,
    env: &'a EnvFile,
    readings: &'a [Reading<'a>],
    example: bool,
    /// Whether the rule about JSON looks at what the shell does to it.
    sourced: bool,
    /// The first entry of each key.
    keys: BTreeMap<&'a str, &'a Entry>,
    defined: BTreeSet<&'a str>,
}

impl Judge<'_> {
    fn entry(&self, entry: &Entry) -> Option<Line> {
        let value = entry.plain(self.text);
        let odd = entry.unterminated || entry.after_quote.is_some() || self.has_odd_blanks(entry);
        let placeholder = is_template(&value) || (value.starts_with('<') && value.ends_with('>'));
        if odd {
            return None;
        }
        if placeholder && (self.example || self.readings.is_empty()) {
            return self.line(entry, self.reference(entry)?);
        }
        let verdict = self
            .stops(entry.line_span, Some(entry))
            .or_else(|| self.shell(entry, &value))
            .or_else(|| self.refused(entry))
            .or_else(|| if self.is_eaten_json(entry, &value) { None } else { self.values(entry, &value) })
            .or_else(|| self.form(entry))
            .or_else(|| self.reference(entry))?;
        self.line(entry, verdict)
    }

    fn line(&self, entry: &Entry, verdict: Verdict) -> Option<Line> {
        let span = match &verdict {
            Verdict::Unportable | Verdict::Spacing(_) | Verdict::Refused { .. } => entry.key_span,
            Verdict::Hash { .. } => entry.comment_span.or_else(|| self.hash_span(entry))?,
            _ => entry.raw_span.filter(|raw| !raw.is_empty()).unwrap_or(entry.key_span),
        };
        // A word without `=` may be a line of a secret that lost its quotes: it is never shown.
        let key = entry.raw_span.map(|_| entry.key.clone());
        Some(Line { span, key, verdict })
    }

    fn has_odd_blanks(&self, entry: &Entry) -> bool {
        let line = entry.line_span;
        let marked = self.env.mark.is_some_and(|mark| mark.end >= line.start);
        marked || self.env.no_break_spaces.iter().any(|span| line.start <= span.start && span.end <= line.end)
    }

    /// A line that is no assignment.
    fn problem(&self, problem: &Problem) -> Option<Line> {
        let span = problem.span;
        let verdict = self.stops(span, None).or_else(|| {
            let refuses =
                |reading: &&Reading<'_>| !reading.is_shell() && reading.complains_in(span.start, span.end);
            let reader = self.readings.iter().find(refuses).map(|reading| reading.reader.clone());
            (reader.is_some() || self.readings.is_empty()).then_some(Verdict::Refused { reader })
        })?;
        Some(Line { span, key: None, verdict })
    }

    /// A reader that takes nothing from here on, or nothing at all.
    fn stops(&self, line: Span, own: Option<&Entry>) -> Option<Verdict> {
        let here = self.readings.iter().filter(|reading| {
            reading.reader.loader != Loader::Xargs && reading.stops_in(line.start, line.end)
        });
        let counted = here.map(|reading| {
            let others = self.env.entries.iter().filter(|entry| {
                let behind = entry.line_span.start > line.start || reading.loses_whole();
                behind && own.is_none_or(|own| own.key_span != entry.key_span) && entry.raw_span.is_some()
            });
            let lost = others.filter(|entry| reading.value(entry).is_none());
            let before = lost.clone().any(|entry| entry.line_span.start < line.start);
            (lost.count(), before, reading)
        });
        let (dropped, whole, reading) = counted.max_by_key(|(dropped, ..)| *dropped)?;
        let reader = reading.reader.clone();
        if dropped == 0 {
            return Some(Verdict::Refused { reader: Some(reader) });
        }
        Some(Verdict::Stops { reader, dropped, whole })
    }

    /// What a shell, or a loader that runs commands, does beyond assigning.
    fn shell(&self, entry: &Entry, value: &str) -> Option<Verdict> {
        let raw = entry.raw_span.and_then(|raw| self.text.get(raw.start..raw.end))?;
        let harm = harm(raw, entry.quote);
        let line = entry.line_span;
        // `K=a&b` runs nothing: it assigns in a process of its own, and the value is lost.
        let runs = |reading: &&Reading<'_>| {
            let cut = reading.is_shell()
                && !reading.stops_elsewhere(line.start, line.end)
                && reading.value(entry) != Some(value);
            reading.runs_in(entry) || (cut && harm != Some(Harm::Substitutes))
        };
        if let (Some(harm), Some(reading)) = (harm, self.readings.iter().find(runs)) {
            return Some(Verdict::Shell { reader: Some(reading.reader.clone()), harm });
        }
        if let Some(harm) = harm.filter(|_| self.readings.is_empty()) {
            let loaded = load(&format!("K={raw}\n"), Loader::Bash, &|_| None);
            let got = loaded.variable("K").and_then(|variable| variable.value.as_deref());
            let bad = got != Some(value) || !loaded.executes.is_empty();
            // A list in brackets has a rule of its own.
            return (bad && Shape::of(value).kind != Kind::BareList)
                .then_some(Verdict::Shell { reader: None, harm });
        }
        let mut shells = self.readings.iter().filter(|reading| reading.is_shell());
        let changed = shells.find(|reading| reading.value(entry).is_some_and(|got| got != value))?;
        let unquoted = entry.quote.is_none() && !value.contains('$');
        let harm = if value.contains(['"', '\'']) && !(self.sourced && is_json(value)) {
            Harm::Quotes
        } else if has_letter_after_backslash(value) {
            Harm::Backslashes
        } else {
            return None;
        };
        unquoted.then(|| Verdict::Shell { reader: Some(changed.reader.clone()), harm })
    }

    /// Somebody who does not set the variable, although he does not stop elsewhere.
    fn refused(&self, entry: &Entry) -> Option<Verdict> {
        entry.raw_span?;
        let line = entry.line_span;
        let refuses = |reading: &&Reading<'_>| {
            reading.reader.loader != Loader::Xargs
                && !reading.stops_elsewhere(line.start, line.end)
                && reading.value(entry).is_none()
        };
        let reading = self.readings.iter().find(refuses)?;
        Some(Verdict::Refused { reader: Some(reading.reader.clone()) })
    }

    /// Whether this is JSON whose quotes a shell eats, which has a rule of its own.
    fn is_eaten_json(&self, entry: &Entry, value: &str) -> bool {
        let eats = |reading: &Reading<'_>| {
            let shell = reading.is_shell() || reading.reader.loader == Loader::Xargs;
            shell && reading.value(entry) != Some(value)
        };
        self.sourced && is_json(value) && self.readings.iter().any(eats)
    }

    /// What the readers' values say.
    fn values(&self, entry: &Entry, value: &str) -> Option<Verdict> {
        entry.raw_span?;
        let line = entry.line_span;
        let counts = |reading: &&Reading<'_>| {
            reading.matters(&entry.key) && !reading.stops_elsewhere(line.start, line.end)
        };
        let readings: Vec<&Reading<'_>> = self.readings.iter().filter(counts).collect();
        self.split(entry, value)
            .or_else(|| self.expanded(entry, value, &readings))
            .or_else(|| quotes_kept(entry, &readings))
            .or_else(|| self.hash(entry, value, &readings))
            .or_else(|| differs(entry, value, &readings))
    }

    fn split(&self, entry: &Entry, value: &str) -> Option<Verdict> {
        let line = entry.line_span;
        let reading = self.readings.iter().find(|reading| reading.reader.loader == Loader::Xargs)?;
        let stops = reading.stops_in(line.start, line.end);
        let changed = reading.value(entry) != Some(value) && !value.contains('$');
        let other = changed && !reading.stops_elsewhere(line.start, line.end);
        (stops || other).then(|| Verdict::Split { reader: reading.reader.clone(), stops })
    }

    fn expanded(&self, entry: &Entry, value: &str, readings: &[&Reading<'_>]) -> Option<Verdict> {
        if !is_secret(&entry.key) || !self.has_stray_dollar(entry, value) {
            return None;
        }
        // Where nothing is filled in, something else changed the value.
        let changed = |reading: &&&Reading<'_>| {
            reading.reader.loader.fills_in() && reading.value(entry).is_some_and(|got| got != value)
        };
        let reading = readings.iter().find(changed)?;
        let left = reading.value(entry).map(Shape::of);
        Some(Verdict::Expanded { reader: reading.reader.clone(), left })
    }

    /// Whether a `$` in a secret is not plainly a reference that somebody wanted.
    fn has_stray_dollar(&self, entry: &Entry, value: &str) -> bool {
        let written = entry.inner_span.and_then(|span| self.text.get(span.start..span.end));
        if written.is_some_and(|written| written.contains("\\$")) {
            return false;
        }
        value.split('$').skip(1).any(|rest| {
            let length =
                rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            let name = rest.get(..length).unwrap_or_default();
            !rest.starts_with('{') && !self.keys.contains_key(name) && !self.defined.contains(name)
        })
    }

    fn hash_span(&self, entry: &Entry) -> Option<Span> {
        let inner = entry.inner_span.filter(|_| entry.quote.is_none())?;
        let at = self.text.get(inner.start..inner.end)?.find('#')?;
        Some(Span::new(inner.start + at, inner.end))
    }

    /// A `#` that not all take alike.
    fn hash(&self, entry: &Entry, value: &str, readings: &[&Reading<'_>]) -> Option<Verdict> {
        let span = entry.comment_span.or_else(|| self.hash_span(entry))?;
        let before = self.text.get(..span.start).and_then(|before| before.chars().next_back());
        let empty = entry.inner_span.is_some_and(Span::is_empty);
        let hash = match before {
            Some('\t') => Hash::Tab,
            Some(' ') if empty => Hash::Alone,
            Some(' ') => Hash::Comment,
            Some('=') => Hash::First,
            _ if entry.quote.is_some() => return None,
            _ => Hash::Glued,
        };
        let differing = readings.iter().find(|reading| reading.value(entry).is_some_and(|got| got != value));
        if let Some(differing) = differing {
            let got = differing.value(entry);
            let other = readings.iter().find(|reading| reading.value(entry) != got);
            let other = other.map(|reading| reading.reader.clone());
            return Some(Verdict::Hash { hash, reader: Some(differing.reader.clone()), other });
        }
        // `KEY= # comment` is how people explain what is empty.
        let unknown = self.readings.is_empty() && !matches!(hash, Hash::Comment | Hash::Alone);
        unknown.then_some(Verdict::Hash { hash, reader: None, other: None })
    }

    /// The form of the line, where nobody minds what it says.
    fn form(&self, entry: &Entry) -> Option<Verdict> {
        if !is_name(&entry.key) {
            return self.readings.is_empty().then_some(Verdict::Unportable);
        }
        let Some(raw) = entry.raw_span else {
            let inherits = |reading: &Reading<'_>| {
                matches!(
                    reading.reader.loader,
                    Loader::Compose | Loader::ComposeEnvFile | Loader::ComposeRaw | Loader::Docker
                )
            };
            let meant = !self.readings.is_empty() && self.readings.iter().all(inherits);
            // `export NAME` passes on what the shell has.
            return (!meant && !entry.exported).then_some(Verdict::Spacing(Spacing::Bare));
        };
        let between = self.text.get(entry.key_span.end..raw.start).unwrap_or_default();
        if between.trim_start().starts_with(':') {
            return Some(Verdict::Spacing(Spacing::Colon));
        }
        // `K= # comment` has an empty value.
        let blanks = between.starts_with([' ', '\t']) || (between.ends_with([' ', '\t']) && !raw.is_empty());
        blanks.then_some(Verdict::Spacing(Spacing::Blanks))
    }

    /// `${NAME}` whose variable the file sets later, or nobody sets.
    fn reference(&self, entry: &Entry) -> Option<Verdict> {
        let inner = entry.inner_span.filter(|_| entry.quote != Some(Quote::Single))?;
        let written = self.text.get(inner.start..inner.end)?;
        let expands = |reading: &Reading<'_>| reading.value(entry).is_some_and(|got| got != written);
        if !self.readings.is_empty() && !self.readings.iter().any(expands) {
            return None;
        }
        for (at, _) in written.match_indices("${").take(20) {
            let before = written.get(..at).unwrap_or_default();
            let name = written.get(at + 2..).and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
            let Some(name) = name.filter(|name| is_name(name) && !before.ends_with(['\\', '$'])) else {
                continue;
            };
            let later = match self.keys.get(name) {
                // `K=${K}` takes what stands outside.
                Some(first) if first.key_span.start <= entry.key_span.start => continue,
                Some(first) => Some(first.key_span),
                // Somebody unknown may bring it along.
                None if self.readings.is_empty() => continue,
                None if OUTSIDE.contains(&name) || self.defined.contains(name) => continue,
                None => None,
            };
            return Some(Verdict::Reference { name: name.to_owned(), later });
        }
        None
    }
}

/// Variables that every process has, or that compose and CI bring along.
const OUTSIDE: &[&str] =
    &["HOME", "PATH", "PWD", "USER", "SHELL", "HOSTNAME", "TMPDIR", "UID", "GID", "LANG", "TZ", "LOGNAME"];

/// What of an unquoted or double-quoted text a shell acts on.
fn harm(raw: &str, quote: Option<Quote>) -> Option<Harm> {
    if quote == Some(Quote::Single) {
        return None;
    }
    if raw.contains("$(") || raw.contains('`') {
        return Some(Harm::Substitutes);
    }
    if quote.is_some() {
        return None;
    }
    if raw.contains(['<', '>']) {
        return Some(Harm::Redirects);
    }
    raw.contains([';', '&', '|', '(', ')', ' ', '\t']).then_some(Harm::Runs)
}

fn has_letter_after_backslash(value: &str) -> bool {
    value.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_alphanumeric())
}

fn is_json(value: &str) -> bool {
    value.contains('"') && matches!(Shape::of(value).kind, Kind::JsonList | Kind::JsonObject)
}

fn quotes_kept(entry: &Entry, readings: &[&Reading<'_>]) -> Option<Verdict> {
    entry.quote?;
    let literal = |reading: &&&Reading<'_>| {
        matches!(reading.reader.loader, Loader::Docker | Loader::ComposeRaw | Loader::Make)
    };
    let reading = readings.iter().find(literal)?;
    Some(Verdict::QuotesKept { reader: reading.reader.clone() })
}

/// Two readers with different values; one has what is written, if anybody has.
fn differs(entry: &Entry, value: &str, readings: &[&Reading<'_>]) -> Option<Verdict> {
    let values: Vec<Option<&str>> = readings.iter().map(|reading| reading.value(entry)).collect();
    let base = values.iter().position(|got| *got == Some(value)).unwrap_or(0);
    let first = values.get(base)?;
    let other = values.iter().position(|got| got != first)?;
    let shown = |at: usize| Some((readings.get(at)?.reader.clone(), values.get(at)?.map(Shape::of)));
    Some(Verdict::Differs { one: shown(base)?, other: shown(other)? })
}
