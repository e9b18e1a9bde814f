//! The keys of assignments: five ways to find one.
//!
//! Not here: values (see [`super::assignments`]).

use super::assignments::Reader;
use super::dialect::KeyRule;
use crate::source::Span;

/// What stands where a key should.
pub(super) enum Key {
    /// A key, and where its value begins.
    Found(Span, usize),
    /// A key without `=`, and where the next line begins.
    Bare(Span, usize),
    /// Not a key; reading goes on behind.
    Skip(Span, usize),
    /// A key that is none, and where the value begins that is lost with it.
    Odd(Span, usize),
    /// Nothing that ever becomes one.
    Never(Span),
    Refuse(Span, &'static str),
}

impl Reader<'_, '_> {
    /// Reads the key that begins here.
    pub(super) fn key(&self) -> Key {
        match self.rules.key {
            KeyRule::Blankless => self.blankless_key(),
            KeyRule::Word => self.word_key(),
            KeyRule::UpToEquals { one_line } => self.key_up_to_equals(one_line),
            KeyRule::Letters { more, bare, bytes } => self.letter_key(more, bare, bytes),
        }
    }

    /// The offset behind `export` and its blanks, where both stand at `from`.
    fn behind_export(&self, from: usize) -> Option<usize> {
        let after = from + "export".len();
        let behind = self.text[from..].starts_with("export").then(|| self.skip_blanks(after))?;
        (behind > after).then_some(behind)
    }

    fn blankless_key(&self) -> Key {
        let start = self.behind_export(self.at).unwrap_or(self.at);
        let rest = &self.text[start..];
        let skip = Key::Skip(Span::new(self.at, self.line_end(self.at)), self.next_line(self.at));
        let (key, after) = if let Some(inner) = rest.strip_prefix('\'') {
            let Some(end) = inner.find('\'').filter(|&end| end > 0) else { return skip };
            (Span::new(start + 1, start + 1 + end), start + end + 2)
        } else {
            let stop = |character: char| character.is_whitespace() || character == '=' || character == '#';
            let end = rest.find(stop).unwrap_or(rest.len());
            if end == 0 {
                return skip;
            }
            (Span::new(start, start + end), start + end)
        };
        let after = self.skip_blanks(after);
        if self.text[after..].starts_with('=') {
            return Key::Found(key, after + 1);
        }
        if matches!(self.text[after..].chars().next(), None | Some('\n' | '#')) {
            return Key::Bare(key, self.next_line(after));
        }
        Key::Skip(Span::new(self.at, self.line_end(after)), self.next_line(after))
    }

    fn word_key(&self) -> Key {
        let exported = self.text[self.at..].strip_prefix("export").map(str::trim_start);
        let behind = exported.map(|rest| self.text.len() - rest.len());
        let starts = [behind.filter(|&behind| behind > self.at + "export".len()), Some(self.at)];
        for start in starts.into_iter().flatten() {
            let rest = &self.text[start..];
            let word = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
            let length = rest.find(|character| !word(character)).unwrap_or(rest.len());
            let key = Span::new(start, start + length);
            let after = &rest[length..];
            let behind_blanks = self.text.len() - after.trim_start().len();
            if length > 0 && self.text[behind_blanks..].starts_with('=') {
                return Key::Found(key, behind_blanks + 1);
            }
            let blank = after.strip_prefix(':').and_then(|rest| rest.chars().next());
            if let Some(blank) = blank.filter(|blank| length > 0 && blank.is_whitespace()) {
                return Key::Found(key, key.end + 1 + blank.len_utf8());
            }
        }
        Key::Skip(Span::new(self.at, self.line_end(self.at)), self.next_line(self.at))
    }

    fn key_up_to_equals(&self, one_line: bool) -> Key {
        let rest = &self.text[self.at..];
        let line_end = self.line_end(self.at);
        let line = Span::new(self.at, line_end);
        let Some(equals) = rest.find('=').map(|length| self.at + length) else {
            return Key::Skip(line, if one_line { self.next_line(self.at) } else { self.text.len() });
        };
        if one_line && equals > line_end {
            return Key::Skip(line, self.next_line(self.at));
        }
        if equals == self.at {
            return if one_line { Key::Skip(line, self.next_line(self.at)) } else { Key::Never(line) };
        }
        let mut start = self.at;
        let behind = self.text.get(equals + 1..).unwrap_or_default();
        let empty = behind.starts_with('\n') || behind.trim_start().is_empty();
        if one_line && rest.starts_with("export ") && empty {
            // Node 24 sets a variable called `export KEY`, which nobody asks for.
            return Key::Skip(line, self.next_line(self.at));
        }
        if rest.starts_with("export ") {
            start += "export ".len();
            if one_line {
                start = self.skip_blanks(start);
            }
        }
        let end = start + self.text[start..equals.max(start)].trim_end_matches(|c| self.is_blank(c)).len();
        if equals > line_end || self.text[start..end].starts_with(' ') {
            // The name that is set has a line end or a blank in it: nobody asks for it.
            return Key::Odd(Span::new(self.at, end.max(self.at)), equals + 1);
        }
        Key::Found(Span::new(start, end), equals + 1)
    }

    fn letter_key(&self, more: &str, bare: bool, bytes: bool) -> Key {
        let start = self.behind_export(self.at).unwrap_or(self.at);
        for (offset, character) in self.text[start..].char_indices() {
            let at = start + offset;
            match character {
                '=' | ':' => {
                    let key = self.trimmed_key(start, at);
                    if bare && self.text[key.start..key.end].contains(' ') {
                        return Key::Refuse(key, "the key has a space in it");
                    }
                    return Key::Found(key, at + 1);
                }
                '\n' if bare => {
                    let key = self.trimmed_key(start, at);
                    if self.text[key.start..key.end].contains(' ') {
                        return Key::Refuse(key, "the line has no `=` and a space in it");
                    }
                    return Key::Bare(key, at + 1);
                }
                '\n' => return Key::Refuse(Span::new(start, at), "the line has no `=`"),
                _ if self.is_blank(character) || more.contains(character) => {}
                _ if is_letter(character, bytes) => {}
                _ => {
                    let span = Span::new(at, at + character.len_utf8());
                    return Key::Refuse(span, "the key has a character in it that is not allowed there");
                }
            }
        }
        Key::Skip(Span::new(start, self.text.len()), self.text.len())
    }

    fn trimmed_key(&self, start: usize, end: usize) -> Span {
        Span::new(start, start + self.text[start..end].trim_end().len())
    }
}

fn is_letter(character: char, bytes: bool) -> bool {
    if !bytes || character.is_ascii() {
        return character.is_alphanumeric();
    }
    // godotenv looks at bytes and takes each for the character of Latin-1 with that number.
    let mut buffer = [0; 4];
    character.encode_utf8(&mut buffer).bytes().all(|byte| {
        let latin = char::from(byte);
        latin.is_alphanumeric() || matches!(byte, 0x85 | 0xa0)
    })
}
