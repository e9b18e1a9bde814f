//! What a rule says: its [`Meta`], a [`Diagnostic`] with its place and its [`Fix`], the [`Report`].
//!
//! Not here: which rules exist, how a report is written, where files come from.

mod bound;
mod fingerprint;
mod report;

pub use bound::{Further, Gathered, WHOLE, WHOLE_IN_ALL};
pub use report::{Finding, Region, Report};

use std::fmt;
use std::sync::Arc;

use crate::source::Span;

/// How bad a finding is. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; shown only when asked for.
    Info,
    /// A guess, or a thing that works by luck.
    Warning,
    /// Certain to go wrong, or certain to be unsafe.
    Error,
}

impl Severity {
    /// The word used in every output and in `envgate.yaml`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Whether a rule knows or guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It follows from the text, the git index or the resolved project.
    Certain,
    /// It is driven by names, shapes or configuration.
    Heuristic,
}

impl Certainty {
    /// The word used in `envgate rules`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Heuristic => "heuristic",
        }
    }
}

/// A rule's identity: code and name always go together.
#[derive(Debug)]
pub struct Meta {
    /// The code, such as `CMP002`; never reused.
    pub code: &'static str,
    /// The name, such as `secret-fallback`.
    pub name: &'static str,
    /// The severity where configuration says nothing.
    pub severity: Severity,
    /// Whether it knows or guesses.
    pub certainty: Certainty,
    /// One line, lowercase, without a full stop.
    pub summary: &'static str,
    /// The page in Markdown, shown by `envgate explain`.
    pub page: &'static str,
}

impl Meta {
    /// The letters of the code: `ENV`, `CMP`, `HOK`, `SEC`, `CFG`, `DEP`; `OWN` for the rules of a project.
    #[must_use]
    pub fn family(&self) -> &'static str {
        if self.is_own() {
            return "OWN";
        }
        self.code.trim_end_matches(|character: char| character.is_ascii_digit())
    }

    /// Whether a project declares it for itself: then its name, in lower case, is its code too.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.code.starts_with(|first: char| first.is_ascii_lowercase())
    }

    /// Whether `word` names this rule: by code or by name.
    #[must_use]
    pub fn names(&self, word: &str) -> bool {
        word.eq_ignore_ascii_case(self.code) || word.eq_ignore_ascii_case(self.name)
    }

    /// Whether `word` names this rule or the family that it belongs to.
    #[must_use]
    pub fn answers_to(&self, word: &str) -> bool {
        self.names(word) || word.eq_ignore_ascii_case(self.family())
    }
}

/// Builds a rule's [`Meta`] and takes its page in: a rule without `rules/CODE.md` does not compile.
macro_rules! meta {
    ($code:literal, $name:literal, $severity:ident, $certainty:ident, $summary:literal) => {{
        static META: $crate::diagnostic::Meta = $crate::diagnostic::Meta {
            code: $code,
            name: $name,
            severity: $crate::diagnostic::Severity::$severity,
            certainty: $crate::diagnostic::Certainty::$certainty,
            summary: $summary,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $code, ".md")),
        };
        &META
    }};
}
pub(crate) use meta;

/// Whether applying a fix can change what the file means to a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safety {
    /// Proved by re-reading: every loader in use gets the intended value.
    Safe,
    /// Needs a person's eye.
    Unsafe,
}

/// One replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What is written instead.
    pub replacement: String,
}

/// Edits on spans of the finding's own file, never a rebuilt line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, lowercase, without a full stop.
    pub title: String,
    /// Whether it is proved.
    pub safety: Safety,
    /// The replacements, not overlapping.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of a single replacement.
    pub fn replace(
        title: impl Into<String>,
        safety: Safety,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        Self { title: title.into(), safety, edits: vec![Edit { span, replacement: replacement.into() }] }
    }

    /// A fix that takes whole lines of `text` away. It is not safe where a comment of `#` stands directly above: what
    /// that silences, calls optional or describes would be the line behind.
    pub fn delete_lines(title: impl Into<String>, safety: Safety, lines: Span, text: &str) -> Self {
        let above = text.get(..lines.start).and_then(|before| before.lines().next_back());
        let left_behind = above.is_some_and(|line| line.trim_start().starts_with('#'));
        Self::replace(title, if left_behind { Safety::Unsafe } else { safety }, lines, "")
    }
}

/// A second place that belongs to a finding, with what it shows there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub path: Arc<str>,
    /// The place in it.
    pub span: Span,
    /// What stands there, lowercase, without a full stop.
    pub message: String,
}

/// One finding. Messages name keys and say lengths; a value is never in them.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// The rule.
    pub meta: &'static Meta,
    /// The severity of this finding.
    pub severity: Severity,
    /// The fact, lowercase, the thing in backticks, no full stop.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The file.
    pub path: Arc<str>,
    /// The place in it.
    pub span: Span,
    /// The variable it is about.
    pub key: Option<String>,
    /// The compose service it is about.
    pub service: Option<String>,
    /// Other places that belong to it.
    pub labels: Vec<Label>,
    /// How to put it right.
    pub fix: Option<Fix>,
    /// Findings of the same rule in the same file beyond [`WHOLE`]; the first one carries them.
    pub further: Vec<Further>,
}

impl Diagnostic {
    /// Says what to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Names the variable.
    pub fn key(&mut self, key: impl Into<String>) -> &mut Self {
        self.key = Some(key.into());
        self
    }

    /// Names the compose service.
    pub fn service(&mut self, service: impl Into<String>) -> &mut Self {
        self.service = Some(service.into());
        self
    }

    /// Overrides the rule's severity for this finding.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Points to a second place.
    pub fn label(&mut self, path: impl Into<Arc<str>>, span: Span, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label { path: path.into(), span, message: message.into() });
        self
    }

    /// Adds the fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fix = Some(fix);
        self
    }
}

/// Where a rule puts what it finds.
#[derive(Debug)]
pub struct Findings<'a> {
    meta: &'static Meta,
    path: Arc<str>,
    found: &'a mut Vec<Diagnostic>,
    bound: bound::Bound,
}

impl<'a> Findings<'a> {
    /// A place for the findings of the rule `meta` about the file at `path`.
    pub fn new(meta: &'static Meta, path: impl Into<Arc<str>>, found: &'a mut Vec<Diagnostic>) -> Self {
        Self { meta, path: path.into(), found, bound: bound::Bound::default() }
    }

    /// Reports `message` at `span` of the file being checked.
    pub fn push(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let path = Arc::clone(&self.path);
        self.push_as(self.meta, path, span, message)
    }

    /// Reports `message` at `span` of the file at `path`, for rules that look across files.
    pub fn push_in(
        &mut self,
        path: impl Into<Arc<str>>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push_as(self.meta, path, span, message)
    }

    /// Reports under another identity, for one rule that stands for many declared patterns.
    pub fn push_as(
        &mut self,
        meta: &'static Meta,
        path: impl Into<Arc<str>>,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let path = path.into();
        self.bound.next(meta, &path, self.found);
        self.found.push(Diagnostic {
            meta,
            severity: meta.severity,
            message: message.into(),
            help: None,
            path,
            span,
            key: None,
            service: None,
            labels: Vec::new(),
            fix: None,
            further: Vec::new(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}
