//! The assignments of a script, the spans of values that may be secret, and the scripts that it calls.
//!
//! Not here: options and contexts (see [`super::flow`]).

use super::Script;
use super::compared::compared;
use super::tree::{Assignment, Command, Value};
use super::word::{Piece, Word};
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
            compared(command, &mut spans);
            let Some(simple) = command.simple() else { continue };
            assigned(simple.assignments.iter().chain(&simple.declared), &secret_name, &mut spans);
            arguments(&simple.words, &mut spans);
        }
        spans.extend(&self.written);
        spans.retain(|span| !span.is_empty());
        spans.sort();
        spans.dedup();
        spans
    }

    /// The spans of what is assigned to names that `secret` says hold secrets.
    #[must_use]
    pub fn values_of(&self, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
        let mut spans = Vec::new();
        assigned(self.assignments(), secret, &mut spans);
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

fn assigned<'a>(
    assignments: impl IntoIterator<Item = &'a Assignment>,
    secret: &dyn Fn(&str) -> bool,
    spans: &mut Vec<Span>,
) {
    for assignment in assignments.into_iter().filter(|assignment| secret(&assignment.name.value)) {
        let words = match &assignment.value {
            Value::Scalar(word) => std::slice::from_ref(word),
            Value::Array(words) => words,
        };
        for word in words {
            literals(&word.pieces, spans);
        }
    }
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

/// The values of `NAME=value` anywhere in a text (comments, here-documents, quoted lines) where `secret` says that the
/// name holds a secret.
pub(in crate::document) fn written_values(text: &str, secret: &dyn Fn(&str) -> bool) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut spans: Vec<Span> = Vec::new();
    // Where the line ends, and the value that this `=` may be a part of: looked for behind each `=`, they would cost the
    // square of a line's length.
    let (mut line_end, mut hidden) = (0, 0);
    for equals in memchr::memchr_iter(b'=', bytes) {
        if equals + 1 < hidden {
            continue;
        }
        let before = bytes.get(..equals).unwrap_or(&[]);
        let length = before
            .iter()
            .rev()
            .take(80)
            .take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric())
            .count();
        let name = text.get(equals - length..equals).unwrap_or("");
        if name.is_empty() || !secret(name) {
            continue;
        }
        if line_end <= equals {
            line_end = memchr::memchr2(b'\n', b'\r', &bytes[equals..]).map_or(bytes.len(), |at| equals + at);
        }
        let line = text.get(equals + 1..line_end).unwrap_or("");
        let span = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = line.get(1..).unwrap_or("");
                let end = value.find(quote).unwrap_or(value.len());
                if value.starts_with('$') {
                    continue;
                }
                Span::new(equals + 2, equals + 2 + end)
            }
            Some('$' | '(' | '=' | '~' | ' ') | None => continue,
            Some(_) => {
                let end = line.find([' ', '\t', ';', '"', '\'', ')', '&', '|']).unwrap_or(line.len());
                hidden = equals + 1 + end;
                Span::new(equals + 1, hidden)
            }
        };
        spans.push(span);
    }
    spans
}
