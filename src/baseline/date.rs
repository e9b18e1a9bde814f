//! A day of the calendar, as a baseline writes it.
//!
//! Not here: clocks and time zones; days are those of UTC.

use std::fmt;

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::Offset;

/// A day. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(civil::Date);

impl Date {
    /// Reads `YYYY-MM-DD`; `None` where it is no day.
    ///
    /// ```
    /// use envgate::baseline::Date;
    /// assert!(Date::parse("2028-02-29") < Date::parse("2028-03-01"));
    /// assert_eq!(Date::parse("2027-02-29"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The crate reads other ways of writing a day too.
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        text.parse().ok().filter(|_| shape).map(Self)
    }

    /// The day on which this many seconds have passed since the beginning of 1970; the last one that has a name
    /// where there are more.
    #[must_use]
    pub fn of_unix_seconds(seconds: u64) -> Self {
        let then = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        Self(Offset::UTC.to_datetime(then.unwrap_or(Timestamp::MAX)).date())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_that_there_are() {
        for day in ["2026-11-24", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(day).map(|date| date.to_string()).as_deref(), Some(day));
        }
        for other in [
            "",
            "2026-11-31",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "26-01-01",
            "2026-1-01",
            "2026/01/01",
            "+026-01-01",
            "2026-01-01 ",
            "２０２６-01-01",
        ] {
            assert_eq!(Date::parse(other), None, "{other:?}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        let cases = [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_798_761_599, "2026-12-31"),
            (4_102_444_800, "2100-01-01"),
        ];
        for (seconds, day) in cases {
            assert_eq!(Date::of_unix_seconds(seconds).to_string(), day, "{seconds}");
        }
        assert!(Date::of_unix_seconds(u64::MAX).to_string().starts_with("9999-12-"));
    }
}
