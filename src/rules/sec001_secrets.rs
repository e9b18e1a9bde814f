//! SEC001 to SEC004 and the providers' patterns (SEC101 and up): one scan a file, each finding under
//! its own pattern's identity.
//!
//! Not here: what a secret looks like, which is [`crate::secrets`]'s; secret-named variables of env
//! files and compose services, which have rules of their own.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::Document;
use crate::project::{File, Role};
use crate::rules::Rule;
use crate::rules::sample::{Scene, Tests, is_in_archive, is_installed, is_made_up, is_sample};
use crate::secrets::{Candidate, Confidence, Own, PATTERNS, Part, Pattern, scan_with};
use crate::source::{file_name, is_lock_name};

/// The rule.
pub(super) struct Secrets {
    own: Option<Arc<Own>>,
}

/// The rule with the built-in kinds alone.
pub(super) static PLAIN: Secrets = Secrets { own: None };

impl Secrets {
    /// The rule with the kinds of a project as well.
    pub(super) const fn with(own: Arc<Own>) -> Self {
        Self { own: Some(own) }
    }
}

impl Rule for Secrets {
    fn meta(&self) -> &'static Meta {
        &PATTERNS[0].meta
    }

    fn stands_for_patterns(&self) -> bool {
        true
    }

    fn check_text(&self, file: &File, found: &mut Findings<'_>) {
        let text = file.source.text();
        if is_home_of_secrets(file) {
            return;
        }
        let sample = file.role == Role::Example || is_sample(file.source.path());
        let tests = OnceCell::new();
        let in_tests = |at: usize| {
            file.source.path().ends_with(".rs") && tests.get_or_init(|| Tests::of(text)).hold(text, at)
        };
        let installed = is_installed(file.source.path());
        let lock = is_lock_name(file_name(file.source.path()));
        for candidate in scan_with(file.source.path(), text, self.own.as_deref()) {
            let pattern = candidate.pattern;
            if is_generic(pattern)
                && (lock || matches!(file.document, Document::Env(_) | Document::Compose(_)))
            {
                continue;
            }
            let own = self.own.as_deref();
            if is_generic(pattern) && is_declared(file.source.path(), file.source.slice(candidate.span), own)
            {
                continue;
            }
            let in_tests = in_tests(candidate.span.start);
            let sample = sample || in_tests;
            if is_made_up(text, &candidate, Scene { sample, in_tests, installed }) {
                continue;
            }
            let name = name_of(text, &candidate);
            let finding = found.push_as(
                &pattern.meta,
                file.source.shared_path(),
                candidate.span,
                message(pattern, name) + if candidate.encoded { ", encoded" } else { "" },
            );
            finding.severity(severity(&candidate, sample)).help(help(pattern));
            if let Some(name) = name {
                finding.key(name);
            }
            if let Some((part, span)) = candidate.beside {
                finding.label(file.source.shared_path(), span, part_text(part));
            }
        }
    }
}

/// An env file that git does not track is where secrets belong, unless it was packed up to be handed on.
fn is_home_of_secrets(file: &File) -> bool {
    let kept = file.tracked != Some(true) && !is_in_archive(file.source.path());
    matches!(file.document, Document::Env(_)) && file.role != Role::Example && kept
}

/// Whether the pattern judges by a name or a place, as the rules for env and compose files do.
fn is_generic(pattern: &Pattern) -> bool {
    matches!(pattern.meta.code, "SEC003" | "SEC004")
}

/// The files that say what is accepted.
const CONFIGURATIONS: [&str; 2] = ["envgate.yaml", ".envgate.yaml"];

/// Whether a configuration says it of secrets: the digest of one that is accepted, or what one of its kinds looks like.
fn is_declared(path: &str, secret: &str, own: Option<&Own>) -> bool {
    let digest = secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    digest && CONFIGURATIONS.contains(&file_name(path)) || own.is_some_and(|own| own.shows(path, secret))
}

fn severity(candidate: &Candidate, sample: bool) -> Severity {
    match candidate.pattern.meta.code {
        "SEC001" | "SEC002" | "SEC003" | "SEC004" | "SEC010" if sample => Severity::Warning,
        "SEC004" | "SEC010" if candidate.confidence == Confidence::High => Severity::Error,
        _ if candidate.confidence < Confidence::High => Severity::Warning,
        _ => candidate.pattern.meta.severity,
    }
}

fn message(pattern: &Pattern, name: Option<&str>) -> String {
    match (pattern.meta.code, name) {
        ("SEC004", Some(name)) => format!("`{name}` is set to a literal that looks like a secret"),
        ("SEC004", None) => "a literal that looks like a secret".to_owned(),
        ("SEC010", _) => "a command is given a password in its arguments".to_owned(),
        ("SEC001", _) => "a private key is written into the file".to_owned(),
        ("SEC003", _) => "a URL carries a password".to_owned(),
        _ => format!("{} is written into the file", pattern.meta.summary),
    }
}

const fn part_text(part: Part) -> &'static str {
    match part {
        Part::Id => "the ID that it belongs to",
        Part::Host => "the host that takes it",
    }
}

fn help(pattern: &Pattern) -> String {
    match pattern.meta.code {
        "SEC001" => {
            "make a new key pair, replace the public half wherever it is trusted, and keep the new private \
                     key in a file that git ignores or in a secret store; the text names only its path"
                .to_owned()
        }
        "SEC002" => {
            "let the token expire or change the key that signed it, then read tokens at run time from the \
                     environment or ask the issuer for one"
                .to_owned()
        }
        "SEC010" => "change the password where it is valid, and hand the new one over by a variable, a file or standard input, \
                     where `ps`, the shell's history and this file do not show it"
            .to_owned(),
        "SEC003" => "change the password where it is valid, and build the URL from a variable: \
                     `scheme://user:${PASSWORD}@host`"
            .to_owned(),
        "SEC004" => {
            "change the secret where it is valid, move the new one to an env file that git ignores or to a \
                     secret store, and read it here by name"
                .to_owned()
        }
        _ if pattern.rotate.is_empty() => "revoke it first, then put the new one into an env file that git ignores or into a secret store, \
                     and read it here by name"
            .to_owned(),
        _ => format!(
            "revoke it first ({}), then put the new one into an env file that git ignores or into a secret store, \
             and read it here by name",
            pattern.rotate
        ),
    }
}

/// The name that a secret was assigned to.
fn name_of<'t>(text: &'t str, candidate: &Candidate) -> Option<&'t str> {
    if candidate.pattern.meta.code != "SEC004" || candidate.encoded {
        return None;
    }
    let context = text.get(candidate.context.start..candidate.span.start)?;
    let length =
        context.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.$".contains(byte)).count();
    let name = context.get(..length)?.trim_start_matches('-');
    // What stands in a place of its own was given no name, and what a header or SQL says before it is none.
    let none = matches!(name.to_ascii_lowercase().as_str(), "" | "bearer" | "basic" | "identified");
    (!none).then_some(name)
}
