//! Shell scripts: parsed into a small tree with byte spans, and the facts that hooks live by.
//!
//! The parser is our own: the published ones either have no bounds (a run of forty `(` keeps a
//! backtracking grammar busy for hours, a few thousand nested `if`s end the process) or know POSIX
//! only, and none of them gives the place of a command inside `ssh host "…"`. Reading here is linear in
//! the text and limited in depth.
//!
//! Not here: which hook git runs, and what is wrong with a script.

mod bashisms;
mod compared;
mod fallback;
mod flow;
mod grammar;
mod grep;
mod lexer;
mod nested;
mod options;
mod rewrite;
mod shebang;
mod simple;
mod status;
mod text;
mod tree;
mod values;
mod visit;
mod word;
mod words;

pub use bashisms::bashisms;
pub use flow::{Context, Flow, Inside, Launch, Step};
pub use grep::{Looking, is_grep_option};
pub use options::Options;
pub use rewrite::as_if;
pub(super) use shebang::may_set_shell;
pub use shebang::{Interpreter, Shebang};
pub use status::{Answer, answer, deciders, git_subcommand, reads_status};
pub use text::Mapped;
pub use tree::{
    Assignment, Command, CommandKind, Heredoc, Item, List, Nested, Operator, Pipeline, Redirect, Runner,
    Simple, Value,
};
pub use values::{Call, looks_like_script};
pub(super) use values::{secret_name, written_values};
pub use word::{Parameter, Piece, Quote, Substitution, SubstitutionKind, Word, is_name};

use super::Problem;
use crate::source::Span;
use lexer::Parser;

/// Texts above this many bytes are generated, not written; they are not read as scripts.
const MAX_BYTES: usize = 4 << 20;

/// Where a script's text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// A file of its own.
    #[default]
    File,
    /// A line of a Makefile's recipe.
    Recipe {
        /// The target it belongs to.
        target: String,
        /// `SHELL`, if the Makefile sets it; `sh` where something else may.
        shell: Option<String>,
        /// `.SHELLFLAGS`, if the Makefile sets them.
        flags: String,
        /// Whether `-` stands before it, so that make ignores its status.
        ignored: bool,
    },
    /// An argument of another command.
    Nested {
        /// Who runs it.
        runner: Runner,
        /// The shell's name; empty for `eval`.
        shell: String,
        /// The options given to the shell before the script.
        flags: String,
    },
}

/// One shell script.
#[derive(Debug, Default)]
pub struct Script {
    /// Its commands. Where the script could not be read as a whole, those lines that are commands by
    /// themselves.
    pub body: List,
    /// Where its text comes from.
    pub origin: Origin,
    /// The `#!` line, wherever it stands.
    pub shebang: Option<Shebang>,
    /// Whether the file begins with a byte order mark.
    pub byte_order_mark: bool,
    /// The first carriage return that ends a line.
    pub carriage_return: Option<Span>,
    /// The comments.
    pub comments: Vec<Span>,
    /// Where it stands in the file.
    pub span: Span,
    /// Whether the whole was understood; without that nothing is known about options.
    pub parsed: bool,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The values of secret-named `NAME=value` anywhere in the file's text.
    written: Vec<Span>,
}

impl Script {
    /// Reads the text of a script.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut script = Self::parse_mapped(&Mapped::whole(text), Origin::File, 0);
        script.written = written_values(text, &secret_name);
        script
    }

    /// Reads a decoded text; `depth` counts the scripts, commands and words it stands in.
    pub(super) fn parse_mapped(text: &Mapped, origin: Origin, depth: usize) -> Self {
        let whole = text.text();
        let span = text.span(0, whole.len());
        let byte_order_mark = whole.starts_with('\u{feff}');
        let carriage_return = whole.find("\r\n").map(|at| text.span(at, at + 1));
        let shebang = if origin == Origin::File { Shebang::find(whole) } else { None };
        let mut script = Self { origin, shebang, byte_order_mark, carriage_return, span, ..Self::default() };
        if whole.len() > MAX_BYTES {
            let message = String::from("the script is too large to be read");
            script.problems.push(Problem { span, message });
            return script;
        }
        let mut parser = Parser::new(text, depth);
        if byte_order_mark {
            parser.at = '\u{feff}'.len_utf8();
        }
        let body = parser.list().and_then(|body| {
            if parser.peek().is_some() { parser.fail("this closes nothing") } else { Ok(body) }
        });
        script.comments = std::mem::take(&mut parser.comments);
        match body {
            Ok(body) => {
                script.body = body;
                script.parsed = true;
            }
            Err(failure) => {
                script.problems.push(Problem { span: failure.span, message: failure.message.to_owned() });
                script.body = fallback::lines(text, depth);
            }
        }
        script
    }
}

#[cfg(test)]
mod tests;
