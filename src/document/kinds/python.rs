//! The forms that settings classes in Python read, which are more than one would write.
//!
//! Not here: what one should write.

/// A whole number as Python and pydantic read it: a sign, single underscores between digits, zeros behind a
/// point.
pub(super) fn is_python_integer(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(one, two)| (one, Some(two)));
    is_digits(whole)
        && fraction.is_none_or(|zeros| !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0'))
}

/// A number as Python and pydantic read it.
pub(super) fn is_python_number(value: &str) -> bool {
    let plain = value.strip_prefix(['+', '-']).unwrap_or(value);
    if ["inf", "infinity", "nan"].iter().any(|word| word.eq_ignore_ascii_case(plain)) {
        return true;
    }
    let joined =
        plain.split('_').all(|part| !part.is_empty()) && !plain.contains("_.") && !plain.contains("._");
    joined
        && plain
            .replace('_', "")
            .parse::<f64>()
            .is_ok_and(|_| !plain.starts_with(['+', '-', 'i', 'n', 'I', 'N']))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty()
        && text.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A scheme and a colon; where the scheme is one of the web a host follows.
pub(super) fn is_loose_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(letters);
    let web = ["http", "https", "ws", "wss", "ftp"].iter().any(|word| word.eq_ignore_ascii_case(scheme));
    let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    named && (!web || (!host.is_empty() && !host.contains(char::is_whitespace)))
}

/// 32 hexadecimal digits, with dashes where one likes, in braces or behind `urn:uuid:`.
pub(super) fn is_loose_uuid(value: &str) -> bool {
    let value = value.trim_start_matches("urn:").trim_start_matches("uuid:");
    let digits = value.trim_matches(['{', '}']).replace('-', "");
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
