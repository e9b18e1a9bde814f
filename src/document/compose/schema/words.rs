//! The schema's findings in words, and the few patterns that it has for keys.
//!
//! Not here: the check itself.

use serde_json::Value as Json;

use super::{Kind, alternatives};

/// How alike a key and a known one have to be for the known one to be meant.
const ALIKE: f64 = 0.83;

/// Whether a key matches one of the schema's patterns.
pub(super) fn matches(pattern: &str, key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match pattern {
        "^x-" => key.starts_with("x-"),
        ".+" | "^.+$" => !key.is_empty(),
        "^[a-z]+$" => !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase()),
        "^[a-zA-Z0-9._-]+$" => !key.is_empty() && key.bytes().all(plain),
        // A pattern that is not known here accepts; a test lists them all.
        _ => true,
    }
}

/// What to say of a key that is not known in `place`.
pub(super) fn unknown(key: &str, known: &[&str], place: &str) -> (String, String) {
    let message = format!("compose knows no `{}` in {place}", shown(key));
    let close = known
        .iter()
        .map(|one| (strsim::jaro_winkler(one, key), *one))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    let help = match close {
        Some((_, one)) => format!("write `{one}` if that is meant"),
        None if known.is_empty() => "a name is made of letters, digits, `.`, `_` and `-`".to_owned(),
        None => "take it out, or look which part it belongs to; keys of your own begin with `x-`".to_owned(),
    };
    (message, help)
}

/// A key as it may be shown: short.
fn shown(key: &str) -> String {
    key.chars().take(60).collect()
}

/// What to say of a value of the wrong kind: the message, and the help.
pub(super) fn wanted(schema: &'static Json, kind: &Kind, name: &str) -> (String, String) {
    let mut names: Vec<&str> = Vec::new();
    for one in alternatives(schema) {
        let types = match one.get("type") {
            Some(Json::String(name)) => vec![name.as_str()],
            Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        for word in types.into_iter().filter_map(word) {
            if !names.contains(&word) {
                names.push(word);
            }
        }
    }
    let wanted = names.join(" or ");
    let is = match kind {
        Kind::Text | Kind::Filled => "a text",
        Kind::Integer | Kind::Number => "a number",
        Kind::Boolean => "a boolean",
        Kind::Date => "a date",
        Kind::List => "a list",
        Kind::Mapping => "a mapping",
    };
    let scalar = matches!(kind, Kind::Integer | Kind::Number | Kind::Boolean | Kind::Date);
    let help = if scalar && names.contains(&"a text") {
        "put it in quotes".to_owned()
    } else {
        format!("write {wanted}")
    };
    (format!("{name} is {is}, and compose wants {wanted}"), help)
}

fn word(name: &str) -> Option<&'static str> {
    Some(match name {
        "string" => "a text",
        "integer" | "number" => "a number",
        "boolean" => "a boolean",
        "array" => "a list",
        "object" => "a mapping",
        _ => return None,
    })
}
