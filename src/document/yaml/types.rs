//! What YAML makes of a plain scalar, as compose's reader (go-yaml) does it.
//!
//! Not here: what a field wants.

use super::Style;

/// A scalar's value.
#[derive(Clone, PartialEq)]
pub enum Typed {
    /// Nothing, `~`, `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, any base.
    Integer(i128),
    /// A number with a point or an exponent.
    Float(f64),
    /// A date, or a date with a time.
    Timestamp,
    /// Everything else; its text is the node's.
    Text,
}

/// Values may be secret: only the type is ever shown.
impl std::fmt::Debug for Typed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Null => "Null",
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Float(_) => "Float",
            Self::Timestamp => "Timestamp",
            Self::Text => "Text",
        })
    }
}

impl Typed {
    /// The text that compose gives to a container for this value of the scalar `text`.
    #[must_use]
    pub fn render(&self, text: &str) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => render_float(*value),
            Self::Timestamp | Self::Text => text.to_owned(),
        }
    }
}

/// The value of a scalar.
pub(super) fn resolve(text: &str, style: Style, tag: Option<&str>) -> Typed {
    if style != Style::Plain || tag == Some("!!str") {
        return Typed::Text;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Typed::Null,
        "true" | "True" | "TRUE" => return Typed::Boolean(true),
        "false" | "False" | "FALSE" => return Typed::Boolean(false),
        ".nan" | ".NaN" | ".NAN" => return Typed::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Typed::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Typed::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Typed::Text;
    }
    if is_timestamp(text) {
        return Typed::Timestamp;
    }
    let plain = text.replace('_', "");
    if let Some(integer) = integer(&plain) {
        return Typed::Integer(integer);
    }
    if is_float(&plain) {
        return plain.parse().map_or(Typed::Text, Typed::Float);
    }
    Typed::Text
}

fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, lower.get(2..)?),
        [b'0', b'b', ..] => (2, lower.get(2..)?),
        [b'0', b'o', ..] => (8, lower.get(2..)?),
        [b'0', _, ..] => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, base).ok()?);
    let value = if negative { -value } else { value };
    (value >= i128::from(i64::MIN)).then_some(value)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) =
        body.split_once(['e', 'E']).map_or((body, None), |(one, two)| (one, Some(two)));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_is_one = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && digits(fraction),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent_is_one = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_is_one && exponent_is_one
}

/// `2024-1-2`, alone or with a time behind it.
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if bytes.len() < 8 || bytes.get(4) != Some(&b'-') || !bytes.get(..4).is_some_and(digits) {
        return false;
    }
    let day_and_month = text.get(5..).unwrap_or_default();
    let Some((month, rest)) = day_and_month.split_once('-') else { return false };
    let day_length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, time) = rest.split_at(day_length);
    let in_range = |part: &str, last: u8| part.parse().is_ok_and(|number: u8| (1..=last).contains(&number));
    if month.len() > 2 || day.len() > 2 || !in_range(month, 12) || !in_range(day, 31) {
        return false;
    }
    time.is_empty() || (time.starts_with(['T', 't', ' ']) && time.contains(':'))
}

/// A number as Go's `%v` writes it: the shortest digits that read back, exponents from 6 on.
fn render_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}
