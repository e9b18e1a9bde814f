//! What can be said of any value without showing it: its length and what kind of text it is.
//!
//! Not here: whether it is a good value for its variable.

/// What kind of text a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing at all.
    Empty,
    /// Blanks only.
    Blank,
    /// `true`, `false`, `yes`, `no`, `on`, `off`.
    Boolean,
    /// A number.
    Number,
    /// `["a","b"]`
    JsonList,
    /// `[a,b]`: a JSON list whose quotes are gone.
    BareList,
    /// `{"a": 1}`
    JsonObject,
    /// `scheme://…`
    Url,
    /// Text of more than one line.
    Lines,
    /// Any other text.
    Text,
}

impl Kind {
    /// The word used in outputs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Blank => "blank",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::JsonList => "JSON list",
            Self::BareList => "list without its quotes",
            Self::JsonObject => "JSON object",
            Self::Url => "URL",
            Self::Lines => "several lines",
            Self::Text => "text",
        }
    }
}

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// In characters.
    pub length: usize,
    /// The kind of text.
    pub kind: Kind,
}

impl Shape {
    /// Looks at a value.
    ///
    /// ```
    /// use envgate::project::shape::{Kind, Shape};
    /// assert_eq!(Shape::of("[a,b]").kind, Kind::BareList);
    /// assert_eq!(Shape::of("[\"a\"]").to_string(), "JSON list, 5 characters");
    /// assert_eq!(Shape::of("s3cret").to_string(), "6 characters");
    /// ```
    #[must_use]
    pub fn of(value: &str) -> Self {
        Self { length: value.chars().count(), kind: kind(value) }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plural = if self.length == 1 { "" } else { "s" };
        match self.kind {
            Kind::Empty => formatter.write_str("empty"),
            Kind::Text => write!(formatter, "{} character{plural}", self.length),
            kind => write!(formatter, "{}, {} character{plural}", kind.as_str(), self.length),
        }
    }
}

fn kind(value: &str) -> Kind {
    const BOOLEANS: [&str; 6] = ["true", "false", "yes", "no", "on", "off"];
    let trimmed = value.trim();
    if value.is_empty() {
        Kind::Empty
    } else if trimmed.is_empty() {
        Kind::Blank
    } else if BOOLEANS.iter().any(|word| word.eq_ignore_ascii_case(trimmed)) {
        Kind::Boolean
    } else if trimmed.parse::<f64>().is_ok_and(f64::is_finite) {
        Kind::Number
    } else if let Some(json) = json(trimmed) {
        json
    } else if trimmed.starts_with('[') && trimmed.ends_with(']') && !trimmed.contains('"') {
        Kind::BareList
    } else if trimmed.contains('\n') {
        Kind::Lines
    } else if is_url(trimmed) {
        Kind::Url
    } else {
        Kind::Text
    }
}

fn json(text: &str) -> Option<Kind> {
    let kind = match text.as_bytes().first()? {
        b'[' => Kind::JsonList,
        b'{' => Kind::JsonObject,
        _ => return None,
    };
    serde_json::from_str::<serde_json::Value>(text).is_ok().then_some(kind)
}

fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+')
    })
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shape};

    #[test]
    fn tells_kinds_apart() {
        let cases = [
            ("", Kind::Empty),
            (" \t", Kind::Blank),
            ("True", Kind::Boolean),
            ("8000", Kind::Number),
            ("-1.5", Kind::Number),
            ("inf", Kind::Text),
            ("[]", Kind::JsonList),
            ("[\"a.example\", \"b\"]", Kind::JsonList),
            ("[a.example,b]", Kind::BareList),
            ("[\"a\",", Kind::Text),
            ("{\"a\":1}", Kind::JsonObject),
            ("{a:1}", Kind::Text),
            ("postgresql+asyncpg://u@h/d", Kind::Url),
            ("://x", Kind::Text),
            ("one\ntwo", Kind::Lines),
            ("a,b", Kind::Text),
        ];
        for (value, kind) in cases {
            assert_eq!(Shape::of(value).kind, kind, "{value:?}");
        }
    }
}
