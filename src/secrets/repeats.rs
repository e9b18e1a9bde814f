//! A secret that stands in a text a second time, where nothing says that it is one: it must not be shown there either.
//!
//! Not here: what a secret is.

use std::collections::HashSet;

use crate::source::Span;

/// Shorter values are words that many lines have.
const SHORTEST: usize = 8;

/// A longer line is only looked at word by word.
const LINE: usize = 4096;

/// So many values of a line are looked for in it as they are, blanks and signs included.
const VALUES: usize = 32;

/// The places of `text` that repeat what `spans` cover, in bytes: words between blanks, quotes and signs anywhere, and
/// whatever it is in the same line. `spans` are in order.
pub(super) fn repeats(text: &str, spans: &[Span]) -> Vec<Span> {
    let value = |span: &Span| text.get(span.start..span.end).filter(|value| value.len() >= SHORTEST);
    let known: HashSet<&str> = spans.iter().filter_map(value).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let mut found = words(text, &known);
    let mut rest = spans.iter().peekable();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let mut values = HashSet::new();
        while let Some(span) = rest.next_if(|span| span.start < end) {
            values.extend(value(span).filter(|_| values.len() < VALUES && line.len() <= LINE));
        }
        for value in values {
            found.extend(
                line.match_indices(value).map(|(at, _)| Span::new(start + at, start + at + value.len())),
            );
        }
        start = end;
    }
    found
}

fn words(text: &str, known: &HashSet<&str>) -> Vec<Span> {
    let sign = |c: char| c.is_whitespace() || "'\"`=,;:@/()[]{}<>&?|#".contains(c);
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(sign) {
        let bare = word.strip_suffix(sign).unwrap_or(word);
        if bare.len() >= SHORTEST && known.contains(bare) {
            found.push(Span::new(at, at + bare.len()));
        }
        at += word.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::sensitive_spans;

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        let secret = ["kelpBarn", "98xQz"].concat();
        for text in [
            format!("password = '{secret}'= '{secret}'\n"),
            format!("password = '{secret}'\n# it was {secret} before\nlog(\"{secret}\")\n"),
            format!("db://anna:{secret}@host\npassword: {secret}\n"),
            format!("password = '{secret}/x=9'= '{secret}/x=9'\n"),
        ] {
            let mut shown = text.clone();
            for span in sensitive_spans("a.py", &text) {
                shown.replace_range(span.start..span.end, &"*".repeat(span.end - span.start));
            }
            assert!(!shown.contains(&secret), "{shown}");
        }
    }

    #[test]
    fn a_word_that_is_no_secret_stays() {
        let text = "password = 'kelpBarn98xQz'\nkelpBarn = 1\n";
        assert_eq!(sensitive_spans("a.py", text).len(), 1);
    }
}
