//! One kind: what is declared of it, and whether a text is of it.
//!
//! Not here: where in a text its keywords stand.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, OnceLock};

use regex::bytes::Regex;

use crate::diagnostic::{Certainty, Meta, Severity};
use crate::source::Span;

use super::super::pattern::{Checksum, Detector, Pattern};
use super::super::scan::{Candidate, Confidence};
use super::super::shape;
use super::PLACEHOLDER;
use super::form::{self, Fault, Form};

/// The group of an expression that is the secret; without it the whole match is.
const GROUP: &str = "secret";

/// Whether a kind is looked for in the file at a path.
pub type PathTest = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// What is declared of a kind.
pub struct Definition {
    /// Its name, which is its code too.
    pub name: String,
    /// What it is, such as `an Acme key`.
    pub description: String,
    /// The expression.
    pub pattern: String,
    /// Texts of which every match contains one; worked out from the expression where there are none.
    pub keywords: Vec<String>,
    /// The fewest bits a byte; placeholders are told apart only where this is said.
    pub entropy: Option<f32>,
    /// Expressions of secrets that are none.
    pub allow: Vec<String>,
    /// How bad a finding is.
    pub severity: Severity,
    /// Where it is revoked.
    pub rotate: String,
    /// Which files it is looked for in; `None` for all.
    pub paths: Option<PathTest>,
}

/// Which part of a definition is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The expression.
    Pattern,
    /// The keyword at this place of the list.
    Keyword(usize),
    /// The expression at this place of the list.
    Allow(usize),
}

/// A part that is wrong, and why.
pub type Misread = (Part, Fault);

/// Why a text is, or is not, of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No keyword stands in it.
    NoKeyword,
    /// The expression matches nothing in it.
    NoMatch,
    /// What the expression matches runs on into a longer word.
    PieceOfAWord,
    /// The expression matches, and no keyword stands in what it matches.
    KeywordElsewhere,
    /// The secret has less disorder than was asked for.
    Entropy,
    /// The secret says itself that it is none.
    Placeholder,
    /// The secret is one that is allowed.
    Allowed,
    /// It is.
    Found,
}

/// A kind that can be looked for.
pub struct Kind {
    pattern: &'static Pattern,
    keywords: Vec<String>,
    derived: bool,
    regex: Regex,
    longest: usize,
    allow: Vec<Regex>,
    entropy: Option<f32>,
    paths: Option<PathTest>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kind").field("name", &self.pattern.meta.name).finish_non_exhaustive()
    }
}

impl Definition {
    /// Makes it a kind.
    ///
    /// # Errors
    ///
    /// Every part that is wrong.
    pub fn into_kind(self) -> Result<Kind, Vec<Misread>> {
        let mut wrong = Vec::new();
        let form = form::of(&self.pattern).map_err(|fault| wrong.push((Part::Pattern, fault))).ok();
        let mut allow = Vec::new();
        for (nth, expression) in self.allow.iter().enumerate() {
            match form::compiled(expression) {
                Ok(regex) => allow.push(regex),
                Err(fault) => wrong.push((Part::Allow(nth), fault)),
            }
        }
        for (nth, keyword) in self.keywords.iter().enumerate() {
            if keyword.len() < form::SHORTEST_KEYWORD {
                let help = "write a longer piece of the secret, or leave `keywords` out";
                wrong.push((Part::Keyword(nth), Fault::new("a keyword has 3 bytes or more", help)));
            }
        }
        let derived = self.keywords.is_empty();
        if let Some(Form { keywords: None, .. }) = form
            && derived
        {
            let message = "no text of 3 bytes stands in all that the pattern matches";
            let help = "begin the pattern with the name that stands before the secret, and name the secret's \
                        own part: `acme_id=(?P<secret>[0-9]{10})`";
            wrong.push((Part::Pattern, Fault::new(message, help)));
        }
        let Some(Form { regex, longest, keywords }) = form.filter(|_| wrong.is_empty()) else {
            return Err(wrong);
        };
        let keywords = if derived { keywords.unwrap_or_default() } else { self.keywords.clone() };
        let pattern = interned(&self, &keywords);
        let (entropy, paths) = (self.entropy, self.paths);
        Ok(Kind { pattern, keywords, derived, regex, longest, allow, entropy, paths })
    }

    fn page(&self, keywords: &[String]) -> String {
        let words: Vec<String> = keywords.iter().map(|word| format!("`{word}`")).collect();
        let rotate = match self.rotate.as_str() {
            "" => "Revoke it where it is valid".to_owned(),
            rotate => format!("Revoke it first: {rotate}"),
        };
        format!(
            "# {name}\n\nReports {what}. It is a rule of this project, written in its `envgate.yaml`: what \
             `{pattern}` matches, looked for where {words} stands.\n\n## Why it matters\n\nWhoever can read the \
             file, or any copy of it, can use the secret; taking it out of the file does not take it out of the \
             history. {rotate}, then put the new one into an env file that git ignores or into a secret store, \
             and read it by name.\n\n## Silence it\n\n```sh\n# envgate: allow {name}: reason\n```\n",
            name = self.name,
            what = self.description,
            pattern = self.pattern,
            words = words.join(" or "),
        )
    }
}

/// The identity of a kind lives as long as the process, as those of the rules do; the same declaration, read again by
/// a server that lives long, gets the same one.
fn interned(definition: &Definition, keywords: &[String]) -> &'static Pattern {
    static KNOWN: OnceLock<Mutex<HashMap<String, &'static Pattern>>> = OnceLock::new();
    let page = definition.page(keywords);
    let key = format!("{}\0{page}", definition.severity);
    let known = KNOWN.get_or_init(Mutex::default);
    let mut known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    known.entry(key).or_insert_with(|| leaked(definition, page))
}

fn leaked(definition: &Definition, page: String) -> &'static Pattern {
    let kept = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let name = kept(&definition.name);
    let certainty = match definition.severity {
        Severity::Error => Certainty::Certain,
        Severity::Warning | Severity::Info => Certainty::Heuristic,
    };
    Box::leak(Box::new(Pattern {
        meta: Meta {
            code: name,
            name,
            severity: definition.severity,
            certainty,
            summary: kept(&definition.description),
            page: Box::leak(page.into_boxed_str()),
        },
        provider: "",
        url: "",
        rotate: kept(&definition.rotate),
        detector: Detector::Own,
        regex: "",
        group: 0,
        before: 0,
        after: 0,
        entropy: 0.0,
        checksum: Checksum::None,
        verify: None,
        compiled: OnceLock::new(),
    }))
}

impl Kind {
    /// Its identity.
    #[must_use]
    pub const fn meta(&self) -> &'static Meta {
        &self.pattern.meta
    }

    /// The texts that it is looked for by.
    pub fn keywords(&self) -> impl Iterator<Item = &str> {
        self.keywords.iter().map(String::as_str)
    }

    /// Whether the keywords were worked out from the expression.
    #[must_use]
    pub const fn derived(&self) -> bool {
        self.derived
    }

    /// Whether `text` is of this kind, wherever it stands, and why not.
    #[must_use]
    pub fn verdict(&self, text: &str) -> Verdict {
        let bytes = text.as_bytes();
        if !self.has_keyword(bytes) {
            return Verdict::NoKeyword;
        }
        let mut best = Verdict::NoMatch;
        self.each_match(bytes, Span::new(0, bytes.len()), |span, whole| {
            best = best.max(self.judge(bytes, span, whole));
        });
        best
    }

    pub(super) fn looks_at(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|wanted| wanted(path))
    }

    /// The stretch that a match which contains `keyword` lies in, with one byte behind it: no match can end there.
    pub(super) fn around(&self, keyword: Span, length: usize) -> Span {
        let end = keyword.end.saturating_add(self.longest).saturating_add(1);
        Span::new(keyword.start.saturating_sub(self.longest), end.min(length))
    }

    /// Calls `found` with every secret of this kind in the windows of `text`; placeholders with low confidence.
    pub(super) fn each(&self, text: &str, windows: &[Span], mut found: impl FnMut(Candidate)) {
        for &window in windows {
            self.each_match(text.as_bytes(), window, |span, whole| {
                let confidence = match self.judge(text.as_bytes(), span, whole) {
                    Verdict::Found => Confidence::High,
                    Verdict::Entropy | Verdict::Placeholder => PLACEHOLDER,
                    _ => return,
                };
                if text.get(span.start..span.end).is_some() {
                    found(Candidate::new(self.pattern, span, whole, confidence));
                }
            });
        }
    }

    /// Calls `found` with the secret and the whole of every match.
    fn each_match(&self, bytes: &[u8], window: Span, mut found: impl FnMut(Span, Span)) {
        let Some(seen) = bytes.get(..window.end) else { return };
        let mut at = window.start;
        while let Some(captures) = self.regex.captures_at(seen, at) {
            let Some(whole) = captures.get(0).map(|whole| Span::from(whole.range())) else { return };
            let secret = captures.name(GROUP).map_or(whole, |secret| Span::from(secret.range()));
            found(secret, whole);
            at = whole.end.max(at + 1);
        }
    }

    fn judge(&self, bytes: &[u8], span: Span, whole: Span) -> Verdict {
        let secret = bytes.get(span.start..span.end).unwrap_or_default();
        if secret.is_empty() {
            return Verdict::NoMatch;
        }
        if !stands_alone(bytes, span) {
            return Verdict::PieceOfAWord;
        }
        if !bytes.get(whole.start..whole.end).is_some_and(|whole| self.has_keyword(whole)) {
            return Verdict::KeywordElsewhere;
        }
        if self.allow.iter().any(|allow| allow.is_match(secret)) {
            return Verdict::Allowed;
        }
        match self.entropy {
            Some(least) if shape::entropy(secret) < least => Verdict::Entropy,
            Some(_) if shape::is_placeholder_token(secret) => Verdict::Placeholder,
            _ => Verdict::Found,
        }
    }

    fn has_keyword(&self, text: &[u8]) -> bool {
        let lower = text.to_ascii_lowercase();
        self.keywords
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.to_ascii_lowercase().as_bytes()).is_some())
    }
}

/// Whether no word runs into the secret or out of it. What begins or ends with another sign says itself where it ends.
fn stands_alone(bytes: &[u8], span: Span) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let first = word(Some(span.start)) && word(span.start.checked_sub(1));
    let last = word(span.end.checked_sub(1)) && word(Some(span.end));
    // `\n` in front is an escape's letter, as everywhere.
    let escape = bytes.get(span.start.saturating_sub(2)..span.start);
    let escaped = matches!(escape, Some([b'\\', b'n' | b'r' | b't']));
    (!first || escaped) && !last
}
