//! The words of a sourced env file: quotes, escapes and `$` as bash and dash read them.
//!
//! Not here: commands (see [`super::shell_source`]), and scripts: those have a parser of their own.

use super::expand::name_length;
use super::loader::Sink;

/// How deep `${A:-${B:-…}}` is followed, and how large a word may grow.
const DEEPEST: usize = 32;
const LARGEST: usize = 1 << 20;

/// One word.
#[derive(Default)]
pub(super) struct Word {
    /// What it stands for; parts that only a running shell knows are blank.
    pub(super) text: String,
    /// Where it begins and ends.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a running shell is needed to know it.
    pub(super) runs: bool,
    /// Whether a quote, a backslash or a reference stands before the first `=`: no assignment then.
    pub(super) quoted_key: bool,
    /// Whether quotes stand in it, so that it is there though it is empty.
    pub(super) quoted: bool,
}

/// Why a word cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// A quote or a brace is never closed.
    Unterminated,
    /// `${X:?…}` of a variable that is not set: the shell itself ends.
    Required,
    /// More than is worked out.
    TooMuch,
}

/// Reads words from a text, with the variables of a sink.
pub(super) struct Words<'s, 'a> {
    pub(super) sink: &'s Sink<'a>,
    /// What commands earlier on the same line have set.
    pub(super) pending: &'s [(String, String)],
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl Words<'_, '_> {
    fn look(&self, name: &str) -> Option<String> {
        let pending = self.pending.iter().rev().find(|(known, _)| known == name);
        pending.map(|(_, value)| value.clone()).or_else(|| self.sink.look(name))
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Reads the word that begins here, up to a blank or an operator.
    pub(super) fn word(&mut self) -> Result<Word, Broken> {
        let mut word = Word { start: self.at, ..Word::default() };
        let mut in_key = true;
        while let Some(next) = self.peek() {
            if " \t\n;&|<>()".contains(next) {
                break;
            }
            self.at += next.len_utf8();
            match next {
                '\'' => {
                    word.quoted = true;
                    word.quoted_key |= in_key;
                    self.single(&mut word)?;
                }
                '"' => {
                    word.quoted = true;
                    word.quoted_key |= in_key;
                    self.double(&mut word)?;
                }
                '\\' => {
                    word.quoted_key |= in_key;
                    if let Some(escaped) = self.take().filter(|&escaped| escaped != '\n') {
                        word.text.push(escaped);
                    }
                }
                '`' => {
                    word.quoted_key |= in_key;
                    self.backtick(&mut word)?;
                }
                '$' => {
                    word.quoted_key |= in_key;
                    self.dollar(&mut word, 0, false)?;
                }
                '~' if self.tilde(&word, in_key) => {
                    word.text.push_str(&self.look("HOME").unwrap_or_default());
                }
                _ => {
                    in_key &= next != '=';
                    word.text.push(next);
                }
            }
            if word.text.len() > LARGEST {
                return Err(Broken::TooMuch);
            }
        }
        word.end = self.at;
        Ok(word)
    }

    /// Whether the `~` just read stands for the home directory.
    fn tilde(&self, word: &Word, in_key: bool) -> bool {
        let begins = word.text.is_empty() || word.text.ends_with(['=', ':']);
        let alone = self.peek().is_none_or(|next| "/: \t\n;&|".contains(next));
        begins && alone && (!in_key || word.text.is_empty()) && self.look("HOME").is_some()
    }

    fn single(&mut self, word: &mut Word) -> Result<(), Broken> {
        let length = self.text[self.at..].find('\'').ok_or(Broken::Unterminated)?;
        word.text.push_str(&self.text[self.at..self.at + length]);
        self.at += length + 1;
        Ok(())
    }

    fn double(&mut self, word: &mut Word) -> Result<(), Broken> {
        loop {
            match self.take().ok_or(Broken::Unterminated)? {
                '"' => return Ok(()),
                '\\' => match self.take().ok_or(Broken::Unterminated)? {
                    '\n' => {}
                    escaped @ ('$' | '`' | '"' | '\\') => word.text.push(escaped),
                    other => word.text.extend(['\\', other]),
                },
                '`' => self.backtick(word)?,
                '$' => self.dollar(word, 0, true)?,
                other => word.text.push(other),
            }
            if word.text.len() > LARGEST {
                return Err(Broken::TooMuch);
            }
        }
    }

    fn backtick(&mut self, word: &mut Word) -> Result<(), Broken> {
        word.runs = true;
        loop {
            match self.take().ok_or(Broken::Unterminated)? {
                '`' => return Ok(()),
                '\\' => {
                    self.take();
                }
                _ => {}
            }
        }
    }

    fn dollar(&mut self, word: &mut Word, depth: usize, quoted: bool) -> Result<(), Broken> {
        let rest = &self.text[self.at..];
        match rest.chars().next() {
            Some('(') => self.command(word),
            Some('{') => {
                self.at += 1;
                self.braces(word, depth)
            }
            Some('\'') if !quoted => {
                // `$'…'` of bash; its escapes are rare in env files and not resolved.
                self.at += 1;
                self.single(word)
            }
            Some(special) if special.is_ascii_digit() || "$!?#*@-".contains(special) => {
                self.at += 1;
                word.runs = true;
                Ok(())
            }
            _ => {
                let length = name_length(rest);
                if length == 0 {
                    word.text.push('$');
                } else {
                    word.text.push_str(&self.look(&rest[..length]).unwrap_or_default());
                    self.at += length;
                }
                Ok(())
            }
        }
    }

    /// Skips `(…)` behind a `$`.
    fn command(&mut self, word: &mut Word) -> Result<(), Broken> {
        word.runs = true;
        let mut depth = 0_usize;
        loop {
            match self.take().ok_or(Broken::Unterminated)? {
                '(' => depth += 1,
                ')' if depth <= 1 => return Ok(()),
                ')' => depth -= 1,
                '\'' => self.single(&mut Word::default())?,
                '\\' => {
                    self.take();
                }
                _ => {}
            }
        }
    }

    /// Reads `NAME…}` behind `${`.
    fn braces(&mut self, word: &mut Word, depth: usize) -> Result<(), Broken> {
        if depth > DEEPEST {
            return Err(Broken::TooMuch);
        }
        let length = name_length(&self.text[self.at..]);
        let name = &self.text[self.at..self.at + length];
        self.at += length;
        let value = self.look(name);
        let rest = &self.text[self.at..];
        let colon = rest.starts_with(':');
        let operator = rest[usize::from(colon)..].chars().next().ok_or(Broken::Unterminated)?;
        if operator == '}' && !colon && length > 0 {
            self.at += 1;
            word.text.push_str(&value.unwrap_or_default());
            return Ok(());
        }
        self.at += usize::from(colon);
        let given = value.as_deref().is_some_and(|value| !colon || !value.is_empty());
        if length == 0 || !"-+=?".contains(operator) {
            // `${#X}`, `${X%…}` and their like are the shell's to work out.
            word.runs = true;
            return self.until_brace(&mut Word::default(), depth);
        }
        self.at += 1;
        let mut other = Word::default();
        self.until_brace(&mut other, depth)?;
        match operator {
            '?' if !given => return Err(Broken::Required),
            '+' if !given => {}
            '+' => word.text.push_str(&other.text),
            '-' | '=' if !given => word.text.push_str(&other.text),
            _ => word.text.push_str(&value.unwrap_or_default()),
        }
        word.runs |= other.runs && (given == (operator == '+'));
        Ok(())
    }

    fn until_brace(&mut self, word: &mut Word, depth: usize) -> Result<(), Broken> {
        loop {
            match self.take().ok_or(Broken::Unterminated)? {
                '}' => return Ok(()),
                '\'' => self.single(word)?,
                '"' => self.double(word)?,
                '`' => self.backtick(word)?,
                '\\' => word.text.extend(self.take()),
                '$' => self.dollar(word, depth + 1, true)?,
                other => word.text.push(other),
            }
            if word.text.len() > LARGEST {
                return Err(Broken::TooMuch);
            }
        }
    }
}
