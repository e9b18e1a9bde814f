//! The commands of a script in order, each with the options and the context it runs under.
//!
//! Errexit follows POSIX 2.9.4 and bash: the status of a command in a condition, before `&&` or `||`, or
//! after `!` ends nothing; neither does anything in a function that is called from there. A function
//! runs under the options of its callers; one that nobody calls here runs under none.
//!
//! Not here: values, and what a failure would mean.

use std::collections::BTreeMap;

use super::tree::{Command, CommandKind, Item, List, Pipeline, Runner, Simple, Value};
use super::word::{Piece, SubstitutionKind, Word};
use super::{Interpreter, Options, Origin, Script};

/// Who starts a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Launch {
    /// The kernel, by its `#!` line.
    #[default]
    Direct,
    /// husky, which runs `sh -e file`.
    Husky,
}

/// What a substitution is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// `x=$(…)`: its status becomes the command's.
    Assignment,
    /// `local x=$(…)`: its status is lost.
    Declaration,
    /// An argument or a redirection.
    Argument,
    /// `for x in $(…)`
    ForWords,
    /// `[[ $(…) ]]`
    Test,
    /// `<(…)`, `>(…)`
    Process,
}

/// What a command runs under.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each asked for by itself")]
pub struct Context<'a> {
    /// The options.
    pub options: Options,
    /// Whether its status is looked at: a condition, before `&&` or `||`, after `!`, in the background.
    pub tested: bool,
    /// Its place in the pipeline, from 0.
    pub position: usize,
    /// How many commands the pipeline has.
    pub of: usize,
    /// The innermost substitution around it.
    pub inside: Option<Inside>,
    /// The function around it.
    pub function: Option<&'a str>,
    /// Whether nothing follows it in its script or function.
    pub last: bool,
    /// Whether it runs on another machine.
    pub remote: bool,
    /// Whether it stands in a script inside a script.
    pub nested: bool,
}

impl Context<'_> {
    /// Whether its failure ends the shell it runs in.
    #[must_use]
    pub const fn fatal(&self) -> bool {
        self.options.errexit && !self.tested && (self.position + 1 == self.of || self.options.pipefail)
    }
}

/// One command with its context.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The command; compound ones come before what they hold.
    pub command: &'a Command,
    /// The element of a list it belongs to.
    pub item: &'a Item,
    /// Which of the element's pipelines it stands in.
    pub index: usize,
    /// What it runs under.
    pub context: Context<'a>,
    /// What ran just before it in the same shell, and whether a failure of that ended the shell.
    pub before: Option<(&'a Item, bool)>,
}

/// The commands of a script in order; bodies of functions come last.
#[derive(Debug, Default)]
pub struct Flow<'a> {
    /// Every command, those in substitutions and nested scripts included.
    pub steps: Vec<Step<'a>>,
}

impl Script {
    /// Follows the script. Where it could not be read as a whole, no option counts as set.
    #[must_use]
    pub fn flow(&self, launch: Launch) -> Flow<'_> {
        let mut walker = Walker::default();
        walker.script(self, launch, Context::default());
        Flow { steps: walker.steps }
    }

    fn start(&self, launch: Launch) -> Options {
        let mut options = Options::default();
        if !self.parsed {
            return options;
        }
        let shell = self.interpreter(launch == Launch::Husky);
        options.inherited = shell == Interpreter::Sh;
        match &self.origin {
            Origin::File if launch == Launch::Husky => options.errexit = true,
            Origin::File => {
                let shebang = self.shebang.as_ref().filter(|shebang| shebang.first);
                options.apply(shebang.into_iter().flat_map(|shebang| shebang.arguments.split_whitespace()));
            }
            Origin::Recipe { flags, .. } | Origin::Nested { flags, .. } => {
                options.apply(flags.split_whitespace());
            }
        }
        options
    }
}

#[derive(Debug, Default)]
struct Walker<'a> {
    steps: Vec<Step<'a>>,
    functions: BTreeMap<&'a str, &'a Command>,
    calls: BTreeMap<&'a str, Options>,
    parsed: bool,
    settled: bool,
    last_round: bool,
}

type Before<'a> = Option<(&'a Item, bool)>;

impl<'a> Walker<'a> {
    /// Functions may call each other in any order, so the script is walked until no call brings
    /// anything new; a handful of rounds is enough for what people write. Scripts inside it are walked
    /// in the last round alone: otherwise the rounds would multiply with every level.
    fn script(&mut self, script: &'a Script, launch: Launch, outer: Context<'a>) {
        let mut within = Walker { parsed: script.parsed, ..Walker::default() };
        for round in 0..5 {
            let known = within.calls.clone();
            within.steps.clear();
            within.last_round = round == 4 || within.settled;
            let mut options = script.start(launch);
            if matches!(script.origin, Origin::Nested { runner: Runner::Eval, .. }) {
                options = outer.options;
            }
            let context = Context { last: true, ..outer };
            within.list(&script.body, &mut options, context, None);
            let functions: Vec<_> = within.functions.iter().map(|(name, body)| (*name, *body)).collect();
            for (name, body) in functions {
                let mut options = known.get(name).copied().unwrap_or_default();
                let context = Context {
                    function: Some(name),
                    last: true,
                    remote: outer.remote,
                    nested: outer.nested,
                    ..Context::default()
                };
                within.body(body, &mut options, context);
            }
            if within.last_round {
                break;
            }
            within.settled = within.calls == known;
        }
        self.steps.append(&mut within.steps);
    }

    fn body(&mut self, command: &'a Command, options: &mut Options, context: Context<'a>) {
        match &command.kind {
            CommandKind::Brace(list) | CommandKind::Subshell(list) => self.list(list, options, context, None),
            CommandKind::If { .. }
            | CommandKind::Loop { .. }
            | CommandKind::For { .. }
            | CommandKind::Case { .. } => {
                self.compound(command, options, context, None);
            }
            _ => {}
        }
    }

    fn list(&mut self, list: &'a List, options: &mut Options, context: Context<'a>, before: Before<'a>) {
        let mut before = before;
        let count = list.items.len();
        for (at, item) in list.items.iter().enumerate() {
            let context = Context { last: context.last && at + 1 == count, ..context };
            let started = *options;
            self.item(item, options, context, before);
            let certain = item.rest.is_empty() && !item.first.negated && !item.background && !context.tested;
            before = Some((item, certain && started.errexit));
        }
    }

    fn item(&mut self, item: &'a Item, options: &mut Options, context: Context<'a>, before: Before<'a>) {
        let count = item.rest.len() + 1;
        for (index, pipeline) in item.pipelines().enumerate() {
            let tested = context.tested || index + 1 < count || pipeline.negated || item.background;
            let context = Context { tested, ..context };
            let before = if index == 0 { before } else { None };
            if item.background {
                let mut own = *options;
                self.pipeline(item, index, pipeline, &mut own, context, before);
            } else {
                self.pipeline(item, index, pipeline, options, context, before);
            }
        }
    }

    fn pipeline(
        &mut self,
        item: &'a Item,
        index: usize,
        pipeline: &'a Pipeline,
        options: &mut Options,
        context: Context<'a>,
        before: Before<'a>,
    ) {
        let of = pipeline.commands.len();
        for (position, command) in pipeline.commands.iter().enumerate() {
            let mut own = *options;
            let context = Context { position, of, options: own, ..context };
            let before = if position == 0 { before } else { None };
            self.steps.push(Step { command, item, index, context, before });
            self.compound(command, &mut own, context, before);
            if of == 1 {
                *options = own;
            }
        }
    }

    fn compound(
        &mut self,
        command: &'a Command,
        options: &mut Options,
        context: Context<'a>,
        before: Before<'a>,
    ) {
        self.redirects(command, *options, context);
        let condition = Context { tested: true, last: false, ..context };
        let looped = Context { last: false, ..context };
        let start = *options;
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, options, context),
            CommandKind::If { branches, otherwise } => {
                self.conditional(branches, otherwise.as_ref(), options, context, before);
            }
            CommandKind::Loop { condition: test, body } => {
                self.list(test, options, condition, before);
                let mut own = *options;
                self.list(body, &mut own, looped, None);
                *options = options.and(own);
            }
            CommandKind::For { words, body, .. } => {
                for word in words.iter().flatten() {
                    self.word(word, start, context, Inside::ForWords);
                }
                self.list(body, options, looped, None);
                *options = options.and(start);
            }
            CommandKind::ArithmeticFor { body, .. } => {
                self.list(body, options, looped, None);
                *options = options.and(start);
            }
            CommandKind::Case { word, arms } => {
                self.word(word, start, context, Inside::Argument);
                for (_, body) in arms {
                    let mut own = start;
                    self.list(body, &mut own, context, None);
                    *options = options.and(own);
                }
            }
            CommandKind::Function { name, body, .. } => {
                self.functions.insert(name, body);
            }
            CommandKind::Subshell(list) => self.list(list, &mut { start }, context, before),
            CommandKind::Brace(list) => self.list(list, options, context, before),
            CommandKind::Test(words) => {
                for word in words {
                    self.word(word, start, context, Inside::Test);
                }
            }
            CommandKind::Arithmetic(_) => {}
        }
    }

    fn redirects(&mut self, command: &'a Command, options: Options, context: Context<'a>) {
        for redirect in &command.redirects {
            self.word(&redirect.target, options, context, Inside::Argument);
            if let Some(heredoc) = &redirect.heredoc {
                self.word(&heredoc.word, options, context, Inside::Argument);
            }
        }
    }

    fn conditional(
        &mut self,
        branches: &'a [(List, List)],
        otherwise: Option<&'a List>,
        options: &mut Options,
        context: Context<'a>,
        before: Before<'a>,
    ) {
        let condition = Context { tested: true, last: false, ..context };
        let mut ends = Vec::new();
        for (at, (test, then)) in branches.iter().enumerate() {
            self.list(test, options, condition, if at == 0 { before } else { None });
            let mut own = *options;
            self.list(then, &mut own, context, None);
            ends.push(own);
        }
        let mut own = *options;
        if let Some(list) = otherwise {
            self.list(list, &mut own, context, None);
        }
        *options = ends.into_iter().fold(own, Options::and);
    }

    fn simple(&mut self, simple: &'a Simple, options: &mut Options, context: Context<'a>) {
        let inside = if simple.words.is_empty() {
            Inside::Assignment
        } else if simple.declared.is_empty() {
            Inside::Argument
        } else {
            Inside::Declaration
        };
        for assignment in &simple.assignments {
            match &assignment.value {
                Value::Scalar(word) => self.word(word, *options, context, inside),
                Value::Array(words) => {
                    for word in words {
                        self.word(word, *options, context, Inside::Argument);
                    }
                }
            }
        }
        for word in &simple.words {
            self.word(word, *options, context, inside);
        }
        self.nested(simple, context);
        let Some(name) = simple.name() else { return };
        match name {
            "set" if self.parsed => options.apply(simple.words.iter().skip(1).map(|word| word.raw.as_str())),
            "shopt" if simple.words.iter().any(|word| word.raw == "inherit_errexit") => {
                options.inherited = simple.argument(1) == Some("-s");
            }
            _ if !name.contains('/') => {
                let mut inherited = *options;
                inherited.errexit &= !context.tested;
                let known = self.calls.entry(name).or_default();
                *known = known.or(inherited);
            }
            _ => {}
        }
    }

    fn nested(&mut self, simple: &'a Simple, context: Context<'a>) {
        if !self.last_round {
            return;
        }
        for nested in &simple.scripts {
            let remote = context.remote || nested.runner == Runner::Remote;
            let outer = Context { remote, nested: true, position: 0, of: 1, tested: false, ..context };
            self.script(&nested.script, Launch::Direct, outer);
        }
    }

    fn word(&mut self, word: &'a Word, options: Options, context: Context<'a>, inside: Inside) {
        self.pieces(&word.pieces, options, context, inside);
    }

    fn pieces(&mut self, pieces: &'a [Piece], options: Options, context: Context<'a>, inside: Inside) {
        for piece in pieces {
            match piece {
                Piece::Substitution(substitution) => {
                    let process = matches!(
                        substitution.kind,
                        SubstitutionKind::ProcessIn | SubstitutionKind::ProcessOut
                    );
                    let inside = if process { Inside::Process } else { inside };
                    let mut own = options;
                    own.errexit &= options.inherited && !process;
                    let context = Context { inside: Some(inside), last: false, ..context };
                    self.list(&substitution.body, &mut own, context, None);
                }
                Piece::Parameter(parameter) => self.pieces(&parameter.operand, options, context, inside),
                Piece::Literal { .. } | Piece::Arithmetic { .. } => {}
            }
        }
    }
}
