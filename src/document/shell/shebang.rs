//! The `#!` line, and which shell a script really runs under.
//!
//! Not here: whether that is what its author wanted.

use super::tree::Runner;
use super::{Origin, Script};
use crate::source::{Span, file_name};

/// A `#!` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shebang {
    /// The line, from `#` to its last character, without the line end.
    pub span: Span,
    /// Whether it opens the file; anywhere else it is a comment.
    pub first: bool,
    /// The program, as written.
    pub program: String,
    /// What `env` is asked to run, where the program is `env`.
    pub through_env: Option<String>,
    /// All that follows the program (or, after `env`, the name).
    pub arguments: String,
    /// Whether `env` is given `-S`, which takes arguments apart.
    pub split: bool,
}

/// The shell that runs a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interpreter {
    /// bash.
    Bash,
    /// `sh`: dash on Debian, busybox on Alpine, and bash elsewhere. Only POSIX can be relied on.
    Sh,
    /// zsh, ksh, mksh.
    OtherShell(String),
    /// No shell.
    Other(String),
}

impl Interpreter {
    /// By the program's name.
    #[must_use]
    pub fn named(program: &str) -> Self {
        match file_name(program) {
            "bash" => Self::Bash,
            "sh" | "dash" | "ash" | "busybox" => Self::Sh,
            name @ ("zsh" | "ksh" | "mksh" | "ksh93") => Self::OtherShell(name.to_owned()),
            name => Self::Other(name.to_owned()),
        }
    }

    /// Whether its language is close enough to be judged: every shell but csh, fish and the like.
    #[must_use]
    pub const fn is_shell(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl Shebang {
    /// The first `#!` among the opening lines, before any command.
    pub(super) fn find(text: &str) -> Option<Self> {
        let mut start = 0;
        for line in text.split_inclusive('\n').take(20) {
            let trimmed = line.trim_start_matches([' ', '\t', '\u{feff}']);
            let blank = trimmed.trim().is_empty();
            if trimmed.starts_with("#!") {
                return Some(Self::read(line, start));
            }
            if !blank && !trimmed.starts_with('#') {
                return None;
            }
            start += line.len();
        }
        None
    }

    fn read(line: &str, start: usize) -> Self {
        let content = line.trim_end_matches(['\n', '\r']);
        let indent = content.find("#!").unwrap_or(0);
        let span = Span::new(start + indent, start + content.len());
        let rest = content.get(indent + 2..).unwrap_or("").trim();
        let (program, arguments) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let mut shebang = Self {
            span,
            first: start + indent == 0,
            program: program.to_owned(),
            through_env: None,
            arguments: arguments.trim().to_owned(),
            split: false,
        };
        if file_name(program) == "env" {
            let mut rest = shebang.arguments.as_str();
            if let Some(after) = rest.strip_prefix("-S").or_else(|| rest.strip_prefix("--split-string=")) {
                shebang.split = true;
                rest = after.trim_start();
            }
            let (name, arguments) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
            shebang.through_env = Some(name.to_owned());
            shebang.arguments = arguments.trim().to_owned();
        }
        shebang
    }

    /// The program that reads the script.
    #[must_use]
    pub fn interpreter(&self) -> Interpreter {
        Interpreter::named(self.through_env.as_deref().unwrap_or(&self.program))
    }
}

impl Script {
    /// The shell that runs this script: husky always takes `sh`, a file without a `#!` in its first two
    /// bytes goes to `sh` as well, whatever its author meant.
    #[must_use]
    pub fn interpreter(&self, husky: bool) -> Interpreter {
        match &self.origin {
            Origin::File if husky => Interpreter::Sh,
            Origin::File => match &self.shebang {
                Some(shebang) if shebang.first => shebang.interpreter(),
                _ => Interpreter::Sh,
            },
            Origin::Recipe { shell, .. } => shell.as_deref().map_or(Interpreter::Sh, Interpreter::named),
            // Nobody knows the login shell over there; on a server it is bash.
            Origin::Nested { runner: Runner::Remote, shell, .. } if shell == "sh" => Interpreter::Bash,
            Origin::Nested { runner: Runner::Eval, .. } => Interpreter::Bash,
            Origin::Nested { shell, .. } => Interpreter::named(shell),
        }
    }
}

/// Whether a line of a Makefile may set another shell than the file as a whole does: `include common.mk`,
/// `target: SHELL := /bin/bash`.
#[must_use]
pub(in crate::document) fn may_set_shell(line: &str) -> bool {
    let included = |word: &str| matches!(word, "include" | "-include" | "sinclude");
    let own = || line.split_once(':').map_or("", |(_, rest)| rest.trim_start()).strip_prefix("SHELL");
    line.split_whitespace().next().is_some_and(included)
        || own().is_some_and(|rest| rest.trim_start().starts_with(['=', ':', '?']))
}
