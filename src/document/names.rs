//! What a variable's name says about its value. The one place where names are guessed at.
//!
//! Not here: what a value says about itself.

/// Whether a variable of this name holds something that must not be known.
///
/// ```
/// use envgate::document::names::is_secret;
/// assert!(is_secret("JWT_SECRET_KEY") && is_secret("MONGODB_PASSWORD") && is_secret("SAPTIVA_API_KEY"));
/// assert!(!is_secret("JWT_ACCESS_TOKEN_EXPIRE_MINUTES") && !is_secret("PUBLIC_KEY_PATH"));
/// ```
#[must_use]
pub fn is_secret(name: &str) -> bool {
    if !has_hint(name) {
        return false;
    }
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    let (Some(&first), Some(&last)) = (words.first(), words.last()) else { return false };
    if upper.ends_with("SECRET_KEY_BASE") || upper == "APP_KEY" {
        return true;
    }
    // `MYSQL_ALLOW_EMPTY_PASSWORD`, `MYSQL_RANDOM_ROOT_PASSWORD`: switches.
    if words.iter().any(|word| matches!(*word, "ALLOW" | "RANDOM" | "EMPTY")) {
        return false;
    }
    if NOT_SECRET_ENDINGS.contains(&last) || NOT_SECRET_BEGINNINGS.contains(&first) {
        return false;
    }
    // A token that is traded has these; a page's storage has keys.
    let traded = first != last && matches!(last, "ADDRESS" | "SYMBOL" | "DECIMALS");
    if words.contains(&"TOKEN") && (traded || upper.ends_with("_STORAGE_KEY")) {
        return false;
    }
    // The shell's own, and a header's switch.
    if matches!(words.as_slice(), ["PWD" | "OLDPWD"]) || upper.ends_with("ALLOW_CREDENTIALS") {
        return false;
    }
    if words.contains(&"PUBLIC")
        && words.contains(&"KEY")
        && !words.contains(&"SECRET")
        && !words.contains(&"API")
    {
        return false;
    }
    let joined = words.join("_");
    words.iter().any(|word| SECRET_WORDS.contains(word))
        || SECRET_PHRASES.iter().any(|phrase| joined.contains(phrase))
        || SECRET_SUFFIXES.iter().any(|suffix| joined.ends_with(suffix))
}

/// Whether a name has any of what every name of a secret has some of: most names have nothing of it, and every
/// name is asked about many times.
fn has_hint(name: &str) -> bool {
    let bytes = name.as_bytes();
    let at = |start: usize, hint: &str| {
        let there = bytes.get(start..start + hint.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(hint.as_bytes()))
    };
    (0..bytes.len()).any(|start| match bytes.get(start).map(u8::to_ascii_uppercase) {
        Some(b'S') => at(start, "SECRET") || at(start, "SALT"),
        Some(b'P') => at(start, "PASS") || at(start, "PWD") || at(start, "PEPPER"),
        Some(b'T') => at(start, "TOKEN"),
        Some(b'C') => at(start, "CREDENTIAL"),
        Some(b'A') => at(start, "APIKEY"),
        Some(b'_' | b'-' | b'.') => at(start + 1, "KEY"),
        _ => false,
    })
}

const SECRET_WORDS: &[&str] = &[
    "SECRET",
    "SECRETS",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "PASS",
    "TOKEN",
    "CREDENTIAL",
    "CREDENTIALS",
    "APIKEY",
];

const SECRET_PHRASES: &[&str] = &[
    "API_KEY",
    "SECRET_KEY",
    "PRIVATE_KEY",
    "ACCESS_KEY",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
    "MASTER_KEY",
    "AUTH_KEY",
    "JWT_KEY",
    "HMAC_KEY",
    "FERNET_KEY",
    "SERVICE_ROLE_KEY",
];

const SECRET_SUFFIXES: &[&str] = &["PASSWORD", "SECRET", "APIKEY", "_SALT", "_PEPPER"];

/// Beginnings that make a switch or a number of it.
const NOT_SECRET_BEGINNINGS: &[&str] = &[
    "ALLOW", "ALLOWED", "ENABLE", "DISABLE", "USE", "USES", "REQUIRE", "REQUIRES", "HAS", "IS", "SHOW",
    "SKIP", "MAX", "MIN", "NUM",
];

/// Endings that speak about a secret rather than being one.
const NOT_SECRET_ENDINGS: &[&str] = &[
    "USERS",
    "MINUTES",
    "SECONDS",
    "HOURS",
    "DAYS",
    "TTL",
    "EXPIRY",
    "EXPIRES",
    "EXPIRATION",
    "ALGORITHM",
    "ISSUER",
    "AUDIENCE",
    "LENGTH",
    "MIN",
    "MAX",
    "COUNT",
    "LIMIT",
    "LIMITS",
    "TOKENS",
    "ENABLED",
    "DISABLED",
    "REQUIRED",
    "FILE",
    "PATH",
    "DIR",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
    "PORT",
    "NAME",
    "HEADER",
    "ID",
    "TYPE",
    "POLICY",
    "ROUNDS",
    "VERSION",
    "REGION",
    "BASE",
    "TIMEOUT",
    "EXPIRE",
    "EXPIRED",
    "LIFETIME",
    "DURATION",
    "INTERVAL",
    "AGE",
    "SIZE",
    "BUDGET",
    "THRESHOLD",
    "FORMAT",
    "MODE",
    "PROVIDER",
    "BACKEND",
    "PREFIX",
    "PATTERN",
    "REGEX",
    "HASHER",
    "HASHERS",
    "HASHING",
    "ALG",
    "SCOPE",
    "SCOPES",
    "METHOD",
    "STRATEGY",
    "SCHEME",
    "MANAGER",
    "THROUGH",
    "DUMMY",
    "ENV",
    "VALIDATORS",
    "ARN",
];

/// Whether a name is written as variables usually are. What stands in an env file without a `=` behind it is no name
/// else, but may be a line of a key that lost its quotes.
#[must_use]
pub fn is_usual(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::{SECRET_PHRASES, SECRET_SUFFIXES, SECRET_WORDS, has_hint, is_secret};

    #[test]
    fn whatever_makes_a_name_a_secret_is_hinted_at() {
        for word in [SECRET_WORDS, SECRET_PHRASES, SECRET_SUFFIXES, &["SECRET_KEY_BASE", "APP_KEY"]].concat()
        {
            for name in [word.to_owned(), word.to_lowercase(), format!("a.{word}"), format!("{word}-b")] {
                assert!(has_hint(&name), "{name}");
                assert!(has_hint(&name.replace('_', "-")) && has_hint(&name.replace('_', ".")), "{name}");
            }
        }
        assert!(!has_hint("") && !has_hint("KEY") && !has_hint("KEYBOARD") && !has_hint("DEBUG"));
    }

    #[test]
    fn names_of_secrets_are_told() {
        for name in [
            "SECRET_KEY",
            "SECRET_KEY_BASE",
            "DB_PASSWORD",
            "POSTGRES_PASSWORD",
            "db.password",
            "API_TOKEN",
            "NPM_TOKEN",
            "STRIPE_API_KEY",
            "APP_KEY",
            "NEXTAUTH_SECRET",
            "LANGFUSE_SALT",
            "SERVICE_ROLE_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "DB_PASS",
            "NEXT_PUBLIC_API_KEY",
            "GITHUB_TOKEN",
            "REDIS_PWD",
            "AZURE_STORAGE_ACCESS_KEY",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_about_secrets_are_none() {
        for name in [
            "PWD",
            "OLDPWD",
            "MAX_TOKENS",
            "TOKEN_TTL",
            "CORS_ALLOW_CREDENTIALS",
            "ALLOW_EMPTY_PASSWORD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "PASSWORD_MIN_LENGTH",
            "DB_PASSWORD_FILE",
            "AWS_ACCESS_KEY_ID",
            "JWT_PUBLIC_KEY",
            "TOKEN_URL",
            "USE_TOKEN",
            "NEXT_PUBLIC_TOKEN_ADDRESS",
            "VITE_TOKEN_SYMBOL",
            "VITE_TOKEN_STORAGE_KEY",
            "KEYBOARD",
            "TOKENIZERS_PARALLELISM",
            "PUBLIC_HOST",
            "PASSWORD_RESET_TIMEOUT",
            "SECRET_KEY_BASE_DUMMY",
            "KC_SPI_PASSWORD_HASHING",
            "SECRET_MANAGER",
            "PASS_THROUGH",
            "DB_PASS_ENV",
            "",
            "_",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
