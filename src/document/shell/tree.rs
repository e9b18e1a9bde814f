//! The tree that a script is parsed into; every span is an offset into the file it stands in.
//!
//! Not here: how it is parsed, and under which options a command runs (see [`super::flow`]).

use super::Script;
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

/// A word: pieces side by side.
#[derive(Debug, Default, Clone)]
pub struct Word {
    /// As written (decoded where the script is nested in another).
    pub raw: String,
    /// What it is made of, cut wherever the quoting changes.
    pub pieces: Vec<Piece>,
    /// The text that the shell makes of it, where that needs no expansion.
    pub plain: Option<String>,
    /// The whole of it, quotes included.
    pub span: Span,
}

/// How a piece is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Not at all: split into fields and matched against file names.
    None,
    /// By a backslash, `'…'` or `$'…'`.
    Single,
    /// By `"…"`.
    Double,
}

/// A part of a word.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text that stands for itself.
    Literal {
        /// The text, quotes and backslashes removed.
        text: String,
        /// How it is quoted.
        quote: Quote,
        /// Its place, without quotes, with a backslash.
        span: Span,
    },
    /// `$name`, `${name…}`
    Parameter(Parameter),
    /// `$(…)`, `` `…` ``, `<(…)`, `>(…)`
    Substitution(Substitution),
    /// `$((…))`
    Arithmetic {
        /// What stands between.
        text: String,
        /// The whole.
        span: Span,
    },
}

/// A parameter's expansion.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name, digit or sign.
    pub name: String,
    /// What follows the name within braces, as written: `:-x`, `%.*`, `,,`, `[@]`.
    pub operation: String,
    /// The pieces within [`Parameter::operation`].
    pub operand: Vec<Piece>,
    /// The whole as written.
    pub raw: String,
    /// How it is quoted.
    pub quote: Quote,
    /// The whole.
    pub span: Span,
}

/// What a substitution is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubstitutionKind {
    /// `$(…)`
    Dollar,
    /// `` `…` ``
    Backquote,
    /// `<(…)`
    ProcessIn,
    /// `>(…)`
    ProcessOut,
}

/// A command list within a word.
#[derive(Debug, Clone)]
pub struct Substitution {
    /// How it is written.
    pub kind: SubstitutionKind,
    /// Its commands.
    pub body: std::sync::Arc<List>,
    /// How it is quoted.
    pub quote: Quote,
    /// The whole.
    pub span: Span,
    /// Without the delimiters.
    pub inner: Span,
}

impl Word {
    /// The text that the shell makes of it, where that needs no expansion.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        self.plain.as_deref()
    }

    /// A word of these pieces.
    pub(super) fn new(raw: &str, mut pieces: Vec<Piece>, span: Span) -> Self {
        pieces.shrink_to_fit();
        let plain = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect::<Option<String>>();
        Self { raw: raw.to_owned(), pieces, plain, span }
    }

    /// The one parameter that it consists of, as in `$x`, `"$x"`, `"${x}"`.
    #[must_use]
    pub fn parameter(&self) -> Option<&Parameter> {
        match self.pieces.as_slice() {
            [Piece::Parameter(parameter)] => Some(parameter),
            _ => None,
        }
    }

    /// The parameters in it, those inside other expansions' operands included.
    #[must_use]
    pub fn parameters(&self) -> Vec<&Parameter> {
        let mut found = Vec::new();
        collect_parameters(&self.pieces, &mut found);
        found
    }

    /// The substitutions in it, those inside parameters' operands included.
    #[must_use]
    pub fn substitutions(&self) -> Vec<&Substitution> {
        let mut found = Vec::new();
        collect_substitutions(&self.pieces, &mut found);
        found
    }

    /// Whether an unquoted `*`, `?` or `[` stands in it.
    #[must_use]
    pub fn has_glob(&self) -> bool {
        self.pieces.iter().any(|piece| {
            matches!(piece, Piece::Literal { text, quote: Quote::None, .. } if text.contains(['*', '?', '[']))
        })
    }

    /// The name and the length of `name=` (or `name+=`) that it begins with, unquoted.
    #[must_use]
    pub fn assigned(&self) -> Option<(&str, usize)> {
        let end = self.raw.find('=')?;
        let name = self.raw.get(..end)?;
        let name = name.strip_suffix('+').unwrap_or(name);
        is_name(name).then_some((name, end + 1))
    }
}

/// Whether `text` can be a variable's name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.bytes()
        .enumerate()
        .all(|(at, byte)| byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit()))
        && !text.is_empty()
}

fn collect_parameters<'a>(pieces: &'a [Piece], found: &mut Vec<&'a Parameter>) {
    for piece in pieces {
        if let Piece::Parameter(parameter) = piece {
            found.push(parameter);
            collect_parameters(&parameter.operand, found);
        }
    }
}

fn collect_substitutions<'a>(pieces: &'a [Piece], found: &mut Vec<&'a Substitution>) {
    for piece in pieces {
        match piece {
            Piece::Substitution(substitution) => found.push(substitution),
            Piece::Parameter(parameter) => collect_substitutions(&parameter.operand, found),
            Piece::Literal { .. } | Piece::Arithmetic { .. } => {}
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
