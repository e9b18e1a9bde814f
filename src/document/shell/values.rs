//! All commands of a script without regard to flow; the assignments among them; the spans of values that
//! may be secret; and the scripts that a script calls.
//!
//! Not here: options and contexts (see [`super::flow`]).

use super::Script;
use super::tree::{Assignment, Command, CommandKind, List, Piece, Value, Word};
use crate::source::{Span, Spanned, file_name};

/// Parts of names that say "do not show this".
const SECRET_PARTS: &[&str] =
    &["SECRET", "PASSWORD", "PASSWD", "TOKEN", "KEY", "PWD", "CREDENTIAL", "PASSPHRASE", "SALT"];

/// Programs whose `-p` is a password.
const PASSWORD_PROGRAMS: &[&str] = &[
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "mongo",
    "mongosh",
    "mongodump",
    "mongorestore",
    "mongoexport",
    "sshpass",
    "login",
    "rabbitmqadmin",
];

/// A file that a script runs or sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The path as written; where an expansion stands before it, what follows that.
    pub path: String,
    /// Where it is written.
    pub span: Span,
    /// Whether nothing had to be left out.
    pub literal: bool,
    /// `source` or `.`, rather than a process of its own.
    pub sourced: bool,
}

impl Script {
    /// Every command in the order of the text: in functions, substitutions and nested scripts too.
    #[must_use]
    pub fn commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        of_list(&self.body, true, &mut found);
        found
    }

    /// Every command that runs on this machine.
    #[must_use]
    pub fn local_commands(&self) -> Vec<&Command> {
        let mut found = Vec::new();
        of_list(&self.body, false, &mut found);
        found
    }

    /// Every assignment: before commands, alone, and among the arguments of `export` and its kin.
    #[must_use]
    pub fn assignments(&self) -> Vec<&Assignment> {
        self.commands()
            .into_iter()
            .filter_map(Command::simple)
            .flat_map(|simple| simple.assignments.iter().chain(&simple.declared))
            .collect()
    }

    /// The spans of values that may be secret.
    #[must_use]
    pub fn value_spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for command in self.commands() {
            let Some(simple) = command.simple() else { continue };
            for assignment in simple.assignments.iter().chain(&simple.declared) {
                if secret_name(&assignment.name.value) {
                    match &assignment.value {
                        Value::Scalar(word) => literals(&word.pieces, &mut spans),
                        Value::Array(words) => {
                            words.iter().for_each(|word| literals(&word.pieces, &mut spans));
                        }
                    }
                }
            }
            arguments(&simple.words, &mut spans);
        }
        spans.extend(&self.written);
        spans.retain(|span| !span.is_empty());
        spans.sort();
        spans.dedup();
        spans
    }

    /// The files that this script runs or sources.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.local_commands().into_iter().filter_map(call).collect()
    }

    /// The paths of the scripts that this one runs or sources, as written; where an expansion stands
    /// before a path, what follows it without the slash.
    #[must_use]
    pub fn called_scripts(&self) -> Vec<Spanned<String>> {
        self.calls().into_iter().map(|call| Spanned::new(call.path, call.span)).collect()
    }
}

fn call(command: &Command) -> Option<Call> {
    let words = command.simple()?.unwrapped();
    let first = words.first()?;
    let name = first.literal().map(file_name);
    match name {
        Some("bash" | "sh" | "dash" | "zsh") => {
            let script = words.iter().skip(1).find(|word| !word.raw.starts_with(['-', '+']))?;
            let inline = words.iter().any(|word| {
                word.raw.starts_with('-') && !word.raw.starts_with("--") && word.raw.contains(['c', 's'])
            });
            if inline { None } else { path(script, false) }
        }
        Some("source" | ".") => path(words.get(1)?, true),
        Some(_) if first.literal().is_some_and(|path| path.contains('/') && !path.starts_with('/')) => {
            path(first, false)
        }
        None => path(first, false).filter(|call| looks_like_script(&call.path)),
        Some(_) => None,
    }
}

/// Whether a path ends like a script's.
#[must_use]
pub fn looks_like_script(path: &str) -> bool {
    let name = file_name(path);
    [".sh", ".bash", ".zsh"].iter().any(|ending| name.ends_with(ending)) && name.len() > 3
}

fn path(word: &Word, sourced: bool) -> Option<Call> {
    if let Some(path) = word.literal() {
        return (!path.is_empty()).then(|| Call {
            path: path.to_owned(),
            span: word.span,
            literal: true,
            sourced,
        });
    }
    let mut rest = String::new();
    for piece in word.pieces.iter().skip(1) {
        let Piece::Literal { text, .. } = piece else { return None };
        rest.push_str(text);
    }
    let path = rest.strip_prefix('/')?.to_owned();
    (!path.is_empty()).then_some(Call { path, span: word.span, literal: false, sourced })
}

/// Whether a value under this name is not shown; wider than what rules call a secret.
pub(in crate::document) fn secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    SECRET_PARTS.iter().any(|part| upper.contains(part))
}

fn literals(pieces: &[Piece], spans: &mut Vec<Span>) {
    for piece in pieces {
        match piece {
            Piece::Literal { span, .. } => spans.push(*span),
            Piece::Parameter(parameter) => literals(&parameter.operand, spans),
            Piece::Substitution(_) | Piece::Arithmetic { .. } => {}
        }
    }
}

fn arguments(words: &[Word], spans: &mut Vec<Span>) {
    let takes_password = words
        .iter()
        .any(|word| word.literal().is_some_and(|text| PASSWORD_PROGRAMS.contains(&file_name(text))));
    let mut masked = false;
    for word in words.iter().skip(1) {
        let raw = word.raw.as_str();
        if masked && !raw.starts_with('-') {
            literals(&word.pieces, spans);
        }
        let long = raw.strip_prefix("--").unwrap_or("");
        let (option, value) =
            long.split_once('=').map_or((long, None), |(option, value)| (option, Some(value)));
        let secret = secret_name(option) || option == "pass";
        masked = (secret && value.is_none()) || (takes_password && raw == "-p");
        if let Some(value) = value
            && secret
        {
            spans.push(Span::new(
                word.span.end.saturating_sub(value.len()).max(word.span.start),
                word.span.end,
            ));
        }
        if takes_password && raw.starts_with("-p") && raw.len() > 2 {
            spans.push(Span::new(word.span.start + 2, word.span.end));
        }
    }
}

/// The values of secret-named `NAME=value` anywhere in a text: comments, here-documents, quoted lines.
pub(in crate::document) fn written_values(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    for equals in memchr::memchr_iter(b'=', bytes) {
        let before = bytes.get(..equals).unwrap_or(&[]);
        let length = before
            .iter()
            .rev()
            .take(80)
            .take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric())
            .count();
        let name = text.get(equals - length..equals).unwrap_or("");
        if name.is_empty() || !secret_name(name) {
            continue;
        }
        let rest = text.get(equals + 1..).unwrap_or("");
        let line = rest.get(..rest.find(['\n', '\r']).unwrap_or(rest.len())).unwrap_or("");
        let span = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = line.get(1..).unwrap_or("");
                let end = value.find(quote).unwrap_or(value.len());
                if value.starts_with('$') { continue } else { Span::new(equals + 2, equals + 2 + end) }
            }
            Some('$' | '(' | '=' | '~' | ' ') | None => continue,
            Some(_) => {
                let end = line.find([' ', '\t', ';', '"', '\'', ')', '&', '|']).unwrap_or(line.len());
                Span::new(equals + 1, equals + 1 + end)
            }
        };
        spans.push(span);
    }
    spans
}

fn of_list<'a>(list: &'a List, nested: bool, found: &mut Vec<&'a Command>) {
    for item in &list.items {
        for pipeline in item.pipelines() {
            for command in &pipeline.commands {
                found.push(command);
                of_command(command, nested, found);
            }
        }
    }
}

fn of_command<'a>(command: &'a Command, nested: bool, found: &mut Vec<&'a Command>) {
    for redirect in &command.redirects {
        of_word(&redirect.target, nested, found);
        if let Some(heredoc) = &redirect.heredoc {
            of_word(&heredoc.word, nested, found);
        }
    }
    match &command.kind {
        CommandKind::Simple(simple) => {
            for assignment in &simple.assignments {
                match &assignment.value {
                    Value::Scalar(word) => of_word(word, nested, found),
                    Value::Array(words) => words.iter().for_each(|word| of_word(word, nested, found)),
                }
            }
            simple.words.iter().for_each(|word| of_word(word, nested, found));
            if nested {
                simple.scripts.iter().for_each(|nested| of_list(&nested.script.body, true, found));
            } else {
                let local = simple.scripts.iter().filter(|nested| nested.runner != super::Runner::Remote);
                local.for_each(|nested| of_list(&nested.script.body, false, found));
            }
        }
        CommandKind::If { branches, otherwise } => {
            for (condition, body) in branches {
                of_list(condition, nested, found);
                of_list(body, nested, found);
            }
            otherwise.iter().for_each(|body| of_list(body, nested, found));
        }
        CommandKind::Loop { condition, body } => {
            of_list(condition, nested, found);
            of_list(body, nested, found);
        }
        CommandKind::For { words, body, .. } => {
            words.iter().flatten().for_each(|word| of_word(word, nested, found));
            of_list(body, nested, found);
        }
        CommandKind::Case { word, arms } => {
            of_word(word, nested, found);
            arms.iter().for_each(|(_, body)| of_list(body, nested, found));
        }
        CommandKind::Function { body, .. } => {
            found.push(body);
            of_command(body, nested, found);
        }
        CommandKind::Subshell(body) | CommandKind::Brace(body) | CommandKind::ArithmeticFor { body, .. } => {
            of_list(body, nested, found);
        }
        CommandKind::Test(words) => words.iter().for_each(|word| of_word(word, nested, found)),
        CommandKind::Arithmetic(_) => {}
    }
}

fn of_word<'a>(word: &'a Word, nested: bool, found: &mut Vec<&'a Command>) {
    for substitution in word.substitutions() {
        of_list(&substitution.body, nested, found);
    }
}
