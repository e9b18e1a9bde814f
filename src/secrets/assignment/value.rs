//! What a literal looks like, apart from the name it is given to.
//!
//! Not here: known defaults, which are [`weakness`](super::super::weak::weakness)'s.

use super::super::shape::{self, Classes};
use super::super::token::base64;
use super::super::triples::readability;
use super::placeholder::MARKS;

/// The look of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// No literal at all: a reference, an expression, prose, a path, a type.
    NoLiteral,
    /// Words, or a word.
    Word,
    /// Something between: short and with digits or signs, as people's passwords are.
    Mixed,
    /// Made by a machine.
    Random,
}

/// How a value looks.
pub(super) fn look(value: &[u8], literal: bool) -> Look {
    if value.len() < 4
        || shape::is_template(value)
        || !is_plain(value)
        || is_reference(value, literal)
        || is_structure(value)
    {
        return Look::NoLiteral;
    }
    let classes = Classes::of(value);
    if is_random(value, classes) {
        return Look::Random;
    }
    let letters = classes.lower + classes.upper;
    if classes.digits == 0 && (classes.others == 0 || reads_like_words(value)) {
        if letters >= 6 && is_odd(value) { Look::Mixed } else { Look::Word }
    } else if letters == 0 && value.len() < 6 {
        Look::NoLiteral
    } else if literal
        || !reads_like_words(value)
        || classes.digits >= 2 && classes.others == 0 && value.len() >= 8
    {
        Look::Mixed
    } else {
        Look::Word
    }
}

/// Whether a machine made it, as it made tokens and keys.
pub(in crate::secrets) fn is_made(value: &[u8]) -> bool {
    look(value, true) == Look::Random
}

/// Whether the letters are no words of any language.
pub(super) fn is_odd(value: &[u8]) -> bool {
    readability(value).is_some_and(|share| share < 0.5)
}

/// Whether it is so odd and so long that no abbreviation explains it.
pub(super) fn is_noise(value: &[u8]) -> bool {
    value.len() >= 8 && readability(value).is_some_and(|share| share < 0.4)
}

/// Letters and then two to four digits, as in `supersecret99`: what people make of a word when a password
/// is asked of them. Names in code end in one digit, if any.
pub(super) fn is_word_with_number(value: &[u8]) -> bool {
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = value.len() - digits;
    (2..=4).contains(&digits) && letters >= 6 && value.iter().take(letters).all(u8::is_ascii_alphabetic)
}

/// Whether it is a phrase of words that are none, as generators of passwords make them.
pub(super) fn is_odd_phrase(value: &[u8]) -> bool {
    let words = value.split(|&byte| byte == b' ');
    let plain = |word: &[u8]| (3..=8).contains(&word.len()) && word.iter().all(u8::is_ascii_alphanumeric);
    (11..=64).contains(&value.len()) && words.clone().count() > 1 && words.clone().all(plain) && is_odd(value)
}

/// Whether a person made it, of a word that everybody uses and something else, as in `letmein-prod7`.
pub(super) fn is_chosen(value: &[u8]) -> bool {
    if is_word_with_number(value) {
        return true;
    }
    let mut rest = String::from_utf8_lossy(value).to_ascii_lowercase();
    for mark in MARKS {
        if shape::holds_any(rest.as_bytes(), &[mark]) {
            rest = rest.replace(mark, "");
        }
    }
    let letters = rest.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let others = value.iter().any(|byte| !byte.is_ascii_alphanumeric());
    (8..=40).contains(&value.len()) && letters >= 3 && (digits > 1 || digits == 1 && others)
}

/// Whether the value holds a word that asks for another value or says that it is none.
pub(super) fn asks_for_another(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "change", "example", "your", "dummy", "test", "sample", "insert", "replace", "todo", "fake", "demo",
        "foobar",
    ];
    shape::holds_any(&lower, &words)
}

/// No control character, no blank, nothing that is not ASCII.
fn is_plain(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_graphic)
}

/// Whether the value names something instead of being it.
fn is_reference(value: &[u8], literal: bool) -> bool {
    let starts = |prefix: &[u8]| value.starts_with(prefix);
    let holds = |needle: &[u8]| value.windows(needle.len()).any(|window| window == needle);
    if [
        &b"http:"[..],
        b"https:",
        b"//",
        b"./",
        b"../",
        b"~/",
        b"$",
        b"env(",
        b"env:",
        b"secretref:",
        b"file:",
        b"vault:",
        b"ssm:",
        b"secret:",
        b"arn:",
        b"urn:",
        b"data:",
        b"@",
        b":",
    ]
    .into_iter()
    .any(starts)
        && !starts(b"$2")
    {
        return true;
    }
    if holds(b"://") || holds(b"::") || holds(b"()") || holds(b"->") || holds(b"...") || holds(b"=>") {
        return true;
    }
    if starts(b"0x") && value.len() <= 18 {
        return true;
    }
    if literal || is_word_with_number(value) {
        return false;
    }
    // `config.password`, `self.token`, `None`, `newPassword`: names, not values.
    let name = value
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'?' | b'!' | b'*'));
    let readable = shape::wordiness(value) > 0.45 || value.contains(&b'.') && shape::wordiness(value) > 0.3;
    let words = readable && (value.len() < 14 || reads_like_words(value));
    value.starts_with(b"_")
        || name && words && value.iter().filter(|byte| byte.is_ascii_digit()).count() * 4 < value.len()
        || value.first().is_some_and(|byte| b"&*!@+-/".contains(byte))
}

/// How hashes of passwords and public keys begin.
const HASHES: &[&[u8]] = &[
    b"$argon2",
    b"$2a$",
    b"$2b$",
    b"$2y$",
    b"$1$",
    b"$5$",
    b"$6$",
    b"$apr1$",
    b"{SSHA",
    b"{CRYPT}",
    b"pbkdf2",
    b"sha256$",
    b"sha1$",
    b"ssh-",
    b"ecdsa-",
    b"sha256-",
    b"sha512-",
    b"sha384-",
    b"SHA256:",
    // Public keys in DER: RSA, P-256, Ed25519.
    b"MIIBIjANBgkqhkiG9w0BAQEF",
    b"MFkwEwYHKoZIzj0",
    b"MCowBQYDK2Vw",
];

/// Dates, paths, e-mail addresses, dotted names, numbers with units, format lines, hashes of passwords.
fn is_structure(value: &[u8]) -> bool {
    let count = |wanted: u8| memchr::memchr_iter(wanted, value).count();
    let slashes = count(b'/');
    let path = slashes >= 2
        && value.split(|&byte| byte == b'/').all(|part| part.len() < 20 && !part.contains(&b'+'));
    let dotted = count(b'.') >= 1
        && value
            .split(|byte| matches!(byte, b'.' | b'-' | b'_'))
            .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_alphabetic));
    let mail = count(b'@') == 1
        && value.split(|&byte| byte == b'@').nth(1).is_some_and(|host| {
            host.contains(&b'.')
                && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
        });
    let number =
        value.iter().all(|byte| byte.is_ascii_digit() || b".,:+-".contains(byte)) && value.len() < 12;
    let hash = HASHES.iter().any(|prefix| value.starts_with(prefix));
    // `1979-05-27T07:32:00Z`
    let instant = value.len() <= 35
        && value.get(10) == Some(&b'T')
        && value.iter().take(10).all(|byte| byte.is_ascii_digit() || *byte == b'-');
    path || instant
        || is_short_text(value)
        || is_registry_path(value)
        || is_mostly_escapes(value)
        || is_validation(value)
        || is_code_of_error(value)
        || is_selector(value)
        || count(b'\\') >= 2 && reads_like_words(value)
        || dotted
        || mail
        || number
        || hash
        || is_call(value, b'(', b')')
        || is_call(value, b'[', b']')
}

/// `enhjdg==`: base64 of a text that is shorter than any token.
fn is_short_text(value: &[u8]) -> bool {
    let digits = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"="));
    let decoded = digits.filter(|_| value.len() <= 12).and_then(base64);
    decoded.is_some_and(|text| text.len() < 8 && text.iter().all(u8::is_ascii_graphic))
}

/// `SOFTWARE\Vendor\Product`: words of letters, digits and blanks behind each other's backslashes, one of them long. An
/// escape is a backslash and a letter that stands for itself no more: `\x9b\xbe` is no path.
fn is_registry_path(value: &[u8]) -> bool {
    let mut parts = value.split(|&byte| byte == b'\\').filter(|part| !part.is_empty());
    let plain = |part: &[u8]| part.iter().all(|byte| byte.is_ascii_alphanumeric() || b" ._-".contains(byte));
    memchr::memchr_iter(b'\\', value).count() >= 2
        && parts.clone().all(plain)
        && parts.any(|part| part.len() >= 6 && shape::wordiness(part) >= 0.6)
}

/// `required|min:8`: the rules that a form's field is checked by, one of which says so by its name alone.
fn is_validation(value: &[u8]) -> bool {
    const PLAIN: [&[u8]; 8] =
        [b"required", b"nullable", b"sometimes", b"confirmed", b"string", b"bail", b"present", b"filled"];
    let rule = |part: &[u8]| {
        let name = part.iter().take_while(|byte| byte.is_ascii_lowercase() || **byte == b'_').count();
        let rest = part.get(name..).unwrap_or_default();
        let arguments = rest.strip_prefix(b":").is_some_and(|rest| !rest.is_empty());
        name > 0 && (rest.is_empty() || arguments)
    };
    let mut parts = value.split(|&byte| byte == b'|');
    value.contains(&b'|') && parts.clone().all(rule) && parts.any(|part| PLAIN.contains(&part))
}

/// Whether two thirds and more of it are the `%2F` of addresses: what checks those, not what is kept.
fn is_mostly_escapes(value: &[u8]) -> bool {
    let escapes = value
        .windows(3)
        .filter(
            |three| matches!(three, [b'%', one, two] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit()),
        )
        .count();
    escapes >= 2 && escapes * 9 >= value.len() * 2
}

/// `PASSWORD_TOO_SHORT_8`: three words and more in capitals and a number, one of them what it is about: an error's name.
fn is_code_of_error(value: &[u8]) -> bool {
    let Some(end) = memchr::memrchr(b'_', value) else { return false };
    let (words, number) = (value.get(..end).unwrap_or_default(), value.get(end + 1..).unwrap_or_default());
    let capitals = |word: &[u8]| word.len() >= 2 && word.iter().all(u8::is_ascii_uppercase);
    let about = |word: &[u8]| [&b"PASSWORD"[..], b"PASSWD", b"TOKEN", b"SECRET"].contains(&word);
    let mut parts = words.split(|&byte| byte == b'_');
    (1..=3).contains(&number.len())
        && number.iter().all(u8::is_ascii_digit)
        && parts.clone().count() >= 3
        && parts.clone().any(about)
        && parts.all(capitals)
        && !is_odd(words)
}

/// `#login-password-field1`, `input.auth-token2`: where a page has its field. Its kind stands in front or in the name.
fn is_selector(value: &[u8]) -> bool {
    let tag = value.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let tags: [&[u8]; 6] = [b"", b"input", b"form", b"div", b"span", b"label"];
    let name = value.get(tag + 1..).unwrap_or_default();
    let field = || shape::holds_any(name, &["field", "input", "form", "label", "button", "box", "wrap"]);
    tags.contains(&value.get(..tag).unwrap_or_default())
        && matches!(value.get(tag), Some(b'#' | b'.'))
        && name.iter().any(|byte| matches!(byte, b'-' | b'_'))
        && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte))
        && name.iter().filter(|byte| byte.is_ascii_digit()).count() <= 2
        && shape::holds_any(name, &["password", "passwd", "token", "secret", "login"])
        && (tag > 0 || field())
}

/// Whether the text is an expression of a language that writes names without quotes.
pub(super) fn is_expression(value: &[u8]) -> bool {
    let body = value.trim_ascii_end();
    let end = body.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    body.get(..end).unwrap_or_default().iter().any(|byte| b"?:=&!*%^".contains(byte))
}

/// `JUPYTER_HTTP_PWD`: capitals in three parts and more, the last of which is the name of a secret: what is meant is the variable.
pub(super) fn is_name_of_variable(value: &[u8]) -> bool {
    let mut parts = value.split(|&byte| byte == b'_');
    let capitals = |part: &[u8]| part.len() >= 2 && part.iter().all(u8::is_ascii_uppercase);
    parts.clone().count() >= 3
        && parts.clone().all(capitals)
        && parts.next_back().is_some_and(|last| {
            [&b"PWD"[..], b"PASS", b"PASSWORD", b"PASSWD", b"SECRET", b"TOKEN", b"KEY", b"AUTH"]
                .contains(&last)
        })
}

/// Whether a machine made it: long enough, disordered enough, and not made of words.
fn is_random(value: &[u8], classes: Classes) -> bool {
    let body = value.len() - value.iter().rev().take_while(|&&byte| byte == b'=').count();
    if body < 16 || value.len() > 4000 {
        return false;
    }
    let entropy = shape::entropy(value);
    if classes.hex == value.len() {
        return entropy > 2.8 && classes.digits > 0 && classes.lower + classes.upper > 0;
    }
    if classes.digits == value.len() {
        return body >= 20 && entropy > 2.6;
    }
    if is_uuid(value) {
        return entropy > 2.8;
    }
    let letters = classes.lower + classes.upper;
    if classes.others * 3 > value.len() || letters == 0 {
        return false;
    }
    let noise = shape::wordiness(value) < 0.6;
    match classes.kinds() {
        1 => noise && entropy > 3.2 && shape::wordiness(value) < 0.45,
        2 if classes.digits > 0 => {
            entropy > 3.0 && (noise || classes.digits * 5 > value.len()) && !reads_like_words(value)
        }
        _ => entropy > 3.3 && !reads_like_words(value),
    }
}

/// Whether it has the length and the digits of what MD5, SHA-1 and SHA-2 give.
pub(super) fn is_digest(value: &[u8]) -> bool {
    matches!(value.len(), 32 | 40 | 64 | 96 | 128) && value.iter().all(u8::is_ascii_hexdigit)
}

/// `name(…)`, `name[…]`.
fn is_call(value: &[u8], open: u8, close: u8) -> bool {
    let name =
        value.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
    let closed = value.last() == Some(&close) || value.ends_with(b");");
    value.get(name) == Some(&open)
        && closed
        && (name == 0 || reads_like_words(value.get(..name).unwrap_or_default()))
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() }
        })
}

/// Whether the letters come in words, as in `my-api-key-2024`, `someTokenValue`.
pub(in crate::secrets) fn reads_like_words(value: &[u8]) -> bool {
    let mut in_words = 0usize;
    let mut letters = 0usize;
    for word in value.chunk_by(|one, other| {
        one.is_ascii_alphabetic()
            && other.is_ascii_alphabetic()
            && !(other.is_ascii_uppercase() && one.is_ascii_lowercase())
    }) {
        if !word.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        letters += word.len();
        if word.len() >= 3 && shape::wordiness(word) >= 0.6 {
            in_words += word.len();
        }
    }
    letters > 0 && in_words * 3 > letters * 2
}
