//! What a name in code or configuration promises about its value.
//!
//! Not here: variables of the project, whose names `project::names` knows; these are identifiers of any
//! language, written in any case.

use crate::secrets::glance::{ahead, behind};
use crate::secrets::publishable::is_publishable;
use crate::source::Span;

/// How strongly a name speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// It is a password: even a word counts.
    Password,
    /// It is a secret made by a machine.
    Secret,
    /// It may be one: only a random value counts.
    Vague,
}

/// The longest name that is read, to either side of the keyword.
const REACH: usize = 64;

/// The identifier around the keyword; `None` where it is longer than any name.
pub(super) fn around(bytes: &[u8], at: usize, length: usize) -> Option<Span> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    let left = behind(bytes, at, REACH)?.iter().rev().take_while(|byte| part(byte)).count();
    let end = at + length;
    let right = ahead(bytes, end, REACH)?.iter().take_while(|byte| part(byte)).count();
    (left < REACH && right < REACH).then(|| Span::new(at - left, end + right))
}

/// What `name` promises; `None` where it speaks about a secret rather than being one.
pub(super) fn promise(name: &[u8]) -> Option<Promise> {
    let mut last: Option<Promise> = None;
    let mut previous: &[u8] = b"";
    let mut public = false;
    let mut count = 0;
    for word in words(name) {
        public |= is_one_of(word, PUBLIC);
        // `password1` and `token2` are a password and a token.
        let digits = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let word = if digits < word.len() { word.get(..word.len() - digits).unwrap_or(word) } else { word };
        count += 1;
        if count > 16 {
            return None;
        }
        if let Some(promised) = alone(word, previous) {
            last = Some(promised);
        } else if !is_one_of(word, NEUTRAL) && !word.iter().all(u8::is_ascii_digit) {
            last = None;
        }
        previous = word;
    }
    last.filter(|_| !public && !is_publishable(name))
}

/// Whether the last word of `name` is `token`.
pub(super) fn is_token(name: &[u8]) -> bool {
    words(name).last().is_some_and(|word| is_one_of(word, TOKEN))
}

/// What one word promises after the word before it.
fn alone(word: &[u8], previous: &[u8]) -> Option<Promise> {
    if is_one_of(word, PASSWORD) {
        Some(Promise::Password)
    } else if is_one_of(word, SECRET)
        || (is_one_of(word, KEY) && is_one_of(previous, KEY_OF))
        || (is_one_of(word, TOKEN) && is_one_of(previous, TOKEN_OF))
    {
        Some(Promise::Secret)
    } else if (is_one_of(word, KEY) && !is_one_of(previous, NO_KEY_OF))
        || is_one_of(word, TOKEN) && !is_one_of(previous, NO_TOKEN_OF)
        || is_one_of(word, VAGUE) && !(is_one_of(word, &["signature"]) && is_one_of(previous, &["oauth"]))
    {
        Some(Promise::Vague)
    } else {
        None
    }
}

fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|entry| word.eq_ignore_ascii_case(entry.as_bytes()))
}

/// The words of an identifier: split at `_`, `-`, `.`, `$`, where a capital follows a small letter or a digit, and
/// before the last capital of several that a small letter follows.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| matches!(byte, b'_' | b'-' | b'.' | b'$'))
        .flat_map(|part| part.chunk_by(|one, other| !other.is_ascii_uppercase() || one.is_ascii_uppercase()))
        .flat_map(|word| {
            let capitals = word.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
            let small = word.get(capitals).is_some_and(u8::is_ascii_lowercase);
            // `APIs` and `URLs` are one word.
            let plural = word.get(capitals..) == Some(b"s");
            // `DBpassword` is a password of a `DB`, not one of a `D`.
            let password = || is_one_of(word.get(capitals..).unwrap_or_default(), PASSWORD);
            let acronym = match capitals {
                2.. if small && password() => capitals,
                2.. if small && !plural => capitals - 1,
                _ => 0,
            };
            let (before, after) = word.split_at_checked(acronym).unwrap_or((b"", word));
            [before, after]
        })
        .filter(|word| !word.is_empty())
}

const PASSWORD: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "pass",
    "passcode",
    "passw",
    "pswd",
    "dbpassword",
    "dbpass",
    "userpassword",
    "adminpassword",
    "rootpassword",
    "smtppassword",
    "mysqlpassword",
    "pgpassword",
    "rootpw",
    "userpw",
    "psw",
    "contraseña",
    "clave",
    "kennwort",
    "passwort",
];

const SECRET: &[&str] = &[
    "secret",
    "secrets",
    "apikey",
    "apisecret",
    "secretkey",
    "accesskey",
    "privatekey",
    "authtoken",
    "accesstoken",
    "clientsecret",
    "appsecret",
    "authkey",
    "encryptionkey",
    "masterkey",
    "apitoken",
    "secretaccesskey",
    "consumersecret",
    "sharedkey",
    "bearertoken",
    "refreshtoken",
    "signingkey",
    "secretkeybase",
];

const KEY: &[&str] = &["key", "keys"];

const KEY_OF: &[&str] = &[
    "api",
    "secret",
    "access",
    "private",
    "auth",
    "encryption",
    "encrypt",
    "signing",
    "signature",
    "master",
    "account",
    "storage",
    "shared",
    "service",
    "license",
    "admin",
    "app",
    "jwt",
    "hmac",
    "crypto",
    "session",
    "server",
    "client",
    "subscription",
    "deploy",
    "security",
    "cipher",
    "aes",
    "application",
];

const NO_KEY_OF: &[&str] = &[
    "primary",
    "foreign",
    "partition",
    "sort",
    "cache",
    "object",
    "map",
    "index",
    "hot",
    "shortcut",
    "translation",
    "i18n",
    "message",
    "storage",
    "lookup",
    "unique",
    "composite",
    "order",
    "group",
    "row",
    "json",
    "dict",
    "registry",
    "config",
    "route",
    "node",
    "item",
    "menu",
    "press",
    "arrow",
    "enter",
    "return",
    "socket",
    "gpg",
    "pgp",
    "site",
];

const TOKEN: &[&str] = &["token", "tokens"];

const TOKEN_OF: &[&str] = &[
    "access",
    "auth",
    "api",
    "bearer",
    "refresh",
    "secret",
    "bot",
    "user",
    "oauth",
    "session",
    "security",
    "personal",
    "private",
    "deploy",
    "github",
    "gitlab",
    "slack",
    "npm",
    "vault",
    "account",
    "admin",
    "client",
    "service",
    "login",
    "jwt",
    "id",
    "app",
    "authorization",
];

const NO_TOKEN_OF: &[&str] = &[
    "next",
    "page",
    "continuation",
    "csrf",
    "cancellation",
    "syntax",
    "start",
    "end",
    "parse",
    "sync",
    "pagination",
];

const VAGUE: &[&str] = &[
    "auth",
    "credential",
    "credentials",
    "creds",
    "authorization",
    "nkey",
    "oauth",
    "signature",
    "sig",
    "pin",
    "otp",
    "verifier",
    "salt",
    "seed",
    "certificate",
    "license",
    "sid",
    "sessionid",
];

/// Words after the promise that leave it standing.
const NEUTRAL: &[&str] = &[
    "value",
    "default",
    "dev",
    "prod",
    "production",
    "development",
    "test",
    "staging",
    "old",
    "new",
    "str",
    "string",
    "text",
    "plain",
    "base64",
    "b64",
    "hex",
    "raw",
    "base",
    "current",
    "confirmation",
    "confirm",
    "again",
    "a",
    "b",
    "c",
    "one",
    "two",
    "live",
    "v1",
    "v2",
    "local",
    "key",
    "here",
    "store",
    "env",
    "to",
    "decrypt",
    "encrypt",
    "const",
    "constant",
    "admin",
    "user",
    "root",
    "mysql",
    "postgres",
    "global",
    "primary",
    "secondary",
];

/// Words anywhere that make it public, or say that it opens nothing.
const PUBLIC: &[&str] = &[
    "invalid",
    "incorrect",
    "public",
    "pub",
    "publishable",
    "anon",
    "pubkey",
    "publickey",
    "foreign",
    "keyword",
    "keywords",
    "keyboard",
    "monkey",
    "hash",
    "hashed",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "digest",
    "checksum",
    "fingerprint",
];
