//! How many guesses a value takes, roughly: what it is made of, and what each part costs in bits.
//!
//! Not here: placeholders and known defaults; those need no counting.

use super::words::{COMMON, KEYBOARD, SECRETISH};

/// Bits that one word costs: of the few that people use for secrets, and of all others.
const SECRETISH_BITS: f64 = 5.0;
const COMMON_BITS: f64 = 8.0;
const WORD_BITS: f64 = 15.0;
/// A year, a run on the keyboard, a repetition.
const PATTERN_BITS: f64 = 6.0;
/// Below this a value is guessed; the second holds where words that people use for secrets are in it.
const FEW: f64 = 40.0;
const FEW_WITH_SECRETISH: f64 = 64.0;

/// Whether anyone who tries words, years and patterns gets `value`.
pub(super) fn is_guessable(value: &str, lower: &str) -> bool {
    let unleeted: String = lower.chars().map(unleet).collect();
    let plain = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    let core: String = plain.chars().map(unleet).collect();
    if core.len() >= 4 && [unleeted.as_str(), core.as_str()].iter().any(|word| is_known(word)) {
        return true;
    }
    let pieces = pieces(&once(value));
    let runs = pieces.iter().filter(|piece| piece.starts_with(char::is_alphabetic)).count();
    let mut count = Count {
        lone: runs == 1,
        one_case: !lower_and_upper(value),
        parted: value.contains(['-', '_', '.', ' ']),
        ..Count::default()
    };
    for piece in &pieces {
        count.piece(piece);
    }
    count.bits < if count.secretish { FEW_WITH_SECRETISH } else { FEW }
}

fn is_known(word: &str) -> bool {
    SECRETISH.contains(&word) || COMMON.contains(&word)
}

fn unleet(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// The value without its repetition: `abcabcabc` is `abc`.
fn once(value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    let repeats = |length: usize| {
        characters.len() >= 2 * length
            && characters.iter().zip(characters.iter().skip(length)).all(|(one, next)| one == next)
    };
    let length = (1..=characters.len() / 2).find(|&length| repeats(length)).unwrap_or(characters.len());
    characters.into_iter().take(length).collect()
}

/// Runs of letters (parted at a capital behind a small one), runs of digits, and the rest one by one.
fn pieces(value: &str) -> Vec<String> {
    let kind = |c: char| match c {
        _ if c.is_ascii_digit() => 0,
        _ if c.is_alphabetic() => 1,
        _ => 2,
    };
    let mut pieces: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for character in value.chars() {
        let joins = before.is_some_and(|before| {
            kind(before) == kind(character)
                && kind(character) < 2
                && !(before.is_lowercase() && character.is_uppercase())
        });
        match pieces.last_mut().filter(|_| joins) {
            Some(piece) => piece.push(character),
            None => pieces.push(character.to_string()),
        }
        before = Some(character);
    }
    pieces
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts about one value, each by itself")]
struct Count {
    bits: f64,
    secretish: bool,
    separators: Vec<char>,
    /// Whether the whole value is in small letters or in capitals.
    one_case: bool,
    /// Whether separators stand between its words.
    parted: bool,
    /// Whether it has but one run of letters.
    lone: bool,
}

fn lower_and_upper(value: &str) -> bool {
    value.chars().any(char::is_lowercase) && value.chars().any(char::is_uppercase)
}

impl Count {
    fn piece(&mut self, piece: &str) {
        let Some(first) = piece.chars().next() else { return };
        if first.is_ascii_digit() {
            self.bits += digits(piece);
        } else if first.is_alphabetic() {
            let written_as_word = self.one_case || piece.chars().skip(1).all(char::is_lowercase);
            self.letters(&piece.to_lowercase(), written_as_word);
        } else if !self.separators.contains(&first) {
            self.separators.push(first);
            self.bits += if "-_ .".contains(first) { 1.0 } else { 5.0 };
        } else {
            self.bits += if "-_ .".contains(first) { 0.0 } else { 3.0 };
        }
    }

    fn letters(&mut self, word: &str, written_as_word: bool) {
        if length(word) <= 3.0 && !self.parted {
            // Three letters in a row come up by chance.
            self.bits += length(word) * 4.7;
        } else if is_row(word) {
            self.bits += PATTERN_BITS;
        } else if SECRETISH.contains(&word) {
            self.secretish = true;
            self.bits += SECRETISH_BITS;
        } else if COMMON.contains(&word) {
            self.bits += COMMON_BITS;
        } else if let Some(parts) = compound(word) {
            for part in parts {
                self.secretish |= SECRETISH.contains(&part);
                self.bits += COMMON_BITS;
            }
        } else {
            let brute = length(word) * 4.7;
            self.bits += if written_as_word && (self.parted || self.lone) && is_wordlike(word) {
                brute.min(WORD_BITS + (length(word) - 8.0).max(0.0) * 4.7)
            } else {
                brute
            };
        }
    }
}

/// The number of characters, for counting bits.
fn length(text: &str) -> f64 {
    u32::try_from(text.chars().count()).map_or(f64::INFINITY, f64::from)
}

fn digits(digits: &str) -> f64 {
    let year = digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    if year || is_row(digits) { PATTERN_BITS } else { length(digits) * 3.3 }
}

/// Whether a piece runs along the alphabet, the digits or a row of keys, or repeats one character.
fn is_row(piece: &str) -> bool {
    if piece.len() < 3 {
        return false;
    }
    let bytes = piece.as_bytes();
    let steps = |wanted: i16| {
        bytes.windows(2).all(|pair| match pair {
            [one, two] => i16::from(*two) - i16::from(*one) == wanted,
            _ => true,
        })
    };
    let looped = piece.len() > 10 && "12345678901234567890123456789012345678901234567890".contains(piece);
    steps(1) || steps(-1) || steps(0) || looped || KEYBOARD.iter().any(|row| row.contains(piece))
}

/// The known words that a run of letters is put together from, if it is put together of such alone.
fn compound(word: &str) -> Option<Vec<&'static str>> {
    let mut reached: Vec<Option<Vec<&'static str>>> = vec![None; word.len() + 1];
    *reached.first_mut()? = Some(Vec::new());
    for at in 0..word.len() {
        let Some(parts) = reached.get(at).cloned().flatten() else { continue };
        let Some(rest) = word.get(at..) else { continue };
        for &known in
            SECRETISH.iter().chain(COMMON).filter(|known| known.len() > 1 && rest.starts_with(**known))
        {
            if let Some(slot) = reached.get_mut(at + known.len())
                && slot.as_ref().is_none_or(|best| best.len() > parts.len() + 1)
            {
                let mut longer = parts.clone();
                longer.push(known);
                *slot = Some(longer);
            }
        }
    }
    reached.pop().flatten().filter(|parts| parts.len() > 1)
}

/// Whether letters could be a word of English or Spanish: vowels in the right measure, no long runs.
fn is_wordlike(word: &str) -> bool {
    let total = word.chars().count();
    if !(3..=12).contains(&total) {
        return false;
    }
    let vowel = |c: char| "aeiouyáéíóúü".contains(c);
    let vowels = word.chars().filter(|&c| vowel(c)).count();
    let longest = |of_vowels: bool| {
        word.chars().fold((0_usize, 0_usize), |(longest, run), c| {
            let run = if vowel(c) == of_vowels { run + 1 } else { 0 };
            (longest.max(run), run)
        })
    };
    vowels * 10 >= total * 3 && vowels * 10 <= total * 6 && longest(false).0 <= 3 && longest(true).0 <= 2
}
