//! What is said to people, in their language.
//!
//! English stands where it is said; the other language is one catalogue, `es/*.yaml`, which the build turns into
//! tables of whole texts and texts with places for what changes. What it does not know is said in English, and a
//! test names it. Not here: which language is wanted, and anything that machines read.

mod quoted;
mod spanish;
mod template;

use std::borrow::Cow;
use std::sync::LazyLock;

use template::Template;

include!(concat!(env!("OUT_DIR"), "/spanish.rs"));

/// Texts in English and in Spanish, ordered by the English ones; made when it is first asked.
type Table = LazyLock<Vec<(&'static str, &'static str)>>;

/// Takes apart what the build wrote.
fn rows(whole: &'static str) -> Vec<(&'static str, &'static str)> {
    whole.split_terminator('\u{1e}').filter_map(|row| row.split_once('\u{1f}')).collect()
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

    /// A word or heading of ours.
    #[must_use]
    pub fn word(self, english: &str) -> &str {
        self.known(&WORDS, english).or_else(|| self.known(&TYPED, english)).unwrap_or(english)
    }

    /// What a rule says, by its code.
    #[must_use]
    pub fn summary<'a>(self, code: &str, english: &'a str) -> Cow<'a, str> {
        if let Some(known) = self.known(&SUMMARIES, code) {
            return Cow::Borrowed(known);
        }
        if self == Self::English {
            return Cow::Borrowed(english);
        }
        let made = PATTERNS.iter().find_map(|(from, to)| pattern(from, to, english));
        made.map_or(Cow::Borrowed(english), Cow::Owned)
    }

    /// Why a rule matters and what to write instead, in a sentence or two, by the code; what is true of a whole family
    /// is said of each of its rules. `None` where the page alone says it: in English, always.
    #[must_use]
    pub fn reason(self, code: &str) -> Option<&'static str> {
        let family = code.trim_end_matches(|c: char| c.is_ascii_digit());
        self.known(&REASONS, code).or_else(|| self.known(&REASONS, family))
    }

    /// A message, a help or a line of output, with its names and numbers put into the text that the catalogue has
    /// for it. `None` where it has none.
    ///
    /// ```
    /// use envgate::lang::Lang;
    /// let said = Lang::Spanish.translated("`API_KEY` has 31 characters, 32 needed");
    /// assert_eq!(said.as_deref(), Some("`API_KEY` tiene 31 caracteres y necesita 32"));
    /// assert_eq!(Lang::English.translated("`x` does not exist"), None);
    /// ```
    #[must_use]
    pub fn translated(self, english: &str) -> Option<String> {
        if self == Self::English {
            return None;
        }
        let mut known = false;
        let lines: Vec<Cow<'_, str>> = english
            .split('\n')
            .map(|line| {
                let spanish = spanish::line(line);
                known |= spanish.is_some();
                spanish.map_or(Cow::Borrowed(line), Cow::Owned)
            })
            .collect();
        known.then(|| lines.join("\n"))
    }

    /// The same, in English where the catalogue has nothing.
    #[must_use]
    pub fn text(self, english: &str) -> Cow<'_, str> {
        self.translated(english).map_or(Cow::Borrowed(english), Cow::Owned)
    }

    /// A text of the catalogue with `parts` in its places, whatever they hold: for what must not be read as a text of
    /// ours, such as a value.
    #[must_use]
    pub fn with(self, english: &'static str, parts: &[&str]) -> String {
        let spanish =
            self.known(&MESSAGES, english).or_else(|| self.known(&TYPED, english)).unwrap_or(english);
        let parts: Vec<Cow<'_, str>> = parts.iter().map(|part| Cow::Borrowed(*part)).collect();
        Template::of(english, spanish).filled(&parts)
    }

    /// What `--help` says, in paragraphs between empty lines; the last full stop of one is none of the catalogue's.
    #[must_use]
    pub fn help(self, english: &str) -> String {
        let paragraph = |text: &str| {
            let bare = text.strip_suffix('.').unwrap_or(text);
            let stop = text.get(bare.len()..).unwrap_or_default();
            self.known(&HELP, bare).map_or_else(|| text.to_owned(), |known| format!("{known}{stop}"))
        };
        english.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
    }

    /// A line of what clap says of a mistake in the command line. What was typed stays as it is; a reason that ends it is
    /// a text of ours.
    #[must_use]
    pub fn typed(self, line: &str) -> Option<String> {
        if self == Self::English {
            return None;
        }
        let fitting = TYPED.iter().filter_map(|(english, spanish)| {
            let template = Template::of(english, spanish);
            let taken = template.taken(line)?;
            Some((template.weight(), english, taken, template))
        });
        let (_, english, taken, template) = fitting.max_by_key(|(weight, ..)| *weight)?;
        let last = taken.len();
        let parts: Vec<Cow<'_, str>> = taken
            .into_iter()
            .enumerate()
            .map(|(nth, part)| {
                let is_reason = nth + 1 == last && english.ends_with("': {}");
                if is_reason { self.text(part) } else { Cow::Borrowed(part) }
            })
            .collect();
        Some(template.filled(&parts))
    }

    fn known(self, table: &'static Table, english: &str) -> Option<&'static str> {
        let at = match self {
            Self::English => None,
            Self::Spanish => table.binary_search_by_key(&english, |(known, _)| known).ok(),
        };
        at.and_then(|at| table.get(at)).map(|(_, spanish)| *spanish)
    }
}

/// Every text with places that the catalogue knows, in English and in Spanish.
#[must_use]
pub fn messages() -> &'static [(&'static str, &'static str)] {
    &MESSAGES
}

/// Every paragraph of `--help` that the catalogue knows, and every line of clap's.
#[must_use]
pub fn helps() -> [&'static [(&'static str, &'static str)]; 2] {
    [&HELP, &TYPED]
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

#[cfg(test)]
mod tests {
    use super::{Lang, MESSAGES, SUMMARIES, WORDS};

    #[test]
    fn the_tables_are_sorted() {
        for table in [&SUMMARIES, &WORDS, &MESSAGES] {
            assert!(table.is_sorted_by_key(|(english, _)| english));
            assert!(table.len() > 20);
        }
    }

    #[test]
    fn names_and_numbers_find_their_places() {
        let spanish = |text| Lang::Spanish.translated(text);
        assert_eq!(
            spanish("  `API_KEY` has 31 characters, 32 needed\n").as_deref(),
            Some("  `API_KEY` tiene 31 caracteres y necesita 32\n")
        );
        assert_eq!(spanish("`{}` does not exist").as_deref(), Some("`{}` no existe"));
        assert_eq!(spanish("`a`, `b` and `c` does not exist").as_deref(), Some("`a`, `b` y `c` no existe"));
        for unknown in ["nobody says this", "`never closed", "", "\n"] {
            assert_eq!(spanish(unknown), None, "{unknown}");
        }
        assert_eq!(Lang::English.translated("`x` does not exist"), None);
    }

    #[test]
    fn patterns_take_both_articles() {
        let said = |english| Lang::Spanish.summary("SEC999", english).into_owned();
        assert_eq!(said("a GitHub token"), "un token de GitHub");
        assert_eq!(said("an OpenAI API key"), "una clave de API de OpenAI");
        assert_eq!(said("the ping URL of a check"), "la URL de aviso de una comprobación");
    }
}
