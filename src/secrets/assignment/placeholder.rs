//! Values that say that they stand for another, and those that everybody shows: no secrets whatever their name.
//!
//! Not here: known defaults of products, which are [`weakness`](super::super::weak::weakness)'s.

use super::super::shape;

/// Whether it is one character over and over, or says that there is nothing.
pub(super) fn is_hollow(value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    value.iter().all(|&byte| byte == first)
        || is_repetition(value)
        || [&b"null"[..], b"none", b"true", b"false", b"yes", b"string"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether it is up to eight characters three times over and more.
fn is_repetition(value: &[u8]) -> bool {
    (1..=8).any(|unit| {
        value.len() >= unit * 3 && value.iter().zip(value.iter().skip(unit)).all(|(one, next)| one == next)
    })
}

/// Whether the value says that it stands for another.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let sequence = shape::has_sequence(&lower) || shape::has_sequence_in_hex(&lower);
    if shape::holds_any(&lower, MARKS)
        || shape::is_placeholder_token(value)
        || sequence
        || is_repetition(value)
    {
        return true;
    }
    let distinct = {
        let mut seen = [false; 256];
        lower.iter().filter(|&&byte| !std::mem::replace(&mut seen[usize::from(byte)], true)).count()
    };
    distinct <= 3
        || PUBLISHED.iter().any(|one| value == one.as_bytes())
        || STANDARD.iter().any(|word| lower == word.as_bytes())
}

pub(super) const MARKS: &[&str] = &[
    "example",
    "your",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "password",
    "passwd",
    "secret",
    "token",
    "dummy",
    "fake",
    "sample",
    "xxxx",
    "todo",
    "insert",
    "replace",
    "redacted",
    "removed",
    "apikey",
    "api_key",
    "api-key",
    "mykey",
    "my_key",
    "some",
    "here",
    "hidden",
    "masked",
    "test",
    "none",
    "null",
    "undefined",
    "foobar",
    "deadbeef",
    "lorem",
    "abcd",
    "1234",
    "qwerty",
    "pass",
    "letmein",
    "welcome",
    "default",
    "username",
    "value",
    "tu_",
    "contrase",
];

/// What standards show for a key, a token or a secret: OAuth Core 1.0 (appendix A), RFC 5849, RFC 6749, RFC 6750,
/// RFC 6455.
const PUBLISHED: &[&str] = &[
    "dpf43f3p2l4k3l03",
    "kd94hf93k423kf44",
    "hh5s93j4hdidpola",
    "hdhd0244k9j7ao03",
    "nnch734d00sl2jdk",
    "pfkkdhi9sl3r4s00",
    "9djdj82h48djs9d2",
    "j49sk3j29djd",
    "kkk9d7dh3k39sjv7",
    "dh893hdasih9",
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "SplxlOBeZQQYbYS6WxSbIA",
    "7Fjfp0ZBr1KtDRbnfVdmIw",
    "mF_9.B5f-4.1JqM",
    "dGhlIHNhbXBsZSBub25jZQ==",
];

const STANDARD: &[&str] = &[
    "true",
    "false",
    "yes",
    "required",
    "optional",
    "string",
    "text",
    "root",
    "admin",
    "postgres",
    "guest",
    "user",
    "foo",
    "bar",
    "baz",
    "hunter2",
    "minioadmin",
    "mysql",
    "redis",
    "mongo",
    "admin123",
    "rabbitmq",
    "elastic",
    "sa",
    "pwd",
    "bad",
    "wrong",
    "good",
    "invalid",
    "valid",
    "correct",
    "incorrect",
    "empty",
    "blah",
    "asdf",
    "asdfasdf",
    "abc123",
    "let_me_in",
    "argon2",
    "argon2d",
    "argon2i",
    "argon2id",
    "boolean",
    "number",
    "object",
    "integer",
    "attribute",
    "method",
    "function",
    "property",
];
