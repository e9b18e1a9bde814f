//! A text with places for what changes: what stands in them in a text that was said, and the same in other words.
//!
//! Not here: which templates there are.

use std::borrow::Cow;

/// An English text with places, and the Spanish one.
#[derive(Debug)]
pub(super) struct Template {
    /// What stands between the places: one more than there are places.
    pieces: Vec<&'static str>,
    names: Vec<&'static str>,
    spanish: &'static str,
}

impl Template {
    pub(super) fn of(english: &'static str, spanish: &'static str) -> Self {
        let (mut pieces, mut names) = (Vec::new(), Vec::new());
        let mut rest = english;
        while let Some((before, place, after)) = next_place(rest) {
            pieces.push(before);
            names.push(name(place));
            rest = after;
        }
        pieces.push(rest);
        Self { pieces, names, spanish }
    }

    /// How many bytes of it are not left open; the more, the surer.
    pub(super) fn weight(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    /// The byte that a text must begin with; `None` where a place comes first.
    pub(super) fn first(&self) -> Option<u8> {
        self.pieces.first().and_then(|piece| piece.bytes().next())
    }

    /// What stands in the places, if `text` is of this form. What a place takes holds whole pairs of backticks, so
    /// that no name is cut.
    pub(super) fn taken<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.pieces.split_first()?;
        let mut rest = text.strip_prefix(first)?;
        let Some((last, between)) = others.split_last() else {
            return rest.is_empty().then(Vec::new);
        };
        rest = rest.strip_suffix(last)?;
        let mut taken = Vec::with_capacity(self.names.len());
        for piece in between {
            let (place, after) = cut(rest, piece)?;
            taken.push(place);
            rest = after;
        }
        taken.push(rest);
        let glued = self.pieces.iter().zip(&taken).all(|(piece, place)| !cuts_a_word(piece, place));
        (glued && paired(rest)).then_some(taken)
    }

    /// Whether the place stands in backticks of the template's own: what it takes is a name then.
    pub(super) fn is_name(&self, nth: usize) -> bool {
        self.pieces.iter().take(nth + 1).map(|piece| piece.matches('`').count()).sum::<usize>() % 2 == 1
    }

    /// The Spanish text with `taken` in its places: `{key}` takes what stood in the place of that name, `{2}` the
    /// second, `{}` the one after the last one that was taken. `{2?es}` is `es` where the second is not empty, and
    /// `{2?one|other}` says what it is where it is.
    pub(super) fn filled(&self, taken: &[Cow<'_, str>]) -> String {
        let mut made = String::with_capacity(self.spanish.len() + 32);
        let (mut rest, mut next) = (self.spanish, 0);
        while let Some((before, place, after)) = next_place(rest) {
            made.push_str(before);
            let (wanted, plural) = place.split_once('?').filter(|(name, _)| !name.contains(':')).unzip();
            match self.place(name(wanted.unwrap_or(place)), next).and_then(|at| Some((at, taken.get(at)?))) {
                Some((_, text)) if plural.is_some() => {
                    let (many, one) = plural.and_then(|both| both.split_once('|')).unzip();
                    let one = one.unwrap_or_default();
                    made.push_str(if text.is_empty() { one } else { many.or(plural).unwrap_or_default() });
                }
                Some((at, text)) => {
                    made.push_str(text);
                    next = at + 1;
                }
                None => made.push_str(&format!("{{{place}}}")),
            }
            rest = after;
        }
        made.push_str(rest);
        made
    }

    fn place(&self, name: &str, next: usize) -> Option<usize> {
        if name.is_empty() {
            return Some(next);
        }
        let number = name.parse().ok().and_then(|nth: usize| nth.checked_sub(1));
        number.or_else(|| self.names.iter().position(|known| *known == name))
    }
}

/// The text before the first place, what stands in its braces, and the text after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let may = |c: char| c.is_alphanumeric() || "_.:<>^#?*$|-".contains(c);
    for (at, _) in text.match_indices('{') {
        let (before, inside) = text.split_at_checked(at)?;
        let inside = inside.strip_prefix('{')?;
        if let Some((place, after)) = inside.split_once('}')
            && place.chars().all(may)
        {
            return Some((before, place, after));
        }
    }
    None
}

/// The name in a place, without how it is to be written.
fn name(place: &str) -> &str {
    place.split([':', '?']).next().unwrap_or_default()
}

/// What stands before the first `piece` that lies outside of backticks opened in `text`, and what stands after it.
fn cut<'t>(text: &'t str, piece: &str) -> Option<(&'t str, &'t str)> {
    let mut found = text.match_indices(piece).filter_map(|(at, _)| text.split_at_checked(at));
    let (before, from) = found.find(|(before, _)| paired(before))?;
    Some((before, from.strip_prefix(piece)?))
}

/// Whether `place` goes on with the word that the piece before it ends in, and with more than that word.
fn cuts_a_word(before: &str, place: &str) -> bool {
    before.ends_with(char::is_alphabetic)
        && place.starts_with(char::is_alphabetic)
        && !place.chars().all(char::is_alphabetic)
}

fn paired(text: &str) -> bool {
    text.matches('`').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::Template;

    fn said(english: &'static str, spanish: &'static str, text: &str) -> Option<String> {
        let template = Template::of(english, spanish);
        let taken: Vec<Cow<'_, str>> = template.taken(text)?.into_iter().map(Cow::Borrowed).collect();
        Some(template.filled(&taken))
    }

    #[test]
    fn places_are_filled_by_name_number_or_order() {
        for (english, spanish, text, expected) in [
            ("`{key}` has {length}", "{length} en `{key}`", "`A` has 3", Some("3 en `A`")),
            ("`{}` has {}", "{2} en `{1}`", "`A` has 3", Some("3 en `A`")),
            ("`{}` is `{}`", "`{}` es `{}`", "`a`, `b` is `c`", Some("`a`, `b` es `c`")),
            ("{n} error{s} left", "quedan {n} error{s?es}", "2 errors left", Some("quedan 2 errores")),
            ("{n} error{s} left", "queda {n} error{s?es}", "1 error left", Some("queda 1 error")),
            (
                "write `${{key}:?set {key}}`",
                "escriba `${{key}:?…}`",
                "write `${A:?set A}`",
                Some("escriba `${A:?…}`"),
            ),
            ("`{}` is empty", "x", "`a is b` is empty ", None),
            ("in {} is `{}`", "{1}: {2}", "in `a is `b` is `c`", None),
            ("{n} character{s}", "{n} {s?caracteres|carácter}", "1 character", Some("1 carácter")),
            ("{n} character{s}", "{n} {s?caracteres|carácter}", "31 characters", Some("31 caracteres")),
            ("{n} character{s}", "x", "31 characters where 32 are needed", None),
            ("{n} taken{until}", "{n} tomados{until}", "1 taken until 3", Some("1 tomados until 3")),
            ("same", "igual", "same", Some("igual")),
            ("same", "igual", "same ", None),
            ("write `${…}` of {a}", "`${…}` de {a}", "write `${…}` of x", Some("`${…}` de x")),
        ] {
            assert_eq!(said(english, spanish, text).as_deref(), expected, "{english}");
        }
    }

    #[test]
    fn a_place_in_backticks_is_a_name() {
        let template = Template::of("`{}` is {}, `a {}`", "");
        assert_eq!([0, 1, 2].map(|nth| template.is_name(nth)), [true, false, true]);
    }
}
