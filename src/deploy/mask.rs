//! What children print, without the values of the env file.
//!
//! Not here: findings; those are masked by the documents that know where values stand.

/// Shorter values are words such as `true` and ports; masking them would make every line unreadable.
const SHORTEST: usize = 6;

/// The values that no output may show.
#[derive(Clone, Default)]
pub struct Mask {
    values: Vec<String>,
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mask").field("values", &self.values.len()).finish()
    }
}

impl Mask {
    /// A mask over `values` as they are written, and as programs get them; the longest are taken out first, so that no
    /// part of one stays. Of a value of several lines, such as a key, each line is one.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let both = |value: String| [unescaped(&value), value];
        let lines = |value: String| value.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
        let all = values.into_iter().flat_map(both).flat_map(lines);
        let mut values: Vec<String> = all.filter(|value| value.len() >= SHORTEST).collect();
        values.sort_by(|one, two| two.len().cmp(&one.len()).then(one.cmp(two)));
        values.dedup();
        Self { values }
    }

    /// The text with every value taken out, and with no character that drives a terminal.
    #[must_use]
    pub fn over(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), "***");
            }
        }
        text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
    }
}

/// A value without its escapes: `\n` is the end of a line, `\"` a quote, and `$$` a `$`.
fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars().peekable();
    while let Some(one) = rest.next() {
        match one {
            '\\' => match rest.next() {
                Some('n' | 'r') => text.push('\n'),
                Some('t') => text.push('\t'),
                other => text.extend(other),
            },
            '$' if rest.next_if_eq(&'$').is_some() => text.push('$'),
            _ => text.push(one),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn no_part_of_a_longer_value_stays() {
        let mask = Mask::new(["secret-value".to_owned(), "secret".to_owned(), "on".to_owned()]);
        assert_eq!(mask.over("a=secret-value b=secret on"), "a=*** b=*** on");
        assert_eq!(mask.over("a\u{1b}[31m"), "a\u{fffd}[31m");
        let key = Mask::new(["-----BEGIN KEY\nMIIabcdef\nxy\n-----END KEY".to_owned()]);
        assert_eq!(key.over("unreadable: MIIabcdef xy"), "unreadable: *** xy");
    }

    #[test]
    fn values_are_known_without_their_escapes() {
        let values =
            [r"-----BEGIN KEY\nMIIabcdef\n-----END KEY", r#"pa\"ss-word"#, "ab$$cd-efgh", r"back\\slash"];
        let mask = Mask::new(values.map(str::to_owned));
        let cases = ["MIIabcdef", "pa\"ss-word", r#"pa\"ss-word"#, "ab$cd-efgh", r"back\slash"];
        for text in cases {
            assert_eq!(mask.over(text), "***", "{text}");
        }
    }
}
