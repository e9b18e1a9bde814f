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
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    let (Some(&first), Some(&last)) = (words.first(), words.last()) else { return false };
    if NOT_SECRET_ENDINGS.contains(&last) || NOT_SECRET_BEGINNINGS.contains(&first) {
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
];

const SECRET_SUFFIXES: &[&str] = &["PASSWORD", "SECRET", "APIKEY", "_SALT", "_PEPPER"];

/// Beginnings that make a switch or a number of it.
const NOT_SECRET_BEGINNINGS: &[&str] = &[
    "ALLOW", "ALLOWED", "ENABLE", "DISABLE", "USE", "USES", "REQUIRE", "REQUIRES", "HAS", "IS", "SHOW",
    "SKIP", "MAX", "MIN", "NUM",
];

/// Endings that speak about a secret rather than being one.
const NOT_SECRET_ENDINGS: &[&str] = &[
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
    "HASHERS",
    "VALIDATORS",
    "ARN",
];
