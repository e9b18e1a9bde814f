//! What is said to people, in their language.
//!
//! English stands where it is said; the other language is one catalogue, `es.yaml`, which knows whole texts
//! and texts with places for what changes. What it does not know is said in English. Not here: which language is
//! wanted, and anything that machines read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

const SPANISH: &str = include_str!("es.yaml");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| serde_yaml::from_str(SPANISH).unwrap_or_default());

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    summaries: HashMap<String, String>,
    patterns: Vec<(String, String)>,
    words: HashMap<String, String>,
    messages: HashMap<String, String>,
}

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

impl Lang {
    /// The language of a locale's name, such as `es_MX.UTF-8`.
    ///
    /// ```
    /// use envgate::lang::Lang;
    /// assert_eq!(Lang::of_locale("es_MX.UTF-8"), Lang::Spanish);
    /// assert_eq!(Lang::of_locale("est"), Lang::English);
    /// ```
    #[must_use]
    pub fn of_locale(name: &str) -> Self {
        let language = name.split(['_', '.', '@', '-']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("es") { Self::Spanish } else { Self::English }
    }

    fn catalogue(self) -> Option<&'static Catalogue> {
        match self {
            Self::English => None,
            Self::Spanish => Some(&CATALOGUE),
        }
    }

    /// A word or heading of ours.
    #[must_use]
    pub fn word(self, english: &str) -> &str {
        let known = self.catalogue().and_then(|catalogue| catalogue.words.get(english));
        known.map_or(english, String::as_str)
    }

    /// What a rule says, by its code.
    #[must_use]
    pub fn summary<'a>(self, code: &str, english: &'a str) -> Cow<'a, str> {
        let Some(catalogue) = self.catalogue() else { return Cow::Borrowed(english) };
        if let Some(known) = catalogue.summaries.get(code) {
            return Cow::Borrowed(known.as_str());
        }
        let made = catalogue.patterns.iter().find_map(|(from, to)| pattern(from, to, english));
        made.map_or(Cow::Borrowed(english), Cow::Owned)
    }

    /// A message or help: with its names and numbers put into the text that the catalogue has for it. `None` where
    /// it has none.
    #[must_use]
    pub fn translated(self, english: &str) -> Option<String> {
        let catalogue = self.catalogue()?;
        let (template, parts) = template(english)?;
        catalogue.messages.get(&template).map(|known| filled(known, &parts))
    }

    /// The same, in English where the catalogue has nothing.
    #[must_use]
    pub fn text(self, english: &str) -> Cow<'_, str> {
        self.translated(english).map_or(Cow::Borrowed(english), Cow::Owned)
    }
}

/// `a {} token`, held against a summary: both articles fit.
fn pattern(from: &str, to: &str, english: &str) -> Option<String> {
    let Some((before, after)) = from.split_once("{}") else {
        return (from == english).then(|| to.to_owned());
    };
    let an = before.strip_suffix("a ").map(|lead| format!("{lead}an "));
    let rest = english.strip_prefix(before).or_else(|| english.strip_prefix(an?.as_str()))?;
    let name = rest.strip_suffix(after).filter(|name| !name.is_empty())?;
    Some(to.replace("{}", name))
}

/// The text with a place for each name in backticks and for each number, and what stood there. `None` where a
/// backtick is never closed.
fn template(text: &str) -> Option<(String, Vec<&str>)> {
    let (mut template, mut parts) = (String::with_capacity(text.len()), Vec::new());
    let mut pieces = text.split('`').enumerate().peekable();
    while let Some((nth, piece)) = pieces.next() {
        if nth % 2 == 1 {
            pieces.peek()?;
            template.push_str("`{}`");
            parts.push(piece);
            continue;
        }
        let mut rest = piece;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at_checked(start)?;
            let length = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let (number, after) = from.split_at_checked(length)?;
            template.push_str(before);
            template.push_str("{}");
            parts.push(number);
            rest = after;
        }
        template.push_str(rest);
    }
    Some((template, parts))
}

/// A known text with `parts` in their places: `{}` takes the next one, `{2}` the second.
fn filled(known: &str, parts: &[&str]) -> String {
    let mut made = String::with_capacity(known.len() + 32);
    let (mut rest, mut next) = (known, 0);
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let Some((place, after)) = after.split_once('}') else { break };
        let at = if place.is_empty() {
            Some(next)
        } else {
            place.parse().ok().and_then(|n: usize| n.checked_sub(1))
        };
        made.push_str(at.and_then(|at| parts.get(at)).copied().unwrap_or_default());
        next = at.map_or(next, |at| at + 1);
        rest = after;
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::{CATALOGUE, Catalogue, Lang, SPANISH, filled, template};

    #[test]
    fn the_catalogue_can_be_read() {
        let read: Result<Catalogue, _> = serde_yaml::from_str(SPANISH);
        assert!(read.is_ok(), "{read:?}");
        assert!(CATALOGUE.summaries.len() > 50);
    }

    #[test]
    fn names_and_numbers_find_their_places() {
        let spanish = |text| Lang::Spanish.translated(text);
        assert_eq!(
            spanish("`API_KEY` has 31 characters, 32 needed").as_deref(),
            Some("`API_KEY` tiene 31 caracteres y necesita 32")
        );
        assert_eq!(spanish("`{}` does not exist").as_deref(), Some("`{}` no existe"));
        for unknown in ["nobody says this", "`never closed", "", "`a` has `b` characters, 3 needed"] {
            assert_eq!(spanish(unknown), None, "{unknown}");
        }
        assert_eq!(Lang::English.translated("`x` does not exist"), None);
    }

    #[test]
    fn patterns_take_both_articles() {
        let said = |english| Lang::Spanish.summary("SEC999", english).into_owned();
        assert_eq!(said("a GitHub token"), "un token de GitHub");
        assert_eq!(said("an OpenAI API key"), "una clave de API de OpenAI");
        assert_eq!(said("the ping URL of a check"), "the ping URL of a check");
    }

    /// Each text asks for as many parts as its template has, so that nothing is lost and nothing is blank.
    #[test]
    fn every_place_is_filled_once() {
        for (from, to) in &CATALOGUE.messages {
            let sample = from.replace("`{}`", "`x`").replace("{}", "7");
            let (made, parts) = template(&sample).expect("backticks are closed");
            assert_eq!(&made, from);
            let marks: Vec<String> = (0..parts.len()).map(|nth| format!("<{nth}>")).collect();
            let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
            let filled = filled(to, &marks);
            for mark in marks {
                assert_eq!(filled.matches(mark).count(), 1, "{from}: {filled}");
            }
        }
    }
}
