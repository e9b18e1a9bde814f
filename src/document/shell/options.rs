//! The options of a shell that decide what a failure does.
//!
//! Not here: which commands run under them (see [`super::flow`]).

/// The options that decide whether a failure ends the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are the shell's own switches")]
pub struct Options {
    /// `-e`
    pub errexit: bool,
    /// `-o pipefail`
    pub pipefail: bool,
    /// `-u`
    pub nounset: bool,
    /// Whether `$(…)` keeps `-e`: in `sh`, and in bash under `inherit_errexit`.
    pub inherited: bool,
}

impl Options {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            errexit: self.errexit && other.errexit,
            pipefail: self.pipefail && other.pipefail,
            nounset: self.nounset && other.nounset,
            inherited: self.inherited && other.inherited,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self {
            errexit: self.errexit || other.errexit,
            pipefail: self.pipefail || other.pipefail,
            nounset: self.nounset || other.nounset,
            inherited: self.inherited || other.inherited,
        }
    }

    /// Applies option words as `set` takes them.
    pub(super) fn apply<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        let mut named = None;
        for word in words {
            if let Some(on) = named.take() {
                self.set_named(word, on);
                continue;
            }
            let on = word.starts_with('-');
            if word == "--" || !(on || word.starts_with('+')) {
                return;
            }
            for flag in word.chars().skip(1) {
                match flag {
                    'e' => self.errexit = on,
                    'u' => self.nounset = on,
                    'o' => named = Some(on),
                    _ => {}
                }
            }
        }
    }

    fn set_named(&mut self, name: &str, on: bool) {
        match name {
            "errexit" => self.errexit = on,
            "pipefail" => self.pipefail = on,
            "nounset" => self.nounset = on,
            "posix" => self.inherited = on,
            _ => {}
        }
    }
}
