//! All commands of a script in the order of its text, without regard to flow.
//!
//! Not here: options and contexts (see [`super::flow`]).

use super::Script;
use super::tree::{Command, CommandKind, List, Runner, Value};
use super::word::Word;

/// Which of the scripts inside a script are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Those that run on this machine.
    Local,
    /// All.
    All,
}

impl Script {
    /// Every command in the order of the text: in functions, substitutions and nested scripts too.
    #[must_use]
    pub fn commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        of_list(&self.body, Reach::All, &mut found);
        found
    }

    /// Every command that runs on this machine.
    #[must_use]
    pub fn local_commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        of_list(&self.body, Reach::Local, &mut found);
        found
    }
}

impl List {
    /// Every command of the list, those inside commands, substitutions and nested scripts included.
    #[must_use]
    pub fn commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        of_list(self, Reach::All, &mut found);
        found
    }
}

fn of_list<'a>(list: &'a List, reach: Reach, found: &mut Vec<&'a Command>) {
    for item in &list.items {
        for command in item.pipelines().flat_map(|pipeline| &pipeline.commands) {
            found.push(command);
            of_command(command, reach, found);
        }
    }
}

fn of_command<'a>(command: &'a Command, reach: Reach, found: &mut Vec<&'a Command>) {
    for redirect in &command.redirects {
        of_word(&redirect.target, reach, found);
        if let Some(heredoc) = &redirect.heredoc {
            of_word(&heredoc.word, reach, found);
        }
    }
    for list in command.kind.words() {
        of_word(list, reach, found);
    }
    for list in command.kind.lists() {
        of_list(list, reach, found);
    }
    match &command.kind {
        CommandKind::Simple(simple) => {
            let all = reach == Reach::All;
            for nested in simple.scripts.iter().filter(|nested| all || nested.runner != Runner::Remote) {
                of_list(&nested.script.body, reach, found);
            }
        }
        CommandKind::Function { body, .. } => {
            found.push(body);
            of_command(body, reach, found);
        }
        _ => {}
    }
}

fn of_word<'a>(word: &'a Word, reach: Reach, found: &mut Vec<&'a Command>) {
    for substitution in word.substitutions() {
        of_list(&substitution.body, reach, found);
    }
}

impl CommandKind {
    /// The words that belong to the command itself.
    #[must_use]
    pub fn words(&self) -> Vec<&Word> {
        match self {
            Self::Simple(simple) => {
                let mut words = Vec::new();
                for assignment in &simple.assignments {
                    match &assignment.value {
                        Value::Scalar(word) => words.push(word),
                        Value::Array(elements) => words.extend(elements),
                    }
                }
                words.extend(&simple.words);
                words
            }
            Self::For { words: Some(words), .. } | Self::Test(words) => words.iter().collect(),
            Self::Case { word, .. } => vec![word],
            _ => Vec::new(),
        }
    }

    /// The lists that belong to the command itself; not a function's body.
    #[must_use]
    pub fn lists(&self) -> Vec<&List> {
        match self {
            Self::If { branches, otherwise } => {
                branches.iter().flat_map(|(condition, body)| [condition, body]).chain(otherwise).collect()
            }
            Self::Loop { condition, body } => vec![condition, body],
            Self::For { body, .. }
            | Self::ArithmeticFor { body, .. }
            | Self::Subshell(body)
            | Self::Brace(body) => vec![body],
            Self::Case { arms, .. } => arms.iter().map(|(_, body)| body).collect(),
            Self::Simple(_) | Self::Function { .. } | Self::Test(_) | Self::Arithmetic(_) => Vec::new(),
        }
    }
}
