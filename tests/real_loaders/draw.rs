//! Drawing env files: what people write, and what goes wrong when they do.

use super::KEYS;

/// A source of files that is the same for the same seed.
pub(crate) struct Draw(u64);

/// Parts of values. None is a command or a builtin of a shell, so that nothing is run.
const PIECES: &[&str] = &[
    "abc",
    "abc",
    "abc",
    "x1",
    "def",
    "0",
    "é",
    " ",
    " ",
    "  ",
    "\t",
    "#",
    " #",
    "# ",
    "$A",
    "${A}",
    "${B}",
    "$NOWHERE",
    "${NOWHERE}",
    "${A:-d}",
    "${NOWHERE:-d}",
    "${A-d}",
    "${OUTSIDE}",
    "$",
    "$$",
    "\\n",
    "\\t",
    "\\\\",
    "\\",
    "\\\"",
    "\\$",
    "'",
    "\"",
    "`",
    "&",
    ";",
    "(",
    ")",
    "<",
    ">",
    "|",
    "=",
    "!",
    "~",
    "/",
    ":",
    ",",
    ".",
    "{",
    "}",
    "[",
    "]",
    "[\"a\",\"b\"]",
    "{\"a\": 1}",
    "it's",
    "%",
    "@",
    "http://h/p?a=1&b=2",
    "$2b$12$abc",
];

/// Parts that every loader takes as they are.
const PLAIN: &[&str] = &["abc", "x1", "def", "0", "9", "_", ".", "/", ":", "@", "%", "+", ",", "-"];

impl Draw {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// A whole file.
    pub(crate) fn file(&mut self) -> String {
        let end = if self.one_in(10) { "\r\n" } else { "\n" };
        let mut text = String::new();
        if self.one_in(40) {
            text.push('\u{feff}');
        }
        for _ in 0..=self.below(5) {
            text += &self.line();
            text += end;
        }
        if self.one_in(8) {
            text.truncate(text.len() - end.len());
        }
        text
    }

    fn line(&mut self) -> String {
        match self.below(24) {
            0 => String::new(),
            1 => "# abc".to_owned(),
            2 => "# it's \"abc".to_owned(),
            3 => self.pick(&["abc", "abc def", "A", "export A", "A: abc", "=abc", "; abc"]).to_owned(),
            _ => self.assignment(),
        }
    }

    fn assignment(&mut self) -> String {
        let indent = if self.one_in(20) { "  " } else { "" };
        let export = if self.one_in(12) { "export " } else { "" };
        let key = if self.one_in(15) { self.pick(KEYS) } else { self.pick(&["A", "B", "C", "D_E"]) };
        let sign = if self.one_in(16) { self.pick(&[" = ", " =", "= ", "=\t"]) } else { "=" };
        let value = self.value();
        let behind = if self.one_in(8) {
            self.pick(&[" ", " # abc", " #abc", "\t# abc", "  # it's", "#abc", "\t"])
        } else {
            ""
        };
        format!("{indent}{export}{key}{sign}{value}{behind}")
    }

    fn value(&mut self) -> String {
        let quote = self.pick(&["", "", "", "'", "'", "\"", "\"", "`"]);
        let inner = if self.one_in(3) { self.pieces(PLAIN, 6) } else { self.pieces(PIECES, 4) };
        let inner = if !quote.is_empty() && self.one_in(12) { format!("{inner}\nabc") } else { inner };
        let closing = if self.one_in(30) { "" } else { quote };
        format!("{quote}{inner}{closing}")
    }

    fn pieces(&mut self, words: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(words)).collect()
    }
}
