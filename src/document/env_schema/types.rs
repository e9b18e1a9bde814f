//! The types of the notation and their options, as kinds and limits.
//!
//! Not here: conversions that a loader makes (`toUpperCase`, `prependHttps`): they are allowed for, not made.

use super::decorators::{Arguments, Value};
use crate::document::kinds::{Limit, Pattern, ValueKind};
use crate::document::python_settings::ListShape;

/// A type as it limits a value.
#[derive(Debug, Default)]
pub(super) struct Type {
    pub(super) kind: Option<ValueKind>,
    pub(super) min_length: Option<usize>,
    pub(super) limits: Vec<Limit>,
    pub(super) list: Option<ListShape>,
}

/// Every type with the options that it takes.
const TYPES: &[(&str, &[&str])] = &[
    (
        "string",
        &[
            "minLength",
            "maxLength",
            "isLength",
            "startsWith",
            "endsWith",
            "matches",
            "toUpperCase",
            "toLowerCase",
            "allowEmpty",
        ],
    ),
    ("number", &["min", "max", "coerceToMinMaxRange", "isDivisibleBy", "isInt", "precision"]),
    ("boolean", &[]),
    ("url", &["prependHttps", "allowedProtocols", "allowedDomains", "noTrailingSlash", "matches"]),
    ("domain", &["allowWildcard", "allowSingleLabel", "allowIp", "normalize", "matches"]),
    ("enum", &[]),
    ("email", &["normalize"]),
    ("port", &["min", "max"]),
    ("ip", &["version", "normalize"]),
    ("semver", &[]),
    ("isoDate", &[]),
    ("uuid", &[]),
    ("md5", &[]),
    ("simple-object", &[]),
    ("duration", &["output", "min", "max"]),
    ("array", &["separator", "format", "minLength", "maxLength", "isLength", "unique"]),
    ("record", &["keyType", "entriesMinLength", "entriesMaxLength", "entriesIsLength"]),
];

/// Reads what stands behind `@type=`.
///
/// # Errors
///
/// What is wrong with it, as a sentence. What only a function or a plugin can tell is no error: nothing is
/// said of it then.
pub(super) fn read(value: &Value, plugins: bool) -> Result<Type, String> {
    let none = Arguments::default();
    let (name, arguments) = match value {
        Value::Text { text, .. } => (text.as_str(), &none),
        Value::Call { name, arguments } => (name.as_str(), arguments),
        Value::List(_) | Value::Map(_) => return Err("a type is a name or a call".to_owned()),
    };
    let Some((_, options)) = TYPES.iter().find(|(known, _)| *known == name) else {
        // A call may be a function that chooses the type, and a plugin may bring its own.
        if plugins || matches!(value, Value::Call { .. }) {
            return Ok(Type::default());
        }
        let names: Vec<&str> = TYPES.iter().map(|(known, _)| *known).collect();
        return Err(unknown("type", name, &names));
    };
    if let Some((option, _)) = arguments.named.iter().find(|(option, _)| !options.contains(&option.as_str()))
    {
        return Err(unknown(&format!("option of `{name}`"), option, options));
    }
    typed(name, arguments)
}

/// What to say of a word that is not known, with the nearest that is.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let near = known.iter().filter(|one| one.len().abs_diff(word.len()) <= 2);
    let nearest = near.map(|one| (strsim::osa_distance(one, word), one)).min();
    // Short words are near to many.
    let most = if word.len() < 6 { 1 } else { 2 };
    match nearest.filter(|(distance, _)| *distance <= most) {
        Some((_, near)) => format!("no {what} is called `{word}`; `{near}` is"),
        None => format!("no {what} is called `{word}`"),
    }
}

fn typed(name: &str, arguments: &Arguments) -> Result<Type, String> {
    let mut made = Type { kind: kind(name, arguments)?, ..Type::default() };
    match name {
        "string" => {
            let exact = whole(arguments, "isLength")?;
            made.min_length = exact.or(whole(arguments, "minLength")?);
            made.limits.extend(exact.or(whole(arguments, "maxLength")?).map(Limit::MaxLength));
            if flag(arguments, "toUpperCase") || flag(arguments, "toLowerCase") {
                return Ok(made);
            }
            made.limits
                .extend(text(arguments, "startsWith").map(|start| Limit::StartsWith(start.to_owned())));
            made.limits.extend(text(arguments, "endsWith").map(|end| Limit::EndsWith(end.to_owned())));
            made.limits.extend(pattern(arguments).map(Limit::Matches));
        }
        "number" | "port" if !flag(arguments, "coerceToMinMaxRange") => {
            made.limits.extend(number(arguments, "min")?.map(Limit::AtLeast));
            made.limits.extend(number(arguments, "max")?.map(Limit::AtMost));
        }
        "url" if !flag(arguments, "prependHttps") => {
            made.limits.extend(pattern(arguments).map(Limit::Matches));
            made.limits.extend(protocols(arguments));
        }
        "md5" => made.limits.extend(Pattern::new("^[0-9a-fA-F]{32}$").map(Limit::Matches)),
        // Elements are split at a comma, and JSON is read as well.
        "array" => made.list = Some(ListShape::Either),
        _ => {}
    }
    Ok(made)
}

fn kind(name: &str, arguments: &Arguments) -> Result<Option<ValueKind>, String> {
    Ok(Some(match name {
        "number" if flag(arguments, "isInt") => ValueKind::Integer,
        "number" => ValueKind::Number,
        "boolean" => ValueKind::Boolean,
        "url" if !flag(arguments, "prependHttps") => ValueKind::Url,
        "domain" if !flag(arguments, "allowIp") => ValueKind::Domain,
        "email" => ValueKind::Email,
        "port" => ValueKind::Port,
        "ip" => ValueKind::Ip,
        "semver" => ValueKind::Version,
        "isoDate" => ValueKind::Date,
        "uuid" => ValueKind::Uuid,
        "duration" => ValueKind::Duration,
        "array" => ValueKind::List,
        "enum" => {
            if arguments.positional.is_empty() {
                return Err("`enum` needs its words: `@type=enum(one, other)`".to_owned());
            }
            let words: Option<Vec<String>> =
                arguments.positional.iter().map(|word| word.text().map(str::to_owned)).collect();
            // A word that is a reference is not known here, and so neither are the words.
            return Ok(words.map(ValueKind::Enumeration));
        }
        _ => return Ok(None),
    }))
}

fn argument<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a Value> {
    arguments.named.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn text<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a str> {
    argument(arguments, name).and_then(Value::text)
}

fn flag(arguments: &Arguments, name: &str) -> bool {
    // What a function decides may be so.
    argument(arguments, name).is_some_and(|value| value.flag() != Some(false))
}

/// A number; `None` where none is given, or a function gives it.
fn number(arguments: &Arguments, name: &str) -> Result<Option<f64>, String> {
    let Some(text) = text(arguments, name) else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(format!("`{name}` takes a number")),
    }
}

fn whole(arguments: &Arguments, name: &str) -> Result<Option<usize>, String> {
    let Some(text) = text(arguments, name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| format!("`{name}` takes a whole number"))
}

/// The pattern behind `matches`: `regex("…", "i")`, `/…/i`, or a text.
fn pattern(arguments: &Arguments) -> Option<Pattern> {
    let (body, flags) = match argument(arguments, "matches")? {
        Value::Call { name, arguments } if name == "regex" => {
            let part = |at: usize| arguments.positional.get(at).and_then(Value::text);
            (part(0)?, part(1).unwrap_or_default())
        }
        Value::Text { text, .. } => {
            let text = text.as_str();
            match text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
                Some((body, flags)) if flags.bytes().all(|byte| byte.is_ascii_lowercase()) => (body, flags),
                _ => (text, ""),
            }
        }
        Value::Call { .. } | Value::List(_) | Value::Map(_) => return None,
    };
    Pattern::with_case(&body.replace("\\/", "/"), flags.contains('i'))
}

/// `allowedProtocols=[postgres, redis]`.
fn protocols(arguments: &Arguments) -> Option<Limit> {
    let Value::List(items) = argument(arguments, "allowedProtocols")? else { return None };
    let schemes: Option<Vec<&str>> = items.iter().map(Value::text).collect();
    let schemes: Vec<&str> = schemes?.iter().map(|scheme| scheme.trim_end_matches(':')).collect();
    let escaped: Vec<String> = schemes.iter().map(|scheme| regex::escape(scheme)).collect();
    let told: Vec<String> = schemes.iter().map(|scheme| format!("`{scheme}`")).collect();
    let pattern = Pattern::new(&format!("^(?:{}):", escaped.join("|")))?;
    Some(Limit::Scheme(pattern, told.join(", ")))
}
