//! A day of the calendar, as a baseline writes it.
//!
//! Not here: clocks and time zones; days are those of UTC.

use std::fmt;

/// A day. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

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
        let bytes = text.as_bytes();
        let shape = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
        if !shape {
            return None;
        }
        let date = Self { year: number(0, 4)?, month: number(5, 7)?, day: number(8, 10)? };
        (date.day >= 1 && date.day <= date.days_of_month()).then_some(date)
    }

    /// The day on which this many seconds have passed since the beginning of 1970.
    #[must_use]
    pub fn of_unix_seconds(seconds: u64) -> Self {
        let mut days = seconds / 86_400;
        let mut date = Self { year: 1970, month: 1, day: 1 };
        while days >= date.days_of_year() && date.year < 9999 {
            days -= date.days_of_year();
            date.year += 1;
        }
        while days >= u64::from(date.days_of_month()) && date.month < 12 {
            days -= u64::from(date.days_of_month());
            date.month += 1;
        }
        date.day = u32::try_from(days).unwrap_or(30).min(30) + 1;
        date
    }

    const fn leap(self) -> bool {
        self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400))
    }

    const fn days_of_year(self) -> u64 {
        if self.leap() { 366 } else { 365 }
    }

    /// 0 where there is no such month.
    const fn days_of_month(self) -> u32 {
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if self.leap() => 29,
            2 => 28,
            _ => 0,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
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
