//! ENV103: a secret is a placeholder, a well-known default, or guessable.
//!
//! Not here: examples, where placeholders belong, and lengths.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::project::uses::{Surroundings, is_no_secret_of, min_length, surroundings};
use crate::project::{File, Project, Role};
use crate::secrets::url::passwords;
use crate::secrets::weak::{Weakness, is_template, weakness};

pub(super) struct WeakSecret;

impl Rule for WeakSecret {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV103",
            "weak-secret",
            Error,
            Heuristic,
            "a secret is a placeholder, a well-known default, or easy to guess"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let surroundings = surroundings(file.source.path());
        if file.role == Role::Example || surroundings == Surroundings::Test {
            return;
        }
        weak_logins(env, file, (project, surroundings), found);
        for entry in env.entries.iter().filter(|entry| project.is_secret(&entry.key)) {
            let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
            let Some(span) = entry.inner_span.filter(|_| counts) else { continue };
            let value = entry.plain(file.source.text());
            let needed = min_length(project, &entry.key);
            let Some(weakness) = weakness(&value).filter(|_| !is_no_secret_of(&value, needed)) else {
                continue;
            };
            let short = needed.is_some_and(|needed| value.chars().count() < needed);
            // Too short is said elsewhere; that it is guessable too helps nobody.
            if weakness == Weakness::Guessable && short {
                continue;
            }
            let (what, certain) = match weakness {
                Weakness::Placeholder => ("holds a placeholder", true),
                Weakness::KnownDefault => ("holds a well-known default", true),
                Weakness::Guessable => ("can be guessed: it is made of words, years or runs of keys", false),
            };
            let severity = if certain && surroundings == Surroundings::Other {
                Severity::Error
            } else {
                Severity::Warning
            };
            found
                .push(span, format!("`{}` {what}", entry.key))
                .key(&entry.key)
                .severity(severity)
                .help("generate a random value: `openssl rand -base64 32`");
        }
    }
}

/// Passwords in URLs, whatever the variable is called: `postgres://user:password@host/db` opens the database to whoever
/// has read the documentation, as `DB_PASSWORD=password` does. In an example they are what one should write there.
fn weak_logins(
    env: &EnvFile,
    file: &File,
    (project, surroundings): (&Project<'_>, Surroundings),
    found: &mut Findings<'_>,
) {
    for entry in env.entries.iter().filter(|entry| !project.is_secret(&entry.key)) {
        let counts = env.entry(&entry.key).is_some_and(|last| last.key_span == entry.key_span);
        let Some(inner) = entry.inner_span.filter(|_| counts) else { continue };
        let value = file.source.slice(inner);
        for password in passwords(value) {
            let text = value.get(password.start..password.end).unwrap_or_default();
            let what = match weakness(text).filter(|_| !is_template(text)) {
                Some(Weakness::Placeholder) => "a placeholder",
                Some(Weakness::KnownDefault) => "a well-known default",
                Some(Weakness::Guessable) | None => continue,
            };
            let severity =
                if surroundings == Surroundings::Other { Severity::Error } else { Severity::Warning };
            found
                .push(
                    password.shifted(inner.start),
                    format!("the URL in `{}` has {what} for a password", entry.key),
                )
                .key(&entry.key)
                .severity(severity)
                .help("give the account a random password (`openssl rand -hex 24`) and write it here");
        }
    }
}
