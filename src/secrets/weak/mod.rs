//! Values that are no secrets: placeholders, well-known defaults, things that anyone can guess.
//!
//! Not here: lengths that a variable needs, and names.

mod guesses;
mod words;

use super::shape::holds_any;

/// Why a value is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// It says that it is to be replaced: `CHANGE_ME`, `your-…-here`, `<…>`, `xxxx`.
    Placeholder,
    /// It is a well-known default: `minioadmin`, `postgres`, `changeit`.
    KnownDefault,
    /// It can be guessed: words, years, keyboard rows, repetition.
    Guessable,
}

/// Why `value` is no secret, or `None` where nothing speaks against it. An empty value and a
/// [template](is_template) are neither weak nor strong: `None`.
///
/// ```
/// use envgate::secrets::weak::{Weakness, weakness};
/// assert_eq!(weakness("CHANGE_ME_IN_PRODUCTION"), Some(Weakness::Placeholder));
/// assert_eq!(weakness("minioadmin"), Some(Weakness::KnownDefault));
/// assert_eq!(weakness("prod-jwt-secret-2024-very-secure-32-chars-key"), Some(Weakness::Guessable));
/// assert_eq!(weakness("q0dK7vZ2xT9mB4sR8wN1cL6y"), None);
/// ```
#[must_use]
pub fn weakness(value: &str) -> Option<Weakness> {
    let value = value.trim();
    let lower = judged(value)?;
    let guessed = || guesses::is_guessable(value, &lower).then_some(Weakness::Guessable);
    known(value, &lower).or_else(guessed)
}

/// Whether `value` is a placeholder or a default that everyone knows. One that can merely be guessed is a
/// secret all the same, and a worse one.
pub(super) fn stands_for_another(value: &str) -> bool {
    let value = value.trim();
    judged(value).is_some_and(|lower| known(value, &lower).is_some())
}

/// The value in small letters, where anything can be said about it.
fn judged(value: &str) -> Option<String> {
    let silent = value.is_empty() || value.len() > LONGEST || is_template(value);
    (!silent).then(|| value.to_lowercase())
}

fn known(value: &str, lower: &str) -> Option<Weakness> {
    if is_placeholder(value, lower) {
        Some(Weakness::Placeholder)
    } else if words::KNOWN_DEFAULTS.contains(&lower) {
        Some(Weakness::KnownDefault)
    } else {
        None
    }
}

/// Nobody guesses what is longer than this, and no placeholder is.
const LONGEST: usize = 256;

/// Whether `value` asks to be replaced, whatever it is the value of: `CHANGE_ME`, `your-region`, `<name>`. Single words
/// and brackets that stand for a secret elsewhere mean themselves here.
///
/// ```
/// use envgate::secrets::weak::asks_to_be_replaced;
/// assert!(asks_to_be_replaced("CHANGE_ME") && asks_to_be_replaced("<region>"));
/// assert!(!asks_to_be_replaced("none") && !asks_to_be_replaced("[::1]"));
/// ```
#[must_use]
pub fn asks_to_be_replaced(value: &str) -> bool {
    let value = value.trim();
    let Some(lower) = judged(value) else { return false };
    let parts = parts(&lower);
    let yours = parts.first().is_some_and(|first| ["your", "tu"].contains(first));
    let named = value
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .is_some_and(|inner| !inner.is_empty() && !inner.contains(['<', '>', '=']));
    named || has_phrase(&parts) || (parts.len() > 1 && yours && parts.iter().skip(1).all(is_wordy))
}

/// The words of a value.
fn parts(lower: &str) -> Vec<&str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect()
}

fn has_phrase(parts: &[&str]) -> bool {
    holds_any(format!("_{}_", parts.join("_")).as_bytes(), words::PLACEHOLDER_PHRASES)
}

/// Whether `value` refers to another value rather than being one: `${…}`, `$(…)`, `{{ … }}`, `%(x)s`,
/// a whole `$NAME`, or the address of a secret in a store (`op://…`, `vault:…`, `encrypted:…`).
///
/// ```
/// use envgate::secrets::weak::is_template;
/// assert!(is_template("postgres://u:${DB_PASSWORD}@db") && is_template("{{ .Values.key }}"));
/// assert!(is_template("$API_KEY") && !is_template("pa$word") && !is_template("{\"a\": 1}"));
/// ```
#[must_use]
pub fn is_template(value: &str) -> bool {
    let pair =
        |open: &str, close: &str| value.find(open).is_some_and(|at| value[at + open.len()..].contains(close));
    let name = |rest: &str| {
        let first = rest.starts_with(|first: char| first.is_ascii_uppercase() || first == '_');
        first && rest.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    pair("${", "}")
        || pair("$(", ")")
        || pair("{{", "}}")
        || pair("%(", ")s")
        || pair("<%", "%>")
        || value.strip_prefix('$').is_some_and(name)
        || STORES.iter().any(|store| value.starts_with(store))
}

const STORES: &[&str] = &[
    "op://",
    "vault:",
    "vault://",
    "secret://",
    "awssm://",
    "gcpsm://",
    "keyring:",
    "ref+",
    "encrypted:",
    "file://",
];

fn is_placeholder(value: &str, lower: &str) -> bool {
    let bracketed = [('<', '>'), ('[', ']'), ('«', '»')].iter().any(|&(open, close)| {
        let inner = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['"', ',', '<', '[']))
    });
    // `<…>` also in the middle, as in `postgres://user:<password>@host`; a random value holds no such pair
    // around a word.
    let inside =
        value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).is_some_and(|(inner, _)| {
            inner.len() > 2 && inner.chars().all(|c| c.is_alphabetic() || "_- ".contains(c))
        });
    if bracketed || inside || value.ends_with("...") || value.ends_with('…') || filler(value) {
        return true;
    }
    let parts = parts(lower);
    let first = parts.first().copied().unwrap_or_default();
    has_phrase(&parts)
        || (parts.len() > 1
            && words::PLACEHOLDER_STARTS.contains(&first)
            && parts.iter().skip(1).all(is_wordy))
        || (parts.len() > 1 && parts.last().is_some_and(|last| words::PLACEHOLDER_ENDS.contains(last)))
        || (parts.len() == 1 && words::PLACEHOLDER_WORDS.contains(&first))
}

/// Whether a part could be a word or a number that a person typed.
fn is_wordy(part: &&str) -> bool {
    let letters = part.chars().all(char::is_alphabetic);
    let digits = part.chars().all(|c| c.is_ascii_digit());
    (letters && part.len() <= 14) || (digits && part.len() <= 6)
}

/// `xxxx`, `****`, `....`: one filler character and nothing else of weight.
fn filler(value: &str) -> bool {
    let run = |filler: char, least: usize| {
        let mut longest = 0;
        let mut length = 0;
        for character in value.chars() {
            length = if character == filler { length + 1 } else { 0 };
            longest = longest.max(length);
        }
        longest >= least
    };
    run('x', 4)
        || run('X', 4)
        || run('*', 3)
        || run('?', 3)
        || run('_', 5)
        || value.chars().all(|c| c == '.' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::{Weakness, is_template, weakness};

    #[test]
    fn placeholders_say_that_they_are_to_be_replaced() {
        let values = [
            "CHANGE_ME",
            "changeme",
            "change-me-please",
            "CHANGE_THIS_IN_PRODUCTION",
            "REPLACE_WITH_REAL_KEY",
            "your-secret-key-here",
            "YOUR_API_KEY",
            "<GENERATE_WITH_openssl_rand>",
            "<your password>",
            "dev-secret-change-in-production",
            "dev-secret-key",
            "dev_jwt_secret_2024",
            "...",
            "sk-...",
            "xxxxxxxx",
            "sk_live_xxxxxxxxxxxx",
            "********",
            "tu_password",
            "tu-clave-secreta",
            "cambiar",
            "cambiar_en_produccion",
            "secure_password_change_me",
            "placeholder",
            "TODO",
            "insert-key-here",
            "replace_me",
            "postgres_<PASSWORD>",
            "example-secret",
            "this_password_is_insecure_and_should_be_updated",
            "must-be-changed-on-first-login",
        ];
        for value in values {
            assert_eq!(weakness(value), Some(Weakness::Placeholder), "{value}");
        }
    }

    #[test]
    fn defaults_are_known() {
        for value in
            ["minioadmin", "minioadmin123", "postgres", "admin", "changeit", "guest", "Password123", "root"]
        {
            assert_eq!(weakness(value), Some(Weakness::KnownDefault), "{value}");
        }
    }

    #[test]
    fn words_years_rows_and_repetition_are_guessed() {
        let values = [
            "prod-jwt-secret-2024-very-secure-32-chars-key",
            "octavios-secret-key-2024",
            "SuperSecretKey123",
            "my-super-secret-jwt-token",
            "qwertyuiop",
            "asdfghjkl123",
            "12345678901234567890123456789012",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcdefghijklmnopqrstuvwxyz012345",
            "P@ssw0rd!",
            "48302918",
            "redis_password_2025",
            "abcabcabcabcabcabcabcabcabcabcabcabc",
            "contraseña-segura-2024",
            "Welcome2024!",
        ];
        for value in values {
            assert_eq!(weakness(value), Some(Weakness::Guessable), "{value}");
        }
    }

    #[test]
    fn random_values_and_long_passphrases_stand() {
        let values = [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "q0dK7vZ2xT9mB4sR8wN1cL6y",
            "Ab1&x?y!)z7Q",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "walnut-canyon-ferry-oxide-trombone-lichen",
            "kqzjxvbnmwplrtds",
            "sk_live_51HqT9bKvWzXcYpLmN8RsD2fG",
            "8Kz!wQ2#pL9v",
            "MTIzNDU2Nzg5MGFiY2RlZg",
            "$2b$12$abcDEFghiJKLmnoPQRstuvWXYz0123456789",
        ];
        for value in values {
            assert_eq!(weakness(value), None, "{value}");
        }
    }

    /// A value of `length` characters out of `alphabet`, the next one of a fixed sequence.
    fn random(state: &mut u64, alphabet: &str, length: usize) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        (0..length)
            .map(|_| {
                *state =
                    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(*state >> 33).expect("31 bits") % characters.len();
                characters[at]
            })
            .collect()
    }

    #[test]
    fn random_values_are_never_called_weak() {
        const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let kinds = [
            (ALNUM, 12),
            (ALNUM, 32),
            ("0123456789abcdef", 20),
            ("0123456789abcdef", 64),
            ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 24),
            ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", 43),
            ("abcdefghijklmnopqrstuvwxyz0123456789", 16),
            ("abcdefghijklmnopqrstuvwxyz", 24),
        ];
        let mut state = 7;
        for (alphabet, length) in kinds {
            for _ in 0..2000 {
                let value = random(&mut state, alphabet, length);
                assert_eq!(weakness(&value), None, "{value}");
            }
        }
    }

    #[test]
    fn nothing_and_references_are_not_judged() {
        for value in
            ["", "  ", "${SECRET}", "$(openssl rand -hex 32)", "{{ secret }}", "%(SECRET)s", "op://vault/key"]
        {
            assert_eq!(weakness(value), None, "{value}");
        }
        assert!(is_template("${A:-b}") && !is_template("a$b") && !is_template("$2b$12$x"));
    }

    #[test]
    fn long_values_cost_no_time() {
        for value in ["secret".repeat(50_000), "a-".repeat(100), "1a".repeat(128), "password".repeat(32)] {
            let _ = weakness(&value);
        }
    }
}
