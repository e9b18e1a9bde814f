//! What a declared pattern is, and the table of all of them, generated from `rules/secrets/`.
//!
//! Not here: how a text is searched.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use crate::diagnostic::{Certainty, Meta, Severity};

/// How a pattern is recognised once one of its keywords was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detector {
    /// By its regular expression.
    Regex,
    /// A PEM block.
    PrivateKey,
    /// Three base64 parts, the first of them JSON.
    Jwt,
    /// `scheme://user:password@host`.
    UrlCredential,
    /// A name that promises a secret, and a value.
    Assignment,
    /// A flag that a command takes a password by.
    Command,
    /// By the expression of a kind that a project declares.
    Own,
}

/// What the vendor computes into the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    /// Nothing.
    None,
    /// The last six characters are the CRC-32 of those before, in base 62.
    Base62Crc32,
    /// The six last characters of a Bech32 text.
    Bech32,
}

/// A request to the vendor that changes nothing, and what the answers to it mean. `{secret}` stands for the credential,
/// once.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The address: `https`, and the vendor's own host.
    pub url: &'static str,
    /// Whether it is a POST without a body; else it is a GET.
    pub post: bool,
    /// Names and values.
    pub headers: &'static [(&'static str, &'static str)],
    /// User and password of basic authentication as `user:password`; empty without.
    pub basic: &'static str,
    /// The statuses of a credential that is accepted.
    pub live: &'static [u16],
    /// The statuses of one that is not.
    pub dead: &'static [u16],
    /// Of which one must stand in the answer of a credential that is accepted, where any are given.
    pub live_text: &'static [&'static str],
    /// Of which one must stand in the answer of one that is not, where any are given.
    pub dead_text: &'static [&'static str],
    /// What the credential must begin with; the others of its kind are for other doors.
    pub only: &'static str,
}

impl Request {
    /// The vendor's host.
    #[must_use]
    pub fn host(&self) -> &'static str {
        let rest = self.url.strip_prefix("https://").unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }
}

/// What a part of a credential is that stands beside the secret part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The name by which the issuer knows whose secret it is.
    Id,
    /// The host that takes it.
    Host,
}

/// What belongs to the secrets of a pattern and is looked for near them.
pub(super) struct Beside {
    /// The pattern's code.
    pub(super) code: &'static str,
    pub(super) part: Part,
    /// What it looks like; its first group is the part, where there is one.
    pub(super) regex: &'static str,
    pub(super) compiled: OnceLock<Option<Regex>>,
}

impl Beside {
    /// The compiled expression, as [`Pattern::regex`].
    pub(super) fn regex(&self) -> Option<&Regex> {
        let build = || RegexBuilder::new(self.regex).unicode(false).build().ok();
        self.compiled.get_or_init(build).as_ref()
    }
}

/// One kind of credential: its identity, where its form is documented, how it is recognised.
#[derive(Debug)]
pub struct Pattern {
    /// Its identity as a rule.
    pub meta: Meta,
    /// Who issues it.
    pub provider: &'static str,
    /// The vendor's documentation of its form.
    pub url: &'static str,
    /// Where it is revoked.
    pub rotate: &'static str,
    pub(super) detector: Detector,
    pub(super) regex: &'static str,
    pub(super) group: usize,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) entropy: f32,
    pub(super) checksum: Checksum,
    /// How the vendor is asked whether it is still accepted; `None` where that is not known, or not harmless.
    pub verify: Option<Request>,
    pub(super) compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The compiled expression, built when the first keyword is met; `None` where it does not compile,
    /// which a test rules out.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let build = || {
            let anchored =
                if self.before == 0 { format!("^(?:{})", self.regex) } else { self.regex.to_owned() };
            RegexBuilder::new(&anchored).unicode(false).build().ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    /// How much a finding of this pattern is worth where two overlap.
    pub(super) const fn rank(&self) -> u8 {
        match self.detector {
            Detector::Own => 4,
            Detector::PrivateKey | Detector::Regex => 3,
            Detector::Jwt => 2,
            Detector::UrlCredential => 1,
            Detector::Command => 1,
            Detector::Assignment => 0,
        }
    }
}

/// A text that sends its place to some patterns.
pub(super) struct Keyword {
    /// The text, in lower case where `fold` is set.
    pub(super) text: &'static [u8],
    /// Whether letter case is ignored.
    pub(super) fold: bool,
    /// Indexes into [`PATTERNS`].
    pub(super) patterns: &'static [u16],
}

/// One window of a keyword in the filter.
pub(super) struct Entry {
    /// The window's slot.
    pub(super) slot: u16,
    /// The index into [`KEYWORDS`].
    pub(super) keyword: u16,
    /// Where the window stands in the keyword.
    pub(super) offset: u8,
}

pub(super) mod tables {
    //! The generated data.
    #![allow(clippy::unreadable_literal, reason = "no person reads these")]

    use super::{
        Beside, Certainty, Checksum, Detector, Entry, Keyword, Meta, OnceLock, Part, Pattern, Request,
        Severity,
    };

    include!(concat!(env!("OUT_DIR"), "/secret_patterns.rs"));
}

pub use tables::{DIGEST, PATTERNS};
