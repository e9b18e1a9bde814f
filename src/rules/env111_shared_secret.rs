//! ENV111: two secrets of one file, for two purposes, are one and the same.
//!
//! Not here: one credential under two names (`POSTGRES_PASSWORD` and `DB_PASSWORD`), and secrets that two
//! files share.

use std::collections::HashMap;

use super::{Rule, meta};
use crate::diagnostic::{Findings, Meta, Severity};
use crate::document::env::EnvFile;
use crate::project::held::{Held, held};
use crate::project::uses::{Surroundings, surroundings};
use crate::project::{File, Project, Role};

pub(super) struct SharedSecret;

impl Rule for SharedSecret {
    fn meta(&self) -> &'static Meta {
        meta!("ENV111", "shared-secret", Warning, Certain, "two secrets of one file have the same value")
    }

    fn check_env(&self, env: &EnvFile, file: &File, project: &Project<'_>, found: &mut Findings<'_>) {
        let surroundings = surroundings(file.source.path());
        if file.role == Role::Example || surroundings == Surroundings::Test {
            return;
        }
        let held = held(project, file, env);
        let mut first: HashMap<&str, (&Held<'_>, Purpose)> = HashMap::new();
        for secret in &held {
            let Some(purpose) = purpose(&secret.entry.key) else { continue };
            let Some((other, known)) = first.get(secret.value.as_ref()) else {
                first.insert(secret.value.as_ref(), (secret, purpose));
                continue;
            };
            if *known == purpose {
                continue;
            }
            let (key, same) = (&secret.entry.key, &other.entry.key);
            let diagnostic = found
                .push(secret.entry.raw_span.unwrap_or(secret.entry.key_span), format!("`{key}` has the same value as `{same}`"))
                .key(key)
                .help(format!(
                    "give `{key}` a value of its own, `openssl rand -base64 48`: who gets hold of one has the other, \
                     and neither can be replaced alone"
                ))
                .label(file.source.shared_path(), other.entry.key_span, "the same value");
            if surroundings == Surroundings::Development {
                diagnostic.severity(Severity::Info);
            }
        }
    }
}

/// What a secret is for. Two names with one purpose are two names of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It signs or encrypts, as these words say.
    Own(&'static str),
    /// It is the password of this product.
    Of(&'static str),
    /// It is the password of this product's administrator.
    Root(&'static str),
}

/// The purpose that a name plainly states. `None` where one value may well have several such names: what
/// others hand out (API keys, client secrets), and passwords of a database that is not named.
fn purpose(name: &str) -> Option<Purpose> {
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split('_').collect();
    let has = |word: &str| words.contains(&word);
    let given = ["API", "CLIENT", "WEBHOOK", "S3", "AWS", "MINIO", "R2", "STORAGE", "BUCKET", "OAUTH"];
    let product =
        PRODUCTS.iter().find(|(names, _)| names.iter().any(|name| has(name))).map(|(_, product)| *product);
    let password =
        words.iter().any(|word| matches!(*word, "PASSWORD" | "PASSWD" | "PASS" | "PWD" | "PGPASSWORD"));
    if password {
        let product = product?;
        return Some(if has("ROOT") { Purpose::Root(product) } else { Purpose::Of(product) });
    }
    if given.iter().any(|word| has(word)) || product.is_some() {
        return None;
    }
    let own = OWN.iter().find(|(names, _)| names.iter().any(|name| has(name))).map(|(_, own)| *own);
    let key = upper == "SECRET_KEY"
        || upper == "APP_KEY"
        || upper.ends_with("_SECRET_KEY")
        || has("BASE")
        || upper == "APP_SECRET";
    own.or(key.then_some("application")).map(Purpose::Own)
}

const PRODUCTS: &[(&[&str], &str)] = &[
    (&["POSTGRES", "POSTGRESQL", "PG", "PGPASSWORD"], "postgres"),
    (&["MYSQL", "MARIADB"], "mysql"),
    (&["REDIS", "VALKEY"], "redis"),
    (&["MONGO", "MONGODB"], "mongodb"),
    (&["RABBITMQ", "AMQP"], "rabbitmq"),
    (&["MINIO"], "minio"),
    (&["ELASTIC", "ELASTICSEARCH", "OPENSEARCH"], "elastic"),
    (&["GRAFANA"], "grafana"),
    (&["SMTP", "MAIL", "EMAIL"], "mail"),
];

/// Words of what an application makes for itself, the more special first.
const OWN: &[(&[&str], &str)] = &[
    (&["REFRESH"], "refresh"),
    (&["CSRF"], "csrf"),
    (&["COOKIE"], "cookie"),
    (&["SESSION"], "session"),
    (&["SALT"], "salt"),
    (&["PEPPER"], "pepper"),
    (&["ENCRYPTION", "FERNET", "ENCRYPT"], "encryption"),
    (&["SIGNING", "HMAC"], "signing"),
    (&["JWT"], "jwt"),
    (&["NEXTAUTH", "AUTH"], "auth"),
];

#[cfg(test)]
mod tests {
    use super::purpose;

    #[test]
    fn names_of_one_thing_have_one_purpose() {
        for (one, other) in [
            ("SECRET_KEY", "DJANGO_SECRET_KEY"),
            ("JWT_SECRET", "JWT_SECRET_KEY"),
            ("POSTGRES_PASSWORD", "PGPASSWORD"),
            ("AUTH_SECRET", "NEXTAUTH_SECRET"),
        ] {
            assert!(purpose(one).is_some() && purpose(one) == purpose(other), "{one} {other}");
        }
        for (one, other) in [
            ("SECRET_KEY", "JWT_SECRET_KEY"),
            ("JWT_SECRET", "JWT_REFRESH_SECRET"),
            ("SESSION_SECRET", "COOKIE_SECRET"),
            ("POSTGRES_PASSWORD", "REDIS_PASSWORD"),
            ("MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD"),
        ] {
            let both = purpose(one).zip(purpose(other));
            assert!(both.is_some_and(|(one, other)| one != other), "{one} {other}");
        }
        for name in [
            "DB_PASSWORD",
            "OPENAI_API_KEY",
            "GOOGLE_CLIENT_SECRET",
            "AWS_SECRET_ACCESS_KEY",
            "S3_SECRET_KEY",
            "GITHUB_TOKEN",
        ] {
            assert_eq!(purpose(name), None, "{name}");
        }
    }
}
