//! The tree that a script is parsed into; every span is an offset into the file it stands in.
//!
//! Not here: how it is parsed, and under which options a command runs (see [`super::flow`]).

use super::Script;
use super::word::Word;
use crate::source::{Span, Spanned};

/// Commands one after the other.
#[derive(Debug, Default)]
pub struct List {
    /// In order.
    pub items: Vec<Item>,
}

/// One element of a list: pipelines joined by `&&` and `||`.
#[derive(Debug)]
pub struct Item {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with the operator before it.
    pub rest: Vec<(Operator, Pipeline)>,
    /// Whether it ends in `&`.
    pub background: bool,
    /// From the first word to the last.
    pub span: Span,
}

impl Item {
    /// The pipelines in order.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, pipeline)| pipeline))
    }

    /// The only command, where there is just one.
    #[must_use]
    pub fn single(&self) -> Option<&Command> {
        match self.first.commands.as_slice() {
            [command] if self.rest.is_empty() => Some(command),
            _ => None,
        }
    }
}

/// `&&` or `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Debug)]
pub struct Pipeline {
    /// Whether `!` stands before it.
    pub negated: bool,
    /// The commands, at least one.
    pub commands: Vec<Command>,
    /// From the first word to the last.
    pub span: Span,
}

/// One command with its redirections.
#[derive(Debug)]
pub struct Command {
    /// What it is.
    pub kind: CommandKind,
    /// Redirections, in order.
    pub redirects: Vec<Redirect>,
    /// From its first character to its last, redirections included.
    pub span: Span,
}

impl Command {
    /// The simple command that it is, if it is one.
    #[must_use]
    pub const fn simple(&self) -> Option<&Simple> {
        match &self.kind {
            CommandKind::Simple(simple) => Some(simple),
            _ => None,
        }
    }
}

/// The kinds of commands.
#[derive(Debug)]
pub enum CommandKind {
    /// Assignments and words.
    Simple(Simple),
    /// `if`, with its `elif`s as further branches.
    If {
        /// Conditions with what follows them.
        branches: Vec<(List, List)>,
        /// What follows `else`.
        otherwise: Option<List>,
    },
    /// `while` or `until`.
    Loop {
        /// The condition.
        condition: List,
        /// The body.
        body: List,
    },
    /// `for` or `select`.
    For {
        /// The variable.
        variable: String,
        /// The words after `in`; `None` where the positional parameters are meant.
        words: Option<Vec<Word>>,
        /// The body.
        body: List,
    },
    /// `for ((…;…;…))`
    ArithmeticFor {
        /// What stands between the parentheses.
        expression: Spanned<String>,
        /// The body.
        body: List,
    },
    /// `case`
    Case {
        /// The word that is looked at.
        word: Word,
        /// Patterns with what follows them.
        arms: Vec<(Vec<Word>, List)>,
    },
    /// A function's definition.
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: Box<Command>,
        /// Whether the word `function` is written.
        keyword: Option<Span>,
    },
    /// `( … )`
    Subshell(List),
    /// `{ …; }`
    Brace(List),
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`, with what stands between.
    Arithmetic(Spanned<String>),
}

/// A simple command.
#[derive(Debug, Default)]
pub struct Simple {
    /// The assignments before the first word.
    pub assignments: Vec<Assignment>,
    /// The command's name and its arguments.
    pub words: Vec<Word>,
    /// The assignments among the arguments of `export`, `local`, `declare`, `readonly`, `typeset`.
    pub declared: Vec<Assignment>,
    /// Scripts among the arguments: of `ssh`, `bash -c`, `eval`, or a here-document to a shell.
    pub scripts: Vec<Nested>,
}

impl Simple {
    /// The command's name, where it is literal.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.words.first().and_then(Word::literal)
    }

    /// The `index`th word, where it is literal; 0 is the name.
    #[must_use]
    pub fn argument(&self, index: usize) -> Option<&str> {
        self.words.get(index).and_then(Word::literal)
    }

    /// The words without what only wraps the command: `sudo`, `env A=b`, `command`, `exec`, `nohup`,
    /// `time`, `nice`, `timeout 5`.
    #[must_use]
    pub fn unwrapped(&self) -> &[Word] {
        let mut words = self.words.as_slice();
        // A line of nothing but wrappers is no reason to look on for ever.
        for _ in 0..4 {
            let Some(name) = words.first().and_then(Word::literal) else { return words };
            let takes_one = name == "timeout";
            if !matches!(
                name,
                "sudo" | "env" | "command" | "exec" | "nohup" | "time" | "nice" | "timeout" | "builtin"
            ) {
                return words;
            }
            // `command -v x` asks about x; it does not run it.
            if name == "command"
                && words.get(1).and_then(Word::literal).is_some_and(|word| word.starts_with('-'))
            {
                return words;
            }
            let skipped = words
                .iter()
                .skip(1)
                .take_while(|word| word.raw.starts_with('-') || (name == "env" && word.assigned().is_some()))
                .count();
            let Some(rest) = words.get(1 + skipped + usize::from(takes_one)..) else { return words };
            if rest.is_empty() {
                return words;
            }
            words = rest;
        }
        words
    }
}

/// `name=value`
#[derive(Debug)]
pub struct Assignment {
    /// The variable, without an index.
    pub name: Spanned<String>,
    /// Whether it is `+=`.
    pub append: bool,
    /// What is assigned.
    pub value: Value,
    /// The whole of it.
    pub span: Span,
}

/// The right side of an assignment.
#[derive(Debug)]
pub enum Value {
    /// A word; its span is empty where nothing is written.
    Scalar(Word),
    /// `( … )`
    Array(Vec<Word>),
}

impl Value {
    /// The word, if it is one.
    #[must_use]
    pub const fn scalar(&self) -> Option<&Word> {
        match self {
            Self::Scalar(word) => Some(word),
            Self::Array(_) => None,
        }
    }
}

/// A redirection.
#[derive(Debug)]
pub struct Redirect {
    /// The descriptor before it.
    pub descriptor: Option<u32>,
    /// The operator as written: `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>`.
    pub operator: String,
    /// The file, the descriptor, or a here-document's delimiter.
    pub target: Word,
    /// The here-document, if it is one.
    pub heredoc: Option<Heredoc>,
    /// From the descriptor to the end of the target.
    pub span: Span,
}

/// A here-document's body.
#[derive(Debug, Default)]
pub struct Heredoc {
    /// Whether expansions take place in it.
    pub expands: bool,
    /// Its text, tabs removed where `<<-` asks for it.
    pub word: Word,
    /// Where it stands.
    pub span: Span,
}

/// How a script inside another is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// On another machine, through `ssh`.
    Remote,
    /// By `bash -c`, `sh -c`, or a shell reading a here-document.
    Shell,
    /// By `eval`, in the same shell.
    Eval,
}

/// A script inside another.
#[derive(Debug)]
pub struct Nested {
    /// Who runs it.
    pub runner: Runner,
    /// The script.
    pub script: Script,
}
