//! What a value must look like: its kind, and limits on it, as configurations, schemas and settings classes
//! declare them.
//!
//! Not here: who declares it, and which of several declarations counts.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// What a value must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueKind {
    /// Any text.
    Text,
    /// Something that must not be known.
    Secret,
    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`, in any case.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// 1 to 65535.
    Port,
    /// An absolute URL.
    Url,
    /// An e-mail address.
    Email,
    /// An IP address, version 4 or 6.
    Ip,
    /// A host's name, without scheme, port and path.
    Domain,
    /// A UUID.
    Uuid,
    /// A number, or numbers with units: `30s`, `1h30m`, `500ms`.
    Duration,
    /// A semantic version: `1.2.3-beta.1`.
    Version,
    /// A date, or a date with a time, as ISO 8601 writes them.
    Date,
    /// A JSON object.
    Json,
    /// One of these words.
    Enumeration(Vec<String>),
    /// A list.
    List,
}

impl fmt::Display for ValueKind {
    /// It with its article: `a whole number`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text => "text",
            Self::Secret => "a secret",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Port => "a port from 1 to 65535",
            Self::Url => "an absolute URL",
            Self::Email => "an e-mail address",
            Self::Ip => "an IP address",
            Self::Domain => "a host name",
            Self::Uuid => "a UUID",
            Self::Duration => "a duration",
            Self::Version => "a semantic version",
            Self::Date => "an ISO 8601 date",
            Self::Json => "a JSON object",
            Self::Enumeration(words) => return write!(formatter, "one of `{}`", words.join("`, `")),
            Self::List => "a list",
        })
    }
}

impl ValueKind {
    /// Whether `value` is of this kind. Kinds that any text fits always are.
    ///
    /// ```
    /// use envgate::document::kinds::ValueKind;
    /// assert!(ValueKind::Port.fits("8000") && !ValueKind::Port.fits("80000"));
    /// assert!(ValueKind::Duration.fits("1h30m") && !ValueKind::Duration.fits("soon"));
    /// ```
    #[must_use]
    pub fn fits(&self, value: &str) -> bool {
        match self {
            Self::Text | Self::Secret | Self::List => true,
            Self::Boolean => BOOLEANS.iter().any(|word| word.eq_ignore_ascii_case(value)),
            Self::Integer => value.parse::<i128>().is_ok(),
            Self::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Port => value.parse::<u16>().is_ok_and(|port| port > 0),
            Self::Url => is_url(value),
            Self::Email => is_email(value),
            // `core`, since nothing of the network is meant but the writing of an address.
            Self::Ip => value.parse::<core::net::IpAddr>().is_ok(),
            Self::Domain => is_domain(value),
            Self::Uuid => is_uuid(value),
            Self::Duration => is_duration(value),
            Self::Version => is_version(value),
            Self::Date => is_date(value),
            Self::Json => serde_json::from_str::<serde_json::Map<_, _>>(value).is_ok(),
            Self::Enumeration(words) => words.iter().any(|word| word == value),
        }
    }

    /// An example of how such a value is written, where one helps.
    #[must_use]
    pub fn example(&self) -> Option<&str> {
        Some(match self {
            Self::Boolean => "`true` or `false`",
            Self::Integer => "digits alone, such as `30`",
            Self::Number => "a number such as `0.5`",
            Self::Port => "a port such as `8080`",
            Self::Url => "scheme and host, such as `https://host/path`",
            Self::Email => "an address such as `ops@host.tld`",
            Self::Ip => "an address such as `10.0.0.1`",
            Self::Domain => "the host alone, without scheme, port and path",
            Self::Uuid => "32 hexadecimal digits in groups of 8-4-4-4-12",
            Self::Duration => "a number with its unit, such as `30s`",
            Self::Version => "three numbers, such as `1.2.3`",
            Self::Date => "a date such as `2026-01-31`",
            Self::Json => "an object such as `{\"key\": \"value\"}`",
            Self::Text | Self::Secret | Self::Enumeration(_) | Self::List => return None,
        })
    }
}

/// Every reader takes these eight; some take more.
const BOOLEANS: [&str; 8] = ["true", "false", "1", "0", "yes", "no", "on", "off"];

/// `scheme://something`, without blanks.
fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(letters)
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}

/// `someone@some.place`, without blanks.
fn is_email(value: &str) -> bool {
    let Some((who, place)) = value.rsplit_once('@') else { return false };
    !who.is_empty()
        && !value.contains(char::is_whitespace)
        && place.contains('.')
        && !place.starts_with('.')
        && !place.ends_with('.')
}

fn is_domain(value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    value.len() <= 253 && value.trim_start_matches("*.").split('.').all(label)
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Numbers with or without units, one after the other.
fn is_duration(value: &str) -> bool {
    const UNITS: [&str; 7] = ["ms", "s", "m", "h", "d", "w", "us"];
    const WORDS: [&str; 6] = ["second", "minute", "hour", "day", "week", "millisecond"];
    const SHORT: [&str; 4] = ["sec", "min", "hr", "msec"];
    let mut rest = value.trim();
    let mut units = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        if rest.get(..digits).is_none_or(|number| number.parse::<f64>().is_err()) {
            return false;
        }
        rest = rest.get(digits..).unwrap_or_default().trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest.get(..letters).unwrap_or_default().to_ascii_lowercase();
        let singular = unit.strip_suffix('s').unwrap_or(&unit);
        let known = UNITS.contains(&unit.as_str()) || WORDS.contains(&singular) || SHORT.contains(&singular);
        rest = rest.get(letters..).unwrap_or_default().trim_start();
        // A bare number stands alone.
        if !(known || unit.is_empty() && rest.is_empty() && units == 0) {
            return false;
        }
        units += 1;
    }
    units > 0
}

fn is_version(value: &str) -> bool {
    let (version, build) = value.split_once('+').map_or((value, None), |(core, build)| (core, Some(build)));
    let (core, pre) = version.split_once('-').map_or((version, None), |(core, pre)| (core, Some(pre)));
    let number = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let words = |text: &str| {
        text.split('.').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(words)
        && build.is_none_or(words)
}

/// `2026-01-31`, with `T12:30`, `T12:30:00.5`, `Z` or an offset behind it.
fn is_date(value: &str) -> bool {
    let (date, time) = match value.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (value, None),
    };
    let within = |text: &str, length: usize, most: u32| {
        text.len() == length
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let dated =
        within(year, 4, 9999) && within(month, 2, 12) && within(day, 2, 31) && *month != "00" && *day != "00";
    let Some(time) = time else { return dated };
    let clock = time.split(['Z', 'z', '+', '-']).next().unwrap_or_default();
    let parts: Vec<&str> = clock.split(':').collect();
    let seconds = |text: &str| within(text.split(['.', ',']).next().unwrap_or_default(), 2, 60);
    dated
        && match parts.as_slice() {
            [hour, minute] => within(hour, 2, 24) && within(minute, 2, 59),
            [hour, minute, second] => within(hour, 2, 24) && within(minute, 2, 59) && seconds(second),
            _ => false,
        }
}

/// A regular expression that values must match.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

/// The largest program that a pattern may compile to, in bytes: patterns come from files that anyone wrote.
const LARGEST_PATTERN: usize = 1 << 18;

impl Pattern {
    /// Reads a pattern; `None` where it is none, is too large, or needs what linear time cannot give (look
    /// ahead, back references).
    #[must_use]
    pub fn new(pattern: &str) -> Option<Self> {
        Self::with_case(pattern, false)
    }

    /// As [`Pattern::new`], perhaps without regard to case.
    #[must_use]
    pub fn with_case(pattern: &str, ignore_case: bool) -> Option<Self> {
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(ignore_case).size_limit(LARGEST_PATTERN).dfa_size_limit(LARGEST_PATTERN);
        builder.build().ok().map(Self)
    }

    /// Whether it matches somewhere in `value`.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        self.0.is_match(value)
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// A limit on a value beside its kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// The most characters.
    MaxLength(usize),
    /// The text that it begins with.
    StartsWith(String),
    /// The text that it ends with.
    EndsWith(String),
    /// A pattern that it matches.
    Matches(Pattern),
    /// The least number.
    AtLeast(f64),
    /// The greatest number.
    AtMost(f64),
    /// Every number greater than this.
    Above(f64),
    /// Every number less than this.
    Below(f64),
}

impl Limit {
    /// What is wrong with `value`, as in `has 70 characters, 64 at most`; `None` where nothing is. The value
    /// itself is never in it. What is no number has no numbers' faults.
    #[must_use]
    pub fn fault(&self, value: &str) -> Option<String> {
        let number = value.trim().parse::<f64>().ok();
        let outside =
            |wrong: fn(f64, f64) -> bool, limit: f64| number.is_some_and(|number| wrong(number, limit));
        Some(match self {
            Self::MaxLength(most) => {
                let length = value.chars().count();
                return (length > *most).then(|| format!("has {length} characters, {most} at most"));
            }
            Self::StartsWith(start) if !value.starts_with(start.as_str()) => {
                format!("does not begin with `{start}`")
            }
            Self::EndsWith(end) if !value.ends_with(end.as_str()) => format!("does not end with `{end}`"),
            Self::Matches(pattern) if !pattern.matches(value) => {
                format!("does not match `{}`", pattern.as_str())
            }
            Self::AtLeast(least) if outside(|number, least| number < least, *least) => {
                format!("is less than {least}")
            }
            Self::AtMost(most) if outside(|number, most| number > most, *most) => {
                format!("is more than {most}")
            }
            Self::Above(floor) if outside(|number, floor| number <= floor, *floor) => {
                format!("is not more than {floor}")
            }
            Self::Below(ceiling) if outside(|number, ceiling| number >= ceiling, *ceiling) => {
                format!("is not less than {ceiling}")
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Pattern, ValueKind};

    #[test]
    fn each_kind_takes_its_own() {
        let kinds: &[(ValueKind, &[&str], &[&str])] = &[
            (ValueKind::Number, &["1", "-0.5", "1e3"], &["", "x", "inf", "1,5"]),
            (ValueKind::Ip, &["10.0.0.1", "::1", "::ffff:192.168.1.1"], &["10.0.0", "10.0.0.256", "host"]),
            (
                ValueKind::Domain,
                &["app.example.com", "localhost", "*.example.com"],
                &["https://a", "a:80", "a/b", "-a"],
            ),
            (
                ValueKind::Uuid,
                &["123e4567-e89b-12d3-a456-426614174000"],
                &["123e4567e89b12d3a456426614174000", "x"],
            ),
            (
                ValueKind::Duration,
                &["30s", "1h30m", "500ms", "2days", "15", "1.5 hours"],
                &["", "soon", "5 parsecs", "1 2", "h"],
            ),
            (
                ValueKind::Version,
                &["1.2.3", "1.2.3-beta.1+b5", "0.0.1"],
                &["1.2", "v1.2.3", "01.2.3", "1.2.3-"],
            ),
            (
                ValueKind::Date,
                &["2024-03-20", "2024-03-20T15:30:00Z", "2024-03-20T15:30:00.5+02:00"],
                &["20.3.2024", "2024-13-01", "2024-00-01", "2024-03-20Tx"],
            ),
            (ValueKind::Json, &["{}", "{\"a\": [1]}"], &["[1]", "{a:1}", "x"]),
        ];
        for (kind, good, bad) in kinds {
            for value in *good {
                assert!(kind.fits(value), "{kind}: {value}");
            }
            for value in *bad {
                assert!(!kind.fits(value), "{kind}: {value}");
            }
        }
    }

    #[test]
    fn limits_say_what_is_wrong_and_never_the_value() {
        let pattern = Limit::Matches(Pattern::new("^sk-[a-z]+$").unwrap());
        for (limit, value, expected) in [
            (Limit::MaxLength(3), "ñandú", Some("has 5 characters, 3 at most")),
            (Limit::MaxLength(5), "ñandú", None),
            (Limit::StartsWith("sk_".to_owned()), "pk_x", Some("does not begin with `sk_`")),
            (Limit::EndsWith("/".to_owned()), "a/", None),
            (pattern.clone(), "sk-a", None),
            (pattern, "sk-1", Some("does not match `^sk-[a-z]+$`")),
            (Limit::AtLeast(1.0), "0", Some("is less than 1")),
            (Limit::AtMost(1.5), "2", Some("is more than 1.5")),
            (Limit::Above(0.0), "0", Some("is not more than 0")),
            (Limit::Below(10.0), "9", None),
            (Limit::AtMost(1.0), "many", None),
        ] {
            assert_eq!(limit.fault(value).as_deref(), expected, "{limit:?}");
        }
    }

    #[test]
    fn patterns_that_cost_too_much_are_none() {
        assert!(Pattern::new("(?=x)").is_none() && Pattern::new("(").is_none());
        assert!(Pattern::new("((a{1000}){1000}){1000}").is_none());
    }
}
