//! What an expression of somebody's own can match: how long at the most, and which texts every match contains.
//!
//! Not here: the search. What has no bound, or holds no text to look for, is refused with its reason.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest match that an expression may have, in bytes.
pub(super) const LONGEST: usize = 4096;

/// The shortest match that an expression may have, in bytes: anything shorter stands in every text.
const SHORTEST: usize = 4;

/// The shortest text that is looked for before an expression is asked, in bytes.
pub(super) const SHORTEST_KEYWORD: usize = 3;

/// The most alternatives that keywords are worked out from.
const MOST_KEYWORDS: usize = 64;

/// The most memory that one compiled expression may take, in bytes.
const SIZE: usize = 1 << 20;

/// How deep an expression may be nested.
const DEPTH: u32 = 50;

/// Why an expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: &'static str,
    /// Where in the expression, in bytes, where a place can be told.
    pub at: Option<usize>,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>, help: &'static str) -> Self {
        Self { message: message.into(), help, at: None }
    }
}

/// An expression that can be used.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) regex: Regex,
    /// The most bytes of a match.
    pub(super) longest: usize,
    /// Texts of which every match contains one, in lower case; `None` where there is no such set.
    pub(super) keywords: Option<Vec<String>>,
}

/// Reads the expression of a kind.
pub(super) fn of(expression: &str) -> Result<Form, Fault> {
    let tree = parse(expression)?;
    let properties = tree.properties();
    let Some(longest) = properties.maximum_len() else {
        return Err(Fault::new(
            "the pattern has no longest match",
            "write how often at the most: `{20,40}` instead of `+` and `*`",
        ));
    };
    if longest > LONGEST {
        return Err(Fault::new(
            format!("the pattern can match {longest} bytes, {LONGEST} at the most"),
            "write how often at the most: `{20,40}`",
        ));
    }
    if properties.minimum_len().is_none_or(|shortest| shortest < SHORTEST) {
        return Err(Fault::new(
            format!("the pattern can match fewer than {SHORTEST} bytes"),
            "write the whole of the secret, and the name in front of it where it is short",
        ));
    }
    let keywords = required(&tree).filter(|words| shortest(words) >= SHORTEST_KEYWORD);
    let keywords = keywords.map(|words| {
        let mut words: Vec<String> =
            words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        words.sort_unstable();
        words.dedup();
        words
    });
    Ok(Form { regex: compiled(expression)?, longest, keywords })
}

/// Compiles an expression that is held against a secret alone.
pub(super) fn compiled(expression: &str) -> Result<Regex, Fault> {
    parse(expression)?;
    let too_large = |_| Fault::new("the pattern is too large", "write less of it");
    RegexBuilder::new(expression).unicode(false).size_limit(SIZE).nest_limit(DEPTH).build().map_err(too_large)
}

fn parse(expression: &str) -> Result<Hir, Fault> {
    let parser = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(DEPTH)
        .build()
        .parse(expression);
    parser.map_err(|error| {
        let (kind, at) = match &error {
            regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(error.span().start.offset)),
            regex_syntax::Error::Translate(error) => {
                (error.kind().to_string(), Some(error.span().start.offset))
            }
            _ => ("it cannot be read".to_owned(), None),
        };
        let help = "write a regular expression without look-ahead and back references";
        Fault {
            at,
            ..Fault::new(format!("the pattern cannot be used: {}", kind.trim_end_matches('.')), help)
        }
    })
}

fn shortest(words: &[Vec<u8>]) -> usize {
    words.iter().map(Vec::len).min().unwrap_or_default()
}

/// Texts of which every match contains at least one, in lower case. The parser bounds the depth.
fn required(tree: &Hir) -> Option<Vec<Vec<u8>>> {
    match tree.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => letter(class).map(|letter| vec![vec![letter]]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(parts) => {
            let parts: Option<Vec<_>> = parts.iter().map(required).collect();
            parts.map(|parts| parts.concat()).filter(|words| words.len() <= MOST_KEYWORDS)
        }
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// Of the parts in a row, the one whose shortest text is the longest; neighbouring letters are one text.
fn in_a_row(parts: &[Hir]) -> Option<Vec<Vec<u8>>> {
    let mut best: Option<Vec<Vec<u8>>> = None;
    let mut row: Vec<u8> = Vec::new();
    let mut offer = |words: Vec<Vec<u8>>| {
        if best.as_ref().is_none_or(|best| shortest(&words) > shortest(best)) {
            best = Some(words);
        }
    };
    for part in parts {
        match part.kind() {
            HirKind::Literal(literal) => row.extend(literal.0.to_ascii_lowercase()),
            HirKind::Class(class) if letter(class).is_some() => row.extend(letter(class)),
            HirKind::Look(_) => {}
            _ => {
                offer(vec![std::mem::take(&mut row)]);
                required(part).into_iter().for_each(&mut offer);
            }
        }
    }
    offer(vec![row]);
    best.filter(|words| shortest(words) > 0)
}

/// The letter of a class that holds it in both cases and nothing else.
fn letter(class: &Class) -> Option<u8> {
    let Class::Bytes(class) = class else { return None };
    let mut ranges = class.ranges().iter();
    let (Some(upper), Some(lower), None) = (ranges.next(), ranges.next(), ranges.next()) else { return None };
    let single = upper.start() == upper.end() && lower.start() == lower.end();
    let same = upper.start().is_ascii_uppercase() && upper.start().to_ascii_lowercase() == lower.start();
    (single && same).then_some(lower.start())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn keywords_are_worked_out() {
        for (expression, expected) in [
            ("acme_[a-z]{8}", Some(&["acme_"][..])),
            ("(?i)ACME[_-][0-9a-f]{8}", Some(&["acme"])),
            ("(?:live|test)_key_[0-9]{12}", Some(&["_key_"])),
            ("[a-z]{3}(?:alpha|beta)[0-9]{8}", Some(&["alpha", "beta"])),
            (r"\bacme(?P<secret>[0-9]{8})\b", Some(&["acme"])),
            ("(?:ab|acme)[0-9]{8}", None),
            ("[0-9a-f]{32}", None),
            ("(?:acme)?[0-9a-f]{32}", None),
            ("(?:acme){2}x{0,3}", Some(&["acme"])),
        ] {
            let found = of(expression).unwrap().keywords;
            let found = found.as_ref().map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), expected, "{expression}");
        }
    }

    #[test]
    fn what_has_no_bound_is_refused() {
        for (expression, message) in [
            ("acme_[a-z]+", "the pattern has no longest match"),
            ("acme_[a-z]{8,}", "the pattern has no longest match"),
            ("acme_[a-z]{9000}", "the pattern can match 9005 bytes, 4096 at the most"),
            ("(?:acme)?", "the pattern can match fewer than 4 bytes"),
            ("", "the pattern can match fewer than 4 bytes"),
            (r"(acme)\1", "the pattern cannot be used: backreferences are not supported"),
            ("acme_[", "the pattern cannot be used: unclosed character class"),
        ] {
            assert_eq!(of(expression).unwrap_err().message, message, "{expression}");
        }
        assert_eq!(of("acme_[").unwrap_err().at, Some(5));
        let deep = format!("{}acme{}", "(".repeat(5000), ")".repeat(5000));
        assert!(of(&deep).is_err());
    }
}
