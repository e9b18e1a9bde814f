//! Limits on values beside their kind.
//!
//! Not here: kinds.

use regex::{Regex, RegexBuilder};

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
    /// The schemes of URLs that it may have: how it begins then, and the schemes as they are told.
    Scheme(Pattern, String),
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
        let number = value.trim().replace('_', "").parse::<f64>().ok();
        // What is not a number at all is within no limit.
        let outside = |wrong: fn(f64, f64) -> bool, limit: f64| {
            number.is_some_and(|number| number.is_nan() || wrong(number, limit))
        };
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
            Self::Scheme(pattern, schemes) if !pattern.matches(value) => {
                format!("has none of the schemes {schemes}")
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

    /// What to write instead, as in `write 16 or less`.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::MaxLength(most) => format!("{most} characters or fewer"),
            Self::StartsWith(start) => format!("a text that begins with `{start}`"),
            Self::EndsWith(end) => format!("a text that ends with `{end}`"),
            Self::Matches(_) => "a text that matches it".to_owned(),
            Self::Scheme(..) => "a URL with one of them".to_owned(),
            Self::AtLeast(least) => format!("{least} or more"),
            Self::AtMost(most) => format!("{most} or less"),
            Self::Above(floor) => format!("more than {floor}"),
            Self::Below(ceiling) => format!("less than {ceiling}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Pattern};

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
