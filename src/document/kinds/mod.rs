//! What a value must look like: its kind, and limits on it, as configurations, schemas and settings classes
//! declare them.
//!
//! Not here: who declares it, and which of several declarations counts.

mod forms;
mod limits;
mod python;

use std::fmt;

pub use limits::{Limit, Pattern};

use forms::{is_boolean, is_date, is_domain, is_duration, is_email, is_url, is_uuid, is_version};
use python::{is_loose_url, is_loose_uuid, is_python_integer, is_python_number};

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
            Self::Boolean => is_boolean(value),
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

    /// Whether a settings class that declares this kind reads `value` rather than refusing to start.
    #[must_use]
    pub fn is_read_from(&self, value: &str) -> bool {
        match self {
            Self::Boolean => {
                is_boolean(value) || ["t", "f", "y", "n"].iter().any(|word| word.eq_ignore_ascii_case(value))
            }
            Self::Integer => is_python_integer(value.trim()),
            Self::Number => is_python_number(value.trim()),
            Self::Url => is_loose_url(value.trim_start()),
            Self::Uuid => is_loose_uuid(value),
            // A zone may follow.
            Self::Ip => Self::Ip.fits(value.split('%').next().unwrap_or_default()),
            _ => self.fits(value),
        }
    }

    /// Whether a tool that loads a schema takes `value` for this kind.
    #[must_use]
    pub fn is_taken_by_schema(&self, value: &str) -> bool {
        match self {
            Self::Boolean => {
                self.fits(value) || ["t", "f"].iter().any(|word| word.eq_ignore_ascii_case(value))
            }
            Self::Url => is_loose_url(value),
            Self::Port => value == "0" || self.fits(value),
            _ => self.fits(value),
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
            Self::Enumeration(_) => "one of these",
            Self::Text | Self::Secret | Self::List => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ValueKind;

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
}
