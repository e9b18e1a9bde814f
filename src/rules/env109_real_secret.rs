//! ENV109: a secret that looks real in a file that others see: an example, or an env file in git.
//!
//! Not here: secrets in other files, and the shapes of well-known keys.

use std::borrow::Cow;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Fix, Meta, Safety, Severity};
use crate::document::env::EnvFile;
use crate::project::uses::{Surroundings, is_plainly_no_secret, surroundings};
use crate::project::{File, Project, Role};
use crate::rules::sample::is_in_archive;
use crate::secrets::url::passwords;
use crate::secrets::weak::{is_template, weakness};
use crate::source::Span;

pub(super) struct RealSecret;

impl Rule for RealSecret {
    fn meta(&self) -> &'static Meta {
        meta!(
            "ENV109",
            "real-secret",
            Error,
            Heuristic,
            "a real-looking secret stands in an example or in git"
        )
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let example = file.role == Role::Example;
        if !example && file.tracked != Some(true) && !is_in_archive(file.source.path()) {
            return;
        }
        for entry in &env.entries {
            let (Some(raw), Some(inner)) = (entry.raw_span, entry.inner_span) else { continue };
            if project.is_secret(&entry.key) {
                if looks_real(&entry.plain(file.source.text())) && !is_shipped_anyway(&entry.key) {
                    tell(file, (&entry.key, inner), raw, found);
                }
                continue;
            }
            // The password of a URL, whatever the variable is called.
            let value = file.source.slice(inner);
            for password in passwords(value) {
                if looks_real(value.get(password.start..password.end).unwrap_or_default()) {
                    let span = password.shifted(inner.start);
                    tell(file, (&entry.key, span), span, found);
                }
            }
        }
    }
}

/// Tells of a secret at a place, and what of it a placeholder would stand for in an example.
fn tell(file: &File, (key, span): (&str, Span), whole: Span, found: &mut Findings<'_>) {
    let example = file.role == Role::Example;
    let packed = file.tracked != Some(true);
    let place = match (example, packed) {
        (true, _) => "in an example file",
        (_, true) => "in an archive",
        _ => "in a file that git tracks",
    };
    let severity = match surroundings(file.source.path()) {
        Surroundings::Test => Severity::Warning,
        _ => Severity::Error,
    };
    let help = if example {
        "write a placeholder such as `CHANGE_ME`, and replace the secret where it is in use: everyone with the \
         repository has it"
    } else if packed {
        "leave the file out where the archive is made (an image by `.dockerignore`), and replace the secret: everyone \
         with the archive has it"
    } else {
        "take the file out of git (`git rm --cached`), ignore it, and replace the secret: the history keeps it"
    };
    let diagnostic = found
        .push(span, format!("`{key}` holds what looks like a real secret {place}"))
        .key(key)
        .severity(severity)
        .help(help);
    if example {
        diagnostic.fix(Fix::replace("write a placeholder", Safety::Unsafe, whole, "CHANGE_ME"));
    }
}

/// Names of variables that browsers get in any case.
fn is_shipped_anyway(key: &str) -> bool {
    ["NEXT_PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "GATSBY_", "VITE_", "PUBLIC_"]
        .iter()
        .any(|prefix| key.starts_with(prefix))
}

/// What stands within the armour of a PEM block; any other value as it is.
fn within_armour(value: &str) -> Cow<'_, str> {
    let begun = value.trim_start().strip_prefix("-----BEGIN").and_then(|rest| rest.split_once("-----"));
    let Some((_, rest)) = begun else { return Cow::Borrowed(value) };
    let body = rest.split("-----END").next().unwrap_or_default();
    Cow::Owned(body.replace("\\r", "\r").replace("\\n", "\n").trim().to_owned())
}

fn looks_real(value: &str) -> bool {
    let armoured = value.trim_start().starts_with("-----BEGIN");
    let value = &*within_armour(value);
    if armoured && value.contains("...") {
        return false;
    }
    let length = value.chars().count();
    let upper = value.to_ascii_uppercase();
    let documented = upper.contains("EXAMPLE") || upper.contains("DUMMY") || upper.contains("FAKE");
    let prose = value.contains(' ') && !armoured;
    length >= 8
        && !is_phrase(value)
        && !documented
        && !prose
        && !is_template(value)
        && !is_plainly_no_secret(value)
        && weakness(value).is_none()
}

/// A few words of small letters, such as a person writes to explain: no secret that anyone made by chance.
fn is_phrase(value: &str) -> bool {
    let words: Vec<&str> = value.split(['-', '_', '.']).collect();
    let word = |word: &&str| (2..=14).contains(&word.len()) && word.chars().all(|c| c.is_ascii_lowercase());
    (2..=5).contains(&words.len()) && words.iter().all(word)
}
