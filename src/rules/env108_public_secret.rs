//! ENV108: a secret in a variable that a build tool ships to browsers.
//!
//! Not here: values; the name alone decides, except where the value shows that it is meant to be public.

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::project::resolve::OriginKind;
use crate::project::uses::is_plainly_no_secret;
use crate::project::{File, Project, names};

pub(super) struct PublicSecret;

impl Rule for PublicSecret {
    fn meta(&self) -> &'static Meta {
        meta!("ENV108", "public-secret", Error, Heuristic, "a secret has a name that ships it to browsers")
    }

    fn check_env(&self, env: &EnvFile, file: &File, _project: &Project<'_>, found: &mut Findings<'_>) {
        for entry in &env.entries {
            let Some(public) = public_secret(&entry.key, &entry.plain(file.source.text())) else { continue };
            public.report(&entry.key, found.push(entry.key_span, public.message(&entry.key)));
        }
    }

    fn check_project(&self, project: &Project<'_>, found: &mut Findings<'_>) {
        let mut places = std::collections::BTreeSet::new();
        for service in project.environments.iter().flat_map(|environment| &environment.services) {
            for variable in service.variables.iter().filter(|v| v.set_at.kind == OriginKind::Environment) {
                let origin = &variable.set_at;
                let value = variable.arrives.value.as_deref().unwrap_or_default();
                let Some(public) = public_secret(&variable.key, value) else { continue };
                let Some(file) = project.file(&origin.path).filter(|file| file.checked) else { continue };
                if places.insert((&origin.path, origin.span, &variable.key)) {
                    let message = public.message(&variable.key);
                    let diagnostic = found.push_in(file.source.shared_path(), origin.span, message);
                    public.report(&variable.key, diagnostic.service(&service.name));
                }
            }
        }
    }
}

/// A public name of a secret.
struct Public {
    prefix: &'static str,
    /// The name leaves no doubt.
    certain: bool,
}

impl Public {
    fn message(&self, key: &str) -> String {
        format!("`{key}` is named as a secret, and `{}` ships it to every browser", self.prefix)
    }

    fn report(&self, key: &str, diagnostic: &mut crate::diagnostic::Diagnostic) {
        let bare = key.strip_prefix(self.prefix).unwrap_or(key);
        diagnostic.key(key).severity(if self.certain { Severity::Error } else { Severity::Warning }).help(
            format!(
                "call it `{bare}`, read it on the server only, and replace the key if it was ever deployed"
            ),
        );
    }
}

const PREFIXES: &[&str] =
    &["NEXT_PUBLIC_", "NUXT_PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "GATSBY_", "VITE_", "PUBLIC_"];

fn public_secret(key: &str, value: &str) -> Option<Public> {
    let prefix = PREFIXES.iter().copied().find(|prefix| key.starts_with(prefix))?;
    let bare = key.strip_prefix(prefix)?;
    let secret =
        names::is_secret(bare) || bare.ends_with("SERVICE_ROLE_KEY") || bare.ends_with("SERVICE_ROLE");
    let meant = MEANT_TO_BE_PUBLIC.iter().any(|word| bare.contains(word))
        || PUBLIC_VALUES.iter().any(|start| value.starts_with(start))
        || is_plainly_no_secret(value);
    let certain = CERTAIN.iter().any(|word| bare.contains(word));
    (secret && (certain || !meant) && !is_plainly_no_secret(value)).then_some(Public { prefix, certain })
}

/// Words in names that leave no doubt, publishable or not.
const CERTAIN: &[&str] = &[
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PRIVATE_KEY",
    "SERVICE_ROLE",
    "OPENAI",
    "ANTHROPIC",
    "OPENROUTER",
    "GITHUB_TOKEN",
    "AWS_ACCESS_KEY",
    "SENDGRID",
    "TWILIO_AUTH",
    "SENTRY_AUTH",
    "DATABASE",
];

/// Words in the names of keys that their makers mean to be seen.
const MEANT_TO_BE_PUBLIC: &[&str] = &[
    "PUBLISHABLE",
    "PUBLIC_KEY",
    "ANON",
    "SITE_KEY",
    "SITEKEY",
    "FIREBASE",
    "MAPS",
    "MAPBOX",
    "MAPTILER",
    "RECAPTCHA",
    "HCAPTCHA",
    "TURNSTILE",
    "POSTHOG",
    "AMPLITUDE",
    "MIXPANEL",
    "SEGMENT",
    "ANALYTICS",
    "ALGOLIA_SEARCH",
    "ALGOLIA_API_KEY",
    "ALGOLIA_PUBLIC",
    "SEARCH_API_KEY",
    "SEARCH_KEY",
    "STRIPE_KEY",
    "STRIPE_PK",
    "PUSHER",
    "VAPID",
    "CLIENT_TOKEN",
    "CLIENT_KEY",
    "WRITE_KEY",
    "SENTRY",
    "BUGSNAG",
    "ROLLBAR",
    "INTERCOM",
    "GIPHY",
    "TMDB",
    "WEATHER",
    "PAYPAL_CLIENT",
    "REVENUECAT",
    "STREAM_API_KEY",
    "WEB3FORMS",
    "EMAILJS",
    "TINYMCE",
];

/// How the values of such keys begin.
const PUBLIC_VALUES: &[&str] = &["pk_live_", "pk_test_", "pk.", "phc_", "sb_publishable_"];
